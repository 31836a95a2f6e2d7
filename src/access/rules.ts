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

/** The role that the rights of a token are enough for. Only people approve. */
export const ROLE_BY_RIGHTS = { read: 'viewer', write: 'operator', admin: 'admin' } as const;

/** What decides whether something that belongs to a person, such as a token, works and with which role. */
export interface OwnerFacts {
  /** The account with the workspace: of a sub-account the one above. */
  readonly accountId: number;
  /** False after the workspace removed the app, until it is installed again. */
  readonly isInstalled: boolean;
  readonly defaultRole: Role;
  /** The role given to the owner. */
  readonly own: Role | null;
  /** The roles given to the groups that the owner is in. */
  readonly groups: readonly Role[];
  /** null: it belongs to no person. */
  readonly owner: {
    readonly id: string;
    /** What Slack last said; null: nothing yet. */
    readonly known: {
      readonly name: string;
      readonly standing: WorkspaceStanding;
      readonly deactivated: boolean;
      /** Whether Slack said so within the last minute. */
      readonly isFresh: boolean;
    } | null;
  } | null;
}

/** Why something that belongs to a person or to a workspace does not work for now. */
export const SUSPENSIONS = [
  'app-removed',
  'owner-unknown',
  'owner-deactivated',
  'owner-outside',
  'owner-none',
] as const;
export type Suspension = (typeof SUSPENSIONS)[number];

/** The current role of an owner; 'admin' for something that belongs to no person. */
export function resolveOwner(facts: OwnerFacts): { readonly role: Role } | { readonly suspended: Suspension } {
  const { isInstalled, owner, defaultRole, own, groups } = facts;
  if (!isInstalled) return { suspended: 'app-removed' };
  if (owner === null) return { role: 'admin' };
  if (owner.known === null) return { suspended: 'owner-unknown' };
  const { standing, deactivated } = owner.known;
  if (deactivated) return { suspended: 'owner-deactivated' };
  if (standing === 'outside') return { suspended: 'owner-outside' };
  const role = resolveRole(standing, { defaultRole, own: own ?? undefined, groups });
  return role === 'none' ? { suspended: 'owner-none' } : { role };
}

/** The role of a token: the one of its rights, or the highest below it that its owner still has. Only people approve. */
export function resolveTokenRole(
  rights: Rights,
  facts: OwnerFacts,
): { readonly role: Role; readonly lowered: boolean } | { readonly suspended: Suspension } {
  const owner = resolveOwner(facts);
  if ('suspended' in owner) return owner;
  const granted = ROLE_BY_RIGHTS[rights];
  if (ROLES.indexOf(granted) <= ROLES.indexOf(owner.role)) return { role: granted, lowered: false };
  return { role: owner.role === 'approver' ? 'operator' : owner.role, lowered: true };
}

export const DEFAULT_TOKEN_DAYS = 365;
export const MAX_TOKEN_DAYS = 3_650;
