import type { Problem } from '../core/errors.ts';
import { isZone, LATEST, LONGEST } from '../core/time.ts';
import { LONGEST_SELECTOR, readSelector, type Selecting } from './selector.ts';
import { durationInWords, type Interval } from './status.ts';

const MINUTE = 60_000;

/** A start that passed while somebody was typing still counts as "now" (milliseconds). */
export const GRACE = 5 * MINUTE;

export const LONGEST_NAME = 200;
export const LONGEST_DESCRIPTION = 10_000;
export const LONGEST_COMMENT = 10_000;
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
  readonly selector?: Selecting | null;
}

export interface WindowValues extends Interval, ContentValues {}

const iso = (instant: Date) => instant.toISOString().replace(/\.000Z$/, 'Z');

/** Everything that is wrong with a new window at `now`; the fields are named as in the HTTP interface. */
export function problemsOf(window: WindowValues, now: Date): Problem[] {
  return [...problemsOfTimes(window, now), ...problemsOfContent(window)];
}

export function problemsOfContent(content: ContentValues): Problem[] {
  return [
    ...problemsOfText('name', content.name, LONGEST_NAME),
    ...problemsOfText('description', content.description, LONGEST_DESCRIPTION),
    ...problemsOfText('external_reference', content.externalReference ?? '', LONGEST_REFERENCE),
    ...problemsOfText('external_link', content.externalLink ?? '', LONGEST_LINK),
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

function problemsOfSelector(selector: Selecting | null): Problem[] {
  if (selector === null) return [];
  const unstorable = problemsOfText('selector', selector.text, LONGEST_SELECTOR);
  if (unstorable.length > 0) return unstorable;
  const reading = readSelector(selector.text);
  return reading.ok ? [] : [{ field: 'selector', message: reading.message }];
}

/** What is wrong with the name of a scope, a service, a check or a token. */
export function problemsOfName(kind: 'scope' | 'service' | 'check' | 'token' | 'calendar', name: string): Problem[] {
  if (name === '') return [{ field: 'name', message: `A ${kind} needs a name.` }];
  return problemsOfText('name', name, LONGEST_NAME);
}

/** What is wrong with the times of a window at `now`. */
export function problemsOfTimes({ start, end }: Interval, now: Date): Problem[] {
  if (end <= start) {
    return [
      {
        field: 'scheduled_end_date',
        message: `The end, ${iso(end)}, is not after the start, ${iso(start)}. Give a later end.`,
      },
    ];
  }
  if (end.getTime() > LATEST) {
    return [{ field: 'scheduled_end_date', message: `The end, ${iso(end)}, is after the year 9999. Check the year.` }];
  }
  const problems: Problem[] = [];
  if (start.getTime() < now.getTime() - GRACE) {
    problems.push({
      field: 'scheduled_start_date',
      message: `The start, ${iso(start)}, is in the past: it is ${iso(now)} now. Give a later start.`,
    });
  }
  const length = end.getTime() - start.getTime();
  if (length > LONGEST) {
    problems.push({
      field: 'scheduled_end_date',
      message: `The window would last ${durationInWords(length)}; at most ${durationInWords(LONGEST)} are possible. Check the year of the end, ${iso(end)}.`,
    });
  }
  return problems;
}

/** What is wrong with a text of at most `most` characters. */
export function problemsOfText(field: string, text: string, most: number): Problem[] {
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
export function problemsOfZone(timezone: string): Problem[] {
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
