import { forbidden } from './errors.ts';

/** From least to most. `none` is for guests and people of other workspaces. */
export const ROLES = ['none', 'viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export type Source = 'slack' | 'http' | 'lull';

/** Who asks, already identified by the door they came through. */
export interface Actor {
  readonly accountId: number;
  /** Stable within its source: a Slack user id, `token:5`, `lull`. */
  readonly id: string;
  readonly name: string;
  readonly source: Source;
  readonly role: Role;
  /** The ids of the scopes that somebody is limited to, as a token can be. Absent: everything in the account. */
  readonly scopes?: readonly number[];
}

const NEEDED = {
  read: 'viewer',
  schedule: 'operator',
  edit: 'operator',
  start: 'operator',
  finish: 'operator',
  extend: 'operator',
  reschedule: 'operator',
  cancel: 'operator',
  delete: 'operator',
  comment: 'operator',
  'change-comments-of-others': 'admin',
  'schedule-series': 'operator',
  'edit-series': 'operator',
  'pause-series': 'operator',
  'resume-series': 'operator',
  'skip-run': 'operator',
  'delete-series': 'operator',
  subscribe: 'operator',
  'add-service': 'operator',
  'add-scope': 'admin',
  'edit-scope': 'admin',
  'remove-scope': 'admin',
  'edit-service': 'admin',
  'remove-service': 'admin',
  'add-check': 'admin',
  'add-subaccount': 'admin',
  'edit-check': 'admin',
  'switch-check': 'operator',
  'remove-check': 'admin',
  'add-provider': 'admin',
  'edit-provider': 'admin',
  'remove-provider': 'admin',
  'sync-provider': 'admin',
  approve: 'approver',
  'grant-role': 'admin',
  'configure-account': 'admin',
  'add-freeze': 'admin',
  'remove-freeze': 'admin',
  'override-freeze': 'admin',
  'make-token': 'viewer',
  'make-calendar': 'viewer',
  'manage-calendars-of-others': 'admin',
  'manage-tokens-of-others': 'admin',
  'read-audit': 'admin',
  'apply-catalogue': 'admin',
  'add-webhook': 'admin',
  'edit-webhook': 'admin',
  'remove-webhook': 'admin',
  'read-webhooks': 'admin',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof NEEDED;

/** Each permission as a verb phrase, for "You need the operator role to ...". */
export const PERMISSION_LABELS: Record<Permission, string> = {
  read: 'see maintenances',
  schedule: 'schedule maintenances',
  edit: 'change maintenances',
  start: 'start maintenances',
  finish: 'end maintenances',
  extend: 'extend maintenances',
  reschedule: 'move maintenances',
  cancel: 'cancel maintenances',
  delete: 'delete maintenances',
  comment: 'comment on maintenances',
  'change-comments-of-others': 'change comments of others',
  'schedule-series': 'schedule series',
  'edit-series': 'change series',
  'pause-series': 'pause series',
  'resume-series': 'resume series',
  'skip-run': 'skip runs of series',
  'delete-series': 'delete series',
  subscribe: 'subscribe channels',
  'add-service': 'add services',
  'add-scope': 'add scopes',
  'edit-scope': 'change scopes',
  'remove-scope': 'remove scopes',
  'edit-service': 'change services',
  'remove-service': 'remove services',
  'add-check': 'add checks',
  'add-subaccount': 'add sub-accounts',
  'edit-check': 'change checks',
  'switch-check': 'switch checks',
  'remove-check': 'remove checks',
  'add-provider': 'connect monitoring systems',
  'edit-provider': 'change monitoring systems',
  'remove-provider': 'remove monitoring systems',
  'sync-provider': 'bring in checks of monitoring systems',
  'grant-role': 'give roles',
  'configure-account': 'change settings',
  approve: 'approve or decline maintenances',
  'add-freeze': 'add freezes',
  'remove-freeze': 'remove freezes',
  'override-freeze': 'override freezes',
  'make-token': 'make tokens',
  'make-calendar': 'make calendars',
  'manage-calendars-of-others': 'see or revoke calendars of others',
  'manage-tokens-of-others': 'see or revoke tokens of others',
  'read-audit': 'read the audit',
  'apply-catalogue': 'change the whole catalogue',
  'add-webhook': 'add webhooks',
  'edit-webhook': 'change webhooks',
  'remove-webhook': 'remove webhooks',
  'read-webhooks': 'see webhooks',
};

/** What somebody limited to scopes may do at all: what is about one window, which is then held to be in them. */
const WITHIN_SCOPES: ReadonlySet<Permission> = new Set([
  'read',
  'schedule',
  'edit',
  'start',
  'finish',
  'extend',
  'reschedule',
  'cancel',
  'delete',
  'comment',
  'approve',
  'schedule-series',
  'edit-series',
  'pause-series',
  'resume-series',
  'skip-run',
  'delete-series',
] satisfies Permission[]);

export function isAllowed(actor: Actor, permission: Permission): boolean {
  if (actor.scopes !== undefined && !WITHIN_SCOPES.has(permission)) return false;
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(NEEDED[permission]);
}

export const roleRequired = forbidden('role-required', {
  actor: 'Ana',
  permission: 'approve' as Permission,
  needed: 'approver' as Role,
  role: 'viewer' as Role,
});
/** Somebody limited to scopes asked for something that concerns the whole account. */
export const limitedToScopes = forbidden('limited-to-scopes', {
  actor: 'deploy token',
  permission: 'add-scope' as Permission,
  scopes: [3] as readonly number[],
});
/** The ids of the scopes that somebody is limited to, and of those that the window touches. */
export const outsideScopes = forbidden('outside-scopes', {
  actor: 'deploy token',
  scopes: [3] as readonly number[],
  touched: [3, 4] as readonly number[],
});

/** @throws UserError `role-required` or `limited-to-scopes` */
export function authorize(actor: Actor, permission: Permission): void {
  if (isAllowed(actor, permission)) return;
  const { name, role, scopes } = actor;
  if (scopes !== undefined && !WITHIN_SCOPES.has(permission)) {
    throw limitedToScopes({ actor: name, permission, scopes });
  }
  throw roleRequired({ actor: name, permission, needed: NEEDED[permission], role });
}

/**
 * Limits somebody who is limited to scopes to windows that touch only those.
 * @param touched the ids of the scopes that a window is in, or its services and checks are
 * @throws UserError `outside-scopes`
 */
export function authorizeScopes(actor: Actor, touched: readonly number[]): void {
  const { scopes } = actor;
  if (scopes === undefined) return;
  if (touched.length > 0 && touched.every((id) => scopes.includes(id))) return;
  throw outsideScopes({ actor: actor.name, scopes, touched });
}

/** Lull acting by itself in an account: the scheduler, the sweeper. */
export function systemActor(accountId: number): Actor {
  return { accountId, id: 'lull', name: 'Lull', source: 'lull', role: 'admin' };
}

/** Who reads: members of the account, or anybody. A public channel, a feed and a reader without a token are `public`. */
export const AUDIENCES = ['internal', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** A reader limited to scopes sees what is in them, and every window that touches one of them. */
export interface Limited {
  readonly scopes: readonly number[];
}

/** What a person or a program may see. */
export type Reader = Audience | Limited;

export function toReader(actor: Actor): Reader {
  return isAllowed(actor, 'read') ? memberReader(actor) : 'public';
}

/**
 * The reader of something that is not for the public.
 * @throws UserError `role-required`
 */
export function authorizeReader(actor: Actor): Limited | 'internal' {
  authorize(actor, 'read');
  return memberReader(actor);
}

function memberReader({ scopes }: Actor): Limited | 'internal' {
  return scopes === undefined ? 'internal' : { scopes };
}

/** A reader without a token. */
export function anonymousReader(accountId: number): Actor {
  return { accountId, id: 'anonymous', name: 'an anonymous reader', source: 'http', role: 'none' };
}
