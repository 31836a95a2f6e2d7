import { Temporal } from 'temporal-polyfill';
import type { Bound } from './bounds.ts';
import { type Day, quote, type ReaderContext, todayIn } from './context.ts';
import { formatDay, getMonthName, getWeekdayName } from './format.ts';
import { daysInMonth, isDate } from './numeric-dates.ts';
import type { DayOf, DayReference, MonthReference, PhraseOf } from './phrases.ts';
import { askReplacement, refuse } from './results.ts';
import { NOTICES, QUESTIONS, REFUSALS } from './texts.ts';

/** The days that a reference can mean, the likeliest first, or why there is none. */
type DayCandidates = { readonly days: readonly [Day, ...Day[]]; readonly far?: true } | { readonly problem: string };

/** Dates without a year that are further ahead cause a question. */
const FAR_DAYS = 270;

/** `from` is the first possible day: today, or tomorrow when the time has passed. People choose between several. */
function findDays(reference: DayReference, today: Day, from: Day): DayCandidates {
  switch (reference.kind) {
    case 'relative':
      return oneDay(today.add({ days: reference.days }));
    case 'next day':
      return oneDay(today.add({ days: 1 }));
    case 'weekday':
      return findWeekdays(reference, today, from);
    case 'date':
      return findDates(reference, from);
    case 'either':
      return { problem: REFUSALS.twoReadings };
    case 'day of month': {
      const { day } = reference;
      if (day < 1 || day > 31) return { problem: REFUSALS.noSuchDayOfMonth(day) };
      const exists = ({ year, month }: Month) => (day <= daysInMonth(year, month) ? day : undefined);
      const explain = ({ year, month }: Month) => explainMissingDay(day, month, year);
      return findInMonths(reference.month, today, from, exists, explain);
    }
    case 'nth weekday':
      return findInMonths(
        reference.month,
        today,
        from,
        (month) => findNthWeekday(reference, month),
        ({ year, month }) => REFUSALS.noSuchWeekday(getMonthName(month), year),
      );
    case 'last day': {
      const month: MonthReference = reference.month.kind === 'the' ? { kind: 'any' } : reference.month;
      const findLast = ({ year, month: inYear }: Month) => daysInMonth(year, inYear);
      return findInMonths(month, today, from, findLast, () => '');
    }
    case 'after': {
      const base = findDays(reference.base, today, from);
      if ('problem' in base) return base;
      const { months, days, minutes } = reference.duration;
      if (!Number.isInteger(months) || minutes !== 0) return { problem: REFUSALS.notWholeDays };
      const [first, ...more] = base.days;
      const later = (day: Day) => day.add({ months, days });
      return { days: [later(first), ...more.map(later)] };
    }
    case 'period':
      return { problem: REFUSALS.severalDays };
  }
}

function oneDay(day: Day): DayCandidates {
  return { days: [day] };
}

const sundayFirst = (day: Day) => day.dayOfWeek % 7;

function findWeekdays({ weekday, which }: DayOf<'weekday'>, today: Day, from: Day): DayCandidates {
  const ahead = (start: Day) => start.add({ days: (weekday - sundayFirst(start) + 7) % 7 });
  if (which === 'coming' || which === 'this') return oneDay(ahead(from));
  // Weeks begin on Monday or Sunday, depending on the reader; where the two differ, both are possible.
  const days = which === 'this week' ? 0 : 7;
  const inMondayWeek = today.add({ days: days + 1 - today.dayOfWeek + ((weekday + 6) % 7) });
  const inSundayWeek = today.add({ days: days - sundayFirst(today) + weekday });
  if (which === 'next') return distinctDays([ahead(today.add({ days: 1 })), inMondayWeek]);
  return distinctDays([inMondayWeek, inSundayWeek].filter((day) => which !== 'this week' || !isBefore(day, today)));
}

function distinctDays(days: readonly Day[]): DayCandidates {
  const [first, ...rest] = days.toSorted(Temporal.PlainDate.compare);
  if (first === undefined) return { problem: REFUSALS.weekdayPast };
  return { days: [first, ...rest.filter((day) => !day.equals(first))] };
}

const isBefore = (a: Day, b: Day) => Temporal.PlainDate.compare(a, b) < 0;

