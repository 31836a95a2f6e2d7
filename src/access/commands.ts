import { listUnfinishedApprovals } from '../approvals/repository.ts';
import { record } from '../audit/record.ts';
import { isPersonOrGroup } from '../channels.ts';
import { nameRequired } from '../core/common-errors.ts';
import { UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { type Actor, authorize, type Role, systemActor } from '../core/permissions.ts';
import { listHomeViewers } from '../home/repository.ts';
import { listUnfinishedChannels, listUnfinishedNotices } from '../maintenance/repository/announcements.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import {
  type Account,
  ensureWorkspaceAccount,
  findAccountByTeam,
  insertSubaccount,
  type Subaccount,
} from './accounts.ts';
import { subaccountNested, subjectInvalid } from './errors.ts';
import {
  clearRemoval,
  type NewInstallation,
  putGrant,
  putInstallation,
  putRemoval,
  removeInstallation,
} from './repository.ts';

/**
 * Sets or clears the role of a Slack user or a user group. Admins of the workspace stay admins.
 * @param role undefined: the default
 * @throws UserError `forbidden`, or `invalid` for an id of neither a user nor a group
 */
export async function grantRole(
  ctx: ActionContext,
  actor: Actor,
  subject: string,
  role: Role | undefined,
): Promise<void> {
  authorize(actor, 'grant-role');
  if (!isPersonOrGroup(subject)) throw UserError.invalid([subjectInvalid.at('subject', { subject })]);
  await inTransaction(ctx, async (tx, now) => {
    const before = await putGrant(tx, actor.accountId, subject, role, now);
    if (before === role) return;
    const change = { before: { role: before ?? null }, after: { role: role ?? null } };
    await record(tx, actor, now, { type: 'role.granted', subject: { kind: 'role', id: subject }, ...change });
  });
}

/**
 * Stores that a Slack workspace installed Lull. If it had removed Lull before, it gets its account back, and the messages
 * that could not be sent in between.
 * @param defaults for an account whose settings nobody changed
 */
export async function install(
  ctx: ActionContext,
  team: { readonly id: string; readonly name: string },
  installation: NewInstallation,
  defaults: { timezone: string; defaultChannel: string | null },
): Promise<Account> {
  return inTransaction(ctx, async (tx, now) => {
    const account = await findAccountByTeam(tx, team, defaults, { anonymousReads: false });
    const accountId = account.id;
    await putInstallation(tx, accountId, installation, now);
    const { installedById: id, scopes } = installation;
    const installer = { ...systemActor(accountId), id, name: id, source: 'slack' as const };
    const subject = { kind: 'workspace', id: team.id } as const;
    await record(tx, installer, now, { type: 'workspace.installed', subject, after: { scopes: [...scopes] } });
    await catchUp(tx, accountId, now);
    return account;
  });
}

/** Enqueues what could not be sent while Lull was not in the workspace. */
async function catchUp(tx: Queries, accountId: number, now: Date): Promise<void> {
  for (const channel of await listUnfinishedChannels(tx, now, accountId)) await enqueue(tx, 'announce', channel);
  for (const notice of await listUnfinishedNotices(tx, accountId)) await enqueue(tx, 'notify', notice);
  for (const maintenanceId of await listUnfinishedApprovals(tx, accountId)) {
    await enqueue(tx, 'ask-approvers', { accountId, maintenanceId });
  }
  for (const person of await listHomeViewers(tx, accountId)) await enqueue(tx, 'home', { accountId, person });
}

/**
 * Stores that a Slack workspace removed Lull. Its account stays; its maintenances start and end without messages in Slack.
 * Its tokens, secret calendars and public pages are suspended until it installs Lull again.
 * @param token the sealed one; a newer one stays
 * @param reason Slack's code, such as `account_inactive`
 * @returns false when that was known already
 */
export async function uninstall(
  ctx: ActionContext,
  accountId: number,
  token: string,
  reason: string,
): Promise<boolean> {
  return inTransaction(ctx, async (tx, now) => {
    if (!(await removeInstallation(tx, accountId, token, now))) return false;
    await record(tx, systemActor(accountId), now, { type: 'workspace.uninstalled', after: { reason } });
    return true;
  });
}

/**
 * The same for the only workspace, whose token comes from the environment and may be accepted again.
 * @returns false when that was known already
 */
export async function suspend(ctx: ActionContext, accountId: number, reason: string): Promise<boolean> {
  return inTransaction(ctx, async (tx, now) => {
    if (!(await putRemoval(tx, accountId, now))) return false;
    await record(tx, systemActor(accountId), now, { type: 'workspace.uninstalled', after: { reason } });
    return true;
  });
}

/** Ends what `suspend` or an earlier installation left, because Slack accepts the token from the environment. */
export async function resume(ctx: ActionContext, accountId: number, teamId: string): Promise<void> {
  await inTransaction(ctx, async (tx, now) => {
    if (!(await clearRemoval(tx, accountId))) return;
    const subject = { kind: 'workspace', id: teamId } as const;
    await record(tx, systemActor(accountId), now, { type: 'workspace.installed', subject, after: { scopes: [] } });
    await catchUp(tx, accountId, now);
  });
}

/**
 * Adds a sub-account, whose checks and maintenances tools of the account access by its key.
 * @throws UserError `forbidden`, also below a sub-account, or `invalid-request` for the name
 */
export async function addSubaccount(ctx: ActionContext, actor: Actor, input: { name: string }): Promise<Subaccount> {
  authorize(actor, 'add-subaccount');
  const name = input.name.trim();
  const problems = validateText('name', name, MAX_NAME_CHARS);
  if (name === '') problems.push(nameRequired.at('name', { kind: 'sub-account' }));
  if (problems.length > 0) throw UserError.invalid(problems);
  return inTransaction(ctx, async (tx, now) => {
    if ((await ensureWorkspaceAccount(tx, actor.accountId)) !== actor.accountId) throw subaccountNested({});
    const added = await insertSubaccount(tx, actor.accountId, name);
    const subject = { kind: 'account', id: added.id } as const;
    await record(tx, actor, now, { type: 'account.added', subject, after: { key: added.key, name } });
    return added;
  });
}
