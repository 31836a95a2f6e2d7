import { overlapsItself, readCron } from '../recurrence.ts';
import { offsetMinutes, zoneNamed } from '../time.ts';
import { type Assumption, doubt, isStop, refusal, SERIES_EXAMPLE, type SeriesAnswer, type Stop } from './answer.ts';
import { minuteOf, settle } from './halves.ts';
import { type Item, type ItemOf, itemsOf } from './items.ts';
import type { Clock } from './lexemes.ts';
import { between, clockReadings, contradiction, type Setting, spoken, timesFor, written } from './moments.ts';
import { bounded, type Days, daysOfSeries, irregular, writeDays } from './repetition.ts';
import { sayClock, sayMinutes, weekdayName } from './say.ts';
import { partOf, type Side, sideOf, sidesOf } from './sides.ts';
import { lengthOf } from './window-length.ts';
import { zoneOf } from './zone-choice.ts';
import { zoneOfOffset } from './zones.ts';

/** Whether a sentence speaks of more than one window. */
export function isSeries(items: readonly Item[]): boolean {
  return items.some((item) => {
    switch (item.is) {
      case 'every':
      case 'repeat':
      case 'cron':
      case 'irregular':
        return true;
      case 'weekdays':
        return item.every;
      case 'day':
        // "the last day of the month" is one in every month; "the end of the month" is the coming one.
        return 'month' in item.day && typeof item.day.month === 'object' && ofEveryMonth(item.day.month.is, item.day.on === 'last day' && item.day.said === 'end');
      default:
        return false;
    }
  });
}

function ofEveryMonth(month: string, end: boolean): boolean {
  return month === 'every' || (month === 'the' && !end);
}

/** A series from what a sentence says, or why there is none. */
export function seriesOf(items: readonly Item[], setting: Setting): SeriesAnswer | Stop {
  const said = saidOf(items, setting);
  const uneven = itemsOf(items, 'irregular').at(0);
  if (uneven !== undefined) {
    const why = uneven.why ?? 'it knows days of the week and of the month, and not which week it is.';
    return irregular(spoken(uneven, setting), why, 'every friday at 02:00 for 1h');
  }
  const zone = zoneOfSeries(items, setting);
  if (isStop(zone)) return zone;
  const minutes = lengthOf(items, setting);
  if (typeof minutes === 'object') return minutes;
  const cron = itemsOf(items, 'cron').at(0);
  const built = cron === undefined ? spelled(items, said, minutes, setting) : bare(items, cron, minutes, setting);
  if (isStop(built)) return built;
  const reading = readCron(built.cron);
  if (!reading.ok) return refusal(reading.reason, SERIES_EXAMPLE);
  return unlessOverlapping({ ...built, cron: reading.cron }, items, zone, setting);
}

interface Built {
  readonly cron: string;
  readonly minutes: number;
  readonly assumed: readonly Assumption[];
  readonly notices: readonly string[];
}

function unlessOverlapping({ cron, minutes, assumed, notices }: Built, items: readonly Item[], zone: SeriesZone, setting: Setting): SeriesAnswer | Stop {
  const overlap = overlapsItself({ cron, timezone: zone.id, durationMinutes: minutes }, setting.now);
  if (overlap?.cause === 'line') {
    const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
    const reason = `Its windows would overlap: each lasts ${sayMinutes(minutes)}, and the next one starts ${sayMinutes(apart)} after it.`;
    const last = Math.max(...items.map(({ end }) => end));
    const shorter = assumed.includes('duration') ? [5, 10, 15, 30].filter((each) => each < apart) : [];
    if (shorter.length === 0) return refusal(`${reason} Say a shorter duration.`, SERIES_EXAMPLE);
    return doubt('How long does each window last?', shorter.map((each) => ({ edits: [{ start: last, end: last, by: ` for ${each}m ` }] })));
  }
  const touching = overlap?.cause === 'clock-change' ? ['Where the clocks change, two of its windows overlap.'] : [];
  return {
    outcome: 'series',
    cron,
    timezone: zone.id,
    durationMinutes: minutes,
    assumed: [...new Set(assumed)],
    notices: [...notices, ...zone.notices, ...touching],
  };
}

