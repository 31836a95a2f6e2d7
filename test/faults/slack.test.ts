import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { PATIENCE, stage } from './stage.ts';

let at: Installation;
let on: ReturnType<typeof stage>;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false, tierLimits: false } });
  on = stage(at);
});
afterAll(() => at.close());
afterEach(() => at.playground.faults.clearMethods());

const LONG = { timeout: 2 * PATIENCE };
const { ops } = CHANNELS;
const soon = () => new Date(at.clock.now().getTime() + minutes(5));
/** Starts later than the windows of the other tests. */
const later = () => new Date(soon().getTime() + hours(48));
const tells = (thread: readonly string[], ...words: string[]) =>
  expect(thread).toEqual(words.map((each) => expect.stringContaining(each)));
/** Schedules as a person, who is notified of problems. */
async function scheduledByAna(name: string, channels = '') {
  await on.ana.command('#ops', `/maintenance api in 3 days 2am for 2h ${channels}: ${name}`);
  const preview = await on.ana.waitFor('a preview', () =>
    on.ana.ephemerals('#ops').find((message) => textOf(message).includes(name)),
  );
  await on.ana.press(preview, 'draft.schedule');
  const live = await on.announced(name);
  return { id: Number(/Maintenance (\d+)/.exec(textOf(live))?.[1]), live };
}
const readyz = async () => {
  const response = await fetch(`${at.url}/readyz`);
  return { status: response.status, body: await response.json() };
};

describe('Slack', LONG, () => {
  test('that limits one channel delays no other channel, and gets the message once after the pause', async () => {
    at.playground.faults.method('chat.postMessage', { status: 429, retryAfter: 4, channel: ops });
    await on.schedule('Rate limited', later());
    await on.announced('Rate limited', 'Scheduled', '#status');
    expect(on.live('Rate limited', '#ops')).toEqual([]);
    await on.announced('Rate limited');
    expect(on.live('Rate limited', '#ops')).toHaveLength(1);
    expect(on.live('Rate limited', '#status')).toHaveLength(1);
  });

  test.each([
    ['an error', 503 as const],
    ['nothing', 'hang_up' as const],
  ])('that took a message and answered with %s has it once, and its thread too', async (what, status) => {
    const name = `Taken, and ${what} said`;
    const { faults } = at.playground;
    faults.method('chat.postMessage', { status, afterWork: true, channel: ops });
    const id = await on.schedule(name, later());
    const live = await on.announced(name);
    faults.method('chat.postMessage', { status, afterWork: true, channel: ops });
    await on.ana.command('#ops', `/maintenance start ${id}`);
    const thread = await on.thread(live, 'Switched off');
    tells(thread, 'Started by', 'Switched off');
    await on.ana.command('#ops', `/maintenance finish ${id}`);
    tells(await on.thread(live, 'Switched on again'), 'Started by', 'Switched off', 'Ended by', 'Switched on again');
    expect(on.live(name, '#ops')).toHaveLength(1);
  });

  test('that drops the connection during a window, and cannot be reached for a while, misses nothing', async () => {
    const id = await on.schedule('Dropped', soon());
    const live = await on.announced('Dropped');
    await on.ana.command('#ops', `/maintenance start ${id}`);
    await on.announced('Dropped', 'In progress');
    // Each attempt to connect makes up to three calls.
    at.playground.faults.method('apps.connections.open', { status: 503, times: 6 });
    at.playground.faults.disconnect('drop');
    await on.ana.waitFor('the connection to be lost', () => at.playground.connections() === 0);
    await expect.poll(readyz).toEqual({ status: 503, body: { ok: false, not_connected: ['slack'] } });
    await at.jump();
    await on.announced('Dropped', 'Done');
    tells(await on.thread(live, 'Switched on again'), 'Started by', 'Switched off', 'Ended as planned', 'Switched on');
    await on.ana.waitFor('the connection', () => at.playground.connections() === 1, PATIENCE);
    expect(await on.answered(`/maintenance show ${id}`)).toContain('Dropped');
    expect((await readyz()).status).toBe(200);
  });

  test.each(['refresh', 'link_disabled'] as const)('that requests a new connection (%s) gets one', async (how) => {
    at.playground.faults.disconnect(how);
    await on.ana.waitFor('the old connection to end', () => at.playground.connections() === 0);
    await on.ana.waitFor('another connection', () => at.playground.connections() === 1);
    expect(await on.answered('/maintenance list')).toContain('maintenance');
  });

  test('that revokes the token stops nothing: Lull reports that it is not ready, and posts everything once the token works again', async () => {
    await on.schedule('Signed out', soon());
    const live = await on.announced('Signed out');
    at.playground.faults.revokeTokens('token_revoked');
    await at.jump();
    expect(await on.on()).toEqual([]);
    await expect
      .poll(readyz, { timeout: 10_000 })
      .toEqual({ status: 503, body: { ok: false, not_connected: ['slack'] } });
    await at.jump();
    expect(await on.on()).toEqual(['api health', 'api latency']);
    expect(textOf(on.live('Signed out', '#ops')[0])).toContain('Scheduled');
    at.playground.faults.restoreTokens();
    await expect.poll(async () => (await readyz()).status, { timeout: 10_000 }).toBe(200);
    await on.announced('Signed out', 'Done');
    const thread = await on.thread(live, 'Switched on again');
    tells(thread, 'Started', 'Switched off', 'Ended as planned', 'Switched on again');
    expect(on.live('Signed out', '#ops')).toHaveLength(1);
  });
});

