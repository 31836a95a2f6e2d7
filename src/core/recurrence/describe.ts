import cronstrue from 'cronstrue/dist/cronstrue-i18n.js';
import { type CronLine, parseCron } from './cron.ts';

const ENGLISH = ['en', '(day of the month or of the week: either is enough)'] as const;

/**
 * cronstrue's locale by language code, or by whole locale where the regions differ, and what is appended to a line with
 * days of the month and of the week, which cron joins by OR.
 */
const LANGUAGES: Readonly<Record<string, readonly [locale: string, either: string]>> = {
  de: ['de', '(Tag des Monats oder der Woche: einer genügt)'],
  en: ENGLISH,
  es: ['es', '(día del mes o de la semana: basta uno)'],
  fr: ['fr', '(jour du mois ou de la semaine : un seul suffit)'],
  it: ['it', '(giorno del mese o della settimana: ne basta uno)'],
  ja: ['ja', '(日付か曜日のどちらかが合えば実行)'],
  ko: ['ko', '(날짜나 요일 중 하나만 맞으면 됨)'],
  pt: ['pt_BR', '(dia do mês ou da semana: basta um)'],
  'pt-PT': ['pt_PT', '(dia do mês ou da semana: basta um)'],
  ru: ['ru', '(число месяца или день недели: достаточно одного)'],
  zh: ['zh_CN', '(日期或星期，符合其一即可)'],
  'zh-TW': ['zh_TW', '(日期或星期，符合其一即可)'],
};

/** Describes `0 3 * * 0` as "At 03:00, only on Sunday". @throws RangeError for a line that `parseCron` rejects */
export function describeCron(cron: string, locale = 'en-US'): string {
  const reading = parseCron(cron);
  if (!reading.ok) throw new RangeError(reading.reason);
  const [prefix = ''] = locale.split(/[-_]/);
  const [language, either] = LANGUAGES[locale] ?? LANGUAGES[prefix] ?? ENGLISH;
  const description = toDescribableLine(reading.line);
  const words = cronstrue.toString(description.cron, { use24HourTimeFormat: true, locale: language });
  return description.either ? `${words} ${either}` : words;
}

interface DescribableLine {
  /** Matches the same minutes. */
  readonly cron: string;
  /** It restricts the day of the month and the day of the week; a match of one is enough. */
  readonly either: boolean;
}

/**
 * Rewrites a cron line so that its description does not mislead. "Every 5 months" would suggest an even rhythm where
 * the line means January, June and November, and "at 03:00 and 05:00" a single minute of each hour. So uneven steps
 * become lists, and hours with several minutes become ranges.
 */
function toDescribableLine(line: CronLine): DescribableLine {
  const [minuteField = '', hourField = ''] = line.cron.split(' ');
  const { minute, hour, dayOfMonth, month, dayOfWeek } = line.fields;
  const minutes = writeField(minuteField, minute.values, 60);
  const hours =
    minute.values.length === 1 ? writeField(hourField, hour.values, 24, true) : writeHourRanges(hour.values, minutes);
  const months = month.values.length === 12 ? '*' : writeRuns(month.values).join(',');
  const toResult = (days: string, weekdays: string, either = false) => ({
    cron: [minutes, hours, days, months, weekdays].join(' '),
    either,
  });
  const days = dayOfMonth.isWildcard ? '*' : writeDaysOfMonth(dayOfMonth.values);
  const weekdays = dayOfWeek.isWildcard ? '*' : writeDaysOfWeek(dayOfWeek.values, dayOfWeek.nthDay);
  if (dayOfMonth.isWildcard || dayOfWeek.isWildcard) return toResult(days, weekdays);
  // When one of the two matches every day, the other has no effect.
  if (days === '*' || weekdays === '*') return toResult('*', '*');
  return toResult(days, writeDaysOfWeek(dayOfWeek.values, dayOfWeek.nthDay, true), true);
}

/** @param apart write a range only where it is the whole field */
function writeField(written: string, values: readonly number[], cycle: number, apart = false): string {
  if (values.length === cycle) return '*';
  const [first = 0, second = first] = values;
  const step = second - first;
  const even = values.every((value, index) => (values[index + 1] ?? first + cycle) - value === step);
  if (written.includes('/') && even) return `${first === 0 ? '*' : first}/${step}`;
  const items = writeRuns(values);
  return apart && items.length > 1 ? values.join(',') : items.join(',');
}

/** Hours with several matching minutes: "03:00 through 03:59" rather than "03:00", which would mean one minute. */
function writeHourRanges(hours: readonly number[], minutes: string): string {
  if (hours.length === 24) return '*';
  if (hours.length === 1 && !minutes.includes(',')) return hours.join();
  return findRuns(hours)
    .map(({ first, last }) => `${first}-${last}`)
    .join(',');
}

function writeDaysOfMonth(values: readonly (number | string)[]): string {
  const days = values.filter((value) => typeof value === 'number');
  if (days.length === 31) return '*';
  return [...writeRuns(days), ...(values.includes('L') ? ['L'] : [])].join(',');
}

/** @param apart write no ranges: next to days of the month cronstrue joins them without an "and" */
function writeDaysOfWeek(values: readonly (number | string)[], nth: number, apart = false): string {
  const everyWeek = new Set(values.filter((value) => typeof value === 'number').map((value) => value % 7));
  if (everyWeek.size === 7 && nth === 0) return '*';
  // Sunday comes last when Saturday is listed too, so that the weekend stays together.
  const days = [...everyWeek].map((day) => (day === 0 && everyWeek.has(6) ? 7 : day)).sort((a, b) => a - b);
  if (nth > 0) return days.map((day) => `${day}#${nth}`).join(',');
  const last = values
    .map(String)
    .filter((value) => value.endsWith('L') && !everyWeek.has(Number.parseInt(value, 10) % 7));
  return [...(apart ? days : writeRuns(days)), ...last].join(',');
}

/** `1,2,3,7` as `1-3` and `7`. Two consecutive values stay a list. */
function writeRuns(values: readonly number[]): string[] {
  return findRuns(values).flatMap(({ first, last }) => {
    if (last - first > 1) return `${first}-${last}`;
    return first === last ? [`${first}`] : [`${first}`, `${last}`];
  });
}

type Run = { readonly first: number; readonly last: number };

function findRuns(values: readonly number[]): Run[] {
  const found: Run[] = [];
  for (const value of values) {
    const run = found.at(-1);
    if (run?.last === value - 1) found[found.length - 1] = { first: run.first, last: value };
    else found.push({ first: value, last: value });
  }
  return found;
}
