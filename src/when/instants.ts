import { resolve, type WallClock, wallClock } from '../core/time.ts';
import { getPartOfDay } from './bounds.ts';
import { askBetween, quote, type ReaderContext, todayIn } from './context.ts';
import { boundDependsOnToday, resolveDay } from './dates.ts';
import type { Day } from './day-reference.ts';
import { formatClock, formatDay, formatDuration, formatShortDay } from './format.ts';
import type { Bound } from './phrases.ts';
import { ambiguity, isUnresolved, type RefusalAnswer, refuse, type Unresolved } from './results.ts';
import { insertAt, replaceSpan } from './source-text.ts';
import { LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, explainContradiction, suggestTimes, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';

/** An instant with its wall-clock time. */
export interface ZonedTime {
  readonly instant: Date;
  /** The wall-clock time as written, or now. */
  readonly wall: WallClock;
  readonly notices: readonly string[];
}

/** The instant of a time and day in `zone`. Of a repeated time, the first that is not before `floor`. */
export function resolveTime(day: Day, clock: Clock, zone: string, floor: Date): ZonedTime {
  const date = clock.hour === 24 ? day.add({ days: 1 }) : day;
  const wall = date.toPlainDateTime({ hour: clock.hour % 24, minute: clock.minute, second: clock.second });
  const { instant, gap, overlap } = resolve(wall, zone);
  if (gap !== undefined) {
    const notice = NOTICES.skippedTime(
      formatClock(wall),
      formatDay(wall),
      zone,
      formatClock(gap.until),
      gap.until.day === wall.day ? '' : ` on ${formatShortDay(gap.until)}`,
    );
    return { instant, wall, notices: [notice] };
  }
  if (overlap !== undefined) {
    const second = instant < floor && overlap.second >= floor;
    const notice = NOTICES.repeatedTime(formatClock(wall), formatDay(wall), zone, second ? 'second' : 'first');
    return { instant: second ? overlap.second : instant, wall, notices: [notice] };
  }
  return { instant, wall, notices: [] };
}

/** The next instant with a time of day, from `floor` on. */
export function nextTimeAt(clock: Clock, zone: string, floor: Date): ZonedTime {
  const today = todayIn(zone, floor);
  for (let days = 0; days < 3; days++) {
    const moment = resolveTime(today.add({ days }), clock, zone, floor);
    if (moment.instant >= floor) return moment;
  }
  return resolveTime(today.add({ days: 3 }), clock, zone, floor);
}

export function refusePast(what: string, moment: ZonedTime, zone: string, reader: ReaderContext): RefusalAnswer {
  const now = wallClock(reader.now, zone);
  const when = `${formatDay(moment.wall)}, ${formatClock(moment.wall)} (${zone})`;
  return refuse(REFUSALS.past(what, when, formatDay(now), formatClock(now)));
}

/** Resolves the start of a window in `zone` (IANA, or an offset). Never before now. */
export function resolveStart(bound: Bound, zone: string, reader: ReaderContext): ZonedTime | Unresolved {
  if (bound.now !== undefined) return resolveNow(bound, zone, reader);
  if (bound.delay !== undefined) return resolveDelay(bound, zone, reader);
  const [clock, another] = bound.clocks;
  if (bound.weekdays[0] !== undefined) return askWhichWeekday(bound, reader);
  if (clock !== undefined && another !== undefined) {
    return refuse(REFUSALS.twoTimes(quote(clock, reader), quote(another, reader)), 'tomorrow 22:00 to 23:30');
  }
  if (clock === undefined) return askStartTime(bound, zone, reader);
  const readings = clockCandidates(clock.clock, getPartOfDay(bound), reader.uses24Hours);
  const tried = readings.map((reading) => ({ reading, found: resolveDayAndTime(bound, reading, zone, reader) }));
  const good = tried.flatMap(({ reading, found }) => (isUnresolved(found) ? [] : [{ reading, found }]));
  const [first, second] = good;
  if (second !== undefined) {
    return askBetween(QUESTIONS.morningOrAfternoon(quote(clock, reader)), [
      { phrase: clock, replacements: good.map(({ reading }) => writeClockFor(reading, reader)) },
    ]);
  }
  if (first === undefined) {
    const stops = tried.map(({ found }) => found).filter(isUnresolved);
    return stops.find((stop) => stop.outcome === 'doubt') ?? stops[0] ?? refuse(REFUSALS.noTime);
  }
  if (readings.length === 1) return first.found;
  const doubtful = tried.map(({ found }) => found).find((found) => isUnresolved(found) && found.outcome === 'doubt');
  if (doubtful !== undefined && isUnresolved(doubtful)) return doubtful;
  const notice = NOTICES.otherHalfPast(quote(clock, reader), formatClock(first.reading));
  return { ...first.found, notices: [notice, ...first.found.notices] };
}

function resolveNow(bound: Bound, zone: string, reader: ReaderContext): ZonedTime | Unresolved {
  const [clock] = bound.clocks;
  const other = bound.days.find((phrase) => phrase.day.kind !== 'relative' || phrase.day.days !== 0);
  if (clock !== undefined || bound.delay !== undefined || other !== undefined) {
    const second = clock ?? bound.delay ?? other;
    return refuse(REFUSALS.nowAndTime(second === undefined ? '' : quote(second, reader)), 'now for 2h');
  }
  return { instant: reader.now, wall: wallClock(reader.now, zone), notices: [] };
}

function resolveDelay(bound: Bound, zone: string, reader: ReaderContext): ZonedTime | Unresolved {
  const [clock] = bound.clocks;
  const { delay: after } = bound;
  if (after === undefined || clock !== undefined || bound.days.length > 0) {
    return refuse(REFUSALS.delayAndTime(after === undefined ? '' : quote(after, reader)), 'in 2 hours for 1h');
  }
  const instant = new Date(reader.now.getTime() + Math.round(after.duration.minutes * 60_000));
  return { instant, wall: wallClock(instant, zone), notices: [] };
}

function askWhichWeekday(bound: Bound, reader: ReaderContext): Unresolved {
  const list = bound.weekdays[0];
  if (list === undefined) return refuse(REFUSALS.noDay);
  const said = quote(list, reader);
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const cut = (by: string) => [replaceSpan(list, by)];
  const days = list.weekdays.map((day) => names[day] ?? '');
  const every = { label: LABELS.everyWeek(days.join(', ')), edits: cut(`every ${days.join(', ')}`) };
  return ambiguity(QUESTIONS.whichWindow(said), [every, ...days.slice(0, 5).map((day) => ({ edits: cut(day) }))]);
}

/** A bound with a day or a part of the day, but without a time. */
function askStartTime(bound: Bound, zone: string, reader: ReaderContext): Unresolved {
  const [phrase] = bound.days;
  if (phrase === undefined && bound.tonight === undefined && bound.part === undefined) return refuse(REFUSALS.noStart);
  if (phrase?.day.kind === 'period' || phrase?.day.kind === 'either') {
    const found = resolveDay(bound, todayIn(zone, reader.now), reader, () => true);
    if (found !== undefined && isUnresolved(found)) return found;
  }
  // Refuse a past or invalid day before asking for a time.
  const end = resolveDayAndTime(bound, { hour: 23, minute: 59, second: 59, isCertain: true }, zone, reader);
  if (isUnresolved(end) && bound.part === undefined && bound.tonight === undefined) return end;
  const last = Math.max(...[...bound.days, bound.part, bound.tonight].map((each) => each?.end ?? 0));
  const at = (time: string) => [insertAt(last, ` ${time} `)];
  const options = suggestTimes(getPartOfDay(bound)).map((time) => ({ edits: at(time) }));
  const allDay = { edits: at('all day') };
  const whole =
    getPartOfDay(bound) === undefined && phrase !== undefined && phrase.day.kind !== 'after' ? [allDay] : [];
  const said = [...bound.days, bound.part, bound.tonight].filter((each) => each !== undefined);
  const first = Math.min(...said.map(({ start }) => start));
  return ambiguity(QUESTIONS.atWhatTimeOn(reader.text.slice(first, last)), [...options, ...whole]);
}

/** Resolves an unambiguous time of day on the day of the bound. */
function resolveDayAndTime(bound: Bound, clock: Clock, zone: string, reader: ReaderContext): ZonedTime | Unresolved {
  const today = todayIn(zone, reader.now);
  const theirs = resolveFromToday(bound, clock, zone, today, reader);
  const own = todayIn(reader.timezone, reader.now);
  if (own.equals(today) || !boundDependsOnToday(bound)) return theirs;
  // The date differs between the zones, so "tomorrow" has two meanings.
  const ours = resolveFromToday(bound, clock, zone, own, reader);
  if (isUnresolved(theirs)) return isUnresolved(ours) ? theirs : ours;
  if (isUnresolved(ours) || ours.instant.getTime() === theirs.instant.getTime()) return theirs;
  const phrase = bound.days[0] ?? bound.tonight;
  if (phrase === undefined) return theirs;
  return askBetween(
    QUESTIONS.whichDayInZone(formatDay(today), zone, formatDay(own), reader.timezone, quote(phrase, reader)),
    [
      {
        phrase,
        replacements: [theirs, ours].map(({ wall }) =>
          (clock.hour === 24 ? wall.subtract({ days: 1 }) : wall).toPlainDate().toString(),
        ),
      },
    ],
  );
}

function resolveFromToday(
  bound: Bound,
  clock: Clock,
  zone: string,
  today: Day,
  reader: ReaderContext,
): ZonedTime | Unresolved {
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, reader.now);
  if (bound.tonight !== undefined) return resolveTonight(bound, clock, zone, today, reader);
  const part = getPartOfDay(bound);
  if (part !== undefined && !clock.isMidnight) {
    const wrong = explainContradiction(clock, part);
    if (wrong !== undefined) return refuse(REFUSALS.contradiction(wrong));
  }
  const found = resolveDay(bound, today, reader, (day) => at(day, toEndMidnight(clock)).instant >= reader.now);
  if (found === undefined) {
    const next = nextTimeAt(clock, zone, reader.now);
    const tomorrow = !next.wall.toPlainDate().equals(today) && clock.isMidnight !== true && clock.hour !== 24;
    const notice = NOTICES.timePassed(formatClock(clock), formatDay(next.wall));
    return tomorrow ? { ...next, notices: [notice, ...next.notices] } : next;
  }
  if (isUnresolved(found)) return found;
  const { day, notices } = found;
  const phrase = bound.days[0];
  if (clock.isMidnight === true && phrase !== undefined) {
    if (day.equals(today)) return at(day, { ...clock, hour: 24 });
    const time = bound.clocks[0];
    return time === undefined
      ? at(day)
      : ambiguity(QUESTIONS.whichMidnight(formatDay(day)), [
          { label: LABELS.startOfDay(formatDay(day)), edits: [replaceSpan(time, '00:00')] },
          { label: LABELS.endOfDay(formatDay(day)), edits: [replaceSpan(time, '24:00')] },
        ]);
  }
  if (part === 'night' && clock.hour < 6 && phrase !== undefined && bound.part !== undefined) {
    return askBetween(QUESTIONS.whichNight(formatDay(day), formatClock(clock)), [
      { phrase, replacements: [day.toString(), day.add({ days: 1 }).toString()] },
      { phrase: bound.part, replacements: ['', ''] },
      ...bound.clocks.map((each) => ({
        phrase: each,
        replacements: [writeClockFor(clock, reader), writeClockFor(clock, reader)],
      })),
    ]);
  }
  const moment = at(day);
  if (moment.instant < reader.now) return refusePast(`"${quoteDayAndTime(bound, reader)}"`, moment, zone, reader);
  return { ...moment, notices: [...notices, ...moment.notices] };
}