function findDates({ year, month, day }: DayOf<'date'>, from: Day): DayCandidates {
  if (!isDate(year, month, day)) return { problem: explainMissingDay(day, month, year) };
  if (year !== undefined) return oneDay(Temporal.PlainDate.from({ year, month, day }));
  for (let candidate = from.year; candidate <= from.year + 8; candidate++) {
    if (day > daysInMonth(candidate, month)) continue;
    const date = Temporal.PlainDate.from({ year: candidate, month, day });
    if (!isBefore(date, from)) return markIfFar(date, from);
  }
  return { problem: explainMissingDay(day, month, undefined) };
}

function explainMissingDay(day: number, month: number, year: number | undefined): string {
  const name = `${getMonthName(month)}${year === undefined ? '' : ` ${year}`}`;
  return REFUSALS.noSuchDate(day, name, daysInMonth(year ?? 2000, month));
}

function markIfFar(date: Day, from: Day): DayCandidates {
  return date.year > from.year && from.until(date).days > FAR_DAYS ? { days: [date], far: true } : oneDay(date);
}

type Month = ReturnType<Day['toPlainYearMonth']>;

function monthsToSearch(reference: MonthReference, today: Day, from: Day): readonly [Month, ...Month[]] {
  const now = today.toPlainYearMonth();
  switch (reference.kind) {
    case 'this':
      return [now];
    case 'next':
      return [now.add({ months: 1 })];
    case 'named': {
      const { month } = reference;
      const first = Temporal.PlainYearMonth.from({ year: reference.year ?? from.year, month });
      return reference.year === undefined ? addMonths(first, 12, 5) : [first];
    }
    default:
      return addMonths(from.toPlainYearMonth(), 1, 13);
  }
}

function addMonths(first: Month, step: number, count: number): [Month, ...Month[]] {
  return [first, ...Array.from({ length: count - 1 }, (_, n) => first.add({ months: step * (n + 1) }))];
}

function findInMonths(
  reference: MonthReference,
  today: Day,
  from: Day,
  findDay: (month: Month) => number | undefined,
  explain: (month: Month) => string,
): DayCandidates {
  const months = monthsToSearch(reference, today, from);
  const isNamed = reference.kind === 'named' && reference.year === undefined;
  const canBePast = ['this', 'next', 'named'].includes(reference.kind) && !isNamed;
  for (const month of months) {
    const day = findDay(month);
    if (day === undefined) continue;
    const date = month.toPlainDate({ day });
    if (canBePast || !isBefore(date, from)) return isNamed ? markIfFar(date, from) : oneDay(date);
  }
  return { problem: explain(months[0]) };
}

function findNthWeekday({ nth, weekday }: DayOf<'nth weekday'>, month: Month): number | undefined {
  const first = 1 + ((weekday - sundayFirst(month.toPlainDate({ day: 1 })) + 7) % 7);
  const last = month.daysInMonth;
  const day = first + 7 * (nth > 0 ? nth - 1 : Math.floor((last - first) / 7));
  return day <= last ? day : undefined;
}

/** The day of a bound, relative to `today`, if it has one. `accept`: whether a day is late enough. @throws Unresolved */
export function resolveDay({ days }: Bound, today: Day, reader: ReaderContext, accept: (day: Day) => boolean) {
  for (const phrase of days) if (phrase.day.kind === 'either') askDateOrder(phrase, phrase.day, reader);
  const period = days.find((phrase) => phrase.day.kind === 'period');
  if (period !== undefined && days.length === 1) askDayOfPeriod(period, today, reader);
  const [main, ...others] = days
    .filter((phrase) => phrase !== period)
    .sort((a, b) => SPECIFICITY.indexOf(b.day.kind) - SPECIFICITY.indexOf(a.day.kind));
  if (main === undefined) return undefined;
  const { day: reference } = main;
  const [other = main] = others;
  if (others.some(({ day }) => day.kind !== 'weekday' && day.kind !== 'relative')) {
    return refuse(REFUSALS.twoDays(quote(reader, main), quote(reader, other)));
  }
  if (reference.kind === 'nth weekday' && reference.nth === -1 && reference.month.kind === 'any') {
    const example = `last ${getWeekdayName(reference.weekday).toLowerCase()} of next month 02:00 for 2h`;
    return refuse(REFUSALS.lastWeekdayPast(quote(reader, main)), example);
  }
  const notices: string[] = [];
  let found = findDays(reference, today, today);
  if ('problem' in found) return refuse(found.problem);
  if (canMoveForward(reference) && !found.days.some(accept)) {
    const [passed] = found.days;
    const later = findDays(reference, today, today.add({ days: 1 }));
    if (!('problem' in later)) {
      found = later;
      if (reference.kind === 'weekday') {
        notices.push(NOTICES.timePassedToday(formatDay(later.days[0]), formatDay(passed)));
      }
    }
  } else if (reference.kind === 'weekday' && reference.which === 'coming' && found.days[0].equals(today)) {
    notices.push(NOTICES.weekdayIsToday(getWeekdayName(today.dayOfWeek), formatDay(today)));
  }
  const possible = found.days.filter(accept);
  const [day = found.days[0]] = possible;
  if (possible.length > 1) return askReplacement(QUESTIONS.whichDayIs(quote(reader, main)), main, possible);
  if (found.far) return askReplacement(QUESTIONS.isNextDate(quote(reader, main), formatDay(day)), main, [day]);
  for (const { day: also } of others) checkAgreement(also, day, today);
  return { day, notices };
}

