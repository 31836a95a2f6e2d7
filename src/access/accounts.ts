import type { Prisma } from '../../prisma/client/client.ts';
import type { EventType } from '../audit/events.ts';
import { isKey, newKey } from '../core/keys.ts';
import type { Queries } from '../platform/database.ts';
import { byName } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import { DEFAULT_ROLES, type DefaultRole } from './rules.ts';

export const accountFields = { id: true, name: true, slackTeamId: true, timezone: true, defaultChannel: true } as const;

export type Account = Prisma.AccountGetPayload<{ select: typeof accountFields }>;

export interface AccountSettings {
  readonly defaultRole: DefaultRole;
  readonly timezone: string;
  readonly defaultChannel: string | null;
  /** Minutes after a window when its checks are verified; 0: never. */
  readonly postCheckAfter: number;
  /** Whether anybody reads what is public without a token: pages, feeds, and every interface for tools. */
  readonly anonymousReads: boolean;
}

/** The settings, and what admins should know of them. */
export interface Settings extends AccountSettings {
  /** The channels that nothing can be posted to, why, and since when. */
  readonly failingChannels: readonly { readonly channel: string; readonly reason: string; readonly since: Date }[];
}

const FAILING_CHANNELS = {
  select: { channel: true, reason: true, since: true },
  orderBy: [{ since: 'asc' }, { channel: 'asc' }],
  take: 100,
} as const satisfies Prisma.Account$failuresArgs;

/**
 * The account of a Slack workspace, created if necessary. The defaults apply until somebody changes its settings.
 * @param created settings of a new one
 */
export async function findAccountByTeam(
  db: Queries,
  team: { id: string; name: string },
  defaults: { timezone: string; defaultChannel: string | null },
  created: Partial<Pick<AccountSettings, 'anonymousReads'>> = {},
): Promise<Account> {
  const account = await db.account.upsert({
    where: { slackTeamId: team.id },
    create: { name: team.name, slackTeamId: team.id, ...defaults, ...created },
    update: { name: team.name },
    select: accountFields,
  });
  const type: EventType = 'settings.changed';
  if ((await db.auditEvent.count({ where: { accountId: account.id, type } })) > 0) return account;
  return db.account.update({ where: { id: account.id }, data: defaults, select: accountFields });
}

export async function findAccount(db: Queries, id: number): Promise<Account | null> {
  const [account = null] = await queryRows<Account>(
    db,
    sql`
      select id, name, slack_team_id as "slackTeamId", timezone, default_channel as "defaultChannel"
      from accounts where id = ${id}`,
  );
  return account;
}

/** The account with a Slack workspace: itself, or the parent of a sub-account. */
export async function ensureWorkspaceAccount(db: Queries, id: number): Promise<number> {
  const row = await db.account.findUnique({ where: { id }, select: { parentId: true } });
  return row?.parentId ?? id;
}

export async function readSettings(db: Queries, accountId: number): Promise<Settings> {
  const { failures, ...row } = await db.account.findUniqueOrThrow({
    where: { id: accountId },
    select: {
      defaultRole: true,
      timezone: true,
      defaultChannel: true,
      postCheckAfter: true,
      anonymousReads: true,
      failures: FAILING_CHANNELS,
    },
  });
  const defaultRole = DEFAULT_ROLES.find((role) => role === row.defaultRole) ?? 'none';
  return { ...row, defaultRole, failingChannels: failures };
}

/** Absent settings keep their values. */
export async function updateSettings(
  tx: Queries,
  accountId: number,
  settings: Partial<AccountSettings>,
): Promise<void> {
  await tx.account.update({ where: { id: accountId }, data: { ...settings } });
}

/** The account of an earlier start, for use before Slack answers; null before the first connection. */
export async function findOnlyAccount(db: Queries): Promise<Account | null> {
  const [account = null, other] = await listFirstAccounts(db);
  return other === undefined ? account : null;
}

/** The first two top-level accounts. */
export async function listFirstAccounts(db: Queries): Promise<Account[]> {
  return queryRows(
    db,
    sql`select id, name, slack_team_id as "slackTeamId", timezone, default_channel as "defaultChannel"
      from accounts where parent_id is null order by id limit 2`,
  );
}

/**
 * The accounts that a reader without a token may mean: that of a Slack team, or the first two top-level ones. Those whose
 * workspace removed Lull are left out.
 */
export async function listAnonymousAccounts(db: Queries, team: string | undefined) {
  if (team?.includes('\0')) return [];
  const isTeam = team === undefined ? sql`true` : sql`slack_team_id = ${team}`;
  return queryRows<{ readonly id: number; readonly anonymousReads: boolean }>(
    db,
    sql`
      select id, anonymous_reads as "anonymousReads" from accounts
      where parent_id is null and ${isTeam}
        and not exists (select from installations i where i.account_id = accounts.id and i.token is null)
      order by id limit 2`,
  );
}

export interface Subaccount {
  readonly id: number;
  /** Identifies it in the HTTP API. */
  readonly key: string;
  readonly name: string;
}

const subaccountFields = { id: true, key: true, name: true } as const;

function toSubaccount({ id, key, name }: { id: number; key: string | null; name: string }): Subaccount {
  if (key === null) throw new Error(`account ${id} is a sub-account and has no key`);
  return { id, key, name };
}

/** By name, then id. */
export async function listSubaccounts(db: Queries, parentId: number): Promise<Subaccount[]> {
  const rows = await db.account.findMany({ where: { parentId }, orderBy: [...byName], select: subaccountFields });
  return rows.map(toSubaccount);
}

/**
 * The account with this Slack team id, or with this key of a sub-account.
 * @param accountId searched with its sub-accounts; absent: all accounts are
 */
export async function findAccountNamed(db: Queries, name: string, accountId?: number) {
  if (!isKey(name)) return undefined;
  const reachable = accountId === undefined ? {} : { OR: [{ id: accountId }, { parentId: accountId }] };
  const named = { OR: [{ slackTeamId: name }, { key: name.toUpperCase() }] };
  const row = await db.account.findFirst({
    where: { AND: [named, reachable] },
    orderBy: { slackTeamId: 'asc' },
    select: subaccountFields,
  });
  return row ?? undefined;
}

/** An account and the version of what it shows, which is another one after every committed change. */
export interface AccountContent {
  readonly name: string;
  /** IANA */
  readonly timezone: string;
  readonly slackTeamId: string | null;
  readonly version: string;
}

/** The version of what an account shows: a scalar for a statement. */
export const contentVersion = (accountId: number) =>
  sql`(select coalesce(sum(changes), 0)::text from content_changes where account_id = ${accountId})`;

export async function readContentVersion(db: Queries, accountId: number): Promise<AccountContent> {
  const [row] = await queryRows<AccountContent>(
    db,
    sql`select name, timezone, slack_team_id as "slackTeamId", ${contentVersion(accountId)} as version
      from accounts where id = ${accountId}`,
  );
  if (row === undefined) throw new Error(`there is no account ${accountId}`);
  return row;
}

/** Creates a sub-account in the time zone of its parent. */
export async function insertSubaccount(tx: Queries, parentId: number, name: string): Promise<Subaccount> {
  const { timezone } = await tx.account.findUniqueOrThrow({ where: { id: parentId }, select: { timezone: true } });
  const row = await tx.account.create({ data: { parentId, key: newKey(8), name, timezone }, select: subaccountFields });
  return toSubaccount(row);
}
