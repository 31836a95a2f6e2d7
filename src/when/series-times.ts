import { type Assumption, doubt, isStop, refusal, SERIES_EXAMPLE, type Stop } from './answer.ts';
import { minuteOf, settle } from './halves.ts';
import { type Item, type ItemOf, itemsOf } from './items.ts';
import type { Clock } from './lexemes.ts';
import { between, clockReadings, contradiction, type Setting, spoken, timesFor, written } from './moments.ts';
import { bounded, type Days, irregular, writeDays } from './repetition.ts';
import { sayClock, sayMinutes, weekdayName } from './say.ts';
import { partOf, type Side } from './sides.ts';

/** A series before it is checked: its cron line, and how long each window lasts in minutes. */
export interface Built {
  readonly cron: string;
  readonly minutes: number;
  readonly assumed: readonly Assumption[];
  readonly notices: readonly string[];
}

/** At one time of day, or at several. */
export function timed(
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
  if (mark !== undefined)
    return refusal(
      `"${spoken(mark, setting)}" is a minute of every hour. Say the time of day.`,
      'every hour at :15 for 10m',
    );
  const allDay = itemsOf(items, 'all day').at(0);
  const part = partOf(left) ?? (right === undefined ? undefined : partOf(right));
  if (allDay !== undefined) {
    if (left.clocks.length > 0 || right !== undefined || minutes !== undefined) {
      return refusal(
        `"${spoken(allDay, setting)}" is from midnight to midnight. Leave out the other times, or leave it out.`,
        'every sunday all day',
      );
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
  if (more.length > 0)
    return refusal(
      'A series with several times a day has one duration: say it with "for".',
      'daily at 03:00 and 15:00 for 1h',
    );
  const elapsed = untilEnd(first, settled.right, endDays, starts, setting);
  if (typeof elapsed === 'object') return elapsed;
  if (minutes !== undefined && minutes !== elapsed) {
    return refusal(
      `From start to end it is ${sayMinutes(elapsed)}, and the duration says ${sayMinutes(minutes)}. Say one of the two.`,
      SERIES_EXAMPLE,
    );
  }
  return { cron, minutes: elapsed, assumed: days.assumed, notices: said };
}

function askTime(items: readonly Item[], part: ReturnType<typeof partOf>, right: Side | undefined): Stop {
  const about = items.filter((item) => ['repeat', 'weekdays', 'day', 'month', 'part'].includes(item.is));
  if (right !== undefined && right.clocks.length > 0) {
    return refusal('The end is said, and no start. Say when it starts.', 'every sunday 22:00 to 23:30');
  }
  const last = Math.max(...about.map(({ end }) => end), 0);
  return doubt(
    'At what time?',
    timesFor(part).map((time) => ({ edits: [{ start: last, end: last, by: ` at ${time} ` }] })),
  );
}

/** The times of day, each with one meaning. */
function sureClocks(left: Side, part: ReturnType<typeof partOf>, setting: Setting): readonly Clock[] | Stop {
  const sure: Clock[] = [];
  for (const item of left.clocks) {
    const readings = clockReadings(item.clock, part, setting.hours24);
    const [clock, second] = readings;
    if (clock === undefined) continue;
    if (second !== undefined) {
      return between(`Is "${spoken(item, setting)}" in the morning or in the afternoon?`, [
        { item, by: readings.map((each) => written(each, setting)) },
      ]);
    }
    const wrong = part === undefined || clock.midnight === true ? undefined : contradiction(clock, part);
    if (wrong !== undefined) return refusal(`${wrong} Leave one of the two out.`, SERIES_EXAMPLE);
    if (clock.second !== 0)
      return refusal(`A series starts on whole minutes: "${spoken(item, setting)}" has seconds.`, SERIES_EXAMPLE);
    sure.push(clock);
  }
  const loose = left.clocks.find((item, index) => index > 0 && !isListed(left, left.clocks[index - 1], item, setting));
  if (loose !== undefined) {
    const list = left.clocks.map((item) => `"${spoken(item, setting)}"`).join(' and ');
    return refusal(
      `${list} are two times. Say "from ... to ..." for one window, "... and ..." for two.`,
      'daily at 03:00 and 15:00 for 1h',
    );
  }
  const [first] = sure;
  if (first !== undefined && sure.some(({ minute }) => minute !== first.minute)) {
    return irregular(
      left.clocks.map((item) => spoken(item, setting)).join(', '),
      'times of one series have the same minutes. Plan two series.',
      'daily at 03:00 and 15:00 for 1h',
    );
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
function untilEnd(
  start: Clock,
  right: Side,
  endDays: readonly ItemOf<'day'>[],
  days: Days,
  setting: Setting,
): number | Stop {
  const [item] = right.clocks;
  if (item === undefined) return refusal('The end has no time of day.', 'every sunday 22:00 to 23:30');
  const [end, second] = clockReadings(item.clock, partOf(right), setting.hours24);
  if (end === undefined || second !== undefined) {
    const readings = clockReadings(item.clock, partOf(right), setting.hours24);
    return between(`Is the end, "${spoken(item, setting)}", in the morning or in the afternoon?`, [
      { item, by: readings.map((each) => written(each, setting)) },
    ]);
  }
  const difference = minuteOf(end) - minuteOf(start);
  const [endDay] = endDays;
  if (endDay !== undefined) {
    if (endDay.day.on === 'next day') return difference + 1440;
    if (endDay.day.on !== 'weekday') return bounded(endDay, setting);
    const [weekday, another] = days.weekdays;
    if (weekday === undefined || another !== undefined || days.nth !== undefined) {
      return refusal(
        `"${spoken(endDay, setting)}" ends only a series of one day of the week.`,
        'every saturday 22:00 to sunday 04:00',
      );
    }
    const ahead = (endDay.day.weekday - weekday + 7) % 7;
    const minutes = ahead * 1440 + difference;
    return minutes > 0 ? minutes : minutes + 7 * 1440;
  }
  if (difference > 0) return difference;
  const overnight = start.hour >= 12 && end.hour <= 12;
  if (difference === 0 || !(overnight || minuteOf(end) === 0)) {
    return refusal(
      `The end, ${sayClock(end)}, is not after the start, ${sayClock(start)}.`,
      'every sunday 22:00 to 23:30',
    );
  }
  return difference + 1440;
}
