import { resolve, type WallClock, wallClock } from '../core/time.ts';
import { askReading, type Bound, getPartOfDay, readClock } from './bounds.ts';
import { type Day, quote, type ReaderContext, todayIn } from './context.ts';
import { dependsOnToday, resolveDay } from './dates.ts';
import { formatClock, formatDay, formatDuration, formatShortDay, writeClock } from './format.ts';
import type { DayReference, PhraseOf } from './phrases.ts';
import { ask, askInsertion, askReplacement, attempt, RANGE_EXAMPLE, refuse, Unresolved } from './results.ts';
import { replaceSpan } from './source-text.ts';
import { LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, explainContradiction, suggestTimes } from './times.ts';
import type { Clock } from './tokens.ts';

export interface ZonedTime {
  readonly instant: Date;
  /** The wall-clock time as written, or now. */
  readonly wall: WallClock;
  readonly notices: readonly string[];
}

export function toZonedTime(instant: Date, zone: string): ZonedTime {
  return { instant, wall: wallClock(instant, zone), notices: [] };
}

/** The instant of a time and day in `zone`. Of a repeated time, the first that is not before `floor`. */
export function resolveTime(day: Day, clock: Clock, zone: string, floor: Date): ZonedTime {
  const date = clock.hour === 24 ? day.add({ days: 1 }) : day;
  const wall = date.toPlainDateTime({ hour: clock.hour % 24, minute: clock.minute, second: clock.second });
  const { instant, gap, overlap } = resolve(wall, zone);
  const [time, on] = [formatClock(wall), formatDay(wall)];
  if (gap !== undefined) {
    const { until } = gap;
    const onDay = until.day === wall.day ? '' : ` on ${formatShortDay(until)}`;
    return { instant, wall, notices: [NOTICES.skippedTime(time, on, zone, formatClock(until), onDay)] };
  }
  if (overlap !== undefined) {
    const isSecond = instant < floor && overlap.second >= floor;
    const notice = NOTICES.repeatedTime(time, on, zone, isSecond ? 'second' : 'first');
    return { instant: isSecond ? overlap.second : instant, wall, notices: [notice] };
  }
  return { instant, wall, notices: [] };
}

function nextTimeAt(clock: Clock, zone: string, floor: Date): ZonedTime {
  const today = todayIn(zone, floor);
  for (let days = 0; ; days++) {
    const time = resolveTime(today.add({ days }), clock, zone, floor);
    if (time.instant >= floor || days === 3) return time;
  }
}

function checkFuture(time: ZonedTime, words: string, zone: string, reader: ReaderContext): ZonedTime {
  if (time.instant >= reader.now) return time;
  const now = wallClock(reader.now, zone);
  const when = `${formatDay(time.wall)}, ${formatClock(time.wall)} (${zone})`;
  return refuse(REFUSALS.past(words, when, formatDay(now), formatClock(now)));
}

/** Resolves the start of a window in `zone` (IANA, or an offset). Never before now. @throws Unresolved */
export function resolveStart(bound: Bound, zone: string, reader: ReaderContext): ZonedTime {
  const [clock, another] = bound.clocks;
  if (bound.now !== undefined) {
    const second = clock ?? bound.delay ?? bound.days.find(({ day }) => !isToday(day));
    if (second !== undefined) refuse(REFUSALS.nowAndTime(quote(reader, second)), 'now for 2h');
    return toZonedTime(reader.now, zone);
  }
  if (bound.delay !== undefined) {
    if (clock !== undefined || bound.days.length > 0) {
      refuse(REFUSALS.delayAndTime(quote(reader, bound.delay)), 'in 2 hours for 1h');
    }
    return toZonedTime(new Date(reader.now.getTime() + Math.round(bound.delay.duration.minutes * 60_000)), zone);
  }
  if (bound.weekdays[0] !== undefined) askWhichWeekday(bound.weekdays[0], reader);
  if (clock === undefined) return askStartTime(bound, zone, reader);
  if (another !== undefined) refuse(REFUSALS.twoTimes(quote(reader, clock), quote(reader, another)), RANGE_EXAMPLE);
  const tried = clockCandidates(clock.clock, getPartOfDay(bound), reader.uses24Hours).map((reading) => ({
    reading,
    time: attempt(() => resolveDayAndTime(bound, reading, zone, reader)),
  }));
  const possible = tried.flatMap(({ reading, time }) => (time instanceof Unresolved ? [] : [{ reading, time }]));
  const failures = tried.flatMap(({ time }) => (time instanceof Unresolved ? [time] : []));
  const [first, second] = possible;
  if (first !== undefined && second !== undefined) return askReading(clock, [first.reading, second.reading], reader);
  const question = failures.find(({ answer }) => answer.outcome === 'ambiguity');
  const failure = question ?? (first === undefined ? failures[0] : undefined);
  if (failure !== undefined) throw failure;
  if (first === undefined) return refuse(REFUSALS.noTime);
  if (tried.length === 1) return first.time;
  return addNotices([NOTICES.otherHalfPast(quote(reader, clock), formatClock(first.reading))], first.time);
}

