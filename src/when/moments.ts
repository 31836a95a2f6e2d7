import { resolve, type WallClock, wallClock } from '../core/time.ts';
import { type Doubt, doubt, type Edit, type RefusalAnswer, refusal, type Stop } from './answer.ts';
import { type Day, daysOf, isRelative } from './days.ts';
import type { ItemOf, Part } from './items.ts';
import type { Clock } from './lexemes.ts';
import { sayClock, sayDay, sayDayShort, weekdayName, writeClock } from './say.ts';
import type { Side } from './sides.ts';

/** What the reading of a sentence happens in. */
export interface Setting {
  readonly now: Date;
  /** The reader's own IANA zone. */
  readonly own: string;
  readonly hours24: boolean;
  /** Minutes. */
  readonly usual: number;
  readonly text: string;
}

/** An instant and how it came about. */
export interface Moment {
  readonly instant: Date;
  /** What the clocks of the zone were asked for; at `now` what they show. */
  readonly wall: WallClock;
  readonly notices: readonly string[];
}

/** The instant at which clocks in `zone` show that time of that day, not before `floor` where two passes leave a choice. */
export function momentOf(day: Day, clock: Clock, zone: string, floor: Date): Moment {
  const date = clock.hour === 24 ? day.add({ days: 1 }) : day;
  const wall = date.toPlainDateTime({ hour: clock.hour % 24, minute: clock.minute, second: clock.second });
  const { instant, gap, overlap } = resolve(wall, zone);
  if (gap !== undefined) {
    const notice = `${sayClock(wall)} does not exist on ${sayDay(wall)} in ${zone}, where the clocks go forward: it is ${sayClock(gap.until)}${
      gap.until.day === wall.day ? '' : ` on ${sayDayShort(gap.until)}`
    } instead.`;
    return { instant, wall, notices: [notice] };
  }
  if (overlap !== undefined) {
    const second = instant < floor && overlap.second >= floor;
    const notice = `${sayClock(wall)} comes twice on ${sayDay(wall)} in ${zone}, where the clocks go back: the ${second ? 'second' : 'first'} is meant.`;
    return { instant: second ? overlap.second : instant, wall, notices: [notice] };
  }
  return { instant, wall, notices: [] };
}

export function todayIn(zone: string, now: Date): Day {
  return wallClock(now, zone).toPlainDate();
}

/** The sure readings of a time of day, given the part of the day that was said with it. */
export function clockReadings(clock: Clock, part: Part | undefined, hours24: boolean): readonly Clock[] {
  if (clock.sure) {
    // "8 Uhr abends", "今夜11時": with a part of the day, people count to twelve.
    const later = { ...clock, hour: clock.hour + 12 };
    const counted = part !== undefined && clock.day24 === true && clock.hour < 12;
    return [
      counted && contradiction(clock, part) !== undefined && contradiction(later, part) === undefined ? later : clock,
    ];
  }
  if (clock.minutes === true && hours24 && part === undefined) return [{ ...clock, sure: true, day24: true }];
  const am = { ...clock, hour: clock.hour % 12, sure: true };
  const pm = { ...clock, hour: (clock.hour % 12) + 12, sure: true };
  switch (part) {
    case 'small hours':
    case 'morning':
      return [am];
    case 'afternoon':
      return [pm];
    case 'evening':
      return clock.hour === 12 ? [{ ...am, midnight: true }] : [pm];
    case 'night':
      if (clock.hour === 12) return [{ ...am, midnight: true }];
      return clock.hour >= 6 ? [pm] : clock.hour <= 4 ? [am] : [am, pm];
    case undefined:
      return [am, pm];
  }
}

/** Why a time of day cannot belong to a part of the day. */
export function contradiction(clock: Clock, part: Part): string | undefined {
  const { hour } = clock;
  const fits: Readonly<Record<Part, boolean>> = {
    'small hours': hour < 9,
    morning: hour < 12,
    afternoon: hour >= 12 && hour < 19,
    evening: hour >= 16 || hour === 0,
    night: hour >= 18 || hour < 8,
  };
  return fits[part] ? undefined : `${sayClock(clock)} is not in the ${part}.`;
}

export interface DayFound {
  readonly day: Day;
  readonly notices: readonly string[];
}

