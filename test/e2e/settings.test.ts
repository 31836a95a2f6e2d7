import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

type Who = 'ana' | 'jonas' | 'guest';
/** Ana is an admin of the workspace, Jonas is a member, and both are in the group @platform. */
async function runCommand(person: Who, line: string) {
  const who = env.playground.as(person);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1));
}
const runForText = async (...args: Parameters<typeof runCommand>) => textOf(await runCommand(...args));
const canSchedule = async (person: Who) =>
  (await runForText(person, 'api tomorrow 2am for 1h: Trial')).includes('draft.schedule') &&
  !(await runForText(person, 'subscribe api')).includes('may not');

describe('roles', () => {
  afterEach(async () => {
    for (const line of [
      'default-role operator',
      'role @jonas default',
      'role @platform default',
      'role @sam default',
    ]) {
      await runCommand('ana', `settings ${line}`);
    }
  });

  test('are given by admins only', async () => {
    expect(await runForText('jonas', 'settings show')).toContain('may not change settings: that needs the role admin');
    expect(await runForText('jonas', 'settings role @jonas admin')).toContain('may not give roles');
    expect(await runForText('jonas', 'settings default-role approver')).toContain('may not change settings');
    expect(await runForText('guest', 'settings show')).toContain('guests never have one');
    expect(await canSchedule('jonas')).toBe(true);
  });

  test('given to a person apply at once, until they are removed', async () => {
    expect(await runForText('ana', 'settings role @jonas viewer')).toContain('is now *viewer*');
    expect(await runForText('jonas', 'subscribe api')).toContain(
      'that needs the role operator, and jonas has the role viewer',
    );
    expect(await runForText('jonas', 'list')).not.toContain('may not');
    await runCommand('ana', 'settings role @jonas admin');
    expect(await runForText('jonas', 'settings show')).toContain('*Members are*');
    await runCommand('ana', 'settings role @jonas default');
    expect(await runForText('jonas', 'settings show')).toContain('may not');
    const events = await env.lull.ctx.database.auditEvent.findMany({
      where: { type: 'role.granted' },
      orderBy: { id: 'asc' },
    });
    expect(events.slice(0, 2)).toMatchObject([
      { actorId: 'U0ANA00001', before: { role: null }, after: { role: 'viewer' } },
      { before: { role: 'viewer' }, after: { role: 'admin' } },
    ]);
  });

  test('given to a user group apply to its members', async () => {
    await runCommand('ana', 'settings default-role viewer');
    expect(await runForText('jonas', 'subscribe api')).toContain('the role viewer');
    expect(await runForText('ana', 'settings role @platform operator')).toContain(
      '<!subteam^S0PLATFORM> is now *operator*',
    );
    expect(await canSchedule('jonas')).toBe(true);
    expect(await runForText('ana', 'settings show')).toContain('<!subteam^S0PLATFORM>: operator');
  });

  test('do not demote workspace admins, nor promote guests', async () => {
    expect(await runForText('ana', 'settings role @ana viewer')).toContain('stays an admin');
    expect(await runForText('ana', 'settings role @sam admin')).toContain('stays without rights');
    expect(await runForText('guest', 'list')).toContain('may not');
    expect(await runForText('ana', 'settings show')).toContain('*Members are*');
    await runCommand('ana', 'settings role @ana default');
  });

  test('in an unknown form are not understood, and the answer shows the right form', async () => {
    const answer = await runForText('ana', 'settings owners api jonas');
    expect(answer).toContain('Not understood: `settings owners api jonas`. Nothing was changed.');
    expect(answer).toContain('settings owners api @ana @jonas');
  });

  test('that do not exist are refused', async () => {
    expect(await runForText('ana', 'settings role @jonas boss')).toContain('There is no role boss');
    expect(await runForText('ana', 'settings default-role admin')).toContain(
      'expected one of none, viewer, operator, approver',
    );
  });
});

describe('scopes and freezes', () => {
  test('are added in words and listed, and a freeze is removed with a button', async () => {
    expect(await runForText('ana', 'settings scope add Vault')).toContain('Added the scope *Vault*');
    expect(await runForText('ana', 'settings scope vault approval on')).toContain('a second person approves');
    expect(await runForText('ana', 'settings freeze Vault tomorrow 8am to tomorrow 6pm: Audit')).toContain(
      'of *Vault*',
    );
    const question = await runCommand('ana', 'settings warn tomorrow 8:00 to tomorrow 20:00: Launch: part one');
    expect(textOf(question)).toContain('in the morning or in the afternoon?');
    const ana = env.playground.as('ana');
    await ana.press(question, 'sentence.choose.0');
    await ana.waitFor('the freeze', () => textOf(ana.again(question)).includes('is remarked'));
    const details = await runCommand('ana', 'settings show');
    expect(textOf(details)).toContain('*Need approval*  Vault');
    expect(textOf(details)).toContain('Launch: part one, warns only');
    const { items } = (await env.api('GET', '/api/v1/freezes')).body;
    expect(items).toMatchObject([
      { reason: 'Audit', effect: 'block', created_by: expect.any(String) },
      { reason: 'Launch: part one', effect: 'warn', scope: null },
    ]);
    await ana.press(details, `Remove freeze ${items[0].id}`);
    await ana.waitFor('the answer', () => textOf(ana.again(details)).includes('Removed freeze'));
    await runCommand('ana', `settings unfreeze ${items[1].id}`);
    expect((await env.api('GET', '/api/v1/freezes')).body.items).toEqual([]);
  });

  test('a freeze without an end or a reason is refused with an example', async () => {
    expect(await runForText('ana', 'settings freeze tomorrow 8am: Audit')).toContain('Say until when');
    expect(await runForText('ana', 'settings freeze tomorrow 8am to 9am')).toContain('why after a colon');
    expect(await runForText('jonas', 'settings freeze tomorrow 8am to 9am: Mine')).toContain('may not add freezes');
  });
});

test('the default channel and time zone are set, and survive a restart', async () => {
  expect(await runForText('ana', 'settings channel #deploys')).toContain('hears of every maintenance now');
  expect(await runForText('ana', 'settings zone Mars/Olympus')).toContain(
    'an IANA time zone such as Europe/Berlin is expected',
  );
  await runCommand('ana', 'settings zone Asia/Tokyo');
  const restarted = await env.again();
  try {
    expect(restarted.workspace?.account).toMatchObject({
      timezone: 'Asia/Tokyo',
      defaultChannel: expect.stringMatching(/^C/),
    });
  } finally {
    await restarted.stop();
  }
  expect(await runForText('ana', 'settings channel none')).toContain('No channel hears');
  expect(await runForText('ana', 'settings zone')).toContain('*Time zone*  Asia/Tokyo');
  expect(await runForText('ana', 'settings look 2000')).toContain('Check after a window is 2000');
  await runCommand('ana', 'settings look 10');
  expect(await runForText('ana', 'settings look')).toContain('*Checks are looked at again*  10 min after a window');
});
