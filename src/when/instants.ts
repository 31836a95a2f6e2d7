import { resolve, type WallClock, wallClock } from '../core/time.ts';
import { type Bound, getPartOfDay } from './bounds.ts';
import { askBetween, quote, type ReaderContext, todayIn } from './context.ts';
import { boundDependsOnToday, type Day, resolveDay } from './dates.ts';
import { ambiguity, isUnresolved, type RefusalAnswer, refuse, type Unresolved } from './results.ts';
import { insertAt, replaceSpan } from './source-text.ts';
import { formatClock, formatDay, formatDuration, formatShortDay } from './texts.ts';
import { clockCandidates, explainContradiction, suggestTimes, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';

/** An instant and how it came about. */
export interface ZonedTime {
  readonly instant: Date;
  /** What the clocks of the zone were asked for; at `now` what they show. */
  readonly wall: WallClock;
  readonly notices: readonly string[];
}

/** The instant at which clocks in `zone` show that time of that day, not before `floor` where two passes leave a choice. */
export function resolveTime(day: Day, clock: Clock, zone: string, floor: Date): ZonedTime {
  const date = clock.hour === 24 ? day.add({ days: 1 }) : day;
  const wall = date.toPlainDateTime({ hour: clock.hour % 24, minute: clock.minute, second: clock.second });
  const { instant, gap, overlap } = resolve(wall, zone);
  if (gap !== undefined) {
    const notice = `${formatClock(wall)} does not exist on ${formatDay(wall)} in ${zone}, where the clocks go forward: it is ${formatClock(gap.until)}${
      gap.until.day === wall.day ? '' : ` on ${formatShortDay(gap.until)}`
    } instead.`;
    return { instant, wall, notices: [notice] };
  }
  if (overlap !== undefined) {
    const second = instant < floor && overlap.second >= floor;
    const notice = `${formatClock(wall)} comes twice on ${formatDay(wall)} in ${zone}, where the clocks go back: the ${second ? 'second' : 'first'} is meant.`;
    return { instant: second ? overlap.second : instant, wall, notices: [notice] };
  }
  return { instant, wall, notices: [] };
}

/** The next time that clocks show `clock`, from `floor` on. */
export function nextTimeAt(clock: Clock, zone: string, floor: Date): ZonedTime {
  const today = todayIn(zone, floor);
  for (let days = 0; days < 3; days++) {
    const moment = resolveTime(today.add({ days }), clock, zone, floor);
    if (moment.instant >= floor) return moment;
  }
  return resolveTime(today.add({ days: 3 }), clock, zone, floor);
}

export function refusePast(what: string, moment: ZonedTime, zone: string, setting: ReaderContext): RefusalAnswer {
  const now = wallClock(setting.now, zone);
  const when = `${formatDay(moment.wall)}, ${formatClock(moment.wall)} (${zone})`;
  return refuse(`${what} is in the past: ${when}. It is ${formatDay(now)}, ${formatClock(now)} there now.`);
}

/** The instant that a side names, on the clocks of `zone` (an IANA zone or an offset). It is not before now. */
export function resolveStart(side: Bound, zone: string, setting: ReaderContext): ZonedTime | Unresolved {
  if (side.now !== undefined) return resolveNow(side, zone, setting);
  if (side.delay !== undefined) return resolveDelay(side, zone, setting);
  const [clock, another] = side.clocks;
  if (side.weekdays[0] !== undefined) return askWhichWeekday(side, setting);
  if (clock !== undefined && another !== undefined) {
    return refuse(
      `Two times are named: "${quote(clock, setting)}" and "${quote(another, setting)}". Say one, or "from ... to ...".`,
      'tomorrow 22:00 to 23:30',
    );
  }
  if (clock === undefined) return askStartTime(side, zone, setting);
  const readings = clockCandidates(clock.clock, getPartOfDay(side), setting.uses24Hours);
  const tried = readings.map((reading) => ({ reading, found: resolveDayAndTime(side, reading, zone, setting) }));
  const good = tried.flatMap(({ reading, found }) => (isUnresolved(found) ? [] : [{ reading, found }]));
  const [first, second] = good;
  if (second !== undefined) {
    return askBetween(`Is "${quote(clock, setting)}" in the morning or in the afternoon?`, [
      { item: clock, replacements: good.map(({ reading }) => writeClockFor(reading, setting)) },
    ]);
  }
  if (first === undefined) {
    const stops = tried.map(({ found }) => found).filter(isUnresolved);
    return stops.find((stop) => stop.outcome === 'doubt') ?? stops[0] ?? refuse('No time is said.');
  }
  if (readings.length === 1) return first.found;
  const doubtful = tried.map(({ found }) => found).find((found) => isUnresolved(found) && found.outcome === 'doubt');
  if (doubtful !== undefined && isUnresolved(doubtful)) return doubtful;
  const notice = `"${quote(clock, setting)}" is read as ${formatClock(first.reading)}, as the other half of the day is past.`;
  return { ...first.found, notices: [notice, ...first.found.notices] };
}

function resolveNow(side: Bound, zone: string, setting: ReaderContext): ZonedTime | Unresolved {
  const [clock] = side.clocks;
  const other = side.days.find((item) => item.day.on !== 'relative' || item.day.days !== 0);
  if (clock !== undefined || side.delay !== undefined || other !== undefined) {
    const second = clock ?? side.delay ?? other;
    return refuse(
      `"now" and "${second === undefined ? '' : quote(second, setting)}" are two starts. Say one.`,
      'now for 2h',
    );
  }
  return { instant: setting.now, wall: wallClock(setting.now, zone), notices: [] };
}

function resolveDelay(side: Bound, zone: string, setting: ReaderContext): ZonedTime | Unresolved {
  const [clock] = side.clocks;
  const { delay: after } = side;
  if (after === undefined || clock !== undefined || side.days.length > 0) {
    return refuse(
      `"${after === undefined ? '' : quote(after, setting)}" and a time of day are two starts. Say one.`,
      'in 2 hours for 1h',
    );
  }
  const instant = new Date(setting.now.getTime() + Math.round(after.length.minutes * 60_000));
  return { instant, wall: wallClock(instant, zone), notices: [] };
}

function askWhichWeekday(side: Bound, setting: ReaderContext): Unresolved {
  const list = side.weekdays[0];
  if (list === undefined) return refuse('No day is said.');
  const said = quote(list, setting);
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const cut = (by: string) => [replaceSpan(list, by)];
  const days = list.weekdays.map((day) => names[day] ?? '');
  const every = { label: `Every week: ${days.join(', ')}`, edits: cut(`every ${days.join(', ')}`) };
  return ambiguity(`"${said}" is more than one window. Which one?`, [
    every,
    ...days.slice(0, 5).map((day) => ({ edits: cut(day) })),
  ]);
}

/** A side that says a day, or a part of one, and no time. */
function askStartTime(side: Bound, zone: string, setting: ReaderContext): Unresolved {
  const [item] = side.days;
  if (item === undefined && side.tonight === undefined && side.part === undefined) return refuse('No start is said.');
  if (item?.day.on === 'period' || item?.day.on === 'either') {
    const found = resolveDay(side, todayIn(zone, setting.now), setting, () => true);
    if (found !== undefined && isUnresolved(found)) return found;
  }
  // A day that is past, or in no calendar, is no question of time.
  const end = resolveDayAndTime(side, { hour: 23, minute: 59, second: 59, isCertain: true }, zone, setting);
  if (isUnresolved(end) && side.part === undefined && side.tonight === undefined) return end;
  const last = Math.max(...[...side.days, side.part, side.tonight].map((each) => each?.end ?? 0));
  const at = (time: string) => [insertAt(last, ` ${time} `)];
  const options = suggestTimes(getPartOfDay(side)).map((time) => ({ edits: at(time) }));
  const allDay = { edits: at('all day') };
  const whole = getPartOfDay(side) === undefined && item !== undefined && item.day.on !== 'after' ? [allDay] : [];
  const said = [...side.days, side.part, side.tonight].filter((each) => each !== undefined);
  const first = Math.min(...said.map(({ start }) => start));
  return ambiguity(`At what time, "${setting.text.slice(first, last)}"?`, [...options, ...whole]);
}

/** One sure reading of a time of day, on the day that the side names. */
function resolveDayAndTime(side: Bound, clock: Clock, zone: string, setting: ReaderContext): ZonedTime | Unresolved {
  const today = todayIn(zone, setting.now);
  const theirs = resolveFromToday(side, clock, zone, today, setting);
  const own = todayIn(setting.timezone, setting.now);
  if (own.equals(today) || !boundDependsOnToday(side)) return theirs;
  // It is another day there already, or still: "tomorrow" has two meanings.
  const ours = resolveFromToday(side, clock, zone, own, setting);
  if (isUnresolved(theirs)) return isUnresolved(ours) ? theirs : ours;
  if (isUnresolved(ours) || ours.instant.getTime() === theirs.instant.getTime()) return theirs;
  const item = side.days[0] ?? side.tonight;
  if (item === undefined) return theirs;
  return askBetween(
    `It is ${formatDay(today)} in ${zone} and ${formatDay(own)} in ${setting.timezone}. Which day is "${quote(item, setting)}"?`,
    [
      {
        item,
        replacements: [theirs, ours].map(({ wall }) =>
          (clock.hour === 24 ? wall.subtract({ days: 1 }) : wall).toPlainDate().toString(),
        ),
      },
    ],
  );
}

function resolveFromToday(
  side: Bound,
  clock: Clock,
  zone: string,
  today: Day,
  setting: ReaderContext,
): ZonedTime | Unresolved {
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, setting.now);
  if (side.tonight !== undefined) return resolveTonight(side, clock, zone, today, setting);
  const part = getPartOfDay(side);
  if (part !== undefined && !clock.isMidnight) {
    const wrong = explainContradiction(clock, part);
    if (wrong !== undefined) return refuse(`${wrong} Leave one of the two out.`);
  }
  const found = resolveDay(side, today, setting, (day) => at(day, toEndMidnight(clock)).instant >= setting.now);
  if (found === undefined) {
    const next = nextTimeAt(clock, zone, setting.now);
    const tomorrow = !next.wall.toPlainDate().equals(today) && clock.isMidnight !== true && clock.hour !== 24;
    const notice = `${formatClock(clock)} is past today: this is ${formatDay(next.wall)}.`;
    return tomorrow ? { ...next, notices: [notice, ...next.notices] } : next;
  }
  if (isUnresolved(found)) return found;
  const { day, notices } = found;
  const item = side.days[0];
  if (clock.isMidnight === true && item !== undefined) {
    if (day.equals(today)) return at(day, { ...clock, hour: 24 });
    const time = side.clocks[0];
    return time === undefined
      ? at(day)
      : ambiguity(`Which midnight is meant: the one that begins ${formatDay(day)}, or the one that ends it?`, [
          { label: `The start of ${formatDay(day)}`, edits: [replaceSpan(time, '00:00')] },
          { label: `The end of ${formatDay(day)}`, edits: [replaceSpan(time, '24:00')] },
        ]);
  }
  if (part === 'night' && clock.hour < 6 && item !== undefined && side.part !== undefined) {
    return askBetween(
      `The night of ${formatDay(day)} has ${formatClock(clock)} before it and after it. Which day is it?`,
      [
        { item, replacements: [day.toString(), day.add({ days: 1 }).toString()] },
        { item: side.part, replacements: ['', ''] },
        ...side.clocks.map((each) => ({
          item: each,
          replacements: [writeClockFor(clock, setting), writeClockFor(clock, setting)],
        })),
      ],
    );
  }
  const moment = at(day);
  if (moment.instant < setting.now) return refusePast(`"${quoteDayAndTime(side, setting)}"`, moment, zone, setting);
  return { ...moment, notices: [...notices, ...moment.notices] };
}

