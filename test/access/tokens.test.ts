import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiToken, listVisibleTokens, revokeToken } from '../../src/access/token-commands.ts';
import { findToken } from '../../src/access/token-repository.ts';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const input = { name: 'deploys', rights: 'read', scopes: null } as const;
const found = (text: string) => findToken(w.ctx.database, text, w.clock.now());

test('a token is shown once; the database does not contain it', async () => {
  const { text, token } = await createApiToken(w.ctx, w.ana, { ...input, rights: 'write' });
  expect(text).toMatch(/^lull_[\w-]{32}$/);
  expect(await found(text)).toMatchObject({ id: token.id, name: 'deploys', rights: 'write', scopes: null });
  const rows = JSON.stringify([await w.ctx.database.apiToken.findMany(), await w.ctx.database.auditEvent.findMany()]);
  expect(rows).not.toContain(text);
  expect(rows).not.toContain(text.slice(5));
});

test('nobody can create a token with more rights than they have', async () => {
  const viewer = w.person('viewer', 'U0VERA');
  expect((await createApiToken(w.ctx, viewer, input)).token.rights).toBe('read');
  await expect(createApiToken(w.ctx, viewer, { ...input, rights: 'write' })).rejects.toMatchObject({
    code: 'rights-not-allowed',
    params: { rights: 'write', needed: 'operator', actor: 'Ana', role: 'viewer' },
  });
  await expect(createApiToken(w.ctx, w.person('approver'), { ...input, rights: 'admin' })).rejects.toThrow(
    'rights-not-allowed',
  );
  await expect(createApiToken(w.ctx, w.person('none'), input)).rejects.toThrow('role-required');
});

test('a token that is limited to a scope cannot create tokens', async () => {
  const scope = await addScope(w.ctx, w.lull, { name: 'shop' });
  const admin = w.person('admin');
  const { token } = await createApiToken(w.ctx, admin, { ...input, rights: 'admin', scopes: [scope.id] });
  expect(token.scopes).toEqual([scope.id]);
  await expect(createApiToken(w.ctx, { ...admin, scopes: [scope.id] }, input)).rejects.toThrow('limited-to-scopes');
  await expect(createApiToken(w.ctx, admin, { ...input, scopes: [] })).rejects.toThrow('scopes-empty');
  await expect(createApiToken(w.ctx, admin, { ...input, scopes: [999] })).rejects.toThrow('reference-unknown');
});

test('a token expires on its day, and its last use is stored to the minute', async () => {
  const { text, token } = await createApiToken(w.ctx, w.ana, { ...input, expiresAfterDays: 1 });
  const made = token.createdAt.getTime();
  const at = (ms: number) => findToken(w.ctx.database, text, new Date(made + ms));
  const used = async () => {
    const its = (await listVisibleTokens(w.ctx, w.ana)).find(({ id }) => id === token.id);
    return its?.lastUsedAt == null ? null : its.lastUsedAt.getTime() - made;
  };
  expect(await used()).toBeNull();
  await at(0);
  await at(minutes(0.5));
  expect(await used()).toBe(0);
  await at(minutes(1));
  expect(await used()).toBe(minutes(1));
  expect(await at(hours(24) - 1)).toBeDefined();
  expect(await at(hours(24))).toBeUndefined();
});

test('a revoked token is invalid immediately; people see and revoke their own tokens, admins all', async () => {
  const bo = w.person('operator', 'U0BO');
  const { text, token } = await createApiToken(w.ctx, bo, { ...input, name: 'of Bo' });
  expect((await listVisibleTokens(w.ctx, w.ana)).map(({ name }) => name)).not.toContain('of Bo');
  await expect(revokeToken(w.ctx, w.ana, token.id)).rejects.toThrow('token-not-found');
  expect((await listVisibleTokens(w.ctx, w.person('admin'))).map(({ name }) => name)).toContain('of Bo');
  await revokeToken(w.ctx, w.person('admin'), token.id);
  expect(await found(text)).toBeUndefined();
  await expect(revokeToken(w.ctx, bo, token.id)).rejects.toThrow('token-not-found');
});
