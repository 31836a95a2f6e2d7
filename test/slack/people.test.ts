import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { grantRole } from '../../src/access/commands.ts';
import { authorize, isOffered } from '../../src/core/permissions.ts';
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

describe('an admin', () => {
  const as = async (found: People, how: 'find' | 'verify', id: string = PEOPLE.ana) => {
    const person = await found.find(workspace(), id);
    return (how === 'find' ? person : await found.verify(workspace(), person))?.actor;
  };

  test('may do what only admins may once Slack confirmed it, and as soon as Slack says otherwise no longer', async () => {
    const found = people();
    const cached = (await as(found, 'find')) ?? expect.unreachable();
    expect(isOffered(cached, 'add-scope')).toBe(true);
    expect(() => authorize(cached, 'add-scope')).toThrow('role-unverified');
    expect(() => authorize(cached, 'schedule')).not.toThrow();
    const verified = (await as(found, 'verify')) ?? expect.unreachable();
    expect(() => authorize(verified, 'add-scope')).not.toThrow();

    // No event tells it.
    slack.faults.changePerson(PEOPLE.ana, { admin: false });
    expect((await as(found, 'find'))?.role).toBe('admin');
    expect((await as(found, 'verify'))?.role).toBe('operator');
    expect((await as(found, 'find'))?.role).toBe('operator');
    slack.faults.changePerson(PEOPLE.ana, { admin: true });
  });

  test('may do nothing of that while Slack does not answer within two seconds', async () => {
    const found = people();
    await as(found, 'find');
    slack.faults.method('users.info', { status: 200, error: 'internal_error', delayMs: 6_000 });
    const before = performance.now();
    expect(await as(found, 'verify')).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(5_000);
    slack.faults.clearMethods();
    slack.faults.method('users.info', { status: 503 });
    expect(await as(found, 'verify')).toBeUndefined();
    slack.faults.clearMethods();
  });

  test('through a group is none when they left it, and the group one that was deleted', async () => {
    await grantRole(w.ctx, w.lull, 'S0PLATFORM', 'admin');
    const found = people();
    const jonas = async (how: 'find' | 'verify') => (await as(found, how, PEOPLE.jonas))?.role;
    expect([await jonas('find'), await jonas('verify')]).toEqual(['admin', 'admin']);
    slack.faults.changeGroup('S0PLATFORM', [PEOPLE.ana]);
    expect(await jonas('verify')).toBe('operator');
    await grantRole(w.ctx, w.lull, 'S0GONE', 'admin');
    await w.describeGroup('S0GONE', [PEOPLE.jonas]);
    expect(await jonas('verify')).toBe('operator');
    const { members } = await w.ctx.database.roleGrant.findFirstOrThrow({ where: { subject: 'S0GONE' } });
    expect(members).toEqual([]);
    slack.faults.changeGroup('S0PLATFORM', [PEOPLE.ana, PEOPLE.jonas]);
    await grantRole(w.ctx, w.lull, 'S0PLATFORM', undefined);
    await grantRole(w.ctx, w.lull, 'S0GONE', undefined);
  });
});

describe('what Slack says by itself', () => {
  const stored = (id: string) => w.ctx.database.person.findFirst({ where: { id } });
  const described = (id: string, more: object) => ({ id, team_id: slack.teamId, name: 'yuki', ...more });

  test('of a person counts at once; nothing is stored of people who never used Lull', async () => {
    const found = people();
    const role = async () => (await found.find(workspace(), PEOPLE.yuki)).actor.role;
    expect(await role()).toBe('operator');
    await found.userChanged(described(PEOPLE.yuki, { deleted: true, updated: 7 }));
    expect(await role()).toBe('none');
    expect(await stored(PEOPLE.yuki)).toMatchObject({ standing: 'outside', deactivated: true });
    // A late one changes nothing.
    await found.userChanged(described(PEOPLE.yuki, { updated: 6 }));
    expect(await stored(PEOPLE.yuki)).toMatchObject({ deactivated: true });
    await found.userChanged(described(PEOPLE.yuki, { updated: 8 }));
    expect(await stored(PEOPLE.yuki)).toMatchObject({ standing: 'member', deactivated: false });
    await found.userChanged(described('U0STRANGER', { updated: 8 }));
    expect(await stored('U0STRANGER')).toBeNull();
  });

  test('of a group counts at once, also while Slack does not say who is in it', async () => {
    await grantRole(w.ctx, w.lull, 'S0PLATFORM', 'approver');
    const found = people();
    const role = async () => (await found.find(workspace(), PEOPLE.jonas)).actor.role;
    expect(await role()).toBe('approver');
    slack.faults.method('usergroups.users.list', { status: 503 });
    await expect(found.groupChanged('S0PLATFORM', [PEOPLE.jonas])).rejects.toThrow();
    expect(await role()).toBe('operator');
    const { members } = await w.ctx.database.roleGrant.findFirstOrThrow({ where: { subject: 'S0PLATFORM' } });
    expect(members).not.toContain(PEOPLE.jonas);
    slack.faults.clearMethods();
    await found.groupChanged('S0PLATFORM');
    expect(await role()).toBe('approver');
  });
});
