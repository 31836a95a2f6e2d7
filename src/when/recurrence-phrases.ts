import { parseDay } from './date-phrases.ts';
import { emit, PARTS_OF_DAY, type ParserState, type Period, type PhraseMeaning, type PhraseParse } from './phrases.ts';
import { IRREGULARITIES } from './texts.ts';
import type { Duration, Token } from './tokens.ts';
import { getAnyWeekday, getNumber, getOrdinal, getPluralWeekday, getWeekday, hasTerm, isSign } from './tokens.ts';

/** `mon, wed and fri`, `mon-fri`, `tuesdays`. One weekday alone is a day, not a list. */
export function parseWeekdayList({ list, phrases }: ParserState, at: number): PhraseParse | undefined {
  const first = getAnyWeekday(list[at]);
  if (first === undefined) return undefined;
  const weekdays = [first];
  let every = getPluralWeekday(list[at]) !== undefined;
  let next = at + 1;
  const end = isSign(list[next], '-') || hasTerm(list[next], 'until') ? getAnyWeekday(list[next + 1]) : undefined;
  // "monday-friday" is a run of days, "monday to friday 5pm" after a time of day is the end of one window.
  if (end !== undefined && !phrases.some((phrase) => phrase.kind === 'clock')) {
    for (let day = first; day !== end; ) {
      day = (day + 1) % 7;
      weekdays.push(day);
    }
    every ||= getPluralWeekday(list[next + 1]) !== undefined;
    return emit(next + 2, { kind: 'weekdays', weekdays, every });
  }
  for (;;) {
    let start = next;
    while (isSign(list[start], ',', '&', '/', '+') || hasTerm(list[start], 'and')) start++;
    if (hasTerm(list[start], 'on')) start++;
    const day = getAnyWeekday(list[start]);
    if (start === next || day === undefined) break;
    every ||= getPluralWeekday(list[start]) !== undefined;
    weekdays.push(day);
    next = start + 1;
  }
  return weekdays.length === 1 && !every ? undefined : emit(next, { kind: 'weekdays', weekdays, every });
}

const FREQUENCIES = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
} as const;

const PERIODS: readonly Period[] = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

const WORKING_DAYS: PhraseMeaning = { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5], every: true };
const WEEKEND_DAYS: PhraseMeaning = { kind: 'weekdays', weekdays: [6, 0], every: true };
const DAILY: PhraseMeaning = { kind: 'repeat', period: 'day', count: 1 };

export function parseRecurrence(context: ParserState, at: number): PhraseParse | undefined {
  const { list, folded } = context;
  const [token, after] = [list[at], list[at + 1]];
  if (hasTerm(token, 'biweekly')) return emit(at + 1, { kind: 'irregular' });
  const listed = hasTerm(after, 'and') || isSign(after, ',', '&');
  if (getOrdinal(token) !== undefined && listed && getOrdinal(list[at + 2]) !== undefined && isWeekday(list[at + 3])) {
    return emit(at + 4, { kind: 'irregular', why: IRREGULARITIES.oneDayAMonth });
  }
  if (hasTerm(token, 'nightly')) return emit(at + 1, DAILY, { kind: 'part', part: 'night' });
  for (const term of Object.keys(FREQUENCIES) as (keyof typeof FREQUENCIES)[]) {
    if (hasTerm(token, term)) return emit(at + 1, { kind: 'repeat', period: FREQUENCIES[term], count: 1 });
  }
  if (hasTerm(token, 'weekdays')) return emit(at + 1, WORKING_DAYS);
  if (hasTerm(token, 'weekends')) return emit(at + 1, WEEKEND_DAYS);
  if (
    token?.kind === 'duration' &&
    hasTerm(after, 'every') &&
    !hasTerm(list[at - 1], 'for') &&
    !isDay(list[at + 2]) &&
    // In Japanese the duration comes first: 6時間ごと.
    folded.charCodeAt(after?.start ?? 0) > 0x2fff
  ) {
    return emit(at + 2, toRecurrence(token.duration));
  }
  return hasTerm(token, 'every') ? parseEvery(context, at + 1) : undefined;
}

function parseEvery(context: ParserState, at: number): PhraseParse {
  const { list } = context;
  let start = at;
  while (hasTerm(list[start], 'filler', 'every')) start++;
  const [token, after] = [list[start], list[start + 1]];
  const other = hasTerm(token, 'other');
  // "every second friday" is every other one; only "of the month" makes it the second of a month.
  if (getOrdinal(token) === 2 || other) {
    const nth = parseDay(context, start);
    const ofMonth = nth?.value.kind === 'nth weekday' && nth.value.month.kind !== 'any';
    if (!ofMonth && (other || isDay(after) || findPeriod(after))) return emit(start + 2, { kind: 'irregular' });
  }
  if (token?.kind === 'duration') return emit(start + 1, toRecurrence(token.duration));
  if ((getNumber(token) ?? 0) > 1 && (isWeekday(after) || hasTerm(after, 'quarter', 'weekend'))) {
    return emit(start + 2, { kind: 'irregular' });
  }
  const period = findPeriod(token);
  if (period !== undefined) return emit(start + 1, { kind: 'repeat', period, count: 1 });
  if (hasTerm(token, 'weekday')) return emit(start + 1, WORKING_DAYS);
  if (hasTerm(token, 'weekend')) return emit(start + 1, WEEKEND_DAYS);
  const part = PARTS_OF_DAY.find((each) => hasTerm(token, each));
  return part === undefined ? emit(start, { kind: 'every' }) : emit(start + 1, DAILY, { kind: 'part', part });
}

function isWeekday(token: Token | undefined): boolean {
  return getWeekday(token) !== undefined;
}

function isDay(token: Token | undefined): boolean {
  return isWeekday(token) || hasTerm(token, 'day', 'weekend');
}

function findPeriod(token: Token | undefined): Period | undefined {
  return PERIODS.find((period) => hasTerm(token, period));
}

function toRecurrence({ months, days, minutes }: Duration): PhraseMeaning {
  const kinds = [months, days, minutes].filter((amount) => amount !== 0).length;
  if (kinds === 0) return { kind: 'irregular', why: IRREGULARITIES.noTimeAtAll };
  if (kinds !== 1) return { kind: 'irregular', why: IRREGULARITIES.oneUnit };
  const repeat = (amount: number, unit: Period, larger: Period, size: number): PhraseMeaning => {
    const isLarger = amount % size === 0;
    return { kind: 'repeat', period: isLarger ? larger : unit, count: isLarger ? amount / size : amount };
  };
  if (months > 0) return repeat(months, 'month', 'year', 12);
  return days > 0 ? repeat(days, 'day', 'week', 7) : repeat(minutes, 'minute', 'hour', 60);
}