/** Midnight of a day can be the one that ends it. */
function toEndMidnight(clock: Clock): Clock {
  return clock.isMidnight === true ? { ...clock, hour: 24 } : clock;
}

function quoteDayAndTime(side: Bound, setting: ReaderContext): string {
  const pieces = [...side.days, ...side.clocks];
  return setting.text.slice(Math.min(...pieces.map(({ start }) => start)), Math.max(...pieces.map(({ end }) => end)));
}

/** From the evening of today to the morning after. */
function resolveTonight(
  side: Bound,
  clock: Clock,
  zone: string,
  today: Day,
  setting: ReaderContext,
): ZonedTime | Unresolved {
  const item = side.tonight;
  const other = side.days[0];
  if (other !== undefined && !(other.day.on === 'relative' && other.day.days === 0)) {
    return refuse(
      `"${item === undefined ? '' : quote(item, setting)}" and "${quote(other, setting)}" are two days. Say one.`,
    );
  }
  const at = (day: Day, time = clock) => resolveTime(day, time, zone, setting.now);
  const wrong =
    clock.isMidnight === true ? undefined : explainContradiction(clock, clock.hour >= 16 ? 'evening' : 'night');
  if (wrong !== undefined) return refuse(wrong.replace('in the night', 'tonight'));
  if (clock.isMidnight === true || clock.hour === 24) return at(today, { ...clock, hour: 24 });
  if (clock.hour >= 16) {
    const moment = at(today);
    return moment.instant < setting.now ? refusePast(`"${formatClock(clock)} tonight"`, moment, zone, setting) : moment;
  }
  const [early, late] = [at(today), at(today.add({ days: 1 }))];
  const nightNow = wallClock(setting.now, zone).hour < 6;
  if (!nightNow || early.instant < setting.now || item === undefined) return late;
  return askBetween(`It is night already. Which ${formatClock(clock)} is meant?`, [
    { item, replacements: [early.wall.toPlainDate().toString(), late.wall.toPlainDate().toString()] },
  ]);
}

