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