/** The midnight that ends the day. */
function toEndMidnight(clock: Clock): Clock {
  return clock.isMidnight === true ? { ...clock, hour: 24 } : clock;
}

function quoteDayAndTime(bound: Bound, reader: ReaderContext): string {
  const pieces = [...bound.days, ...bound.clocks];
  return reader.text.slice(Math.min(...pieces.map(({ start }) => start)), Math.max(...pieces.map(({ end }) => end)));
}

/** Tonight lasts from the evening of today to the next morning. */
function resolveTonight(
  bound: Bound,
  clock: Clock,
  zone: string,
  today: Day,
  reader: ReaderContext,
): ZonedTime | Unresolved {
  const phrase = bound.tonight;
  const other = bound.days[0];
  if (other !== undefined && !(other.day.kind === 'relative' && other.day.days === 0)) {
    return refuse(REFUSALS.twoDaysNamed(phrase === undefined ? '' : quote(phrase, reader), quote(other, reader)));
  }
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, reader.now);
  const wrong =
    clock.isMidnight === true ? undefined : explainContradiction(clock, clock.hour >= 16 ? 'evening' : 'night');
  if (wrong !== undefined) return refuse(wrong.replace('in the night', 'tonight'));
  if (clock.isMidnight === true || clock.hour === 24) return at(today, { ...clock, hour: 24 });
  if (clock.hour >= 16) {
    const moment = at(today);
    return moment.instant < reader.now ? refusePast(`"${formatClock(clock)} tonight"`, moment, zone, reader) : moment;
  }
  const [early, late] = [at(today), at(today.add({ days: 1 }))];
  const nightNow = wallClock(reader.now, zone).hour < 6;
  if (!nightNow || early.instant < reader.now || phrase === undefined) return late;
  return askBetween(QUESTIONS.nightAlready(formatClock(clock)), [
    { phrase, replacements: [early.wall.toPlainDate().toString(), late.wall.toPlainDate().toString()] },
  ]);
}

