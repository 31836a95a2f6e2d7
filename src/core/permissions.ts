import { forbidden, type UserError, unavailable } from './errors.ts';

/** From least to most. `none` is for guests and people of other workspaces. */
export const ROLES = ['none', 'viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export type Source = 'slack' | 'http' | 'lull';

/** An authenticated person, token or Lull itself. */
export interface Actor {
  readonly accountId: number;
  /** Stable within its source: a Slack user id, `token:5`, `lull`. */
  readonly id: string;
  readonly name: string;
  readonly source: Source;
  readonly role: Role;
  /** The Slack id of the person whose token this is. Absent: a person, a service token, the admin token, or Lull. */
  readonly owner?: string;
  /** The Slack id of the person who created this service token, also with another one. Absent: none did, or it is no service token. */
  readonly creator?: string;
  /** Of a token whose owner has a lower role now than its rights are enough for: the role that those would give it. */
  readonly loweredFrom?: Role;
  /** Slack did not confirm the role just now, which what only admins may do requires. */
  readonly unverified?: true;
  /** The ids of the scopes that the actor is limited to, such as those of a token. Absent: the whole account. */
  readonly scopes?: readonly number[];
}

/**
 * Each permission with the least role that has it, and as a verb phrase for "You need the operator role to ...". Actors
 * limited to scopes have only those that concern one maintenance or series, whose scopes are then checked. No token has those
 * that are for people only.
 */
const PERMISSIONS = {
  read: { role: 'viewer', label: 'see maintenances', withinScopes: true },
  schedule: { role: 'operator', label: 'schedule maintenances', withinScopes: true },
  edit: { role: 'operator', label: 'change maintenances', withinScopes: true },
  start: { role: 'operator', label: 'start maintenances', withinScopes: true },
  finish: { role: 'operator', label: 'end maintenances', withinScopes: true },
  extend: { role: 'operator', label: 'extend maintenances', withinScopes: true },
  reschedule: { role: 'operator', label: 'move maintenances', withinScopes: true },
  cancel: { role: 'operator', label: 'cancel maintenances', withinScopes: true },
  delete: { role: 'operator', label: 'delete maintenances', withinScopes: true },
  comment: { role: 'operator', label: 'comment on maintenances', withinScopes: true },
  'change-comments-of-others': { role: 'admin', label: 'change comments of others' },
  'schedule-series': { role: 'operator', label: 'schedule series', withinScopes: true },
  'edit-series': { role: 'operator', label: 'change series', withinScopes: true },
  'pause-series': { role: 'operator', label: 'pause series', withinScopes: true },
  'resume-series': { role: 'operator', label: 'resume series', withinScopes: true },
  'skip-run': { role: 'operator', label: 'skip runs of series', withinScopes: true },
  'delete-series': { role: 'operator', label: 'delete series', withinScopes: true },
  subscribe: { role: 'operator', label: 'subscribe channels' },
  'add-service': { role: 'operator', label: 'add services' },
  'add-scope': { role: 'admin', label: 'add scopes' },
  'edit-scope': { role: 'admin', label: 'change scopes' },
  'remove-scope': { role: 'admin', label: 'remove scopes' },
  'edit-service': { role: 'admin', label: 'change services' },
  'remove-service': { role: 'admin', label: 'remove services' },
  'add-check': { role: 'admin', label: 'add checks' },
  'add-subaccount': { role: 'admin', label: 'add sub-accounts' },
  'edit-check': { role: 'admin', label: 'change checks' },
  'switch-check': { role: 'operator', label: 'switch checks' },
  'remove-check': { role: 'admin', label: 'remove checks' },
  'add-provider': { role: 'admin', label: 'connect monitoring systems' },
  'edit-provider': { role: 'admin', label: 'change monitoring systems' },
  'remove-provider': { role: 'admin', label: 'remove monitoring systems' },
  'sync-provider': { role: 'admin', label: 'bring in checks of monitoring systems' },
  approve: { role: 'approver', label: 'approve or decline maintenances', peopleOnly: true },
  'grant-role': { role: 'admin', label: 'give roles' },
  'configure-account': { role: 'admin', label: 'change settings' },
  'add-freeze': { role: 'admin', label: 'add freezes' },
  'remove-freeze': { role: 'admin', label: 'remove freezes' },
  'override-freeze': { role: 'admin', label: 'override freezes' },
  'make-token': { role: 'viewer', label: 'make tokens' },
  'make-service-token': { role: 'admin', label: 'make service tokens' },
  'make-calendar': { role: 'viewer', label: 'make calendars' },
  'manage-calendars-of-others': { role: 'admin', label: 'see or revoke calendars of others' },
  'manage-tokens-of-others': { role: 'admin', label: 'see or revoke tokens of others' },
  'read-audit': { role: 'admin', label: 'read the audit' },
  'apply-catalogue': { role: 'admin', label: 'change the whole catalogue' },
  'add-webhook': { role: 'admin', label: 'add webhooks' },
  'edit-webhook': { role: 'admin', label: 'change webhooks' },
  'remove-webhook': { role: 'admin', label: 'remove webhooks' },
  'read-webhooks': { role: 'admin', label: 'see webhooks' },
} as const satisfies Record<string, { role: Role; label: string; withinScopes?: true; peopleOnly?: true }>;

export type Permission = keyof typeof PERMISSIONS;

export function getPermissionLabel(permission: Permission): string {
  return PERMISSIONS[permission].label;
}

/** The least role that has a permission. */
export function leastRole(permission: Permission): Role {
  return PERMISSIONS[permission].role;
}

function isWithinScopes(permission: Permission): boolean {
  return 'withinScopes' in PERMISSIONS[permission];
}

/** Whether a permission is for people in the chat, and this is none of them. */
function needsPerson({ source }: Actor, permission: Permission): boolean {
  return 'peopleOnly' in PERMISSIONS[permission] && source !== 'slack';
}

/**
 * Whether to offer something, such as a button or a form: what Slack said of the person within the last minute is enough for
 * that, because doing it asks again.
 */
export function isOffered(actor: Actor, permission: Permission): boolean {
  if (needsPerson(actor, permission)) return false;
  if (actor.scopes !== undefined && !isWithinScopes(permission)) return false;
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(PERMISSIONS[permission].role);
}

/** @throws UserError `role-unverified` when only admins may, and Slack did not confirm just now that this is one */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  const allowed = isOffered(actor, permission);
  const needsConfirmation = actor.unverified === true && PERMISSIONS[permission].role === 'admin';
  if (allowed && needsConfirmation) throw roleUnverified({ actor: actor.name, permission });
  return allowed;
}

