import { ROLES, type Role } from '../core/permissions.ts';

/** What somebody is to the workspace itself. `outside`: guests, bots, and people of other workspaces. */
export type WorkspaceStanding = 'outside' | 'member' | 'workspace-admin';

/** What full members may be without a grant. */
export const DEFAULT_ROLES = ['none', 'viewer', 'operator', 'approver'] as const;
export type DefaultRole = (typeof DEFAULT_ROLES)[number];

/** What an account says of somebody. */
export interface Granted {
  readonly defaultRole: Role;
  /** Granted to the person. */
  readonly own: Role | undefined;
  /** Granted to the user groups that the person is in. */
  readonly groups: readonly Role[];
}

/**
 * The role of somebody. Those outside have none, whatever is granted. The admins of the workspace are admins, so that
 * there is always one: the last cannot be taken away. What is granted to a person holds, be it less; otherwise the
 * highest of the default and of what their groups are granted.
 */
export function resolveRole(standing: WorkspaceStanding, { defaultRole, own, groups }: Granted): Role {
  if (standing === 'outside') return 'none';
  if (standing === 'workspace-admin') return 'admin';
  if (own !== undefined) return own;
  const highest = Math.max(...[defaultRole, ...groups].map((role) => ROLES.indexOf(role)));
  return ROLES[highest] ?? 'none';
}

/** What a token may be used for. */
export const RIGHTS = ['read', 'write', 'admin'] as const;
export type Rights = (typeof RIGHTS)[number];

/** The role that a token acts in. It never approves: that is for people. */
export const ROLE_BY_RIGHTS = { read: 'viewer', write: 'operator', admin: 'admin' } as const satisfies Record<
  Rights,
  Role
>;

/** What a new token expires after unless something else is said, and at most (days). */
export const DEFAULT_TOKEN_DAYS = 365;
export const MAX_TOKEN_DAYS = 3_650;
