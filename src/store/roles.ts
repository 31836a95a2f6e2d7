import { ROLES, type Role } from '../domain/permissions.ts';
import { DEFAULT_ROLES, type DefaultRole } from '../domain/roles.ts';
import type { Queries } from './database.ts';

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

export async function rolesOf(db: Queries, accountId: number): Promise<Roles> {
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
