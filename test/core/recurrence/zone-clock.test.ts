import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { CronLine } from '../../../src/core/recurrence/cron.ts';
import { startsDownFrom, startsFrom } from '../../../src/core/recurrence/occurrences.ts';
import { BLOCK, clockOf, DAY, MINUTE, type Span, zoneClock } from '../../../src/core/recurrence/zone-clock.ts';
import { resolve } from '../../../src/core/time.ts';

const HOUR = 60 * MINUTE;

function changesBetween(zone: string, from: number, to: number): Span[] {
  const clock = zoneClock(zone);
  const changes: Span[] = [];
  for (let span = clock.spanAt(from); span.start < to; span = clock.spanAt(span.end)) {
    if (span.start >= from && span.before !== span.offset) changes.push(span);
  }
  return changes;
}

function first(count: number, starts: Generator<number>): number[] {
  return Array.from({ length: count }, () => starts.next().value);
}

describe('the clocks of a zone', () => {
  it('change when the time zone database says, to the second', () => {
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
      before: -(44 * MINUTE + 30_000),
      offset: 0,
    });
  });

  it('change four times in a year of fasting', () => {
    expect(changesBetween('Africa/Cairo', Date.UTC(2014, 0), Date.UTC(2015, 0))).toHaveLength(4);
  });

  it.each(['America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Noronha', 'Asia/Gaza', 'Europe/Vienna'])(
    'resolve the same around every change as a one-off time does: %s',
    (zone) => {
      for (const { start, before, offset } of changesBetween(zone, Date.UTC(1940, 0), Date.UTC(2037, 0))) {
        const [low, high] = [start + Math.min(before, offset), start + Math.max(before, offset)];
        for (const wall of [low - MINUTE, low, low + MINUTE, high - MINUTE, high]) {
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

describe('a change of clocks beside the edge of what is sampled at a time', () => {
  const edge = 60 * BLOCK;
  const minute = (instant: number) =>
    new CronLine(`${new Date(instant).getUTCMinutes()} ${new Date(instant).getUTCHours()} * * *`);

  it('is not forgotten on its far side: a repeated minute after the edge does not run', () => {
    // An hour comes twice from half an hour before the edge.
    const clock = clockOf('Test/Back', (instant) => (instant < edge - 30 * MINUTE ? 2 * HOUR : HOUR));
    const line = minute(edge + 10 * MINUTE + HOUR);
    const only = edge + 10 * MINUTE - HOUR;
    expect(first(2, startsFrom(line, clock, edge - 2 * HOUR))).toEqual([only, only + HOUR + DAY]);
    expect(first(1, startsDownFrom(line, clock, edge + 2 * HOUR))).toEqual([only]);
  });

  it('leaves out what it leaves out when it is the edge itself', () => {
    const clock = clockOf('Test/Forward', (instant) => (instant < edge ? 0 : HOUR));
    const line = minute(edge + 30 * MINUTE);
    expect(first(2, startsFrom(line, clock, edge - HOUR))).toEqual([edge, edge + DAY - 30 * MINUTE]);
    expect(first(1, startsDownFrom(line, clock, edge + HOUR))).toEqual([edge]);
  });

  it('leaves out what it leaves out when it is where the sampling of a neighbour ends', () => {
    for (const change of [edge - 2 * DAY, edge + 2 * DAY]) {
      const clock = clockOf('Test/Forward', (instant) => (instant < change ? 0 : HOUR));
      const line = minute(change + 30 * MINUTE);
      expect(first(1, startsFrom(line, clock, change - HOUR))).toEqual([change]);
      const later = change + 2 * DAY + HOUR;
      const dayByDay = [later - 90 * MINUTE, later - DAY - 90 * MINUTE, change];
      expect(first(3, startsDownFrom(line, clock, later))).toEqual(dayByDay);
    }
  });
});
