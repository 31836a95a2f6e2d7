import { ROLES, type Role } from '../core/permissions.ts';

/** Somebody's position in the workspace. `outside`: guests, bots, and people of other workspaces. */
export type WorkspaceStanding = 'outside' | 'member' | 'workspace-admin';

/** The roles that full members can have without a grant. */
export const DEFAULT_ROLES = ['none', 'viewer', 'operator', 'approver'] as const;
export type DefaultRole = (typeof DEFAULT_ROLES)[number];

/**
 * The role of somebody. Admins of the workspace are always admins, so that there is one. A grant to the person (`own`)
 * wins, even if it is lower; otherwise the highest of the default and of their groups' grants.
 */
export function resolveRole(
  standing: WorkspaceStanding,
  { defaultRole, own, groups }: { defaultRole: Role; own: Role | undefined; groups: readonly Role[] },
): Role {
  if (standing === 'outside') return 'none';
  if (standing === 'workspace-admin') return 'admin';
  if (own !== undefined) return own;
  const highest = Math.max(...[defaultRole, ...groups].map((role) => ROLES.indexOf(role)));
  return ROLES[highest] ?? 'none';
}

/** What a token can be used for. */
export const RIGHTS = ['read', 'write', 'admin'] as const;
export type Rights = (typeof RIGHTS)[number];

/** The role of a token. Only people approve. */
export const ROLE_BY_RIGHTS = { read: 'viewer', write: 'operator', admin: 'admin' } as const;

export const DEFAULT_TOKEN_DAYS = 365;
export const MAX_TOKEN_DAYS = 3_650;
