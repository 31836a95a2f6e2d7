import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../../src/access/accounts.ts';
import { addSubaccount, install, uninstall } from '../../../src/access/commands.ts';
import { DeliveryError } from '../../../src/core/errors.ts';
import { systemActor } from '../../../src/core/permissions.ts';
import { listUnfinishedChannels } from '../../../src/maintenance/repository/announcements.ts';
import { Vault } from '../../../src/platform/vault.ts';
import { type Playground, startPlayground } from '../../../src/playground/server.ts';
import { installationSealPurpose, ManyWorkspaces, OneWorkspace } from '../../../src/slack/connection/workspaces.ts';
import { silent, type World, world } from '../../world.ts';

const DEFAULTS = { timezone: 'UTC', defaultChannel: undefined };
const KEY = 'the key of the tests, of some length';

let w: World;
let slack: Playground;
beforeAll(async () => {
  w = await world();
  slack = await startPlayground({ port: 0 });
});
afterAll(async () => {
  await slack.close();
  await w.close();
});

const surroundings = () => ({
  ctx: w.ctx,
  apiUrl: slack.apiUrl,
  publicUrl: 'https://lull.example',
  log: silent,
  track: () => {},
  registerListeners: () => {},
});
const account = (team: string) =>
  findAccountByTeam(w.ctx.database, { id: team, name: team }, { timezone: 'UTC', defaultChannel: null });
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was not refused'),
    (error: unknown) => (error instanceof DeliveryError ? error.reason : error),
  );
const subaccountOf = (accountId: number) => addSubaccount(w.ctx, systemActor(accountId), { name: 'A department' });
const added = (team: string, token: string) =>
  install(
    w.ctx,
    { id: team, name: team },
    { token, botUserId: 'U0BOT', botId: 'B0BOT', scopes: ['commands'], installedById: 'U0ANA' },
    { timezone: 'UTC', defaultChannel: null },
  );

describe('in single-workspace mode', () => {
  test('the account of another workspace in the database is disconnected', async () => {
    const other = await account('T0BEFORE');
    const one = new OneWorkspace(surroundings(), slack.botToken, DEFAULTS);
    const own = (await one.connect()).account;
    expect((await one.forAccount(own.id)).workspace.teamId).toBe(slack.teamId);
    expect(await refusal(one.posterFor(other.id))).toEqual({ kind: 'disconnected' });
    expect(await refusal(one.forAccount(other.id))).toEqual({ kind: 'disconnected' });
    expect(await one.findByTeam('T0BEFORE')).toBeUndefined();
  });

  test('a token that Slack revoked suspends the account, and it works again when Slack accepts the token', async () => {
    const one = new OneWorkspace(surroundings(), slack.botToken, DEFAULTS);
    const { id: accountId } = (await one.connect()).account;
    const removals = () => w.ctx.database.installation.count({ where: { accountId, token: null } });
    slack.faults.revokeTokens('invalid_auth');
    await one.isRevoked();
    expect(await removals()).toBe(0);
    slack.faults.revokeTokens('token_revoked');
    expect(await one.isRevoked()).toBe(false);
    expect(await removals()).toBe(1);
    slack.faults.restoreTokens();
    await new OneWorkspace(surroundings(), slack.botToken, DEFAULTS).connect();
    expect(await removals()).toBe(0);
    const types = { in: ['workspace.uninstalled', 'workspace.installed'] };
    const events = await w.ctx.database.auditEvent.findMany({
      where: { accountId, type: types },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ type }) => type)).toEqual(['workspace.uninstalled', 'workspace.installed']);
  });

  test('a sub-account uses the workspace of its account', async () => {
    const one = new OneWorkspace(surroundings(), slack.botToken, DEFAULTS);
    const own = (await one.connect()).account;
    const sub = await subaccountOf(own.id);
    expect(await one.posterFor(sub.id)).toBe(await one.posterFor(own.id));
    expect((await one.forAccount(sub.id)).workspace.account.id).toBe(own.id);
  });

  test('a workspace that once removed Lull counts as connected again', async () => {
    const vault = new Vault([KEY]);
    const token = vault.seal(slack.botToken, installationSealPurpose(slack.teamId));
    const own = await added(slack.teamId, token);
    expect(await uninstall(w.ctx, own.id, token, 'account_inactive')).toBe(true);
    expect(await uninstall(w.ctx, own.id, token, 'account_inactive')).toBe(false);
    await new OneWorkspace(surroundings(), slack.botToken, DEFAULTS).connect();
    expect(await w.ctx.database.installation.findUnique({ where: { accountId: own.id } })).toBeNull();
  });
});

