import { findSelfOverlap, parseCron } from '../core/recurrence/index.ts';
import { findZone, offsetMinutes } from '../core/time.ts';
import { type Assumption, doubt, isStop, refusal, SERIES_EXAMPLE, type SeriesAnswer, type Stop } from './answer.ts';
import { type Item, type ItemOf, itemsOf } from './items.ts';
import { between, clockReadings, type Setting, spoken, written } from './moments.ts';
import { bounded, type Days, daysOfSeries, irregular, writeDays } from './repetition.ts';
import { sayMinutes } from './say.ts';
import { type Built, timed } from './series-times.ts';
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
        return (
          'month' in item.day &&
          typeof item.day.month === 'object' &&
          ofEveryMonth(item.day.month.is, item.day.on === 'last day' && item.day.said === 'end')
        );
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
  const reading = parseCron(built.cron);
  if (!reading.ok) return refusal(reading.reason, SERIES_EXAMPLE);
  return unlessOverlapping({ ...built, cron: reading.cron }, items, zone, setting);
}

function unlessOverlapping(
  { cron, minutes, assumed, notices }: Built,
  items: readonly Item[],
  zone: SeriesZone,
  setting: Setting,
): SeriesAnswer | Stop {
  const overlap = findSelfOverlap({ cron, timezone: zone.id, durationMinutes: minutes }, setting.now);
  if (overlap?.cause === 'line') {
    const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
    const reason = `Its windows would overlap: each lasts ${sayMinutes(minutes)}, and the next one starts ${sayMinutes(apart)} after it.`;
    const last = Math.max(...items.map(({ end }) => end));
    const shorter = assumed.includes('duration') ? [5, 10, 15, 30].filter((each) => each < apart) : [];
    if (shorter.length === 0) return refusal(`${reason} Say a shorter duration.`, SERIES_EXAMPLE);
    return doubt(
      'How long does each window last?',
      shorter.map((each) => ({ edits: [{ start: last, end: last, by: ` for ${each}m ` }] })),
    );
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
  const named = findZone(zone.id) ?? zoneOfOffset(offsetMinutes(setting.now, zone.id));
  if (named === undefined) {
    return refusal(
      `No time zone always keeps ${zone.id}. Say a zone by its name, such as Europe/Berlin.`,
      `${SERIES_EXAMPLE} Europe/Berlin`,
    );
  }
  const { letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return { id: named, notices: zone.notices };
  const quarters = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(setting.now.getTime() + n * 91 * 86_400_000), named));
  const changes = new Set(quarters).size > 1;
  const followed = `The times are those of ${named} all year, also when its clocks change.`;
  return { id: named, notices: [...zone.notices, ...(changes ? [followed] : [])] };
}

/** A cron line as it stands. */
function bare(
  items: readonly Item[],
  cron: ItemOf<'cron'>,
  minutes: number | undefined,
  setting: Setting,
): Built | Stop {
  const other = items.find((item) => !['cron', 'zone', 'length', 'about', 'every', 'from'].includes(item.is));
  if (other !== undefined) {
    return refusal(
      `A cron line says its times itself. Leave out "${spoken(other, setting)}", and say how long it lasts.`,
      'cron 0 3 * * 0 for 2h',
    );
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
    return refusal(
      `"${said}" is more than one series: each has its own days and times. Plan one after the other.`,
      SERIES_EXAMPLE,
    );
  }
  const repeatInRight =
    right === undefined
      ? []
      : right.items.filter((item) => item.is === 'repeat' || item.is === 'every' || item.is === 'month');
  const days = daysOfSeries(shared ? about : [...about, ...repeatInRight], said, setting);
  if (isStop(days)) return days;
  const repeated = items.some((item) => item.is === 'every' || item.is === 'repeat');
  const ofMonth =
    !repeated &&
    items.some(
      (item) =>
        item.is === 'day' && 'month' in item.day && typeof item.day.month === 'object' && item.day.month.is === 'the',
    );
  const notices = [
    ...days.notices,
    ...(ofMonth ? ['Read as every month. For one window say "of this month" or "of next month".'] : []),
  ];
  const repeat = itemsOf(items, 'repeat').at(0);
  if (repeat?.period === 'minute' || (repeat?.period === 'hour' && repeat.count !== 24)) {
    return interval(repeat, items, days, notices, minutes, setting);
  }
  const endDays = shared || right === undefined ? [] : right.days;
  return timed(sides.left, right, days, endDays, minutes, notices, items, setting);
}

/** `until december`, `from december 5`: where a series would begin or end. */
function boundOf(items: readonly Item[], right: Side | undefined): Item | undefined {
  const limits = (item: Item | undefined) =>
    item?.is === 'month' || (item?.is === 'day' && item.day.on !== 'weekday' && item.day.on !== 'next day');
  return items.find((item, index) => {
    const joint = items[index - 1]?.is;
    return limits(item) && ((joint === 'to' && right?.clocks.length !== 1) || joint === 'from');
  });
}

function saysDays(side: Side): boolean {
  return (
    side.days.length > 0 ||
    side.weekdays.length > 0 ||
    side.items.some((item) => item.is === 'repeat' || item.is === 'month')
  );
}

/** "monday at 3am and thursday at 5am": days on both sides of a time. */
function scattered(items: readonly Item[]): boolean {
  const isDay = (item: Item) => item.is === 'weekdays' || (item.is === 'day' && item.day.on !== 'day of month');
  const clock = items.findIndex((item) => item.is === 'clock');
  if (clock < 0) return false;
  return (
    items.slice(0, clock).some(isDay) && items.slice(clock).some(isDay) && !items.some((item) => item.is === 'except')
  );
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
    return irregular(
      said,
      `${repeat.count} ${unit} do not divide ${whole === 24 ? 'a day' : 'an hour'}. ${counts} do.`,
      'every 6 hours for 30m',
    );
  }
  if (items.some((item) => item.is === 'to')) {
    return refusal(`"${said}" with a first and a last time is said best as a cron line.`, 'cron 0 9-17 * * * for 10m');
  }
  if (another !== undefined || (clock !== undefined && (repeat.period === 'minute' || repeat.count === 1))) {
    return refusal(
      `"${said}" and "${clock === undefined ? '' : spoken(clock, setting)}" are two repetitions. Say one.`,
      'every hour at :15 for 10m',
    );
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  const made = (time: string): Built => ({
    cron: `${time} ${writeDays(days)}`,
    minutes: minutes ?? setting.usual,
    assumed: [...assumed, ...days.assumed],
    notices,
  });
  const step = repeat.count === 1 ? '*' : `*/${repeat.count}`;
  if (repeat.period === 'minute') {
    if (mark !== undefined)
      return refusal(`"${said}" and "${spoken(mark, setting)}" are two repetitions. Say one.`, SERIES_EXAMPLE);
    return made(`${step} *`);
  }
  if (clock === undefined) return made(`${mark?.minute ?? 0} ${step}`);
  const readings = clockReadings(clock.clock, partOf(sideOf(items)), setting.hours24);
  const hours = readings.map(({ hour }) => hour % repeat.count);
  const [first] = hours;
  if (first === undefined || hours.some((hour) => hour !== first)) {
    return between(`Is "${spoken(clock, setting)}" in the morning or in the afternoon?`, [
      { item: clock, by: readings.map((each) => written(each, setting)) },
    ]);
  }
  const list = Array.from({ length: 24 / repeat.count }, (_, n) => first + n * repeat.count);
  return made(first === 0 ? `${clock.clock.minute} ${step}` : `${clock.clock.minute} ${list.join(',')}`);
}