function isToday(day: DayReference): boolean {
  return day.kind === 'relative' && day.days === 0;
}

function addNotices(notices: readonly string[], time: ZonedTime): ZonedTime {
  return { ...time, notices: [...notices, ...time.notices] };
}

function askWhichWeekday(phrase: PhraseOf<'weekdays'>, reader: ReaderContext): never {
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const days = phrase.weekdays.map((day) => names[day] ?? '');
  return ask(QUESTIONS.whichWindow(quote(reader, phrase)), [
    { label: LABELS.everyWeek(days.join(', ')), edits: [replaceSpan(phrase, `every ${days.join(', ')}`)] },
    ...days.slice(0, 5).map((day) => ({ edits: [replaceSpan(phrase, day)] })),
  ]);
}

function askStartTime(bound: Bound, zone: string, reader: ReaderContext): never {
  const { tonight, part } = bound;
  const named = [...bound.days, part, tonight].filter((phrase) => phrase !== undefined);
  if (named.length === 0) return refuse(REFUSALS.noStart);
  const kind = bound.days[0]?.day.kind;
  if (kind === 'period' || kind === 'either') resolveDay(bound, todayIn(zone, reader.now), reader, () => true);
  // Refuse a past or invalid day before asking for a time.
  if (part === undefined && tonight === undefined) {
    resolveDayAndTime(bound, { hour: 23, minute: 59, second: 59, isCertain: true }, zone, reader);
  }
  const partOfDay = getPartOfDay(bound);
  const allDay = partOfDay === undefined && kind !== undefined && kind !== 'after' ? ['all day'] : [];
  const end = Math.max(...named.map((phrase) => phrase.end));
  return askInsertion(QUESTIONS.atWhatTimeOn(quote(reader, ...named)), end, [...suggestTimes(partOfDay), ...allDay]);
}

function resolveDayAndTime(bound: Bound, clock: Clock, zone: string, reader: ReaderContext): ZonedTime {
  const today = todayIn(zone, reader.now);
  const ownToday = todayIn(reader.timezone, reader.now);
  const theirs = attempt(() => resolveFromToday(bound, clock, zone, today, reader));
  const ours =
    ownToday.equals(today) || !dependsOnToday(bound)
      ? theirs
      : // The date differs between the zones, so "tomorrow" has two meanings.
        attempt(() => resolveFromToday(bound, clock, zone, ownToday, reader));
  const phrase = bound.days[0] ?? bound.tonight;
  if (theirs instanceof Unresolved) {
    if (ours instanceof Unresolved) throw theirs;
    return ours;
  }
  if (ours instanceof Unresolved || ours.instant.getTime() === theirs.instant.getTime() || !phrase) return theirs;
  const [day, ownDay] = [formatDay(today), formatDay(ownToday)];
  return askReplacement(
    QUESTIONS.whichDayInZone(day, zone, ownDay, reader.timezone, quote(reader, phrase)),
    phrase,
    [theirs, ours].map(({ wall }) => wall.subtract({ days: clock.hour === 24 ? 1 : 0 }).toPlainDate()),
  );
}

