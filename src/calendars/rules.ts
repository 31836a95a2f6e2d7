import { ascendingStarts } from '../core/recurrence/occurrences.ts';
import { type Recurrence, toSchedule } from '../core/recurrence/schedule.ts';
import { DAY_MS, type InstantMs, MINUTE_MS, type WallMs, type ZoneClock } from '../core/recurrence/zone-clock.ts';
import type { Interval } from '../core/time.ts';
import { type DayRule, findDayRule, namesDay } from './days.ts';

/** More times of day than these are said one by one: calendars ask for a rule each. */
const MOST_TIMES = 4;

/** Some days at one time of day: what a calendar can repeat by itself. */
export interface CalendarRule {
  readonly days: DayRule;
  /** Of the day on the wall, 0 to 1439. */
  readonly minute: number;
}

/** The rules that name the wall-clock minutes of a series; undefined when calendars have no rules for it. */
export function toCalendarRules(recurrence: Recurrence): readonly CalendarRule[] | undefined {
  const { line } = toSchedule(recurrence);
  const rule = findDayRule(line.cron);
  if (rule === undefined || line.minutes.length > MOST_TIMES) return undefined;
  return line.minutes.map((minute) => ({ days: rule, minute }));
}

/** A wall-clock minute that a rule names, and the window of the series it stands for. */
export interface Slot {
  readonly rule: CalendarRule;
  readonly wall: WallMs;
  /** Undefined: clocks leave this minute out, and what a calendar does then, none can say. */
  readonly occurrence: Interval | undefined;
  /** False where a clock change lets calendars read the start or the end in more than one way. */
  readonly exact: boolean;
}

/** Rules beside the windows that the series makes. */
export interface Comparison {
  readonly slots: readonly Slot[];
  /** Windows that no rule makes, in order. */
  readonly others: readonly Interval[];
}

/**
 * Compares what rules name with the windows that a series makes, from `between.start` to before `between.end`. A calendar
 * that repeats the rules shows the series exactly where every slot is `exact` and there are no others.
 */
export function compare(recurrence: Recurrence, rules: readonly CalendarRule[], between: Interval): Comparison {
  const schedule = toSchedule(recurrence);
  const { line, clock, durationMs: duration } = schedule;
  const from = between.start.getTime();
  const until = between.end.getTime();
  const lasting = (start: InstantMs) => ({ start: new Date(start), end: new Date(start + duration) });
  const made = new Set<InstantMs>();
  for (const start of ascendingStarts(line, clock, from)) {
    if (start >= until) break;
    made.add(start);
  }
  const slots: Slot[] = [];
  const taken = new Set<InstantMs>();
  for (const { rule, wall } of wallsOf(rules, from, until)) {
    const starts = expandRule(clock, wall);
    const [start] = starts;
    if (start === undefined) {
      const ends = clock.spanAt(wall - clock.spanAt(wall - DAY_MS).offset).start;
      if (ends >= from && ends < until) slots.push({ rule, wall, occurrence: undefined, exact: false });
      continue;
    }
    if (start < from || start >= until) continue;
    if (!made.has(start)) {
      slots.push({ rule, wall, occurrence: undefined, exact: false });
      continue;
    }
    taken.add(start);
    const ends = expandRule(clock, wall + duration);
    const exact = starts.length === 1 && ends.length === 1 && ends[0] === start + duration;
    slots.push({ rule, wall, occurrence: lasting(start), exact });
  }
  const others = [...made].filter((start) => !taken.has(start)).map(lasting);
  return { slots, others };
}

/** Every minute that the rules name on the wall while the instants pass, and a day more on both sides. */
function* wallsOf(rules: readonly CalendarRule[], from: InstantMs, until: InstantMs) {
  for (let day = Math.floor(from / DAY_MS) - 1; day <= Math.floor(until / DAY_MS) + 1; day += 1) {
    for (const rule of rules) {
      if (namesDay(rule.days, day)) yield { rule, wall: day * DAY_MS + rule.minute * MINUTE_MS };
    }
  }
}

/** When the clocks of a zone show this: once, twice where they go back, never where they go forward. In order. */
export function expandRule(clock: ZoneClock, wall: WallMs): readonly InstantMs[] {
  const found = new Set<InstantMs>();
  for (let span = clock.spanAt(wall - 2 * DAY_MS); span.start <= wall + 2 * DAY_MS; span = clock.spanAt(span.end)) {
    const instant = wall - span.offset;
    if (instant >= span.start && instant < span.end) found.add(instant);
  }
  return [...found].sort((a, b) => a - b);
}

/** Where the calendar with this secret is read, below the address of Lull. */
export function secretPath(secret: string): string {
  return `/calendar/${secret}.ics`;
}
