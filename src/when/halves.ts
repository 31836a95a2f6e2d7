import type { Stop } from './answer.ts';
import type { Clock } from './lexemes.ts';
import { between, clockReadings, type Setting, spoken, written } from './moments.ts';
import { partOf, type Side } from './sides.ts';

/** Minutes since midnight. */
export function minuteOf(clock: Clock): number {
  return clock.hour * 60 + clock.minute;
}

export interface Settled {
  readonly left: Side;
  readonly right: Side;
  readonly notices: readonly string[];
}

/** Settles the half of the day where one end of a range tells that of the other: `9-11pm`, `von 2 bis 4 Uhr`. */
export function settle(left: Side, right: Side, setting: Setting): Settled | Stop {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const same = { left, right, notices: [] };
  if (from === undefined || to === undefined || left.clocks.length > 1 || right.clocks.length > 1) return same;
  const starts = clockReadings(from.clock, partOf(left), setting.hours24);
  const ends = clockReadings(to.clock, partOf(right), setting.hours24);
  const datedEnd = right.days.length > 0;
  const [start, start2] = starts;
  const [end, end2] = ends;
  if (start === undefined || end === undefined || (start2 === undefined && end2 === undefined)) return same;
  const withClocks = (a: Clock, b: Clock, notices: readonly string[] = []): Settled => ({
    left: { ...left, clocks: [{ ...from, clock: a }] },
    right: { ...right, clocks: [{ ...to, clock: b }] },
    notices,
  });
  if (start2 !== undefined && end2 !== undefined) {
    const pairs = starts.map(
      (first) => [first, datedEnd ? undefined : ends.find((last) => short(first, last))] as const,
    );
    if (datedEnd) return same;
    return between(`Is "${spoken(from, setting)}" in the morning or in the afternoon?`, [
      { item: from, by: pairs.map(([first]) => written(first, setting)) },
      { item: to, by: pairs.map(([, last]) => (last === undefined ? '' : written(last, setting))) },
    ]);
  }
  if (datedEnd) return same;
  if (start2 !== undefined) {
    const chosen = starts.find((first) => short(first, end));
    if (chosen === undefined) return same;
    const written24 = from.clock.hour % 24 === chosen.hour;
    if (end.day24 === true && !written24) return same;
    return withClocks({ ...chosen, sure: true, ...(end.day24 ? { day24: true } : {}) }, end);
  }
  const nearest = ends.find((last) => short(start, last));
  if (nearest === undefined) return same;
  const byPart = partOf(left) !== undefined && !from.clock.sure;
  const written24 = start.day24 === true && to.clock.hour % 24 === nearest.hour;
  return byPart || written24 ? withClocks(start, nearest) : same;
}

/** Whether it is less than half a day from one time of day to the other. */
function short(start: Clock, end: Clock): boolean {
  const minutes = (minuteOf(end) - minuteOf(start) + 1440) % 1440;
  return minutes > 0 && minutes < 720;
}
