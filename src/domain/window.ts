import { durationInWords, type Interval } from './maintenance.ts';
import type { Problem } from './refusal.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A start that passed while somebody was typing still counts as "now" (milliseconds). */
export const GRACE = 5 * MINUTE;
/** Nothing planned takes longer; a slip in the year does (milliseconds). */
export const LONGEST = 92 * DAY;

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
}

export interface WindowValues extends Interval, ContentValues {}

const iso = (instant: Date) => instant.toISOString().replace(/\.000Z$/, 'Z');

/** Everything that is wrong with a new window at `now`; the fields are named as in the HTTP interface. */
export function problemsOf(window: WindowValues, now: Date): Problem[] {
  return [...problemsOfTimes(window, now), ...problemsOfContent(window)];
}

export function problemsOfContent(content: ContentValues): Problem[] {
  return [
    ...tooLong('name', content.name, LONGEST_NAME),
    ...tooLong('description', content.description, LONGEST_DESCRIPTION),
    ...tooLong('external_reference', content.externalReference ?? '', LONGEST_REFERENCE),
    ...tooLong('external_link', content.externalLink ?? '', LONGEST_LINK),
    ...problemsOfLink(content.externalLink),
    ...(content.name.trim() === ''
      ? [{ field: 'name', message: 'A maintenance needs a name, such as "Postgres upgrade".' }]
      : []),
    ...(content.services.length === 0 && (content.checks === null || content.checks.length === 0)
      ? [{ field: 'services', message: 'A maintenance needs at least one service or one check.' }]
      : []),
  ];
}

/** What is wrong with the name of a scope, a service or a check. */
export function problemsOfName(kind: 'scope' | 'service' | 'check', name: string): Problem[] {
  if (name === '') return [{ field: 'name', message: `A ${kind} needs a name.` }];
  return tooLong('name', name, LONGEST_NAME);
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

function tooLong(field: string, text: string, most: number): Problem[] {
  if (text.length <= most) return [];
  return [{ field, message: `${field} has ${text.length} characters; at most ${most} are possible. Shorten it.` }];
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
