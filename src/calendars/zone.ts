import { DAY_MS, getZoneClock, type InstantMs, type OffsetSpan, type WallMs } from '../core/recurrence/zone-clock.ts';
import type { Interval } from '../core/time.ts';

/**
 * What the clocks of a zone do, as a VTIMEZONE of RFC 5545 says it: at each of these times on the wall, read in the offset
 * before, they go from one offset to another.
 */
export interface Observance {
  readonly kind: 'STANDARD' | 'DAYLIGHT';
  /** Milliseconds east of UTC. */
  readonly from: number;
  readonly to: number;
  /** Ascending; the first is its DTSTART. */
  readonly changes: readonly WallMs[];
  /** It goes on by this rule, year by year, beyond the last of `changes`. */
  readonly rule: { readonly month: number; readonly nth: number; readonly weekday: number } | undefined;
}

/** Fewer changes than these are no habit. */
const HABIT = 8;

/** The observances of an IANA zone over a time; the first holds what the clocks showed at its start. */
export function listObservances(zone: string, { start, end }: Interval): readonly Observance[] {
  const clock = getZoneClock(zone);
  const first = clock.spanAt(start.getTime());
  const groups = new Map<string, { from: number; to: number; instants: InstantMs[] }>();
  for (let span: OffsetSpan = clock.spanAt(first.end); span.start < end.getTime(); span = clock.spanAt(span.end)) {
    if (span.before === span.offset) continue;
    const key = `${span.before}:${span.offset}`;
    const group = groups.get(key) ?? { from: span.before, to: span.offset, instants: [] };
    if (group.instants.at(-1) !== span.start) group.instants.push(span.start);
    groups.set(key, group);
  }
  const initial: Observance = {
    kind: 'STANDARD',
    from: first.offset,
    to: first.offset,
    changes: [Math.floor((start.getTime() + first.offset) / DAY_MS) * DAY_MS - DAY_MS],
    rule: undefined,
  };
  const later = [...groups.values()].map(({ from, to, instants }): Observance => {
    const changes = instants.map((instant) => instant + from);
    return { kind: to > from ? 'DAYLIGHT' : 'STANDARD', from, to, changes, rule: habitOf(changes, end.getTime()) };
  });
  return [initial, ...later];
}

/** The weekday of the month on which clocks change each year, when that is what they do until the end. */
function habitOf(changes: readonly WallMs[], end: InstantMs): Observance['rule'] {
  const [first] = changes;
  const last = changes.at(-1);
  if (first === undefined || last === undefined || changes.length < HABIT || end - last > 400 * DAY_MS)
    return undefined;
  const dates = changes.map((wall) => new Date(wall));
  const yearly = dates.every((date, index) => date.getUTCFullYear() === new Date(first).getUTCFullYear() + index);
  const month = new Date(first).getUTCMonth();
  const weekday = new Date(first).getUTCDay();
  const alike = dates.every(
    (date) =>
      date.getUTCMonth() === month &&
      date.getUTCDay() === weekday &&
      date.getTime() % DAY_MS === new Date(first).getTime() % DAY_MS,
  );
  if (!yearly || !alike) return undefined;
  const nths = new Set(dates.map((date) => Math.ceil(date.getUTCDate() / 7)));
  const [nth] = nths;
  if (nths.size === 1 && nth !== undefined) return { month: month + 1, nth, weekday };
  const alwaysLast = dates.every((date) => new Date(date.getTime() + 7 * DAY_MS).getUTCMonth() !== month);
  return alwaysLast ? { month: month + 1, nth: -1, weekday } : undefined;
}