function resolveFromToday(bound: Bound, clock: Clock, zone: string, today: Day, reader: ReaderContext): ZonedTime {
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, reader.now);
  if (bound.tonight !== undefined) return resolveTonight(bound, bound.tonight, clock, zone, today, reader);
  const part = getPartOfDay(bound);
  const contradiction = part && !clock.isMidnight ? explainContradiction(clock, part) : undefined;
  if (contradiction !== undefined) refuse(REFUSALS.contradiction(contradiction));
  const found = resolveDay(bound, today, reader, (day) => at(day, toEndMidnight(clock)).instant >= reader.now);
  const [phrase] = bound.days;
  if (found === undefined || phrase === undefined) {
    const next = nextTimeAt(clock, zone, reader.now);
    const isLater = !next.wall.toPlainDate().equals(today) && clock.isMidnight !== true && clock.hour !== 24;
    return isLater ? addNotices([NOTICES.timePassed(formatClock(clock), formatDay(next.wall))], next) : next;
  }
  const { day, notices } = found;
  if (clock.isMidnight === true) {
    if (day.equals(today)) return at(day, { ...clock, hour: 24 });
    const [midnight] = bound.clocks;
    return midnight === undefined ? at(day) : askMidnight(QUESTIONS.whichMidnight(formatDay(day)), midnight, day);
  }
  if (part === 'night' && clock.hour < 6 && bound.part !== undefined) {
    const sameTime = bound.clocks.map((each) => replaceSpan(each, writeClock(clock, reader)));
    const edits = [replaceSpan(bound.part, ''), ...sameTime];
    return ask(
      QUESTIONS.whichNight(formatDay(day), formatClock(clock)),
      [day, day.add({ days: 1 })].map((date) => ({ edits: [replaceSpan(phrase, date.toString()), ...edits] })),
    );
  }
  const words = `"${quote(reader, ...bound.days, ...bound.clocks)}"`;
  return addNotices(notices, checkFuture(at(day), words, zone, reader));
}

function askMidnight(question: string, midnight: PhraseOf<'clock'>, day: Day): never {
  return ask(question, [
    { label: LABELS.startOfDay(formatDay(day)), edits: [replaceSpan(midnight, '00:00')] },
    { label: LABELS.endOfDay(formatDay(day)), edits: [replaceSpan(midnight, '24:00')] },
  ]);
}

function toEndMidnight(clock: Clock): Clock {
  return clock.isMidnight === true ? { ...clock, hour: 24 } : clock;
}

/** Tonight lasts from the evening of today to the next morning. */
function resolveTonight(
  { days: [other] }: Bound,
  phrase: PhraseOf<'tonight'>,
  clock: Clock,
  zone: string,
  today: Day,
  reader: ReaderContext,
): ZonedTime {
  if (other !== undefined && !isToday(other.day)) {
    refuse(REFUSALS.twoDaysNamed(quote(reader, phrase), quote(reader, other)));
  }
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, reader.now);
  const contradiction = explainContradiction(clock, clock.hour >= 16 ? 'evening' : 'night');
  if (clock.isMidnight !== true && contradiction !== undefined) {
    refuse(contradiction.replace('in the night', 'tonight'));
  }
  if (clock.isMidnight === true || clock.hour === 24) return at(today, { ...clock, hour: 24 });
  if (clock.hour >= 16) return checkFuture(at(today), `"${formatClock(clock)} tonight"`, zone, reader);
  const [early, late] = [at(today), at(today.add({ days: 1 }))];
  const isNight = wallClock(reader.now, zone).hour < 6;
  if (!isNight || early.instant < reader.now) return late;
  const dates = [early, late].map(({ wall }) => wall.toPlainDate());
  return askReplacement(QUESTIONS.nightAlready(formatClock(clock)), phrase, dates);
}

/** Longer ranges, such as "friday 22:00 to friday 20:00", are probably a mistake and cause a question. */
const LONG_RANGE_DAYS = 5.5;

