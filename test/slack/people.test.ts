import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PEOPLE, type Playground, startPlayground } from '../../src/playground/server.ts';
import type { Workspace } from '../../src/slack/connection/workspace.ts';
import { People } from '../../src/slack/people.ts';
import { minutes, silent, type World, world } from '../world.ts';

let w: World;
let slack: Playground;
beforeAll(async () => {
  w = await world();
  slack = await startPlayground({ port: 0 });
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
const people = () => new People(new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl }), w.ctx.database, silent);
const calls = (method: string) => slack.log().filter(({ title }) => title === method).length;

test('Slack is asked who somebody is once in five minutes', async () => {
  const pass = timer();
  const found = people();
  const before = calls('users.info');
  const ask = async () => {
    expect((await found.find(workspace(), PEOPLE.ana)).actor.name).toMatch(/ana/i);
    return calls('users.info') - before;
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  pass(minutes(4.5));
  expect(await ask()).toBe(1);
  pass(minutes(0.5));
  expect(await ask()).toBe(2);
});

test('Slack is asked who is in a user group once in five minutes', async () => {
  const pass = timer();
  const found = people();
  const before = calls('usergroups.users.list');
  const ask = async () => {
    await found.membersOf('S0PLATFORM');
    return calls('usergroups.users.list') - before;
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  pass(minutes(4.5));
  expect(await ask()).toBe(1);
  pass(minutes(0.5));
  expect(await ask()).toBe(2);
});
