import type { Problem } from '../core/errors.ts';
import { isZone, LATEST_INSTANT_MS, MAX_WINDOW_MS } from '../core/time.ts';
import { MAX_SELECTOR_CHARS, readSelector, type Selector } from './selector.ts';
import { formatDuration, type Interval } from './status.ts';

const MINUTE = 60_000;

/** A start that passed while somebody was typing still counts as "now" (milliseconds). */
export const START_GRACE_MS = 5 * MINUTE;

export const MAX_NAME_CHARS = 200;
export const MAX_DESCRIPTION_CHARS = 10_000;
export const MAX_COMMENT_CHARS = 10_000;
const LONGEST_REFERENCE = 200;
const LONGEST_LINK = 2_000;

/** What a window is about, whenever it is. */
export interface ContentValues {
  readonly name: string;
  readonly description: string;
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  readonly externalReference: string | null;
  readonly externalLink: string | null;
  /** Chooses checks beside those. */
  readonly selector?: Selector | null;
}

export interface WindowValues extends Interval, ContentValues {}

const iso = (instant: Date) => instant.toISOString().replace(/\.000Z$/, 'Z');

/** Everything that is wrong with a new window at `now`; the fields are named as in the HTTP interface. */
export function validateWindow(window: WindowValues, now: Date): Problem[] {
  return [...validateTimes(window, now), ...validateContent(window)];
}

export function validateContent(content: ContentValues): Problem[] {
  return [
    ...validateText('name', content.name, MAX_NAME_CHARS),
    ...validateText('description', content.description, MAX_DESCRIPTION_CHARS),
    ...validateText('external_reference', content.externalReference ?? '', LONGEST_REFERENCE),
    ...validateText('external_link', content.externalLink ?? '', LONGEST_LINK),
    ...problemsOfLink(content.externalLink),
    ...(content.name.trim() === ''
      ? [{ field: 'name', message: 'A maintenance needs a name, such as "Postgres upgrade".' }]
      : []),
    ...problemsOfSelector(content.selector ?? null),
    ...(content.services.length === 0 && (content.checks === null || content.checks.length === 0) && !content.selector
      ? [{ field: 'services', message: 'A maintenance needs at least one service or one check.' }]
      : []),
  ];
}

function problemsOfSelector(selector: Selector | null): Problem[] {
  if (selector === null) return [];
  const unstorable = validateText('selector', selector.text, MAX_SELECTOR_CHARS);
  if (unstorable.length > 0) return unstorable;
  const reading = readSelector(selector.text);
  return reading.ok ? [] : [{ field: 'selector', message: reading.message }];
}

/** What is wrong with the name of a scope, a service, a check or a token. */
export function validateName(kind: 'scope' | 'service' | 'check' | 'token' | 'calendar', name: string): Problem[] {
  if (name === '') return [{ field: 'name', message: `A ${kind} needs a name.` }];
  return validateText('name', name, MAX_NAME_CHARS);
}

/** What is wrong with the times of a window at `now`. */
export function validateTimes({ start, end }: Interval, now: Date): Problem[] {
  if (end <= start) {
    return [
      {
        field: 'scheduled_end_date',
        message: `The end, ${iso(end)}, is not after the start, ${iso(start)}. Give a later end.`,
      },
    ];
  }
  if (end.getTime() > LATEST_INSTANT_MS) {
    return [{ field: 'scheduled_end_date', message: `The end, ${iso(end)}, is after the year 9999. Check the year.` }];
  }
  const problems: Problem[] = [];
  if (start.getTime() < now.getTime() - START_GRACE_MS) {
    problems.push({
      field: 'scheduled_start_date',
      message: `The start, ${iso(start)}, is in the past: it is ${iso(now)} now. Give a later start.`,
    });
  }
  const length = end.getTime() - start.getTime();
  if (length > MAX_WINDOW_MS) {
    problems.push({
      field: 'scheduled_end_date',
      message: `The window would last ${formatDuration(length)}; at most ${formatDuration(MAX_WINDOW_MS)} are possible. Check the year of the end, ${iso(end)}.`,
    });
  }
  return problems;
}

/** What is wrong with a text of at most `most` characters. */
export function validateText(field: string, text: string, most: number): Problem[] {
  if (text.includes('\0')) {
    return [{ field, message: `${field} has the character U+0000, which cannot be stored. Leave it out.` }];
  }
  if (!text.isWellFormed()) {
    const message = `${field} has half of a character (a surrogate without its other half), which cannot be stored. Leave it out, or send all of it.`;
    return [{ field, message }];
  }
  if (text.length <= most) return [];
  return [{ field, message: `${field} has ${text.length} characters; at most ${most} are possible. Shorten it.` }];
}

/** What is wrong with a zone that times were said in. */
export function validateZone(timezone: string): Problem[] {
  if (isZone(timezone)) return [];
  return [
    {
      field: 'timezone',
      message: `timezone is ${JSON.stringify(timezone)}; an IANA time zone such as Europe/Berlin is expected, or UTC.`,
    },
  ];
}

function problemsOfLink(link: string | null): Problem[] {
  if (link === null) return [];
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return [];
  return [
    {
      field: 'external_link',
      message: `external_link is ${JSON.stringify(link)}; an address such as https://example.com/change/123 is expected.`,
    },
  ];
}
