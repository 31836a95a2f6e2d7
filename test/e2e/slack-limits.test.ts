import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BOT_USER } from '../../src/playground/workspace/seed.ts';
import { createScenario } from '../faults/stage.ts';
import { hours } from '../world.ts';
import { type Installation, install } from './installation.ts';

let env: Installation;
let scenario: ReturnType<typeof createScenario>;
beforeAll(async () => {
  env = await install({ playground: { workspaceMessageRate: { perSecond: 10, burst: 5 } } });
  scenario = createScenario(env);
});
afterAll(() => env.close());
afterEach(() => env.playground.faults.clearMethods());

const inADay = () => new Date(env.clock.now().getTime() + hours(24));

test('many channels get an announcement, with few calls in vain', { timeout: 60_000 }, async () => {
  const { ana } = scenario;
  const names = Array.from({ length: 30 }, (_, index) => `team-${index}`);
  for (const name of names) {
    const channel = ana.createChannel(name);
    ana.invite(`#${name}`, BOT_USER);
    await env.api('POST', '/api/v1/subscriptions', { channel });
  }
  await scenario.schedule('In every channel', inADay());
  for (const name of names) await scenario.waitForAnnouncement('In every channel', 'Scheduled', `#${name}`);
  await env.settle();
  for (const name of names) expect(scenario.findAnnouncements('In every channel', `#${name}`)).toHaveLength(1);
  const calls = env.playground.log().filter(({ title }) => title === 'chat.postMessage');
  expect(calls.filter(({ error }) => error === 'ratelimited').length).toBeLessThan(10);
  expect(env.playground.log().filter(({ title }) => title === 'conversations.history')).toEqual([]);
});

test('Homes that take long delay no announcement', async () => {
  const people = ['ana', 'jonas', 'yuki'] as const;
  for (const name of people) env.playground.as(name).openHome();
  for (const name of people) await env.playground.as(name).waitFor('the Home', () => env.playground.as(name).home());
  env.playground.faults.method('views.publish', { status: 200, error: 'internal_error', delayMs: 8_000, times: 50 });
  const publishing = () => env.playground.log().filter(({ title }) => title === 'views.publish');
  await scenario.schedule('Seen on Homes', inADay());
  const before = publishing().length;
  await scenario.ana.waitFor('a Home to be published', () => publishing().length > before, 20_000);
  await scenario.schedule('Announced in the meantime', inADay());
  await scenario.waitForAnnouncement('Announced in the meantime', 'Scheduled', '#ops');
  expect(
    publishing()
      .slice(before)
      .every(({ outcome }) => outcome === 'pending'),
  ).toBe(true);
});