/** The doubt between several readings of a place, each written out. */
export function between(
  question: string,
  spans: readonly { readonly item: { start: number; end: number }; readonly by: readonly string[] }[],
): Doubt {
  const count = spans[0]?.by.length ?? 0;
  const options = Array.from({ length: count }, (_, index) => ({
    edits: spans.map(({ item, by }): Edit => ({ start: item.start, end: item.end, by: by[index] ?? '' })),
  }));
  return doubt(question, options);
}

/**
 * The day that a side speaks of, as seen from `today`; `accept` says whether a day is late enough.
 * Undefined when no day is said.
 */
export function dayOf(
  side: Side,
  today: Day,
  setting: Setting,
  accept: (day: Day) => boolean,
): DayFound | Stop | undefined {
  const { days } = side;
  const either = days.find((item) => item.day.on === 'either');
  if (either?.day.on === 'either') return askOrder(either, either.day.date, setting);
  const period = days.find((item) => item.day.on === 'period');
  if (period !== undefined && days.length === 1) return askDay(period, today, setting);
  const ranked = days.filter((item) => item !== period).sort((a, b) => rank(b) - rank(a));
  const [main, ...others] = ranked;
  if (main === undefined) return undefined;
  if (others.some((other) => other.day.on !== 'weekday' && other.day.on !== 'relative')) {
    return refusal(
      `Two days are named: "${spoken(main, setting)}" and "${spoken(others[0] ?? main, setting)}". Say one, or "from ... to ...".`,
    );
  }
  if (main.day.on === 'nth weekday' && main.day.nth === -1 && main.day.month.is === 'any') {
    const name = weekdayName(main.day.weekday);
    return refusal(
      `"${spoken(main, setting)}" is past. For the last one of a month, say the month.`,
      `last ${name.toLowerCase()} of next month 02:00 for 2h`,
    );
  }
  const notices: string[] = [];
  let found = daysOf(main.day, today, today);
  if ('none' in found) return refusal(found.none);
  if (forwardable(main) && found.days.every((day) => !accept(day))) {
    const passed = found.days[0];
    const later = daysOf(main.day, today, today.add({ days: 1 }));
    if (!('none' in later)) {
      found = later;
      if (main.day.on === 'weekday')
        notices.push(`That time today is past: this is ${sayDay(later.days[0])}, after ${sayDay(passed)}.`);
    }
  } else if (main.day.on === 'weekday' && main.day.which === 'coming' && found.days[0].equals(today)) {
    notices.push(`${weekdayName(today.dayOfWeek)} is today: this is ${sayDay(today)}.`);
  }
  const possible = found.days.filter(accept);
  const [day = found.days[0], second] = possible;
  if (second !== undefined) {
    return between(`Which day is "${spoken(main, setting)}"?`, [
      { item: main, by: possible.map((each) => each.toString()) },
    ]);
  }
  if (found.far === true) {
    return between(`The next "${spoken(main, setting)}" is ${sayDay(day)}. Is that meant?`, [
      { item: main, by: [day.toString()] },
    ]);
  }
  for (const other of others) {
    const mismatch = disagreement(other, day, today);
    if (mismatch !== undefined) return refusal(mismatch, `${day.toString()} 02:00 for 2h`);
  }
  return { day, notices };
}

const RANKS = [
  'period',
  'weekday',
  'relative',
  'next day',
  'day of month',
  'after',
  'last day',
  'nth weekday',
  'either',
  'date',
];

function rank(item: ItemOf<'day'>): number {
  return RANKS.indexOf(item.day.on);
}

function forwardable({ day }: ItemOf<'day'>): boolean {
  switch (day.on) {
    case 'weekday':
      return day.which === 'coming';
    case 'date':
      return day.year === undefined;
    case 'day of month':
    case 'nth weekday':
    case 'last day':
      return day.month.is !== 'this' && day.month.is !== 'next';
    default:
      return false;
  }
}

function disagreement(other: ItemOf<'day'>, day: Day, today: Day): string | undefined {
  if (other.day.on === 'weekday' && other.day.weekday !== day.dayOfWeek % 7) {
    return `${sayDay(day)} is no ${weekdayName(other.day.weekday)}. Say the day or the date, or correct one of them.`;
  }
  if (other.day.on === 'relative' && !today.add({ days: other.day.days }).equals(day)) {
    return `Two days are named: ${sayDay(day)} and ${sayDay(today.add({ days: other.day.days }))}.`;
  }
  return undefined;
}

