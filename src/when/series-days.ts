import { quote, type ReaderContext } from './context.ts';
import { getMonthName, getWeekdayName } from './format.ts';
import { daysInMonth } from './numeric-dates.ts';
import { type DayOf, type DayReference, findPhrase, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { type Assumption, askReplacement, refuse, SERIES_EXAMPLE } from './results.ts';
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

const MONTHLY_STEPS = [1, 2, 3, 4, 6, 12];

const NTH_EXAMPLE = 'first monday of every month at 03:00 for 2h';

/** Refuses a recurrence that no cron line can express. @throws Unresolved */
export function refuseIrregular(words: string, why: string, example = SERIES_EXAMPLE): never {
  return refuse(REFUSALS.irregular(words, why), example);
}

/** @throws Unresolved */
export function refuseSingleDay(phrase: Phrase, reader: ReaderContext): never {
  return refuse(REFUSALS.singleDay(quote(reader, phrase)), SERIES_EXAMPLE);
}

/** Resolves the days on which a series runs. `words` quotes the text in messages. @throws Unresolved */
export function resolveSeriesDays(phrases: readonly Phrase[], words: string, reader: ReaderContext): SeriesDays {
  const repeat = findPhrase(phrases, 'repeat');
  const days = selectPhrases(phrases, 'day');
  const months = sortUnique(selectPhrases(phrases, 'month').map(({ month }) => month));
  const single =
    days.find(({ day }) => ['relative', 'next day', 'after', 'period', 'either'].includes(day.kind)) ??
    findDateInSeries(days, repeat);
  if (single !== undefined) return refuseSingleDay(single, reader);
  const references = days.map(({ day }) => day);
  const weekdays = collectWeekdays(phrases);
  const hasOnlyWeekdays = references.every(({ kind }) => kind === 'weekday');
  const count = repeat?.count ?? 1;
  const inMonths = (step: number) => onMonths(step, references, weekdays, months, words);
  const onWeekdays = (): SeriesDays => {
    if (!hasOnlyWeekdays) refuse(REFUSALS.twoRepetitions(words), SERIES_EXAMPLE);
    return { ...EVERY_DAY, months, weekdays: weekdays.length === 7 ? [] : weekdays };
  };
  switch (repeat?.period) {
    case 'minute':
    case 'hour':
      return onWeekdays();
    case 'day':
      return count === 1 ? onWeekdays() : refuseIrregular(words, IRREGULARITIES.fewDays);
    case 'week':
      if (count !== 1) return refuseIrregular(words, IRREGULARITIES.whichWeek);
      return weekdays.length > 0 ? onWeekdays() : askSeriesWeekday(repeat);
    case 'month':
      return inMonths(count);
    case 'quarter':
      return inMonths(count * 3);
    case 'year':
      return inMonths(count * 12);
    case undefined:
      if (references.some(({ kind }) => kind === 'date')) return inMonths(12);
      if (!hasOnlyWeekdays) return inMonths(1);
      if (weekdays.length > 0) return { ...EVERY_DAY, months, weekdays };
      return months.length > 0 ? inMonths(12) : refuse(REFUSALS.noFrequency(words), SERIES_EXAMPLE);
  }
}

/** A date in a series that is not yearly would be its first or last day, which is not supported. */
function findDateInSeries(days: readonly PhraseOf<'day'>[], repeat: PhraseOf<'repeat'> | undefined) {
  const isYearly = repeat === undefined || repeat.period === 'year';
  return days.find(({ day }) => day.kind === 'date' && (!isYearly || day.year !== undefined));
}

function collectWeekdays(phrases: readonly Phrase[]): number[] {
  const except = phrases.findIndex((phrase) => phrase.kind === 'except');
  const collect = (list: readonly Phrase[]) => [
    ...selectPhrases(list, 'weekdays').flatMap(({ weekdays }) => weekdays),
    ...selectPhrases(list, 'day').flatMap(({ day }) => (day.kind === 'weekday' ? day.weekday : [])),
  ];
  if (except < 0) return sortUnique(collect(phrases));
  const [included, excluded] = [collect(phrases.slice(0, except)), collect(phrases.slice(except))];
  const all = included.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : included;
  return sortUnique(all.filter((day) => !excluded.includes(day)));
}

function sortUnique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function askSeriesWeekday(repeat: PhraseOf<'repeat'>): never {
  const weekdays = [0, 6, 1, 2, 3, 4, 5].map((day) => `every ${getWeekdayName(day).toLowerCase()}`);
  return askReplacement(QUESTIONS.whichWeekday, repeat, weekdays);
}

function selectDays<K extends DayReference['kind']>(days: readonly DayReference[], kind: K): DayOf<K>[] {
  return days.filter((day): day is DayOf<K> => day.kind === kind);
}

/** Every `step` months: on days of the month, on an nth weekday, or on dates. */
function onMonths(
  step: number,
  days: readonly DayReference[],
  weekdays: readonly number[],
  named: readonly number[],
  words: string,
): SeriesDays {
  if (!MONTHLY_STEPS.includes(step)) {
    return refuseIrregular(words, IRREGULARITIES.countMonths, 'every 3 months on the 1st at 03:00 for 2h');
  }
  const nths = selectDays(days, 'nth weekday');
  const dates = selectDays(days, 'date');
  const isLast = days.some(({ kind }) => kind === 'last day');
  const numbers = selectDays(days, 'day of month').map(({ day }) => day);
  const ofMonths = days.flatMap((day) =>
    'month' in day && typeof day.month === 'object' && day.month.kind === 'named' ? day.month.month : [],
  );
  const kinds = [nths.length > 0, dates.length > 0, isLast || numbers.length > 0].filter(Boolean).length;
  if (kinds > 1 || (weekdays.length > 0 && kinds > 0)) {
    return refuseIrregular(words, IRREGULARITIES.dayOrWeekday, NTH_EXAMPLE);
  }
  const chosen = sortUnique([...named, ...ofMonths]);
  const stepped = step === 1 || step === 12 ? [] : Array.from({ length: 12 / step }, (_, n) => 1 + n * step);
  const months = chosen.length > 0 ? chosen : stepped;
  if (nths.length > 0) return onNthWeekday(nths, months, step, words);
  if (dates.length > 0) return onDates(dates, words);
  if (weekdays.length > 0) return refuseIrregular(words, IRREGULARITIES.whichOne, NTH_EXAMPLE);
  const isAssumed = numbers.length === 0 && !isLast;
  const inYear = step === 12 && chosen.length === 0 ? [1] : months;
  const monthDays = isAssumed ? [1] : sortUnique([...numbers, ...(isLast ? [-1] : [])]);
  const latest = Math.max(...monthDays);
  if (latest > 31 || monthDays.includes(0)) refuse(REFUSALS.noSuchDayOfMonth(latest), SERIES_EXAMPLE);
  const monthNames = inYear.map(getMonthName).join(', ') || 'every month';
  const shortest = Math.min(...(inYear.length === 0 ? [2] : inYear).map((month) => daysInMonth(2027, month)));
  const notices = [
    ...(isAssumed ? [NOTICES.firstOfMonth(monthNames)] : []),
    ...(latest > 28 && shortest < latest ? [NOTICES.monthsPassedOver(latest)] : []),
  ];
  return { ...EVERY_DAY, months: inYear, monthDays, assumed: isAssumed ? ['day'] : [], notices };
}

function onNthWeekday(
  [first, ...others]: readonly DayOf<'nth weekday'>[],
  months: readonly number[],
  step: number,
  words: string,
): SeriesDays {
  if (first === undefined || others.length > 0) return refuseIrregular(words, IRREGULARITIES.oneDayAMonth, NTH_EXAMPLE);
  if (step === 12 && months.length === 0) {
    refuse(REFUSALS.inWhichMonth, 'every year on the first monday of may at 03:00 for 2h');
  }
  const { nth, weekday } = first;
  const notices = nth === 5 ? [NOTICES.fifthWeekday(getWeekdayName(weekday))] : [];
  return { ...EVERY_DAY, months, weekdays: [weekday], nth, notices };
}

function onDates(dates: readonly DayOf<'date'>[], words: string): SeriesDays {
  const months = sortUnique(dates.map(({ month }) => month));
  const monthDays = sortUnique(dates.map(({ day }) => day));
  if (months.length > 1 && monthDays.length > 1) return refuseIrregular(words, IRREGULARITIES.everyPair);
  const impossible = dates.find(({ month, day }) => day > daysInMonth(2028, month));
  if (impossible !== undefined) {
    refuse(REFUSALS.noSuchDateAtAll(impossible.day, getMonthName(impossible.month)), SERIES_EXAMPLE);
  }
  const isLeapDay = dates.some(({ month, day }) => month === 2 && day === 29);
  return { ...EVERY_DAY, months, monthDays, notices: isLeapDay ? [NOTICES.leapYears] : [] };
}

export function writeDayFields({ monthDays, months, weekdays, nth }: SeriesDays): string {
  const days = monthDays.map((day) => (day === -1 ? 'L' : String(day))).join(',') || '*';
  const nthWeekday = nth === undefined ? undefined : `${weekdays[0] ?? 0}${nth === -1 ? 'L' : `#${nth}`}`;
  return `${days} ${months.join(',') || '*'} ${nthWeekday ?? writeWeekdays(weekdays)}`;
}

function writeWeekdays(weekdays: readonly number[]): string {
  const [first = 0, last = 0] = [weekdays[0], weekdays.at(-1)];
  const isRun = weekdays.length > 2 && last - first === weekdays.length - 1;
  return isRun ? `${first}-${last}` : weekdays.join(',') || '*';
}