const SPECIFICITY: readonly DayReference['kind'][] = [
  ...(['period', 'weekday', 'relative', 'next day', 'day of month'] as const),
  ...(['after', 'last day', 'nth weekday', 'either', 'date'] as const),
];

function canMoveForward(day: DayReference): boolean {
  switch (day.kind) {
    case 'weekday':
      return day.which === 'coming';
    case 'date':
      return day.year === undefined;
    case 'day of month':
    case 'nth weekday':
    case 'last day':
      return day.month.kind !== 'this' && day.month.kind !== 'next';
    default:
      return false;
  }
}

/** Refuses a second reference that contradicts the day. */
function checkAgreement(other: DayReference, day: Day, today: Day): void {
  const example = `${day.toString()} 02:00 for 2h`;
  if (other.kind === 'weekday' && other.weekday !== sundayFirst(day)) {
    refuse(REFUSALS.wrongWeekday(formatDay(day), getWeekdayName(other.weekday)), example);
  }
  const relative = other.kind === 'relative' ? today.add({ days: other.days }) : day;
  if (!relative.equals(day)) refuse(REFUSALS.twoDates(formatDay(day), formatDay(relative)), example);
}

function askDateOrder(phrase: PhraseOf<'day'>, { date }: DayOf<'either'>, reader: ReaderContext): never {
  const { first, second, year } = date;
  const today = todayIn(reader.timezone, reader.now);
  const dates = [
    { kind: 'date', month: second, day: first, year } as const,
    { kind: 'date', month: first, day: second, year } as const,
  ];
  const days = dates.map((each) => findDays(each, today, today)).flatMap((each) => ('days' in each ? each.days : []));
  return askReplacement(QUESTIONS.whichDayIs(quote(reader, phrase)), phrase, days);
}

/** Asks for one day of a longer period. */
function askDayOfPeriod(phrase: PhraseOf<'day'>, today: Day, reader: ReaderContext): never {
  const words = quote(reader, phrase);
  const askDay = (days: readonly Day[]) => askReplacement(QUESTIONS.whichDayOfPeriod(words), phrase, days);
  const listDays = (first: Day, count: number) => Array.from({ length: count }, (_, n) => first.add({ days: n }));
  switch (phrase.day.kind === 'period' ? phrase.day.period : 'week') {
    case 'weekend': {
      const saturday = today.add({ days: (6 - today.dayOfWeek + 7) % 7 });
      const next = /next|nachst|prochain|proxim/i.test(words) ? listDays(saturday.add({ days: 7 }), 2) : [];
      return askDay([...listDays(saturday, 2), ...next]);
    }
    case 'next week':
      return askDay(listDays(today.add({ days: 8 - today.dayOfWeek }), 7));
    case 'week':
      return askDay(listDays(today, 8 - today.dayOfWeek));
    case 'day':
      return askReplacement(QUESTIONS.endOfDay, phrase, ['17:00', '18:00', '24:00']);
    case 'month':
    case 'next month': {
      const isNext = phrase.day.kind === 'period' && phrase.day.period === 'next month';
      const first = isNext ? today.add({ months: 1 }).with({ day: 1 }) : today.add({ days: 1 });
      return askDay([first, first.with({ day: first.daysInMonth })]);
    }
    case 'year':
      return refuse(REFUSALS.sayWhichDay(words), `${today.year + 1}-01-15 02:00 for 2h`);
  }
}

/** Whether the day depends on today, which can differ between zones. */
export function dependsOnToday({ tonight, days }: Bound): boolean {
  return tonight !== undefined || days.some(({ day }) => day.kind !== 'date' || day.year === undefined);
}