/** "friday 22:00 to friday 20:00": more days than that are a slip, or worth a question. */
const LONG_RANGE_DAYS = 5.5;

/** The instant that a side names as the end of a window that starts at `start`; `plain` when the start is a time of day. */
export function resolveEnd(
  side: Bound,
  start: ZonedTime,
  plain: boolean,
  zone: string,
  setting: ReaderContext,
): ZonedTime | Unresolved {
  if (side.now !== undefined) return refuse('"now" cannot be the end: nothing starts before it.', 'now for 2h');
  if (side.delay !== undefined) return requireAfterStart(resolveStart(side, zone, setting), start);
  const [clock, another] = side.clocks;
  if (another !== undefined || side.weekdays.length > 0) {
    return refuse('More than one end is named. Say one.', 'tomorrow 22:00 to 23:30');
  }
  if (clock === undefined) return askEndTime(side, zone, setting);
  const readings = clockCandidates(clock.clock, getPartOfDay(side), setting.uses24Hours);
  const [reading, second] = readings;
  if (reading === undefined) return refuse('No end is said.');
  if (second !== undefined) {
    return askBetween(`Is the end, "${quote(clock, setting)}", in the morning or in the afternoon?`, [
      { item: clock, replacements: readings.map((each) => writeClockFor(each, setting)) },
    ]);
  }
  if (side.tonight !== undefined) return requireAfterStart(resolveStart(side, zone, setting), start);
  return side.days.length === 0
    ? resolveEndTime(side, reading, start, plain, zone)
    : resolveEndDayAndTime(side, reading, start, zone, setting);
}

