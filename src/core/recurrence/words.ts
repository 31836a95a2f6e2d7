import cronstrue from 'cronstrue/dist/cronstrue-i18n.js';
import { type CronLine, readCron } from './cron.ts';

/** The locales of Slack's that cronstrue has words for, by the name it gives them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  de: 'de',
  en: 'en',
  es: 'es',
  fr: 'fr',
  it: 'it',
  ja: 'ja',
  ko: 'ko',
  pt: 'pt_BR',
  'pt-PT': 'pt_PT',
  ru: 'ru',
  zh: 'zh_CN',
  'zh-TW': 'zh_TW',
};

/** Said of days of the month and of the week in one line, by the language of the words. */
const EITHER: Readonly<Record<string, string>> = {
  de: '(Tag des Monats oder der Woche: einer genügt)',
  en: '(day of the month or of the week: either is enough)',
  es: '(día del mes o de la semana: basta uno)',
  fr: '(jour du mois ou de la semaine : un seul suffit)',
  it: '(giorno del mese o della settimana: ne basta uno)',
  ja: '(日付か曜日のどちらかが合えば実行)',
  ko: '(날짜나 요일 중 하나만 맞으면 됨)',
  pt_BR: '(dia do mês ou da semana: basta um)',
  pt_PT: '(dia do mês ou da semana: basta um)',
  ru: '(число месяца или день недели: достаточно одного)',
  zh_CN: '(日期或星期，符合其一即可)',
  zh_TW: '(日期或星期，符合其一即可)',
};

/**
 * A cron line in words: `0 3 * * 0` is "At 03:00, only on Sunday".
 *
 * @param locale as Slack writes it, `de-DE` or `pt-BR`; words that are missing in its language come in English
 * @throws RangeError when the line is not one that `readCron` accepts
 */
export function cronInWords(cron: string, locale = 'en-US'): string {
  const reading = readCron(cron);
  if (!reading.ok) throw new RangeError(reading.reason);
  const [prefix = ''] = locale.split(/[-_]/);
  const language = LANGUAGES[locale] ?? LANGUAGES[prefix] ?? 'en';
  const { cron: line, either } = wordingOf(reading.line);
  const words = cronstrue.toString(line, { use24HourTimeFormat: true, locale: language });
  return either ? `${words} ${EITHER[language] ?? EITHER.en}` : words;
}

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
