import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { DAY, MINUTE, type WallMs } from './zone-clock.ts';

/** Days are counted from 1 January 1970. There are no windows beyond the years 1 to 9999. */
const FIRST_DAY = new Date('0001-01-01T00:00:00Z').getTime() / DAY;
const LAST_DAY = new Date('9999-12-31T00:00:00Z').getTime() / DAY;
/** A run of 28 years that holds every pair of first weekday and length. */
const EVERY_KIND_OF_YEAR = {
  first: new Date('2000-01-01T00:00:00Z').getTime() / DAY,
  last: new Date('2027-12-31T00:00:00Z').getTime() / DAY,
};

/**
 * The wall-clock minutes that a cron line names, on a clock that never changes. What its fields mean is cron-parser's to
 * say: it is asked for the hours, the minutes, and for each day. This walks them, in both directions, at little cost.
 */
export class CronLine {
  readonly cron: string;
  /** True when the minute and hour fields hold plain values only: no `*`, `?`, `-` or `/`. */
  readonly plain: boolean;
  /** The minutes of a matching day, 0 to 1439, ascending. Never empty. */
  readonly minutes: readonly number[];
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly #expression: CronExpression;
  readonly #months: ReadonlySet<number>;
  /** The matching days of a month as bits, by what tells months apart: which it is, its length, its first weekday. */
  readonly #daysOfMonth = new Map<number, number>();

  /** @throws Error, cron-parser's own, when the five fields are not a line it reads */
  constructor(cron: string) {
    this.cron = cron;
    this.#expression = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: 0 });
    const { minute, hour, month } = this.#expression.fields;
    this.minutes = hour.values.flatMap((h) => minute.values.map((m) => h * 60 + m));
    this.firstMinute = this.minutes[0] ?? 0;
    this.lastMinute = this.minutes.at(-1) ?? 0;
    this.#months = new Set(month.values);
    const [minuteField = '', hourField = ''] = cron.split(' ');
    this.plain = !/[*?/-]/.test(minuteField + hourField);
  }

  /** The values that each field names, as cron-parser reads them. */
  get fields(): CronExpression['fields'] {
    return this.#expression.fields;
  }

  /** The first matching minute at or after a wall-clock time, or undefined when the calendar ends before one. */
  atOrAfter(wall: WallMs): WallMs | undefined {
    const today = Math.floor(wall / DAY);
    let day = this.dayAtOrAfter(today);
    if (day === today) {
      const minute = this.minutes[countBelow(this.minutes, (wall - today * DAY) / MINUTE)];
      if (minute !== undefined) return today * DAY + minute * MINUTE;
      day = this.dayAtOrAfter(today + 1);
    }
    return day === undefined ? undefined : day * DAY + this.firstMinute * MINUTE;
  }

  /** The last matching minute at or before a wall-clock time, or undefined when the calendar begins after it. */
  atOrBefore(wall: WallMs): WallMs | undefined {
    const today = Math.floor(wall / DAY);
    let day = this.dayAtOrBefore(today);
    if (day === today) {
      const past = Math.floor((wall - today * DAY) / MINUTE) + 1;
      const minute = this.minutes[countBelow(this.minutes, past) - 1];
      if (minute !== undefined) return today * DAY + minute * MINUTE;
      day = this.dayAtOrBefore(today - 1);
    }
    return day === undefined ? undefined : day * DAY + this.lastMinute * MINUTE;
  }

  matches(wall: WallMs): boolean {
    return this.atOrAfter(wall) === wall;
  }

  /** False for a line that waits for a day no calendar has, such as a fifth Monday of 28 days. */
  get everMatches(): boolean {
    return this.dayAtOrAfter(EVERY_KIND_OF_YEAR.first, EVERY_KIND_OF_YEAR.last) !== undefined;
  }

  /** The first matching day from `day` to `last`, days since 1970. */
  dayAtOrAfter(day: number, last = LAST_DAY): number | undefined {
    let month = monthOf(Math.max(day, FIRST_DAY));
    let unpast = -1 << Math.max(0, day - month.firstDay);
    while (month.firstDay <= last) {
      const days = this.#matchingDays(month) & unpast;
      if (days !== 0) {
        const found = month.firstDay + lowestBit(days);
        return found <= last ? found : undefined;
      }
      month = monthOf(month.firstDay + month.length);
      unpast = -1;
    }
    return undefined;
  }

  /** The last matching day up to `day`, days since 1970. */
  dayAtOrBefore(day: number): number | undefined {
    let month = monthOf(Math.min(day, LAST_DAY));
    let begun = upToBit(Math.min(day, LAST_DAY) - month.firstDay);
    while (month.firstDay >= FIRST_DAY) {
      const days = this.#matchingDays(month) & begun;
      if (days !== 0) return month.firstDay + highestBit(days);
      month = monthOf(month.firstDay - 1);
      begun = -1;
    }
    return undefined;
  }

  #matchingDays(month: Month): number {
    if (!this.#months.has(month.number)) return 0;
    const firstWeekday = (((month.firstDay + 4) % 7) + 7) % 7;
    const kind = (month.number * 32 + month.length) * 7 + firstWeekday;
    const known = this.#daysOfMonth.get(kind);
    if (known !== undefined) return known;
    let days = 0;
    for (let i = 0; i < month.length; i += 1) {
      const wall = (month.firstDay + i) * DAY + this.firstMinute * MINUTE;
      if (this.#expression.includesDate(new Date(wall))) days |= 1 << i;
    }
    this.#daysOfMonth.set(kind, days);
    return days;
  }
}

/** `number` is 1 to 12, `firstDay` counts from 1970. */
interface Month {
  readonly number: number;
  readonly firstDay: number;
  readonly length: number;
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function monthOf(day: number): Month {
  const date = new Date(day * DAY);
  const index = date.getUTCMonth();
  const year = date.getUTCFullYear();
  const leap = index === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return {
    number: index + 1,
    firstDay: day - date.getUTCDate() + 1,
    length: (LENGTHS[index] ?? 31) + (leap ? 1 : 0),
  };
}

const lowestBit = (bits: number) => 31 - Math.clz32(bits & -bits);
const highestBit = (bits: number) => 31 - Math.clz32(bits);
const upToBit = (bit: number) => (bit >= 31 ? -1 : (1 << (bit + 1)) - 1);

/** How many of the ascending numbers are below a value. */
function countBelow(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