/** The words about repetition, for messages. */
function saidOf(items: readonly Item[], setting: Setting): string {
  const about = items.filter((item) => ['every', 'repeat', 'weekdays', 'day', 'month', 'except'].includes(item.is));
  const [start, end] = [Math.min(...about.map((item) => item.start)), Math.max(...about.map((item) => item.end))];
  return about.length === 0 ? 'this' : setting.text.slice(start, end);
}

interface SeriesZone {
  readonly id: string;
  readonly notices: readonly string[];
}

function zoneOfSeries(items: readonly Item[], setting: Setting): SeriesZone | Stop {
  const zone = zoneOf(itemsOf(items, 'zone'), setting);
  if (zone === undefined) return { id: setting.own, notices: [] };
  if (isStop(zone)) return zone;
  const named = zoneNamed(zone.id) ?? zoneOfOffset(offsetMinutes(setting.now, zone.id));
  if (named === undefined) {
    return refusal(`No time zone always keeps ${zone.id}. Say a zone by its name, such as Europe/Berlin.`, `${SERIES_EXAMPLE} Europe/Berlin`);
  }
  const { letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return { id: named, notices: zone.notices };
  const quarters = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(setting.now.getTime() + n * 91 * 86_400_000), named));
  const changes = new Set(quarters).size > 1;
  const followed = `The times are those of ${named} all year, also when its clocks change.`;
  return { id: named, notices: [...zone.notices, ...(changes ? [followed] : [])] };
}