function requireAfterStart(end: ZonedTime | Unresolved, start: ZonedTime): ZonedTime | Unresolved {
  if (isUnresolved(end)) return end;
  return end.instant <= start.instant ? refuseEarlyEnd(end, start) : end;
}

function refuseEarlyEnd(end: ZonedTime, start: ZonedTime): Unresolved {
  const say = (wall: ZonedTime['wall']) => `${formatDay(wall)}, ${formatClock(wall)}`;
  return refuse(`The end, ${say(end.wall)}, is not after the start, ${say(start.wall)}.`, 'tomorrow 22:00 to 23:30');
}

/** A time of day alone: the next one after the start. */
function resolveEndTime(
  side: Bound,
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
      return refuse(`${start.notices.join(' ')} Nothing is left until ${formatClock(same.wall)}. Say a later end.`);
    }
    return next;
  }
  if (same.instant.getTime() === start.instant.getTime() && start.notices.length > 0) {
    return refuse(`${start.notices.join(' ')} Nothing is left until ${formatClock(same.wall)}. Say a later end.`);
  }
  const [item] = side.clocks;
  if (item === undefined) return next;
  const minutes = (next.instant.getTime() - start.instant.getTime()) / 60_000;
  return askBetween(
    `${formatClock(clock)} is not after ${formatClock(start.wall)}. Is ${formatDay(next.wall)} meant, ${formatDuration(minutes)} later?`,
    [{ item, replacements: [`${next.wall.toPlainDate().toString()} ${formatClock(next.wall)}`] }],
  );
}

