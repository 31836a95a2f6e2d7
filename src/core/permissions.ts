import { UserError } from './errors.ts';

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

const IN_WORDS: Record<Permission, string> = {
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

/** @throws Refusal of kind `forbidden`, saying which role is needed */
export function authorize(actor: Actor, permission: Permission): void {
  if (isAllowed(actor, permission)) return;
  if (actor.scopes !== undefined && !WITHIN_SCOPES.has(permission)) {
    throw new UserError(
      'forbidden',
      `${actor.name} may not ${IN_WORDS[permission]}: it is limited to ${scopesInWords(actor.scopes)}, and this is about the whole account.`,
    );
  }
  throw new UserError(
    'forbidden',
    `${actor.name} may not ${IN_WORDS[permission]}: that needs the role ${NEEDED[permission]}, and ${actor.name} has ${
      actor.role === 'none' ? 'none; guests never have one' : `the role ${actor.role}. An admin can give it`
    }.`,
  );
}

/**
 * Holds somebody who is limited to scopes to windows that touch those alone.
 * @param touched the ids of the scopes that a window is in, or its services and checks are
 * @throws Refusal of kind `forbidden`
 */
export function authorizeScopes(actor: Actor, touched: readonly number[]): void {
  const { scopes } = actor;
  if (scopes === undefined) return;
  if (touched.length > 0 && touched.every((id) => scopes.includes(id))) return;
  throw new UserError(
    'forbidden',
    `${actor.name} is limited to ${scopesInWords(scopes)}, and this window ${
      touched.length === 0 ? 'is in no scope' : `touches ${scopesInWords(touched)}`
    }.`,
  );
}

function scopesInWords(ids: readonly number[]): string {
  return ids.length === 0 ? 'no scope' : `${ids.length === 1 ? 'the scope' : 'the scopes'} ${ids.join(', ')}`;
}

/** Lull acting by itself in an account: the scheduler, the sweeper. */
export function systemActor(accountId: number): Actor {
  return { accountId, id: 'lull', name: 'Lull', source: 'lull', role: 'admin' };
}
