import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { remember } from './remember.ts';
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

/** `cron` is the line as it should be stored: five fields, one space between them. */
export type CronReading =
  | { readonly ok: true; readonly cron: string; readonly line: CronLine }
  | { readonly ok: false; readonly reason: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly expected: string;
}

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, expected: '0-59, a list (0,30), a range (0-30), a step (*/15) or *' },
  { name: 'hour', min: 0, max: 23, expected: '0-23, a list (1,13), a range (1-5), a step (*/6) or *' },
  {
    name: 'day of the month',
    min: 1,
    max: 31,
    expected: '1-31, L for the last day, a list (1,15), a range (1-7), a step (*/10) or *',
  },
  { name: 'month', min: 1, max: 12, expected: '1-12 or jan-dec, a list (jan,jul), a range (4-9), a step (*/3) or *' },
  {
    name: 'day of the week',
    min: 0,
    max: 7,
    expected:
      '0-7 or sun-sat (0 and 7 are Sunday), a list (tue,thu), a range (mon-fri), 5#2 for the second Friday, 5L for the last Friday, or *',
  },
];

/** The names that a field may hold, in the place of their number. */
const NAMES: readonly (readonly string[] | undefined)[] = [
  undefined,
  undefined,
  undefined,
  ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
];

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
  ['@minutely', '* * * * *'],
  ['@weekdays', '0 0 * * 1-5'],
  ['@weekends', '0 0 * * 0,6'],
]);

/** Writing out every value of every field takes less. */
const LONGEST = 600;
const SHAPE = 'minute, hour, day of the month, month, day of the week, for example 0 3 * * 0';

/**
 * Reads a cron line of five fields as cron-parser does; also one of six whose seconds are 0, and aliases such as `@daily`.
 * Refused, with a reason for people that names the field, the value and what was expected: what is no cron line, other
 * seconds, years, random values (`H`), and lines that would never run.
 */
export function readCron(line: string): CronReading {
  const written = line.trim();
  if (written.length > LONGEST) {
    return refused(`The cron line has ${written.length} characters: expected at most ${LONGEST}.`);
  }
  return read(written);
}

const read = remember(1000, (written: string): CronReading => {
  if (written === '') return refused(`The cron line is empty: expected five fields (${SHAPE}).`);
  if (written.startsWith('@') && !/\s/.test(written)) {
    const meant = ALIASES.get(written.toLowerCase());
    if (meant === undefined) {
      return refused(
        `The alias "${written}" is not one of ${[...ALIASES.keys()].join(', ')}. Write five fields instead (${SHAPE}).`,
      );
    }
    return read(meant);
  }
  const fields = written.split(/\s+/).map(inCapitals);
  if (fields.length === 6 && /^0+$/.test(fields[0] ?? '') && !namesYears(fields)) fields.shift();
  if (fields.length !== 5) return refused(wrongCount(written, fields.length));
  for (const [index, field] of FIELDS.entries()) {
    const problem = problemOf(field, index, fields[index] ?? '');
    if (problem !== undefined) return refused(problem);
  }
  const cron = fields.join(' ');
  const parsed = lineOf(cron);
  if (parsed === undefined || !parsed.everMatches) {
    const [, , day, month, weekday] = fields;
    return refused(
      `The cron line "${cron}" would never run: month "${month}" never has day of the month "${day}"${weekday === '*' ? '' : ` or day of the week "${weekday}"`}. Expected a day that comes.`,
    );
  }
  return { ok: true, cron, line: parsed };
});

function refused(reason: string): CronReading {
  return { ok: false, reason };
}

/** `5l` as `5L`: cron-parser reads names in any case, but this sign in capitals only. */
function inCapitals(field: string): string {
  return field.replace(/(^|[,\d]|[a-z]{3})l(?=$|,)/gi, '$1L');
}

/** Six fields may also end in years, with a `?` for one of the day fields where seconds would put the hour or the month. */
function namesYears(fields: readonly string[]): boolean {
  return fields[2] === '?' || fields[4] === '?';
}

function wrongCount(written: string, count: number): string {
  const found = `The cron line "${written}" has ${count} ${count === 1 ? 'field' : 'fields'}: expected five (${SHAPE}).`;
  return count === 6
    ? `${found} A sixth is read only as seconds, in front of them, and must be 0: windows start on a full minute.`
    : found;
}

function problemOf(field: Field, index: number, value: string): string | undefined {
  const numbers = value.replace(/[a-z]{3}/gi, (name) => NAMES[index]?.indexOf(name.toLowerCase()).toString() ?? name);
  const random = numbers.includes('H');
  if (!random && parses(['*', '*', '*', '*', '*'].with(index, value).join(' '))) return undefined;
  return `The ${field.name} "${value}" is not valid${because(field, value, numbers, random)}: expected ${field.expected}.`;
}

function because(field: Field, value: string, numbers: string, random: boolean): string {
  if (random) return ' (H stands for a value picked at random)';
  for (const item of numbers.split(',')) {
    const [, from, to] = (/^(\d+)-(\d+)$/.exec(item) ?? []).map(Number);
    if (from === undefined || to === undefined || from <= to || from > field.max || to < field.min) continue;
    return ` (${item} runs backwards, write ${forwards(field, from, to)})`;
  }
  const items = value.split(',');
  const twice = items.find((item, index) => item !== '' && items.indexOf(item) !== index);
  if (twice !== undefined) return ` (${twice} is listed twice)`;
  if (field.name === 'day of the month' && /W/i.test(value)) return ' (W, the nearest weekday, is not supported)';
  return '';
}

/** `22-2` as `22-23,0-2`. In days of the week 7 is 0 again. */
function forwards(field: Field, from: number, to: number): string {
  if (field.max === 7 && to === 0) return range(from, 7);
  return `${range(from, field.max === 7 ? 6 : field.max)},${range(field.min, to)}`;
}

const range = (from: number, to: number) => (from === to ? `${from}` : `${from}-${to}`);

function parses(cron: string): boolean {
  try {
    CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: 0 });
    return true;
  } catch {
    return false;
  }
}

function lineOf(cron: string): CronLine | undefined {
  try {
    return new CronLine(cron);
  } catch {
    return undefined;
  }
}
