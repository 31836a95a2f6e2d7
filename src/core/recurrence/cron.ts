import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { LRUCache } from 'lru-cache';
import { DAY_MS, MINUTE_MS, type WallMs } from './zone-clock.ts';

/** Days since 1 January 1970. Windows lie in the years 1 to 9999. */
const FIRST_DAY = new Date('0001-01-01T00:00:00Z').getTime() / DAY_MS;
const LAST_DAY = new Date('9999-12-31T00:00:00Z').getTime() / DAY_MS;
/** Days since 1970 of 28 years in which every kind of year occurs: each first weekday, with and without a leap day. */
const CALENDAR_CYCLE = {
  first: new Date('2000-01-01T00:00:00Z').getTime() / DAY_MS,
  last: new Date('2027-12-31T00:00:00Z').getTime() / DAY_MS,
};

/**
 * The wall-clock minutes that match a cron line, on a clock that never changes. cron-parser decides what the fields
 * mean; this class walks the matches in both directions, which cron-parser does too slowly for long searches.
 */
export class CronLine {
  readonly cron: string;
  /** The minute and hour fields contain only plain values: no `*`, `?`, `-` or `/`. */
  readonly hasPlainTimes: boolean;
  /** The minutes of a matching day, 0 to 1439, ascending. Never empty. */
  readonly minutes: readonly number[];
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly #expression: CronExpression;
  readonly #months: ReadonlySet<number>;
  /** The matching days of a month, 0 for its first. The key combines the month's number, length and first weekday. */
  readonly #daysOfMonth = new Map<number, readonly number[]>();

  /** @throws Error from cron-parser for a line that it cannot parse */
  constructor(cron: string) {
    this.cron = cron;
    this.#expression = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: 0 });
    const { minute, hour, month } = this.#expression.fields;
    this.minutes = hour.values.flatMap((h) => minute.values.map((m) => h * 60 + m));
    this.firstMinute = this.minutes[0] ?? 0;
    this.lastMinute = this.minutes.at(-1) ?? 0;
    this.#months = new Set(month.values);
    const [minuteField = '', hourField = ''] = cron.split(' ');
    this.hasPlainTimes = !/[*?/-]/.test(minuteField + hourField);
  }

  get fields(): CronExpression['fields'] {
    return this.#expression.fields;
  }

  /** The first matching minute at or after a wall-clock time, or undefined after the year 9999. */
  atOrAfter(wall: WallMs): WallMs | undefined {
    const today = Math.floor(wall / DAY_MS);
    const now = (wall - today * DAY_MS) / MINUTE_MS;
    const isToday = now <= this.lastMinute && this.#matchesDay(today);
    const day = isToday ? today : this.dayAtOrAfter(today + 1);
    const minute = isToday ? this.minutes[this.#countBefore(now)] : this.firstMinute;
    return day === undefined || minute === undefined ? undefined : day * DAY_MS + minute * MINUTE_MS;
  }

  /** The last matching minute at or before a wall-clock time, or undefined before the year 1. */
  atOrBefore(wall: WallMs): WallMs | undefined {
    const today = Math.floor(wall / DAY_MS);
    const now = (wall - today * DAY_MS) / MINUTE_MS;
    const isToday = now >= this.firstMinute && this.#matchesDay(today);
    const day = isToday ? today : this.dayAtOrBefore(today - 1);
    const minute = isToday ? this.minutes[this.#countBefore(Math.floor(now) + 1) - 1] : this.lastMinute;
    return day === undefined || minute === undefined ? undefined : day * DAY_MS + minute * MINUTE_MS;
  }

  matches(wall: WallMs): boolean {
    return this.atOrAfter(wall) === wall;
  }

  /** False for a line that no day ever matches, such as 30 February. */
  get everMatches(): boolean {
    return this.dayAtOrAfter(CALENDAR_CYCLE.first, CALENDAR_CYCLE.last) !== undefined;
  }

  /** The first matching day from `day` to `last`, both inclusive, in days since 1970. */
  dayAtOrAfter(day: number, last = LAST_DAY): number | undefined {
    let month = monthContaining(Math.max(day, FIRST_DAY));
    while (month.firstDay <= last) {
      const { firstDay } = month;
      const found = this.#matchingDays(month).find((each) => firstDay + each >= day);
      if (found !== undefined) return firstDay + found <= last ? firstDay + found : undefined;
      month = monthContaining(firstDay + month.length);
    }
    return undefined;
  }

  /** The last matching day up to and including `day`, in days since 1970. */
  dayAtOrBefore(day: number): number | undefined {
    let month = monthContaining(Math.min(day, LAST_DAY));
    while (month.firstDay >= FIRST_DAY) {
      const { firstDay } = month;
      const found = this.#matchingDays(month).findLast((each) => firstDay + each <= day);
      if (found !== undefined) return firstDay + found;
      month = monthContaining(firstDay - 1);
    }
    return undefined;
  }

  /** How many of the minutes of a matching day are before a time of day. */
  #countBefore(minute: number): number {
    let [low, high] = [0, this.minutes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.minutes[middle] ?? 0) < minute) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #matchesDay(day: number): boolean {
    return this.dayAtOrAfter(day, Math.min(day, LAST_DAY)) === day;
  }

