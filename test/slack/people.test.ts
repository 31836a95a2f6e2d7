import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PEOPLE, type Playground, startPlayground } from '../../src/playground/server.ts';
import { createDirectClient } from '../../src/slack/connection/client.ts';
import type { Workspace } from '../../src/slack/connection/workspace.ts';
import { People } from '../../src/slack/people.ts';
import { minutes, silent, type World, world } from '../world.ts';

let w: World;
let slack: Playground;
beforeAll(async () => {
  w = await world();
  slack = await startPlayground({ port: 0, tierLimits: false });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await slack.close();
  await w.close();
});

/** Lets so many milliseconds pass on the clock that no time zone and no person moves. */
function timer() {
  const real = performance.now.bind(performance);
  let offset = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => real() + offset);
  return (milliseconds: number) => {
    offset += milliseconds;
  };
}
const workspace = (): Workspace => ({
  ...{ teamId: slack.teamId, botUserId: 'U0BOT', botId: undefined },
  account: w.account,
});
const people = () =>
  new People(createDirectClient(silent, slack.botToken, slack.apiUrl), w.ctx.database, silent, workspace());
const calls = (method: string) => slack.log().filter(({ title }) => title === method).length;

test('Slack is asked who somebody is once a minute', async () => {
  const pass = timer();
  const found = people();
  const before = calls('users.info');
  const ask = async () => {
    expect((await found.find(workspace(), PEOPLE.ana)).actor.name).toMatch(/ana/i);
    return calls('users.info') - before;
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  pass(minutes(0.9));
  expect(await ask()).toBe(1);
  pass(minutes(0.1));
  expect(await ask()).toBe(2);
});

test('people are who they were while Slack limits these calls, takes long, or is away', async () => {
  const pass = timer();
  const found = people();
  const find = async () => (await found.find(workspace(), PEOPLE.ana)).actor.name;
  const name = await find();
  for (const fault of [{ status: 429, retryAfter: 60 }, { status: 503 }, { status: 'hang_up' as const }]) {
    slack.faults.clearMethods();
    slack.faults.method('users.info', { ...fault, times: 10 });
    pass(minutes(1));
    expect(await find()).toBe(name);
  }
  slack.faults.clearMethods();
  slack.faults.method('users.info', { status: 200, error: 'user_not_found', delayMs: 2_000 });
  pass(minutes(1));
  expect(await find()).toBe(name);
  slack.faults.clearMethods();
});

test('a person whom Slack does not know any more is nobody, at once', async () => {
  const pass = timer();
  const found = people();
  await found.find(workspace(), PEOPLE.ana);
  slack.faults.method('users.info', { status: 200, error: 'user_not_found' });
  pass(minutes(1));
  await expect(found.find(workspace(), PEOPLE.ana)).rejects.toThrow('user_not_found');
});

test('a stranger is not waited for while Slack limits these calls', async () => {
  slack.faults.method('users.info', { status: 429, retryAfter: 60 });
  await expect(people().find(workspace(), PEOPLE.ana)).rejects.toMatchObject({ retryAfter: 60 });
});

test('Slack is asked who is in a user group once a minute', async () => {
  const pass = timer();
  const found = people();
  const before = calls('usergroups.users.list');
  const ask = async () => {
    await found.membersOf('S0PLATFORM');
    return calls('usergroups.users.list') - before;
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  pass(minutes(0.9));
  expect(await ask()).toBe(1);
  pass(minutes(0.1));
  expect(await ask()).toBe(2);
});