/** Longer ranges, such as "friday 22:00 to friday 20:00", are probably a mistake and cause a question. */
const LONG_RANGE_DAYS = 5.5;

/** Resolves the end of a window that starts at `start`; `plain` if the start is a time of day. */
export function resolveEnd(
  bound: Bound,
  start: ZonedTime,
  plain: boolean,
  zone: string,
  reader: ReaderContext,
): ZonedTime | Unresolved {
  if (bound.now !== undefined) return refuse(REFUSALS.endNow, 'now for 2h');
  if (bound.delay !== undefined) return requireAfterStart(resolveStart(bound, zone, reader), start);
  const [clock, another] = bound.clocks;
  if (another !== undefined || bound.weekdays.length > 0) {
    return refuse(REFUSALS.severalEnds, 'tomorrow 22:00 to 23:30');
  }
  if (clock === undefined) return askEndTime(bound, zone, reader);
  const readings = clockCandidates(clock.clock, getPartOfDay(bound), reader.uses24Hours);
  const [reading, second] = readings;
  if (reading === undefined) return refuse(REFUSALS.noEnd);
  if (second !== undefined) {
    return askBetween(QUESTIONS.endInMorningOrAfternoon(quote(clock, reader)), [
      { phrase: clock, replacements: readings.map((each) => writeClockFor(each, reader)) },
    ]);
  }
  if (bound.tonight !== undefined) return requireAfterStart(resolveStart(bound, zone, reader), start);
  return bound.days.length === 0
    ? resolveEndTime(bound, reading, start, plain, zone)
    : resolveEndDayAndTime(bound, reading, start, zone, reader);
}

