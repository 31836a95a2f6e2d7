import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { identifyReader, identifyToken } from '../../src/access/authentication.ts';
import { grantRole, resume, suspend } from '../../src/access/commands.ts';
import { RIGHTS, resolveOwner } from '../../src/access/rules.ts';
import { createApiToken, revokeToken } from '../../src/access/token-commands.ts';
import { peopleBehind } from '../../src/approvals/rules.ts';
import { createSecretCalendar } from '../../src/calendars/commands.ts';
import { findCalendarBySecret } from '../../src/calendars/repository.ts';
import { type Actor, authorize } from '../../src/core/permissions.ts';
import { countingStatements } from '../statements.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const ADMIN_TOKEN = 'the-admin-token-of-the-test';
const authentication = () => ({ ctx: w.ctx, adminToken: ADMIN_TOKEN, account: async () => w.account.id });
const identified = (text: string) => identifyToken(authentication(), text);
async function actorOf(text: string): Promise<Actor> {
  const result = await identified(text);
  return result.ok ? result.actor : expect.unreachable(result.code);
}
const refused = async (text: string) => {
  const result = await identified(text);
  return result.ok ? undefined : result.code;
};
const input = { name: 'deploys', rights: 'read', scopes: null } as const;

let people = 0;
/** A full member of the workspace with this role. */
async function member(role: Actor['role']): Promise<Actor> {
  people += 1;
  const person = w.person(role, `U0PERSON${people}`);
  await w.describe(person.id, { name: `Person ${people}` });
  await grantRole(w.ctx, w.lull, person.id, role);
  return person;
}

describe('a token', () => {
  test('acts with the lower of its rights and the current role of its owner', async () => {
    const owner = await member('admin');
    const tokens: string[] = [];
    for (const rights of RIGHTS) tokens.push((await createApiToken(w.ctx, owner, { ...input, rights })).text);
    const roles = async () => {
      const found: Actor['role'][] = [];
      for (const text of tokens) found.push((await actorOf(text)).role);
      return found;
    };
    expect(await roles()).toEqual(['viewer', 'operator', 'admin']);
    expect((await actorOf(tokens[0] ?? '')).owner).toBe(owner.id);
    await grantRole(w.ctx, w.lull, owner.id, 'approver');
    expect(await roles()).toEqual(['viewer', 'operator', 'operator']);
    await grantRole(w.ctx, w.lull, owner.id, 'viewer');
    expect(await roles()).toEqual(['viewer', 'viewer', 'viewer']);
    await grantRole(w.ctx, w.lull, owner.id, 'admin');
    expect(await roles()).toEqual(['viewer', 'operator', 'admin']);
  });

  test('says that its owner lost the role that it would need', async () => {
    const owner = await member('admin');
    const { text } = await createApiToken(w.ctx, owner, { ...input, rights: 'admin' });
    await grantRole(w.ctx, w.lull, owner.id, 'operator');
    const actor = await actorOf(text);
    expect(() => authorize(actor, 'add-scope')).toThrow('owner-role-required');
    expect(() => authorize(actor, 'schedule')).not.toThrow();
    const { text: reading } = await createApiToken(w.ctx, owner, input);
    const reader = await actorOf(reading);
    expect(() => authorize(reader, 'schedule')).toThrow(/^role-required/);
  });

  test.each([
    ['is deactivated', { standing: 'outside', deactivated: true }],
    ['becomes a guest', { standing: 'outside' }],
  ] as const)('stops working while its owner %s', async (_, change) => {
    const owner = await member('operator');
    const { text } = await createApiToken(w.ctx, owner, input);
    await w.describe(owner.id, { ...change, revision: 1 });
    expect(await refused(text)).toBe('token-suspended');
    await w.describe(owner.id, { revision: 2 });
    expect(await refused(text)).toBeUndefined();
  });

  test('stops working while its owner has no role, also when the default role was all they had', async () => {
    const owner = w.person('operator', 'U0DEFAULT');
    await w.describe(owner.id);
    const { text } = await createApiToken(w.ctx, owner, { ...input, rights: 'write' });
    expect((await actorOf(text)).role).toBe('operator');
    const { id } = w.account;
    await w.ctx.database.account.update({ where: { id }, data: { defaultRole: 'none' } });
    expect(await refused(text)).toBe('token-suspended');
    await w.ctx.database.account.update({ where: { id }, data: { defaultRole: 'operator' } });
    expect(await refused(text)).toBeUndefined();
  });

  test('is not accepted before Slack said who its owner is', async () => {
    const { text } = await createApiToken(w.ctx, w.person('operator', 'U0UNKNOWN'), input);
    expect(await refused(text)).toBe('role-unverified');
  });

  test('has the role of a group that its owner is in', async () => {
    const owner = w.person('admin', 'U0GROUPED');
    await w.describe(owner.id);
    const { text } = await createApiToken(w.ctx, owner, { ...input, rights: 'admin' });
    expect((await actorOf(text)).role).toBe('operator');
    await grantRole(w.ctx, w.lull, 'S0PLATFORM', 'admin');
    await w.describeGroup('S0PLATFORM', ['U0OTHER', owner.id]);
    expect((await actorOf(text)).role).toBe('admin');
    await w.describeGroup('S0PLATFORM', ['U0OTHER']);
    expect((await actorOf(text)).role).toBe('operator');
  });

  test('is found with the role of its owner in one statement', async () => {
    const { text } = await createApiToken(w.ctx, await member('operator'), input);
    await actorOf(text);
    expect(await countingStatements(() => actorOf(text))).toHaveLength(1);
  });
});