/** The words of an item as they were typed. */
export function spoken(item: { readonly start: number; readonly end: number }, setting: Setting): string {
  return setting.text.slice(item.start, item.end);
}

function askOrder(
  item: ItemOf<'day'>,
  { first, second, year }: { readonly first: number; readonly second: number; readonly year?: number },
  setting: Setting,
): Stop {
  const today = todayIn(setting.own, setting.now);
  const by = [
    { month: second, day: first },
    { month: first, day: second },
  ].flatMap((date) => {
    const days = daysOf({ on: 'date', ...date, ...(year === undefined ? {} : { year }) }, today, today);
    return 'none' in days ? [] : [days.days[0].toString()];
  });
  return between(`Which day is "${spoken(item, setting)}"?`, [{ item, by }]);
}

/** A period of several days, where one is needed. */
function askDay(item: ItemOf<'day'>, today: Day, setting: Setting): Stop {
  const period = item.day.on === 'period' ? item.day.period : 'week';
  const question = `"${spoken(item, setting)}" is more than one day. Which one?`;
  const saturday = today.add({ days: (6 - today.dayOfWeek + 7) % 7 });
  const monday = today.subtract({ days: today.dayOfWeek - 1 }).add({ days: 7 });
  const run = (first: Day, count: number) => Array.from({ length: count }, (_, n) => first.add({ days: n }).toString());
  switch (period) {
    case 'weekend': {
      const first = /next|nachst|prochain|proxim/i.test(spoken(item, setting)) ? saturday.add({ days: 7 }) : saturday;
      const both = first.equals(saturday) ? run(first, 2) : [...run(saturday, 2), ...run(first, 2)];
      return between(question, [{ item, by: both }]);
    }
    case 'next week':
      return between(question, [{ item, by: run(monday, 7) }]);
    case 'week':
      return between(question, [{ item, by: run(today, 8 - today.dayOfWeek) }]);
    case 'day':
      return doubt('When does the day end?', [
        { edits: [{ ...place(item), by: '17:00' }] },
        { edits: [{ ...place(item), by: '18:00' }] },
        { edits: [{ ...place(item), by: '24:00' }] },
      ]);
    case 'month':
    case 'next month': {
      const first = period === 'month' ? today.add({ days: 1 }) : today.add({ months: 1 }).with({ day: 1 });
      const last = first.with({ day: first.daysInMonth });
      return between(question, [{ item, by: [first.toString(), last.toString()] }]);
    }
    case 'year':
      return refusal(
        `"${spoken(item, setting)}" is more than one day. Say which one.`,
        `${today.year + 1}-01-15 02:00 for 2h`,
      );
  }
}

function place({ start, end }: { readonly start: number; readonly end: number }): { start: number; end: number } {
  return { start, end };
}

/** Whether the day depends on which day it is, so that two zones can differ. */
export function dependsOnToday(side: Side): boolean {
  return side.tonight !== undefined || side.days.some((item) => isRelative(item.day));
}

/** The next time that clocks show `clock`, from `floor` on. */
export function nextMoment(clock: Clock, zone: string, floor: Date): Moment {
  const today = todayIn(zone, floor);
  for (let days = 0; days < 3; days++) {
    const moment = momentOf(today.add({ days }), clock, zone, floor);
    if (moment.instant >= floor) return moment;
  }
  return momentOf(today.add({ days: 3 }), clock, zone, floor);
}

/** Times of day on offer where none was said. */
export function timesFor(part: Part | undefined): readonly string[] {
  switch (part) {
    case 'small hours':
      return ['01:00', '02:00', '03:00', '04:00'];
    case 'morning':
      return ['06:00', '08:00', '10:00'];
    case 'afternoon':
      return ['13:00', '15:00', '17:00'];
    case 'evening':
      return ['18:00', '20:00', '22:00'];
    case 'night':
      return ['21:00', '22:00', '23:00'];
    case undefined:
      return ['02:00', '06:00', '22:00'];
  }
}

export function past(what: string, moment: Moment, zone: string, setting: Setting): RefusalAnswer {
  const now = wallClock(setting.now, zone);
  const when = `${sayDay(moment.wall)}, ${sayClock(moment.wall)} (${zone})`;
  return refusal(`${what} is in the past: ${when}. It is ${sayDay(now)}, ${sayClock(now)} there now.`);
}

/** Written so that it can stand in the place of what was typed. */
export function written(clock: Clock, setting: Setting): string {
  return writeClock(clock, setting.hours24);
}