/** Resolves the end of a window that starts at `start`; `plain` if the start is a time of day. @throws Unresolved */
export function resolveEnd(bound: Bound, start: ZonedTime, plain: boolean, zone: string, reader: ReaderContext) {
  if (bound.now !== undefined) refuse(REFUSALS.endNow, 'now for 2h');
  if (bound.delay !== undefined) return checkAfterStart(resolveStart(bound, zone, reader), start);
  const [phrase, another] = bound.clocks;
  if (another !== undefined || bound.weekdays.length > 0) refuse(REFUSALS.severalEnds, RANGE_EXAMPLE);
  if (phrase === undefined) return askEndTime(bound, zone, reader);
  const clock = readClock(phrase, getPartOfDay(bound), reader, QUESTIONS.endInMorningOrAfternoon);
  if (bound.tonight !== undefined) return checkAfterStart(resolveStart(bound, zone, reader), start);
  return bound.days.length === 0
    ? resolveEndTime(phrase, clock, start, plain, zone)
    : resolveEndDayAndTime(bound, phrase, clock, start, zone, reader);
}

function checkAfterStart(end: ZonedTime, start: ZonedTime): ZonedTime {
  if (end.instant > start.instant) return end;
  const format = ({ wall }: ZonedTime) => `${formatDay(wall)}, ${formatClock(wall)}`;
  return refuse(REFUSALS.endBeforeStart(format(end), format(start)), RANGE_EXAMPLE);
}

/** An end without a day: the next such time after the start. */
function resolveEndTime(phrase: PhraseOf<'clock'>, clock: Clock, start: ZonedTime, plain: boolean, zone: string) {
  const floor = new Date(start.instant.getTime() + 1);
  const startWall = wallClock(start.instant, zone);
  const day = startWall.toPlainDate();
  const same = resolveTime(day, clock, zone, floor);
  if (same.instant > start.instant) return same;
  // A gap can swallow a window: 02:00 to 03:00 where the clocks go from 02:00 to 03:00.
  if (start.notices.length > 0 && same.instant.getTime() === start.instant.getTime()) {
    refuse(REFUSALS.nothingLeft(start.notices.join(' '), formatClock(same.wall)));
  }
  const next = resolveTime(day.add({ days: 1 }), clock, zone, floor);
  const isOvernight = startWall.hour >= 12 && clock.hour <= 12;
  if (!plain || isOvernight || (clock.hour === 0 && clock.minute === 0)) return next;
  const duration = formatDuration((next.instant.getTime() - start.instant.getTime()) / 60_000);
  return askReplacement(
    QUESTIONS.isNextDay(formatClock(clock), formatClock(start.wall), formatDay(next.wall), duration),
    phrase,
    [`${next.wall.toPlainDate().toString()} ${formatClock(next.wall)}`],
  );
}

function resolveEndDayAndTime(
  bound: Bound,
  phrase: PhraseOf<'clock'>,
  clock: Clock,
  start: ZonedTime,
  zone: string,
  reader: ReaderContext,
): ZonedTime {
  const isFromNow = bound.days.some(({ day }) => day.kind === 'relative' || day.kind === 'after');
  const today = todayIn(zone, isFromNow ? reader.now : start.instant);
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, new Date(start.instant.getTime() + 1));
  const late = toEndMidnight(clock);
  const { day } =
    resolveDay(bound, today, reader, (each) => at(each, late).instant > start.instant) ?? refuse(REFUSALS.noEnd);
  if (clock.isMidnight === true) {
    if (at(day).instant <= start.instant) return at(day, late);
    return askMidnight(QUESTIONS.whichEndMidnight(formatDay(day)), phrase, day);
  }
  const end = at(day);
  const [named] = bound.days;
  const days = (end.instant.getTime() - start.instant.getTime()) / 86_400_000;
  if (named?.day.kind === 'weekday' && days > LONG_RANGE_DAYS) {
    return askReplacement(QUESTIONS.isEndSoLate(formatDay(end.wall), Math.round(days)), named, [day]);
  }
  return checkAfterStart(end, start);
}

function askEndTime(bound: Bound, zone: string, reader: ReaderContext): never {
  const named = [...bound.days, bound.tonight, bound.part].filter((phrase) => phrase !== undefined);
  const [first] = named;
  if (first === undefined) return refuse(REFUSALS.noEnd);
  resolveDay(bound, todayIn(zone, reader.now), reader, () => true);
  const end = Math.max(...named.map((phrase) => phrase.end));
  const times = suggestTimes(getPartOfDay(bound), ['06:00', '12:00', '24:00']);
  return askInsertion(QUESTIONS.atWhatTimeEnds(quote(reader, first)), end, times);
}
