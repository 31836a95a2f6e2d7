import { afterAll, beforeAll, expect, test } from 'vitest';
import { identifyToken } from '../../src/access/authentication.ts';
import { grantRole } from '../../src/access/commands.ts';
import { type AskSlack, OwnerChecks } from '../../src/access/owner-checks.ts';
import type { Rights } from '../../src/access/rules.ts';
import { createApiToken } from '../../src/access/token-commands.ts';
import { authorize, type Permission } from '../../src/core/permissions.ts';
import { silent, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

let people = 0;
/** A token of an admin of whom Slack last spoke two minutes ago, and what Slack is asked. */
async function outdated(rights: Rights, answer: (id: string) => Promise<void>) {
  people += 1;
  const owner = w.person('admin', `U0PERSON${people}`);
  await w.describe(owner.id);
  await grantRole(w.ctx, w.lull, owner.id, 'admin');
  const { text } = await createApiToken(w.ctx, owner, { name: 'deploys', rights, scopes: null });
  await w.ctx.database.$executeRaw`update people set checked_at = now() - interval '2 minutes'`;
  const asked: string[] = [];
  const ask: AskSlack = async (_, id) => {
    asked.push(id);
    await answer(id);
  };
  const authentication = {
    ctx: w.ctx,
    adminToken: 'the-admin-token-of-the-test',
    account: async () => w.account.id,
    owners: new OwnerChecks(ask, silent),
  };
  const attempt = async (permission: Permission) => {
    const identified = await identifyToken(authentication, text);
    if (!identified.ok) return identified.code;
    try {
      authorize(identified.actor, permission);
      return 'allowed';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { owner, asked, attempt };
}

const never = () => new Promise<never>(() => {});
const demote = (id: string) => w.describe(id, { standing: 'outside', deactivated: true });

test('Slack is asked about an owner once a minute, however many requests use the token', async () => {
  const { owner, asked, attempt } = await outdated('read', never);
  for (const result of await Promise.all(Array.from({ length: 20 }, () => attempt('read')))) {
    expect(result).toBe('allowed');
  }
  expect(asked).toEqual([owner.id]);
});

test('a request without admin rights does not wait, and the next one knows what Slack said', async () => {
  const { attempt } = await outdated('write', demote);
  expect(await attempt('schedule')).toBe('allowed');
  await expect.poll(() => attempt('schedule')).toBe('token-suspended');
});

test('a request with admin rights waits for what Slack says', async () => {
  const { owner, attempt } = await outdated('admin', demote);
  expect(await attempt('add-scope')).toBe('token-suspended');
  const confirmed = await outdated('admin', (id) => w.describe(id));
  expect(await confirmed.attempt('add-scope')).toBe('allowed');
  expect(await confirmed.attempt('add-scope')).toBe('allowed');
  expect(confirmed.asked).not.toContain(owner.id);
  expect(confirmed.asked).toHaveLength(1);
});

test('nothing that only admins may is done while Slack does not answer within two seconds, and everything else is', async () => {
  const { attempt } = await outdated('admin', never);
  const before = performance.now();
  expect(await attempt('add-scope')).toBe('role-unverified');
  expect(performance.now() - before).toBeLessThan(5_000);
  const failing = await outdated('admin', () => Promise.reject(new Error('Slack is away')));
  expect(await failing.attempt('add-scope')).toBe('role-unverified');
  expect(await failing.attempt('schedule')).toBe('allowed');
  expect(failing.asked).toHaveLength(1);
});
