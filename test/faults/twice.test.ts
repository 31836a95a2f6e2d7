import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EVENTS_PATH } from '../../src/app/slack.ts';
import type { Exchange } from '../../src/playground/protocol.ts';
import { type Installation, install, textOf } from '../e2e/installation.ts';
import { hours } from '../world.ts';
import { createScenario, PATIENCE } from './stage.ts';

let env: Installation;
let scenario: ReturnType<typeof createScenario>;
beforeAll(async () => {
  env = await install({ mode: 'http', playground: { messageRate: false, tierLimits: false } });
  scenario = createScenario(env);
});
afterAll(() => env.close());
afterEach(() => env.playground.faults.clearMethods());

const LONG = { timeout: 2 * PATIENCE };
const inADay = () => new Date(env.clock.now().getTime() + hours(24));

/** Sends the last request with this title again, signed with the current time. Returns the status of the response. */
async function redeliver(title: string): Promise<number> {
  const exchange = env.playground.log().findLast((exchange: Exchange) => exchange.title.startsWith(title));
  if (exchange === undefined) throw new Error(`there was no ${title}`);
  const payload = exchange.request as Record<string, unknown>;
  const fields = title.startsWith('slash') ? payload : { payload: JSON.stringify(payload) };
  const body = new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, String(value)])).toString();
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', env.playground.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const response = await fetch(`${env.url}${EVENTS_PATH}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  });
  return response.status;
}
const comments = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}/comments`)).body.items;
const findByName = async (name: string) => {
  const { items } = (await env.api('GET', '/api/v1/maintenances')).body;
  return items.filter((each: { name: string }) => each.name === name);
};

describe('what Slack delivers twice is done once', LONG, () => {
  test.each([
    ['comment', (id: number) => `/maintenance comment ${id} In sync`, 'In sync'],
    ['start', (id: number) => `/maintenance start ${id}`, 'Started by'],
    ['cancel', (id: number) => `/maintenance cancel ${id}`, 'Canceled by'],
  ])('the command %s', async (command, line, expected) => {
    const id = await scenario.schedule(`Twice ${command}`, inADay());
    const announcement = await scenario.waitForAnnouncement(`Twice ${command}`);
    await scenario.runCommand(line(id));
    const answers = scenario.ana.ephemerals('#ops').length;
    expect(await redeliver('slash_commands')).toBe(200);
    expect(await redeliver('slash_commands')).toBe(200);
    await scenario.runCommand(`/maintenance comment ${id} and nothing after it`);
    const thread = await scenario.waitForThread(announcement, 'and nothing after it');
    expect(thread.filter((text) => text.includes(expected))).toHaveLength(1);
    expect(scenario.ana.ephemerals('#ops')).toHaveLength(answers + 1);
  });

  test('a form to schedule, and a form to comment', async () => {
    await scenario.ana.command('#ops', '/maintenance');
    await scenario.fillForm('Twice submitted', inADay());
    await scenario.ana.submit();
    const announcement = await scenario.waitForAnnouncement('Twice submitted');
    expect(await redeliver('view_submission')).toBe(200);
    const [created, ...others] = await findByName('Twice submitted');
    expect(others).toEqual([]);

    await scenario.ana.press(announcement, 'maintenance.comment');
    await scenario.ana.waitFor('the form', () => scenario.ana.view());
    await scenario.ana.fill({ comment: 'Said once' });
    await scenario.ana.submit();
    await scenario.waitForThread(announcement, 'Said once');
    expect(await redeliver('view_submission')).toBe(200);
    expect(await comments(created.id)).toHaveLength(1);
  });

  test('a press of Start now, and a form to end', async () => {
    const id = await scenario.schedule('Twice pressed', inADay());
    const announcement = await scenario.waitForAnnouncement('Twice pressed');
    await scenario.ana.press(announcement, 'maintenance.start');
    await scenario.waitForAnnouncement('Twice pressed', 'In progress');
    expect(await redeliver('block_actions')).toBe(200);
    await scenario.ana.press(announcement, 'maintenance.finish');
    await scenario.ana.waitFor('the form', () => scenario.ana.view());
    await scenario.ana.submit();
    await scenario.waitForAnnouncement('Twice pressed', 'Done');
    expect(await redeliver('view_submission')).toBe(200);
    await scenario.runCommand(`/maintenance comment ${id} and nothing after it`);
    const thread = await scenario.waitForThread(announcement, 'and nothing after it');
    for (const expected of ['Started by', 'Ended by']) {
      expect(thread.filter((text) => text.includes(expected))).toHaveLength(1);
    }
  });
});

describe('what Slack gives for a short time', LONG, () => {
  test('a trigger that expires before the form opens is answered with what to do', async () => {
    const id = await scenario.schedule('Too late', inADay());
    env.playground.faults.method('views.open', { status: 200, error: 'expired_trigger_id' });
    const answer = await scenario.runCommand(`/maintenance extend ${id}`);
    expect(answer).toMatch(/once more/);
    expect(answer).not.toContain('reference');
    expect(scenario.ana.view()).toBeUndefined();
  });

  test('an expired response URL loses the answer, and nothing else', async () => {
    await scenario.ana.command('#ops', '/maintenance');
    await scenario.fillForm('Unanswered', inADay());
    env.playground.faults.expireResponseUrls();
    await scenario.ana.submit();
    expect(scenario.ana.view()).toBeUndefined();
    await scenario.waitForAnnouncement('Unanswered');
    expect(await findByName('Unanswered')).toHaveLength(1);
    expect(textOf(scenario.findAnnouncements('Unanswered', '#ops')[0])).toContain('Scheduled');
  });
});
