import { ROLES, type Role } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import { type Account, accountFields } from './accounts.ts';
import { DEFAULT_ROLES, type DefaultRole } from './rules.ts';

export interface Grant {
  /** A Slack id: U... or W... for a user, S... for a group. */
  readonly subject: string;
  readonly role: Role;
}

/** `timezone`: the account's IANA zone. */
export type Roles = { defaultRole: DefaultRole; grants: readonly Grant[]; timezone: string };

const readRole = (text: string): Role => ROLES.find((role) => role === text) ?? 'none';

/** Read for everything that a person does in Slack. */
export async function readRoles(db: Queries, accountId: number): Promise<Roles> {
  const [account] = await queryRows<{
    defaultRole: string;
    timezone: string;
    grants: readonly { subject: string; role: string }[];
  }>(
    db,
    sql`
      select default_role as "defaultRole", timezone, (
        select coalesce(json_agg(json_build_object('subject', subject, 'role', role) order by subject), '[]')
        from role_grants where account_id = a.id) as grants
      from accounts a where id = ${accountId}`,
  );
  if (account === undefined) throw new Error(`account ${accountId} was not found`);
  const { defaultRole, timezone, grants } = account;
  return {
    defaultRole: DEFAULT_ROLES.find((role) => role === defaultRole) ?? 'none',
    grants: grants.map(({ subject, role }) => ({ subject, role: readRole(role) })),
    timezone,
  };
}

/** Sets or clears a role. @returns the role before */
export async function putGrant(
  tx: Queries,
  accountId: number,
  subject: string,
  role: Role | undefined,
  now: Date,
): Promise<Role | undefined> {
  const where = { accountId_subject: { accountId, subject } };
  const before = await tx.roleGrant.findUnique({ where, select: { role: true } });
  if (role === undefined) await tx.roleGrant.deleteMany({ where: { accountId, subject } });
  else await tx.roleGrant.upsert({ where, create: { accountId, subject, role, createdAt: now }, update: { role } });
  return before === null ? undefined : readRole(before.role);
}

export interface Installation {
  readonly account: Account;
  /** The sealed bot token. */
  readonly token: string;
  readonly botUserId: string;
  readonly botId: string | null;
}

export interface NewInstallation extends Omit<Installation, 'account'> {
  readonly scopes: readonly string[];
  readonly installedById: string;
}

const fields = { token: true, botUserId: true, botId: true, account: { select: accountFields } } as const;

/** The installation of a Slack team or of an account; undefined if absent or removed. */
export async function findInstallation(
  db: Queries,
  where: { readonly teamId: string } | { readonly accountId: number },
): Promise<Installation | undefined> {
  const row = await db.installation.findFirst({
    where: 'teamId' in where ? { account: { slackTeamId: where.teamId } } : { accountId: where.accountId },
    select: fields,
  });
  if (row === null || row.token === null) return undefined;
  return { ...row, token: row.token };
}

export async function listInstallations(db: Queries): Promise<{ accountId: number; teamId: string; token: string }[]> {
  const rows = await db.installation.findMany({
    where: { token: { not: null } },
    orderBy: { accountId: 'asc' },
    select: { accountId: true, token: true, account: { select: { slackTeamId: true } } },
  });
  return rows.flatMap(({ accountId, token, account: { slackTeamId: teamId } }) =>
    token === null || teamId === null ? [] : [{ accountId, teamId, token }],
  );
}

/** Replaces a sealed token, unless it changed concurrently. */
export async function replaceToken(db: Queries, accountId: number, token: string, resealed: string): Promise<void> {
  await db.installation.updateMany({ where: { accountId, token }, data: { token: resealed } });
}

export async function putInstallation(
  tx: Queries,
  accountId: number,
  { scopes, ...installation }: NewInstallation,
  now: Date,
): Promise<void> {
  const data = { ...installation, scopes: [...scopes], installedAt: now, removedAt: null };
  await tx.installation.upsert({ where: { accountId }, create: { accountId, ...data }, update: data });
}

/** Removes the sealed token of a workspace; a newer one stays. @returns false when it was already removed */
export async function removeInstallation(tx: Queries, accountId: number, token: string, now: Date): Promise<boolean> {
  const removal = { token: null, removedAt: now };
  const { count } = await tx.installation.updateMany({ where: { accountId, token }, data: removal });
  return count === 1;
}

/**
 * Stores that a workspace whose token comes from the environment removed Lull.
 * @returns false when that was stored already
 */
export async function putRemoval(tx: Queries, accountId: number, now: Date): Promise<boolean> {
  const { count } = await execute(
    tx,
    sql`insert into installations as known (account_id, bot_user_id, scopes, installed_by_id, installation_date, removal_date)
      values (${accountId}, '', '{}', '', ${now}, ${now})
      on conflict (account_id) do update set token = null, removal_date = excluded.removal_date
      where known.token is not null`,
  );
  return count === 1;
}

/** Clears an earlier removal, for a workspace whose token now comes from the environment. @returns whether there was one */
export async function clearRemoval(tx: Queries, accountId: number): Promise<boolean> {
  const { count } = await tx.installation.deleteMany({ where: { accountId, token: null } });
  return count > 0;
}

/** Marks an OAuth state as used, and deletes those from before `expired`. @returns false when it was used before */
export async function useOAuthState(db: Queries, hash: string, now: Date, expired: Date): Promise<boolean> {
  await db.usedState.deleteMany({ where: { usedAt: { lt: expired } } });
  const { count } = await db.usedState.createMany({ data: [{ hash, usedAt: now }], skipDuplicates: true });
  return count === 1;
}
