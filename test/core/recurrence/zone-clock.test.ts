import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { CronLine } from '../../../src/core/recurrence/cron.ts';
import { ascendingStarts, descendingStarts } from '../../../src/core/recurrence/occurrences.ts';
import {
  BLOCK_MS,
  createZoneClock,
  DAY_MS,
  getZoneClock,
  MINUTE_MS,
  type OffsetSpan,
} from '../../../src/core/recurrence/zone-clock.ts';
import { resolve } from '../../../src/core/time.ts';

const HOUR = 60 * MINUTE_MS;

function changesBetween(zone: string, from: number, to: number): OffsetSpan[] {
  const clock = getZoneClock(zone);
  const changes: OffsetSpan[] = [];
  for (let span = clock.spanAt(from); span.start < to; span = clock.spanAt(span.end)) {
    if (span.start >= from && span.before !== span.offset) changes.push(span);
  }
  return changes;
}

function first(count: number, starts: Generator<number>): number[] {
  return Array.from({ length: count }, () => starts.next().value);
}

describe('the clock of a zone', () => {
  it('changes when the time zone database says, to the second', () => {
    const changes = changesBetween('America/New_York', Date.UTC(2027, 0), Date.UTC(2028, 0));
    expect(
      changes.map(({ start, before, offset }) => [new Date(start).toISOString(), before / HOUR, offset / HOUR]),
    ).toEqual([
      ['2027-03-14T07:00:00.000Z', -5, -4],
      ['2027-11-07T06:00:00.000Z', -4, -5],
    ]);
    const [liberia] = changesBetween('Africa/Monrovia', Date.UTC(1971, 0), Date.UTC(1973, 0));
    expect(liberia).toMatchObject({
      start: Date.UTC(1972, 0, 7, 0, 44, 30),
      before: -(44 * MINUTE_MS + 30_000),
      offset: 0,
    });
  });

  it('can change four times in a year', () => {
    expect(changesBetween('Africa/Cairo', Date.UTC(2014, 0), Date.UTC(2015, 0))).toHaveLength(4);
  });

  it.each(['America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Noronha', 'Asia/Gaza', 'Europe/Vienna'])(
    'agrees with the resolution of a single time around every change: %s',
    (zone) => {
      for (const { start, before, offset } of changesBetween(zone, Date.UTC(1940, 0), Date.UTC(2037, 0))) {
        const [low, high] = [start + Math.min(before, offset), start + Math.max(before, offset)];
        for (const wall of [low - MINUTE_MS, low, low + MINUTE_MS, high - MINUTE_MS, high]) {
          const between = wall >= low && wall < high;
          const expected = between && before < offset ? start : wall - (wall < high ? before : offset);
          const shown = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
          const { instant, gap, overlap } = resolve(shown, zone);
          expect([shown.toString(), instant.getTime(), gap !== undefined, overlap !== undefined]).toEqual([
            shown.toString(),
            expected,
            between && before < offset,
            between && before > offset,
          ]);
        }
      }
    },
  );
});

describe('a clock change near the end of a sampled block', () => {
  const edge = 60 * BLOCK_MS;
  const minute = (instant: number) =>
    new CronLine(`${new Date(instant).getUTCMinutes()} ${new Date(instant).getUTCHours()} * * *`);

  it('still prevents a repeated minute in the next block from running', () => {
    // An hour repeats from half an hour before the end of the block.
    const clock = createZoneClock('Test/Back', (instant) => (instant < edge - 30 * MINUTE_MS ? 2 * HOUR : HOUR));
    const line = minute(edge + 10 * MINUTE_MS + HOUR);
    const only = edge + 10 * MINUTE_MS - HOUR;
    expect(first(2, ascendingStarts(line, clock, edge - 2 * HOUR))).toEqual([only, only + HOUR + DAY_MS]);
    expect(first(1, descendingStarts(line, clock, edge + 2 * HOUR))).toEqual([only]);
  });

  it('skips its gap when it is exactly at the end', () => {
    const clock = createZoneClock('Test/Forward', (instant) => (instant < edge ? 0 : HOUR));
    const line = minute(edge + 30 * MINUTE_MS);
    expect(first(2, ascendingStarts(line, clock, edge - HOUR))).toEqual([edge, edge + DAY_MS - 30 * MINUTE_MS]);
    expect(first(1, descendingStarts(line, clock, edge + HOUR))).toEqual([edge]);
  });

  it('skips its gap when the samples of the neighboring block end there', () => {
    for (const change of [edge - 2 * DAY_MS, edge + 2 * DAY_MS]) {
      const clock = createZoneClock('Test/Forward', (instant) => (instant < change ? 0 : HOUR));
      const line = minute(change + 30 * MINUTE_MS);
      expect(first(1, ascendingStarts(line, clock, change - HOUR))).toEqual([change]);
      const later = change + 2 * DAY_MS + HOUR;
      const dayByDay = [later - 90 * MINUTE_MS, later - DAY_MS - 90 * MINUTE_MS, change];
      expect(first(3, descendingStarts(line, clock, later))).toEqual(dayByDay);
    }
  });
});
