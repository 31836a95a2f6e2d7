import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EVENTS_PATH } from '../../src/app/slack.ts';
import type { Exchange } from '../../src/playground/protocol.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours } from '../world.ts';
import { PATIENCE, stage } from './stage.ts';

let at: Installation;
let on: ReturnType<typeof stage>;
beforeAll(async () => {
  at = await install({ mode: 'http', playground: { messageRate: false, tierLimits: false } });
  on = stage(at);
});
afterAll(() => at.close());
afterEach(() => at.playground.faults.clearMethods());

const LONG = { timeout: 2 * PATIENCE };
const tomorrow = () => new Date(at.clock.now().getTime() + hours(24));

/** Sends the last request with this title again, signed with the current time. Returns the status of the response. */
async function redeliver(title: string): Promise<number> {
  const found = at.playground.log().findLast((exchange: Exchange) => exchange.title.startsWith(title));
  if (found === undefined) throw new Error(`there was no ${title}`);
  const payload = found.request as Record<string, unknown>;
  const fields = title.startsWith('slash') ? payload : { payload: JSON.stringify(payload) };
  const body = new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, String(value)])).toString();
  const stamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', at.playground.signingSecret).update(`v0:${stamp}:${body}`).digest('hex');
  const response = await fetch(`${at.url}${EVENTS_PATH}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(stamp),
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  });
  return response.status;
}
const comments = async (id: number) => (await at.api('GET', `/api/v1/maintenances/${id}/comments`)).body.items;
const named = async (name: string) => {
  const { items } = (await at.api('GET', '/api/v1/maintenances')).body;
  return items.filter((each: { name: string }) => each.name === name);
};

describe('what Slack delivers twice is done once', LONG, () => {
  test.each([
    ['comment', (id: number) => `/maintenance comment ${id} In sync`, 'In sync'],
    ['start', (id: number) => `/maintenance start ${id}`, 'Started by'],
    ['cancel', (id: number) => `/maintenance cancel ${id}`, 'Canceled by'],
  ])('the command %s', async (command, line, said) => {
    const id = await on.schedule(`Twice ${command}`, tomorrow());
    const live = await on.announced(`Twice ${command}`);
    await on.answered(line(id));
    const answers = on.ana.ephemerals('#ops').length;
    expect(await redeliver('slash_commands')).toBe(200);
    expect(await redeliver('slash_commands')).toBe(200);
    await on.answered(`/maintenance comment ${id} and nothing after it`);
    const thread = await on.thread(live, 'and nothing after it');
    expect(thread.filter((text) => text.includes(said))).toHaveLength(1);
    expect(on.ana.ephemerals('#ops')).toHaveLength(answers + 1);
  });

  test('a form to schedule, and a form to comment', async () => {
    await on.ana.command('#ops', '/maintenance');
    await on.fill('Twice submitted', tomorrow());
    await on.ana.submit();
    const live = await on.announced('Twice submitted');
    expect(await redeliver('view_submission')).toBe(200);
    const [made, ...others] = await named('Twice submitted');
    expect(others).toEqual([]);

    await on.ana.press(live, 'maintenance.comment');
    await on.ana.waitFor('the form', () => on.ana.view());
    await on.ana.fill({ comment: 'Said once' });
    await on.ana.submit();
    await on.thread(live, 'Said once');
    expect(await redeliver('view_submission')).toBe(200);
    expect(await comments(made.id)).toHaveLength(1);
  });

  test('a press of Start now, and a form to end', async () => {
    const id = await on.schedule('Twice pressed', tomorrow());
    const live = await on.announced('Twice pressed');
    await on.ana.press(live, 'maintenance.start');
    await on.announced('Twice pressed', 'In progress');
    expect(await redeliver('block_actions')).toBe(200);
    await on.ana.press(live, 'maintenance.finish');
    await on.ana.waitFor('the form', () => on.ana.view());
    await on.ana.submit();
    await on.announced('Twice pressed', 'Done');
    expect(await redeliver('view_submission')).toBe(200);
    await on.answered(`/maintenance comment ${id} and nothing after it`);
    const thread = await on.thread(live, 'and nothing after it');
    for (const said of ['Started by', 'Ended by']) {
      expect(thread.filter((text) => text.includes(said))).toHaveLength(1);
    }
  });
});

describe('what Slack gives for a short time', LONG, () => {
  test('a trigger that expires before the form opens is answered with what to do', async () => {
    const id = await on.schedule('Too late', tomorrow());
    at.playground.faults.method('views.open', { status: 200, error: 'expired_trigger_id' });
    const answer = await on.answered(`/maintenance extend ${id}`);
    expect(answer).toMatch(/once more/);
    expect(answer).not.toContain('reference');
    expect(on.ana.view()).toBeUndefined();
  });

  test('an expired response URL loses the answer, and nothing else', async () => {
    await on.ana.command('#ops', '/maintenance');
    await on.fill('Unanswered', tomorrow());
    at.playground.faults.expireResponseUrls();
    await on.ana.submit();
    expect(on.ana.view()).toBeUndefined();
    await on.announced('Unanswered');
    expect(await named('Unanswered')).toHaveLength(1);
    expect(textOf(on.live('Unanswered', '#ops')[0])).toContain('Scheduled');
  });
});
