import { isDeepStrictEqual } from 'node:util';
import { MAINTENANCE_FIELDS } from '../../maintenance/fields.ts';
import { SERIES_FIELDS } from '../../series/fields.ts';
import { formatNames, type Message, mentionPerson, quote, truncateBlocks } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
import { formatInstant } from '../../slack/time.ts';
import type { EventType, RecordedEvent } from '../events.ts';

/** What was done, after the name of who did it. */
const DONE: Readonly<Record<EventType, string>> = {
  'maintenance.scheduled': 'scheduled it',
  'maintenance.changed': 'changed it',
  'maintenance.rescheduled': 'moved it',
  'maintenance.approved': 'approved it',
  'maintenance.declined': 'declined it',
  'maintenance.approval_expired': 'canceled it, unapproved at its start',
  'maintenance.reminded': 'reminded of it',
  'maintenance.started': 'started it',
  'maintenance.extended': 'extended it',
  'maintenance.finished': 'ended it',
  'maintenance.canceled': 'canceled it',
  'maintenance.skipped': 'skipped it',
  'maintenance.missed': 'missed it: nothing ran during the window',
  'maintenance.reopened': 'reopened it',
  'maintenance.deleted': 'deleted it',
  'maintenance.checks_switched': 'switched its checks',
  'maintenance.checks_unhealthy': 'found checks that do not watch again or that fail',
  'maintenance.commented': 'commented',
  'maintenance.comment_changed': 'changed a comment',
  'maintenance.comment_deleted': 'removed a comment',
  'maintenance.freeze_entered': 'found it in a freeze',
  'maintenance.freeze_overridden': 'overrode a freeze',
  'maintenance.announcement_failed': 'could not announce it',
  'series.scheduled': 'scheduled it',
  'series.changed': 'changed its series',
  'series.paused': 'paused its series',
  'series.resumed': 'let its series go on',
  'series.deleted': 'deleted its series',
  'series.runs_planned': 'planned its runs',
  'account.added': 'added a sub-account',
  'ad_hoc.added': 'added a one-off window',
  'ad_hoc.changed': 'changed a one-off window',
  'ad_hoc.removed': 'removed a one-off window',
  'calendar.created': 'created a calendar',
  'calendar.revoked': 'revoked a calendar',
  'channel.subscribed': 'subscribed a channel',
  'channel.unsubscribed': 'unsubscribed a channel',
  'check.added': 'added a check',
  'check.changed': 'changed a check',
  'check.removed': 'removed a check',
  'check.switched': 'switched a check',
  'checks.switched': 'switched checks',
  'freeze.added': 'added a freeze',
  'freeze.changed': 'changed a freeze',
  'freeze.removed': 'removed a freeze',
  'provider.added': 'added a monitoring system',
  'provider.changed': 'changed a monitoring system',
  'provider.removed': 'removed a monitoring system',
  'provider.synced': 'synced a monitoring system',
  'role.granted': 'granted a role',
  'scope.added': 'added a scope',
  'scope.changed': 'changed a scope',
  'scope.removed': 'removed a scope',
  'service.added': 'added a service',
  'service.changed': 'changed a service',
  'service.removed': 'removed a service',
  'settings.changed': 'changed the settings',
  'token.created': 'created a token',
  'token.revoked': 'revoked a token',
  'webhook.added': 'added a webhook',
  'webhook.changed': 'changed a webhook',
  'webhook.removed': 'removed a webhook',
  'webhook.secret_rotated': 'rotated the secret of a webhook',
  'webhook.disabled': 'disabled a webhook',
  'workspace.installed': 'installed Lull',
  'workspace.uninstalled': 'uninstalled Lull',
};

/** What fields are called. Those that are not here are shown under their own name. */
const FIELDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values({ ...MAINTENANCE_FIELDS, ...SERIES_FIELDS }).map(({ name, label }) => [name, label]),
  ),
  start_date: 'started',
  end_date: 'ended',
  check_count: 'checks',
  late_by_minutes: 'minutes late',
  minutes: 'minutes before',
  comment: 'text',
};

/** What is told first; the database keeps no order. */
const FIRST = ['name', 'status', 'start_date', 'end_date', 'ends_at', 'scheduled_start_date', 'scheduled_end_date'];
const placeOf = (field: string) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);

/** Recorded words that people would not use, and what they would say. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: { 'in-progress': 'in progress', succeed: 'succeeded' },
};

const LONGEST_VALUE = 120;
const LONGEST_LINE = 480;

/** How the values of a record read to somebody in an IANA zone; services by their names, where they are known. */
export interface Reading {
  readonly zone: string;
  readonly services: ReadonlyMap<number, string>;
}

/** One page of what happened to a maintenance, the newest first. */
export function historyMessage(
  maintenance: { readonly id: number; readonly name: string },
  shown: readonly RecordedEvent[],
  reading: Reading,
  { page, total }: { page: number; total: number },
): Message {
  return pagedMessage({
    title: `History of maintenance ${maintenance.id}, ${quote(maintenance.name, 100)}: times in ${reading.zone}`,
    lines: shown.map((event) => eventLine(event, reading)),
    page,
    total,
    valueFor: (other) => JSON.stringify({ of: 'history', id: maintenance.id, page: other }),
  });
}

/** One event on a line: when, who, what. At most 480 characters of mrkdwn. */
export function eventLine(event: RecordedEvent, reading: Reading): string {
  const done = DONE[event.type];
  const from = event.actor.source === 'http' ? ' over HTTP' : '';
  const details = changesOf(event, reading);
  const line = `*${formatInstant(event.at, reading.zone)}*  ${mentionPerson(event.actor)} ${done}${from}${event.internal ? ' (internal)' : ''}`;
  return truncateBlocks(details.length === 0 ? line : `${line}: ${details.join('; ')}`, LONGEST_LINE);
}

/** What was recorded of each field: "end: 04:00, was 03:00". An end that moves the plan along is shown once. */
function changesOf({ before = {}, after = {} }: RecordedEvent, reading: Reading): string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  const endsAt = 'ends_at' in after ? after.ends_at : undefined;
  return Object.entries<unknown>(after)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .filter(([field, value]) => field !== 'scheduled_end_date' || value !== endsAt)
    .filter(([field, value]) => (was.has(field) ? !isDeepStrictEqual(value, was.get(field)) : tells(field, value)))
    .map(([field, value]) => {
      const earlier = was.has(field) ? `, was ${formatValue(field, was.get(field), reading)}` : '';
      return `${fieldLabel(field)} ${formatValue(field, value, reading)}${earlier}`;
    });
}

export function fieldLabel(field: string): string {
  return FIELDS[field] ?? field.replaceAll('_', ' ');
}

/** A recorded value as people read it, in mrkdwn. */
export function formatValue(field: string, value: unknown, { zone, services }: Reading, most = LONGEST_VALUE): string {
  if (isNothing(value)) return field === 'checks' && value === null ? 'those of its services' : 'none';
  if (Array.isArray(value)) {
    const words = value.map((each) =>
      field === 'services' && typeof each === 'number'
        ? (services.get(each) ?? `service ${each}`)
        : typeof each === 'object'
          ? JSON.stringify(each)
          : String(each),
    );
    return formatNames(words, most);
  }
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.*Z$/.test(value)) return formatInstant(new Date(value), zone);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return quote(WORDS[field]?.[text] ?? text, most);
}

/** Whether a value says anything that the line does not say without it. */
function tells(field: string, value: unknown): boolean {
  return !isNothing(value) && field !== 'internal' && !(field === 'late_by_minutes' && value === 0);
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