/** Slack does not say whether somebody is still an admin. */
export const roleUnverified = unavailable('role-unverified', {
  actor: 'Ana',
  permission: 'add-scope' as Permission,
});
export const roleRequired = forbidden('role-required', {
  actor: 'Ana',
  permission: 'approve' as Permission,
  needed: 'approver' as Role,
  role: 'viewer' as Role,
});
/** A token, which no permission helps. */
export const personRequired = forbidden('person-required', {
  actor: 'deploy token',
  permission: 'approve' as Permission,
});
/** A token whose rights are enough, but whose owner no longer has the role. `role`: what it has now. */
export const ownerRoleRequired = forbidden('owner-role-required', {
  actor: 'deploy token',
  permission: 'add-scope' as Permission,
  needed: 'admin' as Role,
  role: 'operator' as Role,
});
/** An actor limited to scopes requested something that concerns the whole account. */
export const limitedToScopes = forbidden('limited-to-scopes', {
  actor: 'deploy token',
  permission: 'add-scope' as Permission,
  scopes: [3] as readonly number[],
});
/** `scopes` are the ids of those that the actor is limited to, `touched` those of the maintenance. */
export const outsideScopes = forbidden('outside-scopes', {
  actor: 'deploy token',
  scopes: [3] as readonly number[],
  touched: [3, 4] as readonly number[],
});

/** @throws UserError `role-required`, `owner-role-required`, `person-required`, `limited-to-scopes`, or `role-unverified` */
export function authorize(actor: Actor, permission: Permission): void {
  if (!isAllowed(actor, permission)) throw refusal(actor, permission);
}

/** Before a form is opened, as `isOffered`. @throws as `authorize`, except `role-unverified` */
export function authorizeForm(actor: Actor, permission: Permission): void {
  if (!isOffered(actor, permission)) throw refusal(actor, permission);
}

function refusal(actor: Actor, permission: Permission): UserError {
  const { name, role, loweredFrom, scopes } = actor;
  if (needsPerson(actor, permission)) return personRequired({ actor: name, permission });
  if (scopes !== undefined && !isWithinScopes(permission)) return limitedToScopes({ actor: name, permission, scopes });
  const needed = PERMISSIONS[permission].role;
  const isLowered = loweredFrom !== undefined && ROLES.indexOf(loweredFrom) >= ROLES.indexOf(needed);
  return (isLowered ? ownerRoleRequired : roleRequired)({ actor: name, permission, needed, role });
}

/** @throws UserError as `authorize` with the first of them, to somebody who has none */
export function authorizeAny(actor: Actor, [first, ...others]: readonly [Permission, ...Permission[]]): void {
  if (!others.some((permission) => isAllowed(actor, permission))) authorize(actor, first);
}

/** @param touched scopes of the maintenance, its services and its checks. @throws UserError `outside-scopes` */
export function authorizeScopes(actor: Actor, touched: readonly number[]): void {
  const { scopes } = actor;
  if (scopes === undefined) return;
  if (touched.length > 0 && touched.every((id) => scopes.includes(id))) return;
  throw outsideScopes({ actor: actor.name, scopes, touched });
}

export function systemActor(accountId: number): Actor {
  return { accountId, id: 'lull', name: 'Lull', source: 'lull', role: 'admin' };
}

/** Members of the account, or the public: public channels, feeds and readers without a token. */
export const AUDIENCES = ['internal', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** A reader who sees only these scopes, and every maintenance that touches one of them. */
export type Limited = { readonly scopes: readonly number[] };

export type Reader = Audience | Limited;

export function toReader(actor: Actor): Reader {
  return isAllowed(actor, 'read') ? memberReader(actor) : 'public';
}

/** The reader of something that is not for the public. @throws UserError `role-required` */
export function authorizeReader(actor: Actor): Limited | 'internal' {
  authorize(actor, 'read');
  return memberReader(actor);
}

function memberReader({ scopes }: Actor): Limited | 'internal' {
  return scopes === undefined ? 'internal' : { scopes };
}

/** The id of the actor that a token is. */
export const tokenActorId = (tokenId: number): string => `token:${tokenId}`;

/** The id of the token that an actor is, if any. */
export function readTokenId({ id }: Pick<Actor, 'id'>): number | undefined {
  const digits = /^token:(\d+)$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export const ANONYMOUS_ID = 'anonymous';
export const ADMIN_TOKEN_ID = 'admin-token';

/** A reader without a token. */
export function anonymousReader(accountId: number): Actor {
  return { accountId, id: ANONYMOUS_ID, name: 'an anonymous reader', source: 'http', role: 'none' };
}
