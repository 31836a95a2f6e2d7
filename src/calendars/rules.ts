import { ascendingStarts } from '../core/recurrence/occurrences.ts';
import { type Recurrence, toSchedule } from '../core/recurrence/schedule.ts';
import { DAY_MS, type InstantMs, MINUTE_MS, type WallMs, type ZoneClock } from '../core/recurrence/zone-clock.ts';
import type { Interval } from '../core/time.ts';
import { type DayRule, findDayRule, matchesDay } from './days.ts';

/** Calendars need a rule for each time of day. */
const MAX_TIMES_OF_DAY = 4;

/** Days with one time of day: what a calendar can repeat. */
export interface CalendarRule {
  readonly days: DayRule;
  /** Of the wall-clock day, 0 to 1439. */
  readonly minute: number;
}

/** The rules for the wall-clock minutes of a series; undefined when calendars have no rules for it. */
export function toCalendarRules(recurrence: Recurrence): readonly CalendarRule[] | undefined {
  const { line } = toSchedule(recurrence);
  const rule = findDayRule(line.cron);
  if (rule === undefined || line.minutes.length > MAX_TIMES_OF_DAY) return undefined;
  return line.minutes.map((minute) => ({ days: rule, minute }));
}

/** A wall-clock minute of a rule, and the window of the series that starts then. */
export interface Slot {
  readonly rule: CalendarRule;
  readonly wall: WallMs;
  /** Undefined for a minute that clocks skip: calendars differ in what they show then. */
  readonly occurrence: Interval | undefined;
  /** False when a clock change makes the start or the end ambiguous. */
  readonly exact: boolean;
}

interface Comparison {
  readonly slots: readonly Slot[];
  /** Windows without a rule, in order. */
  readonly others: readonly Interval[];
}

/**
 * Compares rules with the windows of a series that start in `period`. A calendar that repeats the rules shows the series
 * exactly if every slot is `exact` and there are no others.
 */
export function compare(recurrence: Recurrence, rules: readonly CalendarRule[], period: Interval): Comparison {
  const { line, clock, durationMs } = toSchedule(recurrence);
  const from = period.start.getTime();
  const until = period.end.getTime();
  const toWindow = (start: InstantMs) => ({ start: new Date(start), end: new Date(start + durationMs) });
  const starts = new Set<InstantMs>();
  for (const start of ascendingStarts(line, clock, from)) {
    if (start >= until) break;
    starts.add(start);
  }
  const slots: Slot[] = [];
  const covered = new Set<InstantMs>();
  for (const { rule, wall } of wallsOf(rules, from, until)) {
    const instants = expandRule(clock, wall);
    const [start] = instants;
    if (start === undefined) {
      const ends = clock.spanAt(wall - clock.spanAt(wall - DAY_MS).offset).start;
      if (ends >= from && ends < until) slots.push({ rule, wall, occurrence: undefined, exact: false });
      continue;
    }
    if (start < from || start >= until) continue;
    if (!starts.has(start)) {
      slots.push({ rule, wall, occurrence: undefined, exact: false });
      continue;
    }
    covered.add(start);
    const ends = expandRule(clock, wall + durationMs);
    const exact = instants.length === 1 && ends.length === 1 && ends[0] === start + durationMs;
    slots.push({ rule, wall, occurrence: toWindow(start), exact });
  }
  const others = [...starts].filter((start) => !covered.has(start)).map(toWindow);
  return { slots, others };
}

/**
 * As `compare`, without most slots that are exact: rules can differ from the windows only around clock changes.
 * @param starts of windows whose slots are wanted all the same
 */
export function compareWhereDecisive(
  recurrence: Recurrence,
  rules: readonly CalendarRule[],
  period: Interval,
  starts: readonly Date[],
): Comparison {
  const compared = decisivePeriods(recurrence, rules, period, starts).map((part) => compare(recurrence, rules, part));
  return { slots: compared.flatMap(({ slots }) => slots), others: compared.flatMap(({ others }) => others) };
}

/** No clock change is as large. */
const MARGIN_MS = 2 * DAY_MS;

/** The parts of a period around clock changes, each with the next window of every rule, and the windows at `starts`. */
function decisivePeriods(
  recurrence: Recurrence,
  rules: readonly CalendarRule[],
  { start, end }: Interval,
  starts: readonly Date[],
): Interval[] {
  const { line, clock, durationMs } = toSchedule(recurrence);
  const [from, until] = [start.getTime(), end.getTime()];
  const parts = starts.map((at) => ({ from: at.getTime(), until: at.getTime() + 1 }));
  const ends = [from];
  let span = clock.spanAt(from - MARGIN_MS);
  while (span.start <= until + durationMs + MARGIN_MS) {
    if (span.before !== span.offset) {
      parts.push({ from: span.start - durationMs - MARGIN_MS, until: span.start + MARGIN_MS });
      ends.push(span.start + MARGIN_MS);
    }
    span = clock.spanAt(span.end);
  }
  for (const at of ends) {
    let left = 2 * rules.length;
    for (const next of ascendingStarts(line, clock, Math.max(at, from))) {
      if (next >= until || left === 0) break;
      parts.push({ from: next, until: next + 1 });
      left -= 1;
    }
  }
  const merged: { from: InstantMs; until: InstantMs }[] = [];
  for (const part of parts.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && part.from <= last.until) last.until = Math.max(last.until, part.until);
    else merged.push(part);
  }
  return merged
    .map((part) => ({ start: new Date(Math.max(part.from, from)), end: new Date(Math.min(part.until, until)) }))
    .filter((part) => part.start < part.end);
}

/** The wall-clock minutes of the rules between two instants, and a day more on both sides. */
function* wallsOf(rules: readonly CalendarRule[], from: InstantMs, until: InstantMs) {
  for (let day = Math.floor(from / DAY_MS) - 1; day <= Math.floor(until / DAY_MS) + 1; day += 1) {
    for (const rule of rules) {
      if (matchesDay(rule.days, day)) yield { rule, wall: day * DAY_MS + rule.minute * MINUTE_MS };
    }
  }
}

/** The instants of a wall-clock time, in order: one, two where clocks go back, none where they go forward. */
export function expandRule(clock: ZoneClock, wall: WallMs): readonly InstantMs[] {
  const instants = new Set<InstantMs>();
  for (let span = clock.spanAt(wall - 2 * DAY_MS); span.start <= wall + 2 * DAY_MS; span = clock.spanAt(span.end)) {
    const instant = wall - span.offset;
    if (instant >= span.start && instant < span.end) instants.add(instant);
  }
  return [...instants].sort((a, b) => a - b);
}

/** The path of a secret calendar. */
export const secretPath = (secret: string) => `/calendar/${secret}.ics`;