describe('with workspaces that installed Lull', () => {
  const sealed = (team: string, key = KEY) => new Vault([key]).seal(slack.botToken, installationSealPurpose(team));

  test('after a change of the key the tokens are sealed again at the start, except those that no key opens', async () => {
    const { id } = await added(slack.teamId, sealed(slack.teamId));
    const lost = await added('T0LOST', sealed('T0LOST', 'a key that nobody has any more'));
    const tokenOf = async (accountId: number) =>
      (await w.ctx.database.installation.findUniqueOrThrow({ where: { accountId } })).token;
    const before = await tokenOf(lost.id);

    await new ManyWorkspaces(surroundings(), new Vault(['a new key, of some length', KEY])).connect();
    const many = new ManyWorkspaces(surroundings(), new Vault(['a new key, of some length']));
    expect((await many.findByTeam(slack.teamId))?.workspace.account.id).toBe(id);
    expect(await (await many.posterFor(id)).auth.test()).toMatchObject({ team_id: slack.teamId });
    expect(await tokenOf(lost.id)).toBe(before);
    await expect(many.findByTeam('T0LOST')).rejects.toThrow('Put the key it was kept with into LULL_ENCRYPTION_KEY');
  });

  test('each has one connection, until its installation changes', async () => {
    const many = new ManyWorkspaces(surroundings(), new Vault([KEY]));
    const own = await added(slack.teamId, sealed(slack.teamId));
    const [first, second] = await Promise.all([many.findByTeam(slack.teamId), many.forAccount(own.id)]);
    expect(second).toBe(first);
    await added(slack.teamId, sealed(slack.teamId));
    expect(await many.findByTeam(slack.teamId)).not.toBe(first);
  });

  test('an account without an installation is disconnected, and a sub-account uses the workspace of its account', async () => {
    const many = new ManyWorkspaces(surroundings(), new Vault([KEY]));
    const own = await added(slack.teamId, sealed(slack.teamId));
    const sub = await subaccountOf(own.id);
    expect((await many.forAccount(sub.id)).workspace.account.id).toBe(own.id);
    expect(await refusal(many.forAccount((await account('T0NEVER')).id))).toEqual({ kind: 'disconnected' });
    expect(await many.findByTeam('T0NEVER')).toBeUndefined();
  });

  test('a token that Slack rejects temporarily is kept, a revoked one is deleted, and nothing is posted there any more', async () => {
    const many = new ManyWorkspaces(surroundings(), new Vault([KEY]));
    const own = await added(slack.teamId, sealed(slack.teamId));
    await planned(own.id);
    const unfinished = async () =>
      (await listUnfinishedChannels(w.ctx.database, w.clock.now())).map((each) => each.accountId);
    expect(await unfinished()).toContain(own.id);

    slack.faults.revokeTokens('invalid_auth');
    expect(await many.isRevoked(own.id)).toBe(false);
    slack.faults.revokeTokens('token_revoked');
    expect(await many.isRevoked(own.id)).toBe(true);
    slack.faults.restoreTokens();
    expect(await many.findByTeam(slack.teamId)).toBeUndefined();
    expect(await unfinished()).not.toContain(own.id);
    await added(slack.teamId, sealed(slack.teamId));
    expect(await unfinished()).toContain(own.id);
  });

  /** A maintenance with an announcement that was not posted yet. */
  async function planned(accountId: number): Promise<void> {
    const { start, end } = w.soon(3_600_000, 3_600_000);
    await w.ctx.database.maintenance.create({
      data: {
        accountId,
        key: 'PLAN1',
        name: 'Planned',
        timezone: 'UTC',
        scheduledStart: start,
        scheduledEnd: end,
        nextDueAt: start,
        ownerId: 'U0ANA',
        ownerName: 'Ana',
        createdAt: start,
        updatedAt: start,
        announcements: { create: { id: crypto.randomUUID(), channelKind: 'slack', channel: 'C0OPS00001' } },
      },
    });
  }
});
