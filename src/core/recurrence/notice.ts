import type { CronLine } from './cron.ts';
import { DAY, type InstantMs, MINUTE, type Span, type WallMs, type ZoneClock } from './zone-clock.ts';

/**
 * What a clock change did to a start, in a sentence for people, or undefined when it did nothing: it stands for minutes
 * that do not exist, or for one that comes twice.
 */
export function noticeOf(line: CronLine, clock: ZoneClock, start: InstantMs): string | undefined {
  const span = clock.spanAt(start);
  if (start === span.start && span.before < span.offset) return leftOut(line, clock, span);
  const wall = start + span.offset;
  if (wall < span.start + span.before) return twice(clock, wall, span.start, span.before, span.offset, 'second');
  const next = clock.spanAt(span.end);
  if (wall >= span.end + next.offset) {
    return twice(clock, wall, span.end, span.offset, next.offset, line.plain ? 'only' : 'first');
  }
  return undefined;
}

function leftOut(line: CronLine, clock: ZoneClock, span: Span): string | undefined {
  const opens = span.start + span.before;
  const closes = span.start + span.offset;
  const first = line.atOrAfter(opens);
  const last = line.atOrBefore(closes - 1);
  if (first === undefined || last === undefined || first >= closes) return undefined;
  const what = first === last ? `${spoken(first)} does not exist` : `${timesBetween(first, last)} do not exist`;
  const instead = after(last, closes);
  const runs = line.matches(closes) ? `the run at ${instead} stands for it` : `runs at ${instead} instead`;
  return `${what} in ${clock.zone}, where clocks go from ${after(first, opens)} to ${after(first, closes)}: ${first === last ? runs : `runs once, at ${instead}`}.`;
}

function twice(
  clock: ZoneClock,
  wall: WallMs,
  change: InstantMs,
  before: number,
  offset: number,
  pass: 'first' | 'second' | 'only',
): string {
  const where = `where clocks go back from ${after(wall, change + before)} to ${after(wall, change + offset)}`;
  const what = {
    first: 'this is the first of two runs',
    second: 'this is the second of two runs',
    only: 'runs the first time only',
  }[pass];
  return `${spoken(wall)} comes twice in ${clock.zone}, ${where}: ${what}.`;
}

const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

function clockTime(wall: WallMs): string {
  return new Date(wall).toISOString().slice(11, wall % MINUTE === 0 ? 16 : 19);
}

/** With its date: `02:30 on 14 March 2027`. */
function spoken(wall: WallMs): string {
  return `${clockTime(wall)} on ${date.format(wall)}`;
}

/** `02:00 to 02:45 on 14 March 2027`. */
function timesBetween(first: WallMs, last: WallMs): string {
  return `${after(last, first)} to ${spoken(last)}`;
}

/** The time alone where the date was just said. */
function after(said: WallMs, wall: WallMs): string {
  return Math.floor(said / DAY) === Math.floor(wall / DAY) ? clockTime(wall) : spoken(wall);
}
