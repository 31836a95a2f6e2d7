import {
  loneSurrogate,
  type NamedKind,
  nameRequired,
  nullCharacter,
  textTooLong,
  timeZoneUnknown,
} from '../../core/common-errors.ts';
import type { Problem } from '../../core/errors.ts';
import { withoutHidden } from '../../core/hidden-controls.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { type Interval, isZone, LATEST_INSTANT_MS, MAX_WINDOW_MS } from '../../core/time.ts';
import {
  coverageRequired,
  endNotAfterStart,
  endTooLate,
  linkHasUser,
  linkInvalid,
  maintenanceNameRequired,
  startInPast,
  windowTooLong,
} from '../errors.ts';
import { CONTENT_FIELDS, type NewContent, type NewWindow } from '../fields.ts';
import { MAX_SELECTOR_CHARS, readSelector, type Selector } from './selector.ts';

const MINUTE = 60_000;

/** A start this far in the past still counts as "now" (milliseconds): it passed while somebody was typing. */
export const START_GRACE_MS = 5 * MINUTE;

export function normalizeContent<T extends Pick<NewWindow, 'name' | 'services' | 'checks'>>(window: T): T {
  const { name, services, checks } = window;
  return { ...window, name: name.trim(), services: [...new Set(services)], checks: checks && [...new Set(checks)] };
}

export function validateContent(content: NewWindow): Problem[] {
  return [
    ...validateTexts(content),
    ...(content.name.trim() === '' ? [maintenanceNameRequired.at('name', {})] : []),
    ...validateSelector(content.selector ?? null),
    ...(coversNothing(content) && !content.mayCoverNothing ? [coverageRequired.at('services', {})] : []),
  ];
}

export function coversNothing({ services, checks, selector }: Pick<NewWindow, 'services' | 'checks' | 'selector'>) {
  return services.length === 0 && (checks === null || checks.length === 0) && !selector;
}

function validateTexts(content: NewContent): Problem[] {
  const values: Readonly<Record<string, string | null | undefined>> = content;
  return Object.entries(CONTENT_FIELDS).flatMap(([property, field]) => {
    if (field.kind !== 'text') return [];
    const text = values[property] ?? null;
    const problems = validateText(field.name, text ?? '', field.maxChars);
    return 'format' in field ? [...problems, ...validateLink(field.name, text)] : problems;
  });
}

function validateSelector(selector: Selector | null): Problem[] {
  if (selector === null) return [];
  const unstorable = validateText('selector', selector.text, MAX_SELECTOR_CHARS);
  if (unstorable.length > 0) return unstorable;
  const reading = readSelector(selector.text);
  return reading.ok ? [] : [reading.problem];
}

export function validateName(kind: NamedKind, name: string): Problem[] {
  if (name === '') return [nameRequired.at('name', { kind })];
  return validateText('name', name, MAX_NAME_CHARS);
}

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

export function validateText(field: string, text: string, maxChars: number): Problem[] {
  if (text.includes('\0')) return [nullCharacter.at(field, {})];
  if (!text.isWellFormed()) return [loneSurrogate.at(field, {})];
  return text.length <= maxChars ? [] : [textTooLong.at(field, { length: text.length, max: maxChars })];
}

export function validateZone(timezone: string): Problem[] {
  return isZone(timezone) ? [] : [timeZoneUnknown.at('timezone', { timezone })];
}

function validateLink(field: string, link: string | null): Problem[] {
  if (link === null) return [];
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) return [linkHasUser.at(field, {})];
  // The parser of addresses drops line breaks, and others do not.
  const isPlain = withoutHidden(link) === link && !/\s/.test(link.trim());
  if (isPlain && (url?.protocol === 'https:' || url?.protocol === 'http:')) return [];
  return [linkInvalid.at(field, { link })];
}