function resolveEndDayAndTime(
  side: Bound,
  clock: Clock,
  start: ZonedTime,
  zone: string,
  setting: ReaderContext,
): ZonedTime | Unresolved {
  const startDay = wallClock(start.instant, zone).toPlainDate();
  const fromNow = side.days.some(({ day }) => day.on === 'relative' || day.on === 'after');
  const today = fromNow ? todayIn(zone, setting.now) : startDay;
  const at = (day: typeof today, time = clock) => resolveTime(day, time, zone, new Date(start.instant.getTime() + 1));
  const late = clock.isMidnight === true ? { ...clock, hour: 24 } : clock;
  const found = resolveDay(side, today, setting, (day) => at(day, late).instant > start.instant);
  if (found === undefined || isUnresolved(found)) return found ?? refuse('No end is said.');
  const { day } = found;
  const [item] = side.clocks;
  if (clock.isMidnight === true && item !== undefined) {
    if (at(day).instant <= start.instant) return at(day, late);
    return ambiguity(`Which midnight is the end: the one that begins ${formatDay(day)}, or the one that ends it?`, [
      { label: `The start of ${formatDay(day)}`, edits: [replaceSpan(item, '00:00')] },
      { label: `The end of ${formatDay(day)}`, edits: [replaceSpan(item, '24:00')] },
    ]);
  }
  const end = at(day);
  const [named] = side.days;
  const days = (end.instant.getTime() - start.instant.getTime()) / 86_400_000;
  if (named?.day.on === 'weekday' && days > LONG_RANGE_DAYS) {
    return askBetween(`The end is ${formatDay(end.wall)}, ${Math.round(days)} days after the start. Is that meant?`, [
      { item: named, replacements: [day.toString()] },
    ]);
  }
  return requireAfterStart(end, start);
}

/** A day without a time, as the end. */
function askEndTime(side: Bound, zone: string, setting: ReaderContext): Unresolved {
  const said = side.days[0] ?? side.tonight ?? side.part;
  if (said === undefined) return refuse('No end is said.');
  const found = resolveDay(side, todayIn(zone, setting.now), setting, () => true);
  if (found !== undefined && isUnresolved(found)) return found;
  const last = Math.max(...[...side.days, side.part, side.tonight].map((each) => each?.end ?? 0));
  const times = getPartOfDay(side) === undefined ? ['06:00', '12:00', '24:00'] : suggestTimes(getPartOfDay(side));
  return ambiguity(
    `At what time does it end, "${quote(said, setting)}"?`,
    times.map((time) => ({ edits: [insertAt(last, ` ${time} `)] })),
  );
}