describe('a channel', LONG, () => {
  test('that was archived delays no other; the owner is notified, and it catches up when it is back', async () => {
    const { id, live } = await scheduledByAna('Archived');
    at.playground.faults.archive('#ops');
    await on.ana.command('#deploys', `/maintenance start ${id}`);
    await on.announced('Archived', 'In progress', '#status');
    await on.ana.waitFor('the owner to be told', () => on.ana.dms().some((each) => textOf(each).includes('archived')));
    expect(on.live('Archived', '#ops').map(textOf)).toEqual([expect.stringContaining('Scheduled')]);
    at.playground.faults.unarchive('#ops');
    await on.ana.command('#deploys', `/maintenance finish ${id}`);
    await on.announced('Archived', 'Done');
    tells(await on.thread(live, 'Switched on again'), 'Started by', 'Switched off', 'Ended by', 'Switched on again');
    expect(on.live('Archived', '#ops')).toHaveLength(1);
  });

  test('that Lull was removed from is joined again for the next message', async () => {
    const id = await on.schedule('Kicked', later());
    const live = await on.announced('Kicked');
    at.playground.faults.kickBot('#ops');
    await on.ana.command('#ops', `/maintenance start ${id}`);
    await on.announced('Kicked', 'In progress');
    tells(await on.thread(live, 'Switched off'), 'Started by', 'Switched off');
    expect(on.live('Kicked', '#ops')).toHaveLength(1);
    await on.ana.command('#ops', `/maintenance finish ${id}`);
    await on.announced('Kicked', 'Done');
  });

  test('that is private gets nothing until Lull is invited, and the requester is told what to do', async () => {
    const { id } = await scheduledByAna('Hushed', '#security');
    await on.ana.waitFor('the advice', () => on.ana.dms().some((each) => textOf(each).includes('/invite')));
    await at.settle();
    expect(on.live('Hushed', '#security')).toEqual([]);
    on.ana.invite('#security', at.playground.botUserId);
    await on.ana.command('#ops', `/maintenance cancel ${id}`);
    await on.announced('Hushed', 'Canceled', '#security');
    expect(on.live('Hushed', '#security')).toHaveLength(1);
  });

  test('whose announcement was deleted gets another one, with later notes in its thread', async () => {
    const id = await on.schedule('Deleted', later());
    const first = await on.announced('Deleted');
    const deleted = await fetch(`${at.playground.apiUrl}chat.delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.playground.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: first.channel, ts: first.ts }),
    });
    expect(await deleted.json()).toMatchObject({ ok: true });
    await on.ana.command('#ops', `/maintenance start ${id}`);
    const second = await on.announced('Deleted', 'In progress');
    tells(await on.thread(second, 'Switched off'), 'Started by', 'Switched off');
    expect(on.live('Deleted', '#ops')).toHaveLength(1);
    await on.ana.command('#ops', `/maintenance finish ${id}`);
    await on.announced('Deleted', 'Done');
  });
});