function requireAfterStart(end: ZonedTime | Unresolved, start: ZonedTime): ZonedTime | Unresolved {
  if (isUnresolved(end)) return end;
  return end.instant <= start.instant ? refuseEarlyEnd(end, start) : end;
}

function refuseEarlyEnd(end: ZonedTime, start: ZonedTime): Unresolved {
  const say = (wall: ZonedTime['wall']) => `${formatDay(wall)}, ${formatClock(wall)}`;
  return refuse(REFUSALS.endBeforeStart(say(end.wall), say(start.wall)), 'tomorrow 22:00 to 23:30');
}

/** An end without a day: the next such time after the start. */
function resolveEndTime(
  bound: Bound,
  clock: Clock,
  start: ZonedTime,
  plain: boolean,
  zone: string,
): ZonedTime | Unresolved {
  const floor = new Date(start.instant.getTime() + 1);
  const day = wallClock(start.instant, zone).toPlainDate();
  const same = resolveTime(day, clock, zone, floor);
  if (same.instant > start.instant) return same;
  const next = resolveTime(day.add({ days: 1 }), clock, zone, floor);
  const asked = wallClock(start.instant, zone);
  const overnight = asked.hour >= 12 && clock.hour <= 12;
  if (!plain || overnight || (clock.hour === 0 && clock.minute === 0)) {
    // A gap can swallow a window: 02:00 to 03:00 where the clocks go from 02:00 to 03:00.
    if (start.notices.length > 0 && same.instant.getTime() === start.instant.getTime()) {
      return refuse(REFUSALS.nothingLeft(start.notices.join(' '), formatClock(same.wall)));
    }
    return next;
  }
  if (same.instant.getTime() === start.instant.getTime() && start.notices.length > 0) {
    return refuse(REFUSALS.nothingLeft(start.notices.join(' '), formatClock(same.wall)));
  }
  const [phrase] = bound.clocks;
  if (phrase === undefined) return next;
  const minutes = (next.instant.getTime() - start.instant.getTime()) / 60_000;
  return askBetween(
    QUESTIONS.isNextDay(formatClock(clock), formatClock(start.wall), formatDay(next.wall), formatDuration(minutes)),
    [{ phrase, replacements: [`${next.wall.toPlainDate().toString()} ${formatClock(next.wall)}`] }],
  );
}