describe('what is created with a token', () => {
  let owner: Actor;
  beforeEach(async () => {
    owner = await member('operator');
  });
  const create = async (actor: Actor, more: Partial<Parameters<typeof createApiToken>[2]> = {}) => {
    const { token, text } = await createApiToken(w.ctx, actor, { ...input, rights: 'write', ...more });
    return { token, text, actor: await actorOf(text) };
  };

  test('has the same owner, and no more rights and no more time than the token', async () => {
    const parent = await create(owner, { expiresAfterDays: 30 });
    const child = await create(parent.actor);
    expect(child.token).toMatchObject({ ownerId: owner.id, parentId: parent.token.id, purpose: null });
    expect(child.token.expiresAt).toEqual(parent.token.expiresAt);
    expect(await create(parent.actor, { expiresAfterDays: 29 })).toBeDefined();
    for (const expiresAfterDays of [31, null]) {
      await expect(create(parent.actor, { expiresAfterDays })).rejects.toThrow('expiry-after-creator');
    }
    await expect(create(parent.actor, { rights: 'admin' })).rejects.toThrow('rights-not-allowed');
    await grantRole(w.ctx, w.lull, owner.id, 'viewer');
    await expect(create(await actorOf(parent.text))).rejects.toThrow('rights-not-allowed');
  });

  test('is revoked with the token, in all generations, and the audit names each', async () => {
    const parent = await create(owner);
    const child = await create(parent.actor);
    const grandchild = await create(child.actor);
    const other = await create(owner);
    const calendar = await createSecretCalendar(w.ctx, grandchild.actor, { name: 'on call', scopes: [], services: [] });
    const findCalendar = () => findCalendarBySecret(w.ctx.database, calendar.secret, w.clock.now());
    expect(await findCalendar()).toBeDefined();
    await revokeToken(w.ctx, owner, parent.token.id);
    for (const { text } of [parent, child, grandchild]) expect(await refused(text)).toBe('token-invalid');
    expect(await refused(other.text)).toBeUndefined();
    expect(await findCalendar()).toBeUndefined();
    const revoked = await w.ctx.database.auditEvent.findMany({
      where: { type: { in: ['token.revoked', 'calendar.revoked'] } },
      orderBy: { id: 'asc' },
    });
    expect(revoked.slice(-4).map(({ subjectKind, subjectId }) => `${subjectKind} ${subjectId}`)).toEqual([
      ...[parent, child, grandchild].map(({ token }) => `token ${token.id}`),
      `calendar ${calendar.calendar.id}`,
    ]);
    await expect(create(parent.actor)).rejects.toThrow('creator-revoked');
  });

  test('ends when the token expires', async () => {
    const parent = await create(owner, { expiresAfterDays: 1 });
    const { secret } = await createSecretCalendar(w.ctx, parent.actor, { name: 'on call', scopes: [], services: [] });
    const at = (ms: number) => findCalendarBySecret(w.ctx.database, secret, new Date(w.clock.now().getTime() + ms));
    expect(await at(hours(23))).toBeDefined();
    expect(await at(hours(25))).toBeUndefined();
  });
});

