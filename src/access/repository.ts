import { ROLES, type Role } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { type Account, accountFields } from './accounts.ts';
import { DEFAULT_ROLES, type DefaultRole } from './rules.ts';

/** A role given to a Slack user or to a user group. */
export interface Grant {
  /** Slack's id: U... or W... of a user, S... of a group. */
  readonly subject: string;
  readonly role: Role;
}

/** Who is what in an account, as far as it was said. */
export interface Roles {
  readonly defaultRole: DefaultRole;
  readonly grants: readonly Grant[];
  /** The account's IANA zone. */
  readonly timezone: string;
}

/** An unknown word gives nobody any right. */
const readRole = (text: string): Role => ROLES.find((role) => role === text) ?? 'none';

export async function readRoles(db: Queries, accountId: number): Promise<Roles> {
  const { defaultRole, timezone, grants } = await db.account.findUniqueOrThrow({
    where: { id: accountId },
    select: {
      defaultRole: true,
      timezone: true,
      grants: { orderBy: { subject: 'asc' }, select: { subject: true, role: true } },
    },
  });
  return {
    defaultRole: DEFAULT_ROLES.find((role) => role === defaultRole) ?? 'none',
    grants: grants.map(({ subject, role }) => ({ subject, role: readRole(role) })),
    timezone,
  };
}

/** Gives a role, or takes back what was given. Returns what was given before. */
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

/** Lull in a workspace that added it. */
export interface Installation {
  readonly account: Account;
  /** The bot token, as the vault sealed it. */
  readonly token: string;
  readonly botUserId: string;
  readonly botId: string | null;
}

export interface NewInstallation {
  readonly token: string;
  readonly botUserId: string;
  readonly botId: string | null;
  readonly scopes: readonly string[];
  readonly installedById: string;
}

const fields = { token: true, botUserId: true, botId: true, account: { select: accountFields } } as const;

/** The installation of a Slack team or of an account; undefined where there is none, or none any more. */
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

/** All there are, with their workspaces by Slack team id. */
export async function listInstallations(
  db: Queries,
): Promise<{ readonly accountId: number; readonly teamId: string; readonly token: string }[]> {
  const rows = await db.installation.findMany({
    where: { token: { not: null } },
    orderBy: { accountId: 'asc' },
    select: { accountId: true, token: true, account: { select: { slackTeamId: true } } },
  });
  return rows.flatMap(({ accountId, token, account: { slackTeamId: teamId } }) =>
    token === null || teamId === null ? [] : [{ accountId, teamId, token }],
  );
}

/** Puts the token sealed anew in the place of `token`; one that came since stays. */
export async function replaceToken(db: Queries, accountId: number, token: string, anew: string): Promise<void> {
  await db.installation.updateMany({ where: { accountId, token }, data: { token: anew } });
}

/** Keeps an installation in the place of any that was there before. */
export async function putInstallation(
  tx: Queries,
  accountId: number,
  { scopes, ...installation }: NewInstallation,
  now: Date,
): Promise<void> {
  const kept = { ...installation, scopes: [...scopes], installedAt: now, removedAt: null };
  await tx.installation.upsert({ where: { accountId }, create: { accountId, ...kept }, update: kept });
}

/**
 * Forgets the token of a workspace that took it back.
 * @param token as sealed: one that came since stays
 * @returns false when that token was forgotten before
 */
export async function removeInstallation(tx: Queries, accountId: number, token: string, now: Date): Promise<boolean> {
  const { count } = await tx.installation.updateMany({
    where: { accountId, token },
    data: { token: null, removedAt: now },
  });
  return count === 1;
}

/** For a workspace whose token is given by the environment from now on: that it once removed Lull does not hold any more. */
export async function clearRemoval(db: Queries, accountId: number): Promise<void> {
  await db.installation.deleteMany({ where: { accountId, token: null } });
}

/**
 * Takes note that a state parameter came back, and forgets those of before `expired`, which nobody accepts any more.
 * @returns false when it came back before
 */
export async function useOAuthState(db: Queries, hash: string, now: Date, expired: Date): Promise<boolean> {
  await db.usedState.deleteMany({ where: { usedAt: { lt: expired } } });
  const { count } = await db.usedState.createMany({ data: [{ hash, usedAt: now }], skipDuplicates: true });
  return count === 1;
}
