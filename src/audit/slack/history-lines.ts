import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { TimelineEvent } from '../../delivery/announcements.ts';
import { formatNames, type Message, mentionPerson, quote, truncateBlocks } from '../../slack/blocks.ts';
import { pagedMessage } from '../../slack/paging.ts';
import { formatInstant } from '../../slack/time.ts';

/** What was done, by the word it is recorded under. */
const DONE: Readonly<Record<string, string>> = {
  schedule: 'scheduled it',
  start: 'started it',
  finish: 'ended it',
  cancel: 'canceled it',
  extend: 'extended it',
  reschedule: 'moved it',
  edit: 'changed it',
  comment: 'commented',
  'edit-comment': 'changed a comment',
  'delete-comment': 'removed a comment',
  skip: 'skipped it',
  'edit-series': 'changed its series',
  'pause-series': 'paused its series',
  'resume-series': 'let its series go on',
  miss: 'missed it: nothing ran during the window',
  enforce: 'switched its checks',
  'look-again': 'found checks that do not watch again or that fail',
  reopen: 'reopened it',
  approve: 'approved it',
  decline: 'declined it',
  lapse: 'canceled it, unapproved at its start',
  'enter-freeze': 'found it in a freeze',
  'override-freeze': 'overrode a freeze',
  remind: 'reminded of it',
  'announce-failed': 'could not announce it',
};

/** What fields are called. Those that are not here are shown under their own name. */
const FIELDS: Readonly<Record<string, string>> = {
  scheduled_start_date: 'start',
  scheduled_end_date: 'end',
  ends_at: 'ends',
  start_date: 'started',
  end_date: 'ended',
  service_status: 'services are',
  external_reference: 'reference',
  external_link: 'link',
  late_by_minutes: 'minutes late',
  minutes: 'minutes before',
  duration_minutes: 'minutes long',
  cron: 'when',
  timezone: 'time zone',
  comment: 'text',
};

/** What is told first; the database keeps no order. */
const FIRST = ['name', 'status', 'start_date', 'end_date', 'ends_at', 'scheduled_start_date', 'scheduled_end_date'];
const placeOf = (field: string) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);

const fieldsOf = z.record(z.string(), z.unknown()).catch({});
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
  shown: readonly TimelineEvent[],
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
export function eventLine(event: TimelineEvent, reading: Reading): string {
  const done = DONE[event.action] ?? event.action.replaceAll('-', ' ');
  const from = event.actor.source === 'http' ? ' over HTTP' : '';
  const details = changesOf(event, reading);
  const line = `*${formatInstant(event.at, reading.zone)}*  ${mentionPerson(event.actor)} ${done}${from}${event.internal ? ' (internal)' : ''}`;
  return truncateBlocks(details.length === 0 ? line : `${line}: ${details.join('; ')}`, LONGEST_LINE);
}

/** The plan moves with the end of running work, which is shown once. What was recorded of each field: "end: 04:00, was 03:00". */
function changesOf({ before, after }: Pick<TimelineEvent, 'before' | 'after'>, reading: Reading): string[] {
  const was = fieldsOf.parse(before ?? {});
  const is = fieldsOf.parse(after ?? {});
  return Object.entries(is)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .filter(([field, value]) => field !== 'scheduled_end_date' || value !== is.ends_at)
    .filter(([field, value]) => (field in was ? !isDeepStrictEqual(value, was[field]) : tells(field, value)))
    .map(([field, value]) => {
      const earlier = field in was ? `, was ${formatValue(field, was[field], reading)}` : '';
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