describe('a service token', () => {
  test('is created by admins for a purpose, and works when they have left', async () => {
    const admin = await member('admin');
    const service = { ...input, rights: 'write', purpose: 'Deploys from CI' } as const;
    const { token, text } = await createApiToken(w.ctx, admin, service);
    expect(token).toMatchObject({ ownerId: null, purpose: 'Deploys from CI' });
    await w.describe(admin.id, { standing: 'outside', deactivated: true, revision: 1 });
    const actor = await actorOf(text);
    expect(actor.role).toBe('operator');
    expect(actor.owner).toBeUndefined();
    await expect(createApiToken(w.ctx, await member('operator'), service)).rejects.toThrow('role-required');
    const created = await w.ctx.database.auditEvent.findFirst({
      where: { type: 'token.created', subjectId: `${token.id}` },
    });
    expect(created?.after).toMatchObject({ owner: null, purpose: 'Deploys from CI' });
  });

  test('cannot be created with the token of a person, not even of an admin', async () => {
    const admin = await member('admin');
    const { text } = await createApiToken(w.ctx, admin, { ...input, rights: 'admin' });
    const purpose = 'Deploys from CI';
    await expect(createApiToken(w.ctx, await actorOf(text), { ...input, purpose })).rejects.toThrow(
      'service-token-not-allowed',
    );
  });

  test('has the person behind it who created it, also with other service tokens', async () => {
    const admin = await member('admin');
    let actor = admin;
    for (const purpose of ['Deploys', 'Deploys of web', 'Deploys of the web to production']) {
      const { text } = await createApiToken(w.ctx, actor, { ...input, rights: 'write', purpose });
      actor = await actorOf(text);
      expect(peopleBehind(actor)).toEqual([admin.id]);
    }
  });

  test('is what the admin token creates, for a purpose that is its name if none is given', async () => {
    const operator = await actorOf(ADMIN_TOKEN);
    expect((await createApiToken(w.ctx, operator, input)).token).toMatchObject({ ownerId: null, purpose: 'deploys' });
  });
});

test('everything but the admin token is suspended while the workspace has removed the app', async () => {
  const owner = await member('admin');
  const purpose = 'Deploys from CI';
  const tokens = [
    (await createApiToken(w.ctx, owner, input)).text,
    (await createApiToken(w.ctx, owner, { ...input, purpose })).text,
  ];
  const { secret } = await createSecretCalendar(w.ctx, owner, { name: 'on call', scopes: [], services: [] });
  const works = async () => {
    const calendar = await findCalendarBySecret(w.ctx.database, secret, w.clock.now());
    const reader = await identifyReader(authentication(), undefined, undefined);
    const answers: (string | undefined)[] = [];
    for (const text of [...tokens, ADMIN_TOKEN]) answers.push(await refused(text));
    return { answers, calendar: calendar && resolveOwner(calendar.facts), anyone: reader.ok };
  };
  const role = 'admin';
  const working = { answers: [undefined, undefined, undefined], calendar: { role }, anyone: true };
  expect(await works()).toEqual(working);
  expect(await suspend(w.ctx, w.account.id, 'account_inactive')).toBe(true);
  expect(await suspend(w.ctx, w.account.id, 'account_inactive')).toBe(false);
  expect(await works()).toEqual({
    answers: ['token-suspended', 'token-suspended', undefined],
    calendar: { suspended: 'app-removed' },
    anyone: false,
  });
  await resume(w.ctx, w.account.id, 'T0TEST');
  expect(await works()).toEqual(working);
});