  #matchingDays({ number, firstDay, length }: Month): readonly number[] {
    if (!this.#months.has(number)) return [];
    const firstWeekday = (((firstDay + 4) % 7) + 7) % 7;
    const kind = (number * 32 + length) * 7 + firstWeekday;
    const known = this.#daysOfMonth.get(kind);
    if (known !== undefined) return known;
    const days = Array.from({ length }, (_, day) => day).filter((day) =>
      this.#expression.includesDate(new Date((firstDay + day) * DAY_MS + this.firstMinute * MINUTE_MS)),
    );
    this.#daysOfMonth.set(kind, days);
    return days;
  }
}

type Month = ReturnType<typeof monthContaining>;

/** The month of a day: its number from 1, its first day since 1970, and its length in days. */
function monthContaining(day: number) {
  const date = new Date(day * DAY_MS);
  const number = date.getUTCMonth() + 1;
  const firstDay = day - date.getUTCDate() + 1;
  date.setUTCMonth(number, 1);
  return { number, firstDay, length: date.getTime() / DAY_MS - firstDay };
}

/** `cron` is the line in the form to store: five fields, separated by one space. `reason` is a sentence for people. */
export type CronResult =
  | { readonly ok: true; readonly cron: string; readonly line: CronLine }
  | { readonly ok: false; readonly reason: string };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly expected: string;
  /** At the index of the number they stand for. */
  readonly names?: readonly string[];
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
  {
    name: 'month',
    min: 1,
    max: 12,
    expected: '1-12 or jan-dec, a list (jan,jul), a range (4-9), a step (*/3) or *',
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  {
    name: 'day of the week',
    min: 0,
    max: 7,
    expected:
      '0-7 or sun-sat (0 and 7 are Sunday), a list (tue,thu), a range (mon-fri), 5#2 for the second Friday, 5L for the last Friday, or *',
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
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

/** Longer than any line that lists every value of every field. */
const MAX_CRON_CHARS = 600;
const SHAPE = 'minute, hour, day of the month, month, day of the week, for example 0 3 * * 0';

/**
 * Parses a cron line of five fields, a line of six fields whose seconds are 0, or an alias such as `@daily`. Rejects
 * other seconds, years, random values (`H`) and lines that would never run, with a reason that names the field, its
 * value and what was expected.
 */
export function parseCron(line: string): CronResult {
  const written = line.trim();
  if (written.length > MAX_CRON_CHARS) {
    return reject(`The cron line has ${written.length} characters: expected at most ${MAX_CRON_CHARS}.`);
  }
  return cache.memo(written);
}

const cache = new LRUCache<string, CronResult>({ max: 1000, memoMethod: parse });

function parse(written: string): CronResult {
  if (written === '') return reject(`The cron line is empty: expected five fields (${SHAPE}).`);
  if (written.startsWith('@') && !/\s/.test(written)) {
    const aliased = ALIASES.get(written.toLowerCase());
    if (aliased === undefined) {
      return reject(
        `The alias "${written}" is not one of ${[...ALIASES.keys()].join(', ')}. Write five fields instead (${SHAPE}).`,
      );
    }
    return parse(aliased);
  }
  const fields = written.split(/\s+/).map(capitalizeLast);
  if (fields.length === 6 && /^0+$/.test(fields[0] ?? '') && !namesYears(fields)) fields.shift();
  if (fields.length !== 5) return reject(explainFieldCount(written, fields.length));
  for (const [index, field] of FIELDS.entries()) {
    const problem = validateField(field, index, fields[index] ?? '');
    if (problem !== undefined) return reject(problem);
  }
  const cron = fields.join(' ');
  const line = createLine(cron);
  if (line === undefined || !line.everMatches) {
    const [, , day, month, weekday] = fields;
    return reject(
      `The cron line "${cron}" would never run: month "${month}" never has day of the month "${day}"${weekday === '*' ? '' : ` or day of the week "${weekday}"`}. Expected a day that comes.`,
    );
  }
  return { ok: true, cron, line };
}

function reject(reason: string): CronResult {
  return { ok: false, reason };
}

/** `5l` as `5L`: cron-parser accepts names in any case, but this sign only as a capital. */
function capitalizeLast(field: string): string {
  return field.replace(/(^|[,\d]|[a-z]{3})l(?=$|,)/gi, '$1L');
}

/** Whether six fields end in a year: a `?` then replaces what would be the hour or the month of a line with seconds. */
function namesYears(fields: readonly string[]): boolean {
  return fields[2] === '?' || fields[4] === '?';
}

function explainFieldCount(written: string, count: number): string {
  const found = `The cron line "${written}" has ${count} ${count === 1 ? 'field' : 'fields'}: expected five (${SHAPE}).`;
  return count === 6
    ? `${found} A sixth is read only as seconds, in front of them, and must be 0: windows start on a full minute.`
    : found;
}

function validateField(field: Field, index: number, value: string): string | undefined {
  const numbers = value.replace(/[a-z]{3}/gi, (name) => String(field.names?.indexOf(name.toLowerCase()) ?? name));
  const random = numbers.includes('H');
  if (!random && createLine(['*', '*', '*', '*', '*'].with(index, value).join(' '))) return undefined;
  return `The ${field.name} "${value}" is not valid${explainField(field, value, numbers, random)}: expected ${field.expected}.`;
}

function explainField(field: Field, value: string, numbers: string, random: boolean): string {
  if (random) return ' (H stands for a value picked at random)';
  for (const item of numbers.split(',')) {
    const [, from, to] = (/^(\d+)-(\d+)$/.exec(item) ?? []).map(Number);
    if (from === undefined || to === undefined || from <= to || from > field.max || to < field.min) continue;
    return ` (${item} runs backwards, write ${suggestForwardRange(field, from, to)})`;
  }
  const items = value.split(',');
  const twice = items.find((item, index) => item !== '' && items.indexOf(item) !== index);
  if (twice !== undefined) return ` (${twice} is listed twice)`;
  if (field.name === 'day of the month' && /W/i.test(value)) return ' (W, the nearest weekday, is not supported)';
  return '';
}

/** `22-2` as `22-23,0-2`. Among the days of the week 7 is Sunday, like 0. */
function suggestForwardRange(field: Field, from: number, to: number): string {
  if (field.max === 7 && to === 0) return writeRange(from, 7);
  return `${writeRange(from, field.max === 7 ? 6 : field.max)},${writeRange(field.min, to)}`;
}

const writeRange = (from: number, to: number) => (from === to ? `${from}` : `${from}-${to}`);

function createLine(cron: string): CronLine | undefined {
  try {
    return new CronLine(cron);
  } catch {
    return undefined;
  }
}
