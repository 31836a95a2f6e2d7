/** What happened, as the audit names it, and what webhooks are told of it. What is not here, they are not told. */
const TYPE_OF: Readonly<Record<string, string>> = {
  schedule: 'maintenance.scheduled',
  edit: 'maintenance.changed',
  reschedule: 'maintenance.rescheduled',
  approve: 'maintenance.approved',
  decline: 'maintenance.declined',
  remind: 'maintenance.reminded',
  start: 'maintenance.started',
  extend: 'maintenance.extended',
  finish: 'maintenance.finished',
  cancel: 'maintenance.canceled',
  skip: 'maintenance.canceled',
  lapse: 'maintenance.canceled',
  miss: 'maintenance.missed',
  delete: 'maintenance.deleted',
  enforce: 'maintenance.checks_switched',
  'look-again': 'maintenance.checks_unhealthy',
  reopen: 'maintenance.reopened',
  comment: 'maintenance.commented',
  'edit-comment': 'maintenance.comment_changed',
  'delete-comment': 'maintenance.comment_deleted',
};

/** To try a webhook with. */
export const PING_EVENT = 'ping';

export const EVENT_TYPES: readonly string[] = [...new Set(Object.values(TYPE_OF)), PING_EVENT];

/** What webhooks are told of an audit event; undefined: nothing. */
export function eventType(action: string): string | undefined {
  return TYPE_OF[action];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The pauses between tries: soon at first, and a day in all. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  10 * HOUR,
] as const;

/** When nothing was delivered for so long, a webhook is disabled (milliseconds). */
export const DISABLE_AFTER_MS = 24 * HOUR;

/** For how long messages are signed with the secret before, too, after it was changed (milliseconds). */
export const SECRET_OVERLAP_MS = 24 * HOUR;

/**
 * How long to wait before a message is tried again; undefined: it was tried for a day and is given up.
 * @param attempts how often it was tried, at least once
 * @param chance from 0 to 1: the pause is up to a tenth longer, so that many do not come back at once
 */
export function retryDelay(attempts: number, chance: number): number | undefined {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + chance / 10));
}
