import type { Problem } from '../../core/errors.ts';
import { nextOccurrences, parseCron, type Recurrence } from '../../core/recurrence/index.ts';
import type { Interval } from '../../core/time.ts';
import { endInPast, endNotAfterStart } from '../../maintenance/errors.ts';
import { normalizeRecurrence, validateRecurrence } from '../../maintenance/rules/recurrence.ts';
import { intersect } from '../../maintenance/rules/times.ts';
import { calendarAlone, freezeTimesRequired, freezeTooFrequent } from '../errors.ts';

export const FREEZE_KINDS = ['once', 'recurring', 'calendar'] as const;

/**
 * When a freeze holds. `recurring`: for each occurrence of its cron line on the wall clock of its zone, from `start` to `end`;
 * null: for good. `calendar`: for each event of an iCal calendar, of which `periods` are those that were read.
 */
export type FreezeTimes =
  | ({ readonly kind: 'once' } & Interval)
  | ({ readonly kind: 'recurring'; readonly start: Date; readonly end: Date | null } & Recurrence)
  | {
      readonly kind: 'calendar';
      readonly start: Date;
      readonly end: null;
      /** As it is shown. */
      readonly url: string;
      readonly periods: readonly Interval[];
    };

/** The same as it is stored and requested. */
export interface TimeColumns {
  readonly start: Date;
  readonly end: Date | null;
  readonly cron: string | null;
  readonly timezone: string | null;
  readonly durationMinutes: number | null;
  /** As it is shown. */
  readonly url: string | null;
}

export function readTimes(
  { start, end, cron, timezone, durationMinutes, url }: TimeColumns,
  periods: readonly Interval[],
): FreezeTimes {
  if (url !== null) return { kind: 'calendar', start, end: null, url, periods };
  if (cron !== null && timezone !== null && durationMinutes !== null) {
    return { kind: 'recurring', start, end, cron, timezone, durationMinutes };
  }
  return { kind: 'once', start, end: end ?? start };
}

export const toColumns = (times: FreezeTimes): TimeColumns => {
  const { cron, timezone, durationMinutes } =
    times.kind === 'recurring' ? times : { cron: null, timezone: null, durationMinutes: null };
  const url = times.kind === 'calendar' ? times.url : null;
  return { start: times.start, end: times.end, cron, timezone, durationMinutes, url };
};

export type RequestedTimes = { readonly [Column in keyof TimeColumns]?: TimeColumns[Column] | undefined };

/** @returns the times, or what is wrong with the request for them */
export function validateTimes(requested: RequestedTimes, now: Date): FreezeTimes | Problem[] {
  const { cron, durationMinutes, timezone, end, url } = requested;
  if (url != null) {
    const others = { end, cron, duration_minutes: durationMinutes };
    const problems = Object.entries(others).flatMap(([field, value]) =>
      value == null ? [] : [calendarAlone.at(field, {})],
    );
    return problems.length > 0
      ? problems
      : { kind: 'calendar', start: requested.start ?? now, end: null, url, periods: [] };
  }
  const recurs = cron != null || durationMinutes != null;
  const start = requested.start ?? (recurs ? now : undefined);
  const missing = [
    ...(start === undefined ? ['start'] : []),
    ...(!recurs && end == null ? ['end'] : []),
    ...(recurs && cron == null ? ['cron'] : []),
    ...(recurs && durationMinutes == null ? ['duration_minutes'] : []),
  ];
  if (start === undefined || missing.length > 0) return missing.map((field) => freezeTimesRequired.at(field, {}));
  const problems = validateEnd(start, end ?? null, now);
  if (cron == null || durationMinutes == null) {
    return problems.length > 0 ? problems : { kind: 'once', start, end: end ?? start };
  }
  const recurrence = normalizeRecurrence({ cron, timezone: timezone ?? 'UTC', durationMinutes });
  problems.push(...validateRecurrence(recurrence, now));
  const parsed = parseCron(recurrence.cron);
  if (parsed.ok && parsed.line.minutes.length > MAX_STARTS_A_DAY) {
    problems.push(freezeTooFrequent.at('cron', { max: MAX_STARTS_A_DAY }));
  }
  return problems.length > 0 ? problems : { kind: 'recurring', start, end: end ?? null, ...recurrence };
}

/** Each change of a window is compared with all periods near it. */
export const MAX_STARTS_A_DAY = 24;

function validateEnd(start: Date, end: Date | null, now: Date): Problem[] {
  if (end === null) return [];
  if (end <= start) return [endNotAfterStart.at('end', { start, end })];
  return end <= now ? [endInPast.at('end', { end, now })] : [];
}

/** When the freeze holds within an interval: the periods that share time with it, in order. */
export function listPeriods(times: FreezeTimes, between: Interval, max = Number.MAX_SAFE_INTEGER): Interval[] {
  const { start } = times;
  const end = times.end ?? LAST;
  if (end <= between.start || start >= between.end) return [];
  if (times.kind === 'once') return [{ start, end }];
  if (times.kind === 'calendar') return times.periods.filter((period) => intersect(period, between)).slice(0, max);
  const from = later(start, between.start).getTime() - times.durationMinutes * 60_000;
  const until = new Date(earlier(end, between.end).getTime() - 1);
  return nextOccurrences(times, new Date(from), max, until).map((each) => ({
    start: later(each.start, start),
    end: earlier(each.end, end),
  }));
}

/** The period that an instant is in, or the first one after it. */
export function findNextPeriod(times: FreezeTimes, at: Date): Interval | undefined {
  return listPeriods(times, { start: at, end: new Date(at.getTime() + SEARCHED_MS) }, 1)[0];
}

/** The longest time that a freeze may concern. */
export const spanOfTimes = ({ start, end }: FreezeTimes): Interval => ({ start, end: end ?? LAST });

const LAST = new Date('9999-12-31T00:00:00Z');
/** Rarer ones are searched no further. */
const SEARCHED_MS = 10 * 366 * 86_400_000;
const later = (one: Date, other: Date) => (one > other ? one : other);
const earlier = (one: Date, other: Date) => (one < other ? one : other);