function resolveEndDayAndTime(
  bound: Bound,
  clock: Clock,
  start: ZonedTime,
  zone: string,
  reader: ReaderContext,
): ZonedTime | Unresolved {
  const startDay = wallClock(start.instant, zone).toPlainDate();
  const fromNow = bound.days.some(({ day }) => day.kind === 'relative' || day.kind === 'after');
  const today = fromNow ? todayIn(zone, reader.now) : startDay;
  const at = (day: typeof today, time = clock) => resolveTime(day, time, zone, new Date(start.instant.getTime() + 1));
  const late = clock.isMidnight === true ? { ...clock, hour: 24 } : clock;
  const found = resolveDay(bound, today, reader, (day) => at(day, late).instant > start.instant);
  if (found === undefined || isUnresolved(found)) return found ?? refuse(REFUSALS.noEnd);
  const { day } = found;
  const [phrase] = bound.clocks;
  if (clock.isMidnight === true && phrase !== undefined) {
    if (at(day).instant <= start.instant) return at(day, late);
    return ambiguity(QUESTIONS.whichEndMidnight(formatDay(day)), [
      { label: LABELS.startOfDay(formatDay(day)), edits: [replaceSpan(phrase, '00:00')] },
      { label: LABELS.endOfDay(formatDay(day)), edits: [replaceSpan(phrase, '24:00')] },
    ]);
  }
  const end = at(day);
  const [named] = bound.days;
  const days = (end.instant.getTime() - start.instant.getTime()) / 86_400_000;
  if (named?.day.kind === 'weekday' && days > LONG_RANGE_DAYS) {
    return askBetween(QUESTIONS.isEndSoLate(formatDay(end.wall), Math.round(days)), [
      { phrase: named, replacements: [day.toString()] },
    ]);
  }
  return requireAfterStart(end, start);
}

/** A day without a time, as the end. */
function askEndTime(bound: Bound, zone: string, reader: ReaderContext): Unresolved {
  const said = bound.days[0] ?? bound.tonight ?? bound.part;
  if (said === undefined) return refuse(REFUSALS.noEnd);
  const found = resolveDay(bound, todayIn(zone, reader.now), reader, () => true);
  if (found !== undefined && isUnresolved(found)) return found;
  const last = Math.max(...[...bound.days, bound.part, bound.tonight].map((each) => each?.end ?? 0));
  const times = getPartOfDay(bound) === undefined ? ['06:00', '12:00', '24:00'] : suggestTimes(getPartOfDay(bound));
  return ambiguity(
    QUESTIONS.atWhatTimeEnds(quote(said, reader)),
    times.map((time) => ({ edits: [insertAt(last, ` ${time} `)] })),
  );
}
