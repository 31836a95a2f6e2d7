import {
  loneSurrogate,
  type NamedKind,
  nameRequired,
  nullCharacter,
  textTooLong,
  timeZoneUnknown,
} from '../core/common-errors.ts';
import type { Problem } from '../core/errors.ts';
import { isZone, LATEST_INSTANT_MS, MAX_WINDOW_MS } from '../core/time.ts';
import {
  coverageRequired,
  endNotAfterStart,
  endTooLate,
  linkInvalid,
  maintenanceNameRequired,
  startInPast,
  windowTooLong,
} from './errors.ts';
import { MAX_SELECTOR_CHARS, readSelector, type Selector } from './selector.ts';
import type { Interval } from './status.ts';

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
    ...(content.name.trim() === '' ? [maintenanceNameRequired.at('name', {})] : []),
    ...problemsOfSelector(content.selector ?? null),
    ...(content.services.length === 0 && (content.checks === null || content.checks.length === 0) && !content.selector
      ? [coverageRequired.at('services', {})]
      : []),
  ];
}

function problemsOfSelector(selector: Selector | null): Problem[] {
  if (selector === null) return [];
  const unstorable = validateText('selector', selector.text, MAX_SELECTOR_CHARS);
  if (unstorable.length > 0) return unstorable;
  const reading = readSelector(selector.text);
  return reading.ok ? [] : [reading.problem];
}

/** What is wrong with the name of a scope, a service, a check or a token. */
export function validateName(kind: NamedKind, name: string): Problem[] {
  if (name === '') return [nameRequired.at('name', { kind })];
  return validateText('name', name, MAX_NAME_CHARS);
}

/** What is wrong with the times of a window at `now`. */
export function validateTimes({ start, end }: Interval, now: Date): Problem[] {
  if (end <= start) return [endNotAfterStart.at('scheduled_end_date', { start, end })];
  if (end.getTime() > LATEST_INSTANT_MS) return [endTooLate.at('scheduled_end_date', { end })];
  const problems: Problem[] = [];
  if (start.getTime() < now.getTime() - START_GRACE_MS) {
    problems.push(startInPast.at('scheduled_start_date', { start, now }));
  }
  const length = end.getTime() - start.getTime();
  if (length > MAX_WINDOW_MS) {
    const [minutes, max] = [length / MINUTE, MAX_WINDOW_MS / MINUTE];
    problems.push(windowTooLong.at('scheduled_end_date', { length: minutes, max, end }));
  }
  return problems;
}

/** What is wrong with a text of at most `most` characters. */
export function validateText(field: string, text: string, most: number): Problem[] {
  if (text.includes('\0')) return [nullCharacter.at(field, {})];
  if (!text.isWellFormed()) return [loneSurrogate.at(field, {})];
  return text.length <= most ? [] : [textTooLong.at(field, { length: text.length, max: most })];
}

/** What is wrong with a zone that times were said in. */
export function validateZone(timezone: string): Problem[] {
  return isZone(timezone) ? [] : [timeZoneUnknown.at('timezone', { timezone })];
}

function problemsOfLink(link: string | null): Problem[] {
  if (link === null) return [];
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return [];
  return [linkInvalid.at('external_link', { link })];
}
