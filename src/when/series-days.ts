import { quote, type ReaderContext } from './context.ts';
import { getWeekdayName } from './format.ts';
import { daysInMonth, getMonthName } from './numeric-dates.ts';
import { type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { type Assumption, ambiguity, refuse, SERIES_EXAMPLE, type Unresolved } from './results.ts';
import { replaceSpan } from './source-text.ts';
import { IRREGULARITIES, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';

/** The days on which a series runs: the last three fields of a cron line. */
export interface SeriesDays {
  /** -1 is the last day of the month; empty for every day. */
  readonly monthDays: readonly number[];
  /** 1 to 12; empty for every month. */
  readonly months: readonly number[];
  /** 0 to 6, Sunday first; empty for every day. */
  readonly weekdays: readonly number[];
  /** Which of these weekdays in a month; -1 is the last. */
  readonly nth?: number;
  readonly assumed: readonly Assumption[];
  readonly notices: readonly string[];
}

const EVERY_DAY: SeriesDays = { monthDays: [], months: [], weekdays: [], assumed: [], notices: [] };

const MONTHLY_STEPS = new Set([1, 2, 3, 4, 6]);

/** Refuses a recurrence that no cron line can express. */
export function refuseIrregular(said: string, why: string, example = SERIES_EXAMPLE): Unresolved {
  return refuse(REFUSALS.irregular(said, why), example);
}

/** Resolves the days on which a series runs. `said` quotes the text in messages. */
export function resolveSeriesDays(
  phrases: readonly Phrase[],
  said: string,
  reader: ReaderContext,
): SeriesDays | Unresolved {
  const repeat = selectPhrases(phrases, 'repeat').at(0);
  const days = selectPhrases(phrases, 'day');
  const months = [...new Set(selectPhrases(phrases, 'month').map(({ month }) => month))].sort((a, b) => a - b);
  const bound =
    days.find(({ day }) => ['relative', 'next day', 'after', 'period', 'either'].includes(day.kind)) ??
    findDateInSeries(days, repeat);
  if (bound !== undefined) return refuseSingleDay(bound, reader);
  const weekdays = collectWeekdays(phrases);
  const period = repeat?.period;
  const named = { ...EVERY_DAY, months };
  switch (period) {
    case 'minute':
    case 'hour':
      return onWeekdays(days, weekdays, named, said);
    case 'day': {
      if ((repeat?.count ?? 1) !== 1) return refuseIrregular(said, IRREGULARITIES.fewDays);
      return onWeekdays(days, weekdays, named, said);
    }
    case 'week': {
      if ((repeat?.count ?? 1) !== 1) return refuseIrregular(said, IRREGULARITIES.whichWeek);
      if (weekdays.length > 0) return onWeekdays(days, weekdays, named, said);
      return repeat === undefined ? named : askSeriesWeekday(repeat);
    }
    case 'month':
    case 'quarter':
    case 'year': {
      const step = (repeat?.count ?? 1) * (period === 'month' ? 1 : period === 'quarter' ? 3 : 12);
      return onMonths(step, days, weekdays, months, said);
    }
    case undefined:
      if (days.some(({ day }) => day.kind === 'date')) return onMonths(12, days, weekdays, months, said);
      if (days.some(({ day }) => day.kind !== 'weekday')) return onMonths(1, days, weekdays, months, said);
      if (weekdays.length > 0) return { ...named, weekdays };
      if (months.length > 0) return onMonths(12, days, weekdays, months, said);
      return refuse(REFUSALS.noFrequency(said), SERIES_EXAMPLE);
  }
}

/** A date in a series that is not yearly would be its first or last day, which is not supported. */
function findDateInSeries(
  days: readonly PhraseOf<'day'>[],
  repeat: PhraseOf<'repeat'> | undefined,
): PhraseOf<'day'> | undefined {
  const yearly = repeat === undefined || repeat.period === 'year';
  return days.find(({ day }) => day.kind === 'date' && (!yearly || day.year !== undefined));
}

export function refuseSingleDay(phrase: Phrase, reader: ReaderContext): Unresolved {
  return refuse(REFUSALS.singleDay(quote(phrase, reader)), SERIES_EXAMPLE);
}

function collectWeekdays(phrases: readonly Phrase[]): number[] {
  const except = phrases.findIndex((phrase) => phrase.kind === 'except');
  const of = (list: readonly Phrase[]) => [
    ...selectPhrases(list, 'weekdays').flatMap(({ weekdays }) => weekdays),
    ...selectPhrases(list, 'day').flatMap(({ day }) => (day.kind === 'weekday' ? [day.weekday] : [])),
  ];
  if (except < 0) return sortUnique(of(phrases));
  const [before, without] = [of(phrases.slice(0, except)), of(phrases.slice(except))];
  const all = before.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : before;
  return sortUnique(all.filter((day) => !without.includes(day)));
}

function sortUnique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function onWeekdays(
  days: readonly PhraseOf<'day'>[],
  weekdays: readonly number[],
  base: SeriesDays,
  said: string,
): SeriesDays | Unresolved {
  if (days.some(({ day }) => day.kind !== 'weekday')) {
    return refuse(REFUSALS.twoRepetitions(said), SERIES_EXAMPLE);
  }
  return { ...base, weekdays: weekdays.length === 7 ? [] : weekdays };
}

function askSeriesWeekday(repeat: PhraseOf<'repeat'>): Unresolved {
  return ambiguity(
    QUESTIONS.whichWeekday,
    [0, 6, 1, 2, 3, 4, 5].map((day) => ({
      edits: [replaceSpan(repeat, `every ${getWeekdayName(day).toLowerCase()}`)],
    })),
  );
}

/** Every `step` months: on days of the month, on an nth weekday, or on dates. */
function onMonths(
  step: number,
  days: readonly PhraseOf<'day'>[],
  weekdays: readonly number[],
  named: readonly number[],
  said: string,
): SeriesDays | Unresolved {
  if (step > 12 || (step < 12 && !MONTHLY_STEPS.has(step))) {
    return refuseIrregular(said, IRREGULARITIES.countMonths, 'every 3 months on the 1st at 03:00 for 2h');
  }
  const nths = days.flatMap(({ day }) => (day.kind === 'nth weekday' ? [day] : []));
  const dates = days.flatMap(({ day }) => (day.kind === 'date' ? [day] : []));
  const last = days.some(({ day }) => day.kind === 'last day');
  const numbers = days.flatMap(({ day }) => (day.kind === 'day of month' ? [day.day] : []));
  const inner = days.flatMap(({ day }) =>
    'month' in day && typeof day.month === 'object' && day.month.kind === 'named' ? [day.month.month] : [],
  );
  const kinds = [nths.length > 0, dates.length > 0, last || numbers.length > 0].filter(Boolean).length;
  if (kinds > 1 || (weekdays.length > 0 && kinds > 0)) {
    return refuseIrregular(said, IRREGULARITIES.dayOrWeekday, 'first monday of every month at 03:00 for 2h');
  }
  const chosen = sortUnique([...named, ...inner]);
  const months =
    chosen.length > 0
      ? chosen
      : step === 1 || step === 12
        ? []
        : Array.from({ length: 12 / step }, (_, n) => 1 + n * step);
  const base = { ...EVERY_DAY, months };
  const [nth, ...others] = nths;
  if (nth !== undefined) return onNthWeekday(nth, others, base, step, said);
  if (dates.length > 0) return onDates(dates, base, said);
  if (weekdays.length > 0) {
    return refuseIrregular(said, IRREGULARITIES.whichOne, 'first monday of every month at 03:00 for 2h');
  }
  const assumedDay = numbers.length === 0 && !last;
  const inYear = step === 12 && chosen.length === 0 ? [1] : months;
  const monthDays = assumedDay ? [1] : sortUnique([...numbers, ...(last ? [-1] : [])]);
  if (monthDays.some((day) => day > 31 || day === 0))
    return refuse(REFUSALS.noSuchDayOfMonth(Math.max(...monthDays)), SERIES_EXAMPLE);
  const named1 = (list: readonly number[]) => (list.length === 0 ? 'every month' : list.map(getMonthName).join(', '));
  const assumedNotice = NOTICES.firstOfMonth(named1(inYear));
  const passedOver = Math.max(...monthDays) > 28 && shortestMonthDays(inYear) < Math.max(...monthDays);
  const notices = [
    ...(assumedDay ? [assumedNotice] : []),
    ...(passedOver ? [NOTICES.monthsPassedOver(Math.max(...monthDays))] : []),
  ];
  return { ...base, months: inYear, monthDays, assumed: assumedDay ? ['day'] : [], notices };
}

function shortestMonthDays(months: readonly number[]): number {
  const all = months.length === 0 ? [2] : months;
  return Math.min(...all.map((month) => daysInMonth(2027, month)));
}

function onNthWeekday(
  nth: { readonly nth: number; readonly weekday: number },
  others: readonly { readonly nth: number; readonly weekday: number }[],
  base: SeriesDays,
  step: number,
  said: string,
): SeriesDays | Unresolved {
  if (others.length > 0)
    return refuseIrregular(said, IRREGULARITIES.oneDayAMonth, 'first monday of every month at 03:00 for 2h');
  if (step === 12 && base.months.length === 0)
    return refuse(REFUSALS.inWhichMonth, 'every year on the first monday of may at 03:00 for 2h');
  const notices = nth.nth === 5 ? [NOTICES.fifthWeekday(getWeekdayName(nth.weekday))] : [];
  return { ...base, weekdays: [nth.weekday], nth: nth.nth, notices };
}

function onDates(
  dates: readonly { readonly month: number; readonly day: number }[],
  base: SeriesDays,
  said: string,
): SeriesDays | Unresolved {
  const months = sortUnique(dates.map(({ month }) => month));
  const monthDays = sortUnique(dates.map(({ day }) => day));
  if (months.length > 1 && monthDays.length > 1) return refuseIrregular(said, IRREGULARITIES.everyPair);
  const impossible = dates.find(({ month, day }) => day > daysInMonth(2028, month));
  if (impossible !== undefined)
    return refuse(REFUSALS.noSuchDateAtAll(impossible.day, getMonthName(impossible.month)), SERIES_EXAMPLE);
  const leap = dates.some(({ month, day }) => month === 2 && day === 29);
  return { ...base, months, monthDays, notices: leap ? [NOTICES.leapYears] : [] };
}

/** The last three fields of a cron line. */
export function writeDayFields({ monthDays, months, weekdays, nth }: SeriesDays): string {
  const days = monthDays.map((day) => (day === -1 ? 'L' : String(day))).join(',') || '*';
  const inMonths = months.join(',') || '*';
  if (nth !== undefined) return `${days} ${inMonths} ${weekdays[0] ?? 0}${nth === -1 ? 'L' : `#${nth}`}`;
  return `${days} ${inMonths} ${writeWeekdays(weekdays)}`;
}

function writeWeekdays(weekdays: readonly number[]): string {
  const [first, last] = [weekdays[0], weekdays.at(-1)];
  if (first === undefined || last === undefined) return '*';
  const run = weekdays.length > 2 && last - first === weekdays.length - 1;
  return run ? `${first}-${last}` : weekdays.join(',');
}
