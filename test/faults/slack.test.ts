import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { createScenario, PATIENCE } from './stage.ts';

let env: Installation;
let scenario: ReturnType<typeof createScenario>;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false, tierLimits: false } });
  scenario = createScenario(env);
});
afterAll(() => env.close());
afterEach(() => env.playground.faults.clearMethods());

const LONG = { timeout: 2 * PATIENCE };
const { ops } = CHANNELS;
const soon = () => new Date(env.clock.now().getTime() + minutes(5));
/** Starts later than the windows of the other tests. */
const later = () => new Date(soon().getTime() + hours(48));
const expectTexts = (thread: readonly string[], ...words: string[]) =>
  expect(thread).toEqual(words.map((each) => expect.stringContaining(each)));
/** Schedules as a person, who is notified of problems. */
async function scheduleAsAna(name: string, channels = '') {
  await scenario.ana.command('#ops', `/maintenance api in 3 days 2am for 2h ${channels}: ${name}`);
  const preview = await scenario.ana.waitFor('a preview', () =>
    scenario.ana.ephemerals('#ops').find((message) => textOf(message).includes(name)),
  );
  await scenario.ana.press(preview, 'draft.schedule');
  const announcement = await scenario.waitForAnnouncement(name);
  return { id: Number(/Maintenance (\d+)/.exec(textOf(announcement))?.[1]), live: announcement };
}
const readyz = async () => {
  const response = await fetch(`${env.url}/readyz`);
  return { status: response.status, body: await response.json() };
};

describe('Slack', LONG, () => {
  test('that limits one channel delays no other channel, and gets the message once after the pause', async () => {
    env.playground.faults.method('chat.postMessage', { status: 429, retryAfter: 4, channel: ops });
    await scenario.schedule('Rate limited', later());
    await scenario.waitForAnnouncement('Rate limited', 'Scheduled', '#status');
    expect(scenario.findAnnouncements('Rate limited', '#ops')).toEqual([]);
    await scenario.waitForAnnouncement('Rate limited');
    expect(scenario.findAnnouncements('Rate limited', '#ops')).toHaveLength(1);
    expect(scenario.findAnnouncements('Rate limited', '#status')).toHaveLength(1);
  });

  test('that limits who may be looked up answers strangers at once, and delays no form', async () => {
    const { faults, as } = env.playground;
    const [ana, yuki] = [as('ana'), as('yuki')];
    const open = async () => {
      await ana.command('#ops', '/maintenance');
      await ana.waitFor('the form', () => ana.view());
      await ana.close();
    };
    await open();
    faults.method('users.info', { status: 429, retryAfter: 60, times: 100 });
    await yuki.command('#ops', '/maintenance list');
    const answer = await yuki.waitFor('the answer', () => yuki.ephemerals('#ops').at(-1));
    expect(textOf(answer)).toContain('Try again in 60 seconds');
    await open();
    faults.clearMethods();
    await yuki.command('#ops', '/maintenance');
    await yuki.waitFor('the form', () => yuki.view());
    await yuki.close();
  });

  test.each([
    ['an error', 503 as const],
    ['nothing', 'hang_up' as const],
  ])('that took a message and answered with %s has it once, and its thread too', async (what, status) => {
    const name = `Taken, and ${what} said`;
    const { faults } = env.playground;
    faults.method('chat.postMessage', { status, afterWork: true, channel: ops });
    const id = await scenario.schedule(name, later());
    const announcement = await scenario.waitForAnnouncement(name);
    faults.method('chat.postMessage', { status, afterWork: true, channel: ops });
    await scenario.ana.command('#ops', `/maintenance start ${id}`);
    const thread = await scenario.waitForThread(announcement, 'Switched off');
    expectTexts(thread, 'Started by', 'Switched off');
    await scenario.ana.command('#ops', `/maintenance finish ${id}`);
    expectTexts(
      await scenario.waitForThread(announcement, 'Switched on again'),
      'Started by',
      'Switched off',
      'Ended by',
      'Switched on again',
    );
    expect(scenario.findAnnouncements(name, '#ops')).toHaveLength(1);
  });

  test('that drops the connection during a window, and cannot be reached for a while, misses nothing', async () => {
    const id = await scenario.schedule('Dropped', soon());
    const announcement = await scenario.waitForAnnouncement('Dropped');
    await scenario.ana.command('#ops', `/maintenance start ${id}`);
    await scenario.waitForAnnouncement('Dropped', 'In progress');
    // Each attempt to connect makes up to three calls.
    env.playground.faults.method('apps.connections.open', { status: 503, times: 6 });
    env.playground.faults.disconnect('drop');
    await scenario.ana.waitFor('the connection to be lost', () => env.playground.connections() === 0);
    await expect.poll(readyz).toEqual({ status: 503, body: { ok: false, not_connected: ['slack'] } });
    await env.jump();
    await scenario.waitForAnnouncement('Dropped', 'Done');
    expectTexts(
      await scenario.waitForThread(announcement, 'Switched on again'),
      'Started by',
      'Switched off',
      'Ended as planned',
      'Switched on',
    );
    await scenario.ana.waitFor('the connection', () => env.playground.connections() === 1, PATIENCE);
    expect(await scenario.runCommand(`/maintenance show ${id}`)).toContain('Dropped');
    expect((await readyz()).status).toBe(200);
  });

  test.each(['refresh', 'link_disabled'] as const)('that requests a new connection (%s) gets one', async (how) => {
    env.playground.faults.disconnect(how);
    await scenario.ana.waitFor('the old connection to end', () => env.playground.connections() === 0);
    await scenario.ana.waitFor('another connection', () => env.playground.connections() === 1);
    expect(await scenario.runCommand('/maintenance list')).toContain('maintenance');
  });

  test('that revokes the token stops nothing: Lull reports that it is not ready, and posts everything once the token works again', async () => {
    await scenario.schedule('Signed out', soon());
    const announcement = await scenario.waitForAnnouncement('Signed out');
    env.playground.faults.revokeTokens('token_revoked');
    await env.jump();
    expect(await scenario.listEnabledChecks()).toEqual([]);
    await expect
      .poll(readyz, { timeout: 10_000 })
      .toEqual({ status: 503, body: { ok: false, not_connected: ['slack'] } });
    await env.jump();
    expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
    expect(textOf(scenario.findAnnouncements('Signed out', '#ops')[0])).toContain('Scheduled');
    env.playground.faults.restoreTokens();
    await expect.poll(async () => (await readyz()).status, { timeout: 10_000 }).toBe(200);
    await scenario.waitForAnnouncement('Signed out', 'Done');
    const thread = await scenario.waitForThread(announcement, 'Switched on again');
    expectTexts(thread, 'Started', 'Switched off', 'Ended as planned', 'Switched on again');
    expect(scenario.findAnnouncements('Signed out', '#ops')).toHaveLength(1);
  });
});

