import type { CronLine } from './cron-line.ts';

/** What there is to say of a cron line. */
export interface Wording {
  /** A line of the same minutes, whose every field can be said on its own. */
  readonly cron: string;
  /** It names days of the month and days of the week: one of the two is enough. */
  readonly either: boolean;
}

/**
 * A cron line as it can be said in words without misleading: "every 5 months" is January, June and November, "every 7
 * minutes" begins anew each hour, and of the minutes of "at 03:00 and 05:00" there may be several. So steps that do not
 * come out even are written out, and hours that hold several minutes are ranges.
 */
export function wordingOf(line: CronLine): Wording {
  const [minuteField = '', hourField = ''] = line.cron.split(' ');
  const { minute, hour, dayOfMonth, month, dayOfWeek } = line.fields;
  const minutes = inField(minuteField, minute.values, 60);
  const hours =
    minute.values.length === 1 ? inField(hourField, hour.values, 24, true) : hoursOfSeveral(hour.values, minutes);
  const months = month.values.length === 12 ? '*' : listed(month.values).join(',');
  const said = (days: string, weekdays: string, either = false) => ({
    cron: [minutes, hours, days, months, weekdays].join(' '),
    either,
  });
  const days = dayOfMonth.isWildcard ? '*' : daysIn(dayOfMonth.values);
  const weekdays = dayOfWeek.isWildcard ? '*' : weekdaysIn(dayOfWeek.values, dayOfWeek.nthDay);
  if (dayOfMonth.isWildcard || dayOfWeek.isWildcard) return said(days, weekdays);
  // Where one of the two names every day, the other one says nothing.
  if (days === '*' || weekdays === '*') return said('*', '*');
  return said(days, weekdaysIn(dayOfWeek.values, dayOfWeek.nthDay, true), true);
}

/** The minutes of an hour or the hours of a day; `apart`: no range beside another value. */
function inField(written: string, values: readonly number[], cycle: number, apart = false): string {
  if (values.length === cycle) return '*';
  const [first = 0, second = first] = values;
  const step = second - first;
  const even = values.every((value, index) => (values[index + 1] ?? first + cycle) - value === step);
  if (written.includes('/') && even) return `${first === 0 ? '*' : first}/${step}`;
  const items = listed(values);
  return apart && items.length > 1 ? values.join(',') : items.join(',');
}

/** Hours in which there are several minutes: "03:00 through 03:59", where "03:00" would be said of one alone. */
function hoursOfSeveral(hours: readonly number[], minutes: string): string {
  if (hours.length === 24) return '*';
  if (hours.length === 1 && !minutes.includes(',')) return hours.join();
  return runs(hours)
    .map(({ first, last }) => `${first}-${last}`)
    .join(',');
}

function daysIn(values: readonly (number | string)[]): string {
  const days = values.filter((value) => typeof value === 'number');
  if (days.length === 31) return '*';
  return [...listed(days), ...(values.includes('L') ? ['L'] : [])].join(',');
}

/** @param apart no ranges: beside days of the month they would be said without an "and" */
function weekdaysIn(values: readonly (number | string)[], nth: number, apart = false): string {
  const named = new Set(values.filter((value) => typeof value === 'number').map((value) => value % 7));
  if (named.size === 7 && nth === 0) return '*';
  // Sunday ends a weekend, or begins a week.
  const days = [...named].map((day) => (day === 0 && named.has(6) ? 7 : day)).sort((a, b) => a - b);
  if (nth > 0) return days.map((day) => `${day}#${nth}`).join(',');
  const last = values.map(String).filter((value) => value.endsWith('L') && !named.has(Number.parseInt(value, 10) % 7));
  return [...(apart ? days : listed(days)), ...last].join(',');
}

/** `1,2,3,7` as `1-3` and `7`; two in a row are no range. */
function listed(values: readonly number[]): string[] {
  return runs(values).flatMap(({ first, last }) => {
    if (last - first > 1) return `${first}-${last}`;
    return first === last ? [`${first}`] : [`${first}`, `${last}`];
  });
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Values in a row; they are ascending. */
function runs(values: readonly number[]): Run[] {
  const found: Run[] = [];
  for (const value of values) {
    const run = found.at(-1);
    if (run?.last === value - 1) found[found.length - 1] = { first: run.first, last: value };
    else found.push({ first: value, last: value });
  }
  return found;
}