/** A cron line as it stands. */
function bare(items: readonly Item[], cron: ItemOf<'cron'>, minutes: number | undefined, setting: Setting): Built | Stop {
  const other = items.find((item) => !['cron', 'zone', 'length', 'about', 'every', 'from'].includes(item.is));
  if (other !== undefined) {
    return refusal(`A cron line says its times itself. Leave out "${spoken(other, setting)}", and say how long it lasts.`, 'cron 0 3 * * 0 for 2h');
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  return { cron: cron.line, minutes: minutes ?? setting.usual, assumed, notices: [] };
}

/** A repetition in words. */
function spelled(items: readonly Item[], said: string, minutes: number | undefined, setting: Setting): Built | Stop {
  const sides = sidesOf(items);
  if (isStop(sides)) return sides;
  const once = items.find((item) => item.is === 'now' || item.is === 'in' || item.is === 'tonight');
  if (once !== undefined) return bounded(once, setting);
  const bound = boundOf(items, sides.right);
  if (bound !== undefined) return bounded(bound, setting);
  const { right } = sides;
  const shared = right !== undefined && !saysDays(sides.left);
  const about = shared ? items : sides.left.items;
  if (scattered(sides.left.items)) {
    return refusal(`"${said}" is more than one series: each has its own days and times. Plan one after the other.`, SERIES_EXAMPLE);
  }
  const repeatInRight = right === undefined ? [] : right.items.filter((item) => item.is === 'repeat' || item.is === 'every' || item.is === 'month');
  const days = daysOfSeries(shared ? about : [...about, ...repeatInRight], said, setting);
  if (isStop(days)) return days;
  const repeated = items.some((item) => item.is === 'every' || item.is === 'repeat');
  const ofMonth = !repeated && items.some((item) => item.is === 'day' && 'month' in item.day && typeof item.day.month === 'object' && item.day.month.is === 'the');
  const notices = [...days.notices, ...(ofMonth ? ['Read as every month. For one window say "of this month" or "of next month".'] : [])];
  const repeat = itemsOf(items, 'repeat').at(0);
  if (repeat?.period === 'minute' || (repeat?.period === 'hour' && repeat.count !== 24)) {
    return interval(repeat, items, days, notices, minutes, setting);
  }
  const endDays = shared || right === undefined ? [] : right.days;
  return timed(sides.left, right, days, endDays, minutes, notices, items, setting);
}

/** `until december`, `from december 5`: where a series would begin or end. */
function boundOf(items: readonly Item[], right: Side | undefined): Item | undefined {
  const limits = (item: Item | undefined) => item?.is === 'month' || (item?.is === 'day' && item.day.on !== 'weekday' && item.day.on !== 'next day');
  return items.find((item, index) => {
    const joint = items[index - 1]?.is;
    return limits(item) && ((joint === 'to' && right?.clocks.length !== 1) || joint === 'from');
  });
}

function saysDays(side: Side): boolean {
  return side.days.length > 0 || side.weekdays.length > 0 || side.items.some((item) => item.is === 'repeat' || item.is === 'month');
}

/** "monday at 3am and thursday at 5am": days on both sides of a time. */
function scattered(items: readonly Item[]): boolean {
  const isDay = (item: Item) => item.is === 'weekdays' || (item.is === 'day' && item.day.on !== 'day of month');
  const clock = items.findIndex((item) => item.is === 'clock');
  if (clock < 0) return false;
  return items.slice(0, clock).some(isDay) && items.slice(clock).some(isDay) && !items.some((item) => item.is === 'except');
}

/** Every so many hours or minutes. */
function interval(
  repeat: ItemOf<'repeat'>,
  items: readonly Item[],
  days: Days,
  notices: readonly string[],
  minutes: number | undefined,
  setting: Setting,
): Built | Stop {
  const [clock, another] = itemsOf(items, 'clock');
  const mark = itemsOf(items, 'minute mark').at(0);
  const said = spoken(repeat, setting);
  const whole = repeat.period === 'hour' ? 24 : 60;
  if (repeat.count > whole || whole % repeat.count !== 0) {
    const unit = repeat.period === 'hour' ? 'hours' : 'minutes';
    const counts = repeat.period === 'hour' ? '1, 2, 3, 4, 6, 8 and 12' : '1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30';
    return irregular(said, `${repeat.count} ${unit} do not divide ${whole === 24 ? 'a day' : 'an hour'}. ${counts} do.`, 'every 6 hours for 30m');
  }
  if (items.some((item) => item.is === 'to')) {
    return refusal(`"${said}" with a first and a last time is said best as a cron line.`, 'cron 0 9-17 * * * for 10m');
  }
  if (another !== undefined || (clock !== undefined && (repeat.period === 'minute' || repeat.count === 1))) {
    return refusal(`"${said}" and "${clock === undefined ? '' : spoken(clock, setting)}" are two repetitions. Say one.`, 'every hour at :15 for 10m');
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  const made = (time: string): Built => ({ cron: `${time} ${writeDays(days)}`, minutes: minutes ?? setting.usual, assumed: [...assumed, ...days.assumed], notices });
  const step = repeat.count === 1 ? '*' : `*/${repeat.count}`;
  if (repeat.period === 'minute') {
    if (mark !== undefined) return refusal(`"${said}" and "${spoken(mark, setting)}" are two repetitions. Say one.`, SERIES_EXAMPLE);
    return made(`${step} *`);
  }
  if (clock === undefined) return made(`${mark?.minute ?? 0} ${step}`);
  const readings = clockReadings(clock.clock, partOf(sideOf(items)), setting.hours24);
  const hours = readings.map(({ hour }) => hour % repeat.count);
  const [first] = hours;
  if (first === undefined || hours.some((hour) => hour !== first)) {
    return between(`Is "${spoken(clock, setting)}" in the morning or in the afternoon?`, [{ item: clock, by: readings.map((each) => written(each, setting)) }]);
  }
  const list = Array.from({ length: 24 / repeat.count }, (_, n) => first + n * repeat.count);
  return made(first === 0 ? `${clock.clock.minute} ${step}` : `${clock.clock.minute} ${list.join(',')}`);
}

/** At one time of day, or at several. */
function timed(
  left: Side,
  right: Side | undefined,
  days: Days,
  endDays: readonly ItemOf<'day'>[],
  minutes: number | undefined,
  notices: readonly string[],
  items: readonly Item[],
  setting: Setting,
): Built | Stop {
  const mark = itemsOf(items, 'minute mark').at(0);
  if (mark !== undefined) return refusal(`"${spoken(mark, setting)}" is a minute of every hour. Say the time of day.`, 'every hour at :15 for 10m');
  const allDay = itemsOf(items, 'all day').at(0);
  const part = partOf(left) ?? (right === undefined ? undefined : partOf(right));
  if (allDay !== undefined) {
    if (left.clocks.length > 0 || right !== undefined || minutes !== undefined) {
      return refusal(`"${spoken(allDay, setting)}" is from midnight to midnight. Leave out the other times, or leave it out.`, 'every sunday all day');
    }
    return { cron: `0 0 ${writeDays(days)}`, minutes: 1440, assumed: days.assumed, notices };
  }
  if (left.clocks.length === 0) return askTime(items, part, right);
  const settled = right === undefined ? undefined : settle(left, { ...right, days: [] }, setting);
  if (settled !== undefined && isStop(settled)) return settled;
  const clocks = sureClocks(settled?.left ?? left, part, setting);
  if (isStop(clocks)) return clocks;
  const starts = shifted(clocks, left, days, part);
  if (isStop(starts)) return starts;
  const [first, ...more] = clocks;
  if (first === undefined) return refusal('No time is said.', SERIES_EXAMPLE);
  const said = [...(settled?.notices ?? []), ...notices];
  const cron = `${first.minute} ${[...new Set(clocks.map(({ hour }) => hour % 24))].sort((a, b) => a - b).join(',')} ${writeDays(starts)}`;
  if (settled === undefined) {
    const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
    return { cron, minutes: minutes ?? setting.usual, assumed: [...assumed, ...days.assumed], notices: said };
  }
  if (more.length > 0) return refusal('A series with several times a day has one duration: say it with "for".', 'daily at 03:00 and 15:00 for 1h');
  const elapsed = untilEnd(first, settled.right, endDays, starts, setting);
  if (typeof elapsed === 'object') return elapsed;
  if (minutes !== undefined && minutes !== elapsed) {
    return refusal(`From start to end it is ${sayMinutes(elapsed)}, and the duration says ${sayMinutes(minutes)}. Say one of the two.`, SERIES_EXAMPLE);
  }
  return { cron, minutes: elapsed, assumed: days.assumed, notices: said };
}

function askTime(items: readonly Item[], part: ReturnType<typeof partOf>, right: Side | undefined): Stop {
  const about = items.filter((item) => ['repeat', 'weekdays', 'day', 'month', 'part'].includes(item.is));
  if (right !== undefined && right.clocks.length > 0) {
    return refusal('The end is said, and no start. Say when it starts.', 'every sunday 22:00 to 23:30');
  }
  const last = Math.max(...about.map(({ end }) => end), 0);
  return doubt('At what time?', timesFor(part).map((time) => ({ edits: [{ start: last, end: last, by: ` at ${time} ` }] })));
}

/** The times of day, each with one meaning. */
function sureClocks(left: Side, part: ReturnType<typeof partOf>, setting: Setting): readonly Clock[] | Stop {
  const sure: Clock[] = [];
  for (const item of left.clocks) {
    const readings = clockReadings(item.clock, part, setting.hours24);
    const [clock, second] = readings;
    if (clock === undefined) continue;
    if (second !== undefined) {
      return between(`Is "${spoken(item, setting)}" in the morning or in the afternoon?`, [{ item, by: readings.map((each) => written(each, setting)) }]);
    }
    const wrong = part === undefined || clock.midnight === true ? undefined : contradiction(clock, part);
    if (wrong !== undefined) return refusal(`${wrong} Leave one of the two out.`, SERIES_EXAMPLE);
    if (clock.second !== 0) return refusal(`A series starts on whole minutes: "${spoken(item, setting)}" has seconds.`, SERIES_EXAMPLE);
    sure.push(clock);
  }
  const loose = left.clocks.find((item, index) => index > 0 && !isListed(left, left.clocks[index - 1], item, setting));
  if (loose !== undefined) {
    const list = left.clocks.map((item) => `"${spoken(item, setting)}"`).join(' and ');
    return refusal(`${list} are two times. Say "from ... to ..." for one window, "... and ..." for two.`, 'daily at 03:00 and 15:00 for 1h');
  }
  const [first] = sure;
  if (first !== undefined && sure.some(({ minute }) => minute !== first.minute)) {
    return irregular(left.clocks.map((item) => spoken(item, setting)).join(', '), 'times of one series have the same minutes. Plan two series.', 'daily at 03:00 and 15:00 for 1h');
  }
  return sure;
}

/** Whether a time of day is joined to the one before it: `3am, 11am and 7pm`. */
function isListed(left: Side, before: ItemOf<'clock'> | undefined, item: ItemOf<'clock'>, setting: Setting): boolean {
  if (before === undefined) return true;
  const joined = left.items.some((each) => each.is === 'and' && each.start >= before.end && each.end <= item.start);
  return joined || /^ *[,&+/] *$/.test(setting.text.slice(before.end, item.start));
}

/** Midnight and the small hours: the day they are said with may be the one before. */
function shifted(clocks: readonly Clock[], left: Side, days: Days, part: ReturnType<typeof partOf>): Days | Stop {
  const named = days.weekdays.length > 0 || days.monthDays.length > 0;
  const [item] = left.clocks;
  const [clock] = clocks;
  if (!named || item === undefined || clock === undefined) return days;
  const isWeek = days.nth === undefined && days.monthDays.length === 0;
  if (clock.midnight === true) {
    return doubt(`Which midnight is meant: the one that begins the day, or the one that ends it?`, [
      { label: 'The start of the day', edits: [{ start: item.start, end: item.end, by: '00:00' }] },
      ...(isWeek ? [{ label: 'The end of the day', edits: [{ start: item.start, end: item.end, by: '24:00' }] }] : []),
    ]);
  }
  if (clock.hour === 24) {
    if (!isWeek) return refusal('24:00 is the start of the next day. Say that day, and 00:00.', SERIES_EXAMPLE);
    return { ...days, weekdays: days.weekdays.map((day) => (day + 1) % 7).sort((a, b) => a - b) };
  }
  if (part === 'night' && clock.hour < 6 && left.part !== undefined && isWeek) {
    const next = days.weekdays.map((day) => weekdayName(day + 1).toLowerCase());
    const same = days.weekdays.map((day) => weekdayName(day).toLowerCase());
    const over = left.items.filter((each) => each.is === 'weekdays' || each.is === 'day' || each.is === 'every');
    const [start, end] = [Math.min(...over.map((each) => each.start)), Math.max(...over.map((each) => each.end))];
    const cut = { start: left.part.start, end: left.part.end, by: '' };
    return doubt(`The night has ${sayClock(clock)} before and after the day. Which day is meant?`, [
      { edits: [{ start, end, by: `every ${same.join(', ')}` }, cut] },
      { edits: [{ start, end, by: `every ${next.join(', ')}` }, cut] },
    ]);
  }
  return days;
}

/** Minutes on the wall clock from the start to the end that is said. */
function untilEnd(start: Clock, right: Side, endDays: readonly ItemOf<'day'>[], days: Days, setting: Setting): number | Stop {
  const [item] = right.clocks;
  if (item === undefined) return refusal('The end has no time of day.', 'every sunday 22:00 to 23:30');
  const [end, second] = clockReadings(item.clock, partOf(right), setting.hours24);
  if (end === undefined || second !== undefined) {
    const readings = clockReadings(item.clock, partOf(right), setting.hours24);
    return between(`Is the end, "${spoken(item, setting)}", in the morning or in the afternoon?`, [{ item, by: readings.map((each) => written(each, setting)) }]);
  }
  const difference = minuteOf(end) - minuteOf(start);
  const [endDay] = endDays;
  if (endDay !== undefined) {
    if (endDay.day.on === 'next day') return difference + 1440;
    if (endDay.day.on !== 'weekday') return bounded(endDay, setting);
    const [weekday, another] = days.weekdays;
    if (weekday === undefined || another !== undefined || days.nth !== undefined) {
      return refusal(`"${spoken(endDay, setting)}" ends only a series of one day of the week.`, 'every saturday 22:00 to sunday 04:00');
    }
    const ahead = (endDay.day.weekday - weekday + 7) % 7;
    const minutes = ahead * 1440 + difference;
    return minutes > 0 ? minutes : minutes + 7 * 1440;
  }
  if (difference > 0) return difference;
  const overnight = start.hour >= 12 && end.hour <= 12;
  if (difference === 0 || !(overnight || minuteOf(end) === 0)) {
    return refusal(`The end, ${sayClock(end)}, is not after the start, ${sayClock(start)}.`, 'every sunday 22:00 to 23:30');
  }
  return difference + 1440;
}