describe('a channel', LONG, () => {
  test('that was archived delays no other; the owner is notified, and it catches up when it is back', async () => {
    const { id, live: announcement } = await scheduleAsAna('Archived');
    env.playground.faults.archive('#ops');
    await scenario.ana.command('#deploys', `/maintenance start ${id}`);
    await scenario.waitForAnnouncement('Archived', 'In progress', '#status');
    await scenario.ana.waitFor('the owner to be told', () =>
      scenario.ana.dms().some((each) => textOf(each).includes('archived')),
    );
    expect(scenario.findAnnouncements('Archived', '#ops').map(textOf)).toEqual([expect.stringContaining('Scheduled')]);
    env.playground.faults.unarchive('#ops');
    await scenario.ana.command('#deploys', `/maintenance finish ${id}`);
    await scenario.waitForAnnouncement('Archived', 'Done');
    expectTexts(
      await scenario.waitForThread(announcement, 'Switched on again'),
      'Started by',
      'Switched off',
      'Ended by',
      'Switched on again',
    );
    expect(scenario.findAnnouncements('Archived', '#ops')).toHaveLength(1);
  });

  test('that Lull was removed from is joined again for the next message', async () => {
    const id = await scenario.schedule('Kicked', later());
    const announcement = await scenario.waitForAnnouncement('Kicked');
    env.playground.faults.kickBot('#ops');
    await scenario.ana.command('#ops', `/maintenance start ${id}`);
    await scenario.waitForAnnouncement('Kicked', 'In progress');
    expectTexts(await scenario.waitForThread(announcement, 'Switched off'), 'Started by', 'Switched off');
    expect(scenario.findAnnouncements('Kicked', '#ops')).toHaveLength(1);
    await scenario.ana.command('#ops', `/maintenance finish ${id}`);
    await scenario.waitForAnnouncement('Kicked', 'Done');
  });

  test('that is private gets nothing until Lull is invited, and the requester is told what to do', async () => {
    const { id } = await scheduleAsAna('Hushed', '#security');
    await scenario.ana.waitFor('the advice', () => scenario.ana.dms().some((each) => textOf(each).includes('/invite')));
    await env.settle();
    expect(scenario.findAnnouncements('Hushed', '#security')).toEqual([]);
    scenario.ana.invite('#security', env.playground.botUserId);
    await scenario.ana.command('#ops', `/maintenance cancel ${id}`);
    await scenario.waitForAnnouncement('Hushed', 'Canceled', '#security');
    expect(scenario.findAnnouncements('Hushed', '#security')).toHaveLength(1);
  });

  test('whose announcement was deleted gets another one, with later notes in its thread', async () => {
    const id = await scenario.schedule('Deleted', later());
    const first = await scenario.waitForAnnouncement('Deleted');
    const deleted = await fetch(`${env.playground.apiUrl}chat.delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env.playground.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: first.channel, ts: first.ts }),
    });
    expect(await deleted.json()).toMatchObject({ ok: true });
    await scenario.ana.command('#ops', `/maintenance start ${id}`);
    const second = await scenario.waitForAnnouncement('Deleted', 'In progress');
    expectTexts(await scenario.waitForThread(second, 'Switched off'), 'Started by', 'Switched off');
    expect(scenario.findAnnouncements('Deleted', '#ops')).toHaveLength(1);
    await scenario.ana.command('#ops', `/maintenance finish ${id}`);
    await scenario.waitForAnnouncement('Deleted', 'Done');
  });
});
