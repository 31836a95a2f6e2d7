import { CronExpressionParser } from 'cron-parser';
import { CronLine } from './cron-line.ts';
import { remember } from './remember.ts';

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
