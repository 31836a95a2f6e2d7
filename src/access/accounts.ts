import type { EventType } from '../audit/events.ts';
import { isKey, newKey } from '../core/keys.ts';
import type { Queries } from '../platform/database.ts';
import { DEFAULT_ROLES, type DefaultRole } from './rules.ts';

export interface Account {
  id: number;
  name: string;
  slackTeamId: string | null;
  timezone: string;
  defaultChannel: string | null;
}

export const accountFields = { id: true, name: true, slackTeamId: true, timezone: true, defaultChannel: true } as const;

/** What the admins of an account set for all of it. */
export interface AccountSettings {
  readonly defaultRole: DefaultRole;
  readonly timezone: string;
  readonly defaultChannel: string | null;
  /** How long after a window its checks are looked at once more (minutes); 0: they are not. */
  readonly postCheckAfter: number;
}

/**
 * The account of a Slack workspace, made when it is seen for the first time. The defaults hold until somebody
 * changes the settings of the account.
 */
export async function findAccountByTeam(
  db: Queries,
  team: { id: string; name: string },
  defaults: { timezone: string; defaultChannel: string | null },
): Promise<Account> {
  const account = await db.account.upsert({
    where: { slackTeamId: team.id },
    create: { name: team.name, slackTeamId: team.id, ...defaults },
    update: { name: team.name },
    select: accountFields,
  });
  if (await settingsWereChanged(db, account.id)) return account;
  return db.account.update({ where: { id: account.id }, data: defaults, select: accountFields });
}

export async function findAccount(db: Queries, id: number): Promise<Account | null> {
  return db.account.findUnique({ where: { id }, select: accountFields });
}

/** The account that has a Slack workspace of its own: itself, or the one that a sub-account belongs to. */
export async function ensureWorkspaceAccount(db: Queries, id: number): Promise<number> {
  const row = await db.account.findUnique({ where: { id }, select: { parentId: true } });
  return row === null || row.parentId === null ? id : ensureWorkspaceAccount(db, row.parentId);
}

/** Whether somebody set what holds for the account, so that the environment has no say in it any more. */
async function settingsWereChanged(db: Queries, accountId: number): Promise<boolean> {
  return (await db.auditEvent.count({ where: { accountId, type: 'settings.changed' satisfies EventType } })) > 0;
}

export async function readSettings(db: Queries, accountId: number): Promise<AccountSettings> {
  const row = await db.account.findUniqueOrThrow({
    where: { id: accountId },
    select: { defaultRole: true, timezone: true, defaultChannel: true, postCheckAfter: true },
  });
  return { ...row, defaultRole: DEFAULT_ROLES.find((role) => role === row.defaultRole) ?? 'none' };
}

/** What is not named stays as it is. */
export async function updateSettings(
  tx: Queries,
  accountId: number,
  settings: Partial<AccountSettings>,
): Promise<void> {
  await tx.account.update({ where: { id: accountId }, data: { ...settings } });
}

/** The account of an earlier start, for while Slack has not answered yet; null before the first connection. */
export async function findOnlyAccount(db: Queries): Promise<Account | null> {
  const rows = await listReadableAccounts(db, undefined);
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

/** The top-level accounts that somebody without a token may mean: that of a Slack team, or those there are (two at most). */
export async function listReadableAccounts(db: Queries, team: string | undefined): Promise<Account[]> {
  // PostgreSQL has no text with U+0000 in it.
  if (team?.includes('\0')) return [];
  const named = team === undefined ? {} : { slackTeamId: team };
  return db.account.findMany({
    where: { parentId: null, ...named },
    orderBy: { id: 'asc' },
    take: 2,
    select: accountFields,
  });
}

/** An account within an account, with rows of its own. */
export interface Subaccount {
  readonly id: number;
  /** By which tools name it. */
  readonly key: string;
  readonly name: string;
}

const fields = { id: true, key: true, name: true } as const;

function toSubaccount({ id, key, name }: { id: number; key: string | null; name: string }): Subaccount {
  if (key === null) throw new Error(`account ${id} is a sub-account and has no key`);
  return { id, key, name };
}

/** By name; ties are broken by id. */
export async function listSubaccounts(db: Queries, parentId: number): Promise<Subaccount[]> {
  const rows = await db.account.findMany({
    where: { parentId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: fields,
  });
  return rows.map(toSubaccount);
}

/** The sub-account of this account with this key, or this account itself when that is its key. */
export async function findSubaccount(db: Queries, accountId: number, key: string): Promise<Subaccount | undefined> {
  if (!isKey(key)) return undefined;
  const row = await db.account.findFirst({
    where: { key: key.toUpperCase(), OR: [{ parentId: accountId }, { id: accountId }] },
    select: fields,
  });
  return row === null ? undefined : toSubaccount(row);
}

/** In the zone of its parent. */
export async function insertSubaccount(tx: Queries, parentId: number, name: string): Promise<Subaccount> {
  const { timezone } = await tx.account.findUniqueOrThrow({ where: { id: parentId }, select: { timezone: true } });
  const row = await tx.account.create({ data: { parentId, key: newKey(8), name, timezone }, select: fields });
  return toSubaccount(row);
}
