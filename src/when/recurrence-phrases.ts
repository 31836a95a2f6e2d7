import { parseDay } from './date-phrases.ts';
import type { Term } from './languages/en.ts';
import { emit, PARTS_OF_DAY, type ParserState, type Period, type PhraseMeaning, type PhraseParse } from './phrases.ts';
import { IRREGULARITIES } from './texts.ts';
import { getOrdinal, getPluralWeekday, getWeekday, hasTerm, isSign, type Token } from './tokens.ts';

/** `mon, wed and fri`, `mon-fri`, `tuesdays`. One weekday alone is a day, not a list. */
export function parseWeekdayList({ tokens: list, phrases }: ParserState, at: number): PhraseParse | undefined {
  const plural = getPluralWeekday(list[at]) !== undefined;
  const first = getPluralWeekday(list[at]) ?? getWeekday(list[at]);
  if (first === undefined) return undefined;
  const weekdays = [first];
  let every = plural;
  let next = at + 1;
  const through = isSign(list[next], '-') || hasTerm(list[next], 'until');
  const end = getWeekday(list[next + 1]) ?? getPluralWeekday(list[next + 1]);
  if (through && end !== undefined) {
    // "monday-friday" is a run of days, "monday to friday 5pm" after a time of day is the end of one window.
    const timed = phrases.some((phrase) => phrase.kind === 'clock');
    if (!timed) {
      for (let day = first; day !== end; ) {
        day = (day + 1) % 7;
        weekdays.push(day);
      }
      return emit(next + 2, {
        kind: 'weekdays',
        weekdays,
        every: every || getPluralWeekday(list[next + 1]) !== undefined,
        through: true,
      });
    }
  }
  for (;;) {
    let start = next;
    while (isSign(list[start], ',', '&', '/', '+') || hasTerm(list[start], 'and')) start++;
    if (hasTerm(list[start], 'on')) start++;
    const joinedBy = start > next;
    const day = getPluralWeekday(list[start]) ?? getWeekday(list[start]);
    if (!joinedBy || day === undefined) break;
    // RFC 2822 and "sat, sun": a comma alone joins only weekdays.
    every ||= getPluralWeekday(list[start]) !== undefined;
    weekdays.push(day);
    next = start + 1;
  }
  if (weekdays.length === 1 && !every) return undefined;
  return emit(next, { kind: 'weekdays', weekdays, every, through: false });
}

/** Terms for how often. */
const FREQUENCY_TERMS: readonly (readonly [Term, Period])[] = [
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
  ['quarterly', 'quarter'],
  ['yearly', 'year'],
];

const PERIOD_TERMS: readonly (readonly [Term, Period])[] = [
  ['minute', 'minute'],
  ['hour', 'hour'],
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['quarter', 'quarter'],
  ['year', 'year'],
];

const WEEK = { working: [1, 2, 3, 4, 5], end: [6, 0] };

export function parseRecurrence(context: ParserState, at: number): PhraseParse | undefined {
  const { tokens: list } = context;
  const token = list[at];
  if (hasTerm(token, 'biweekly')) return emit(at + 1, { kind: 'irregular' });
  const joined = hasTerm(list[at + 1], 'and') || isSign(list[at + 1], ',', '&');
  if (
    getOrdinal(token) !== undefined &&
    joined &&
    getOrdinal(list[at + 2]) !== undefined &&
    getWeekday(list[at + 3]) !== undefined
  ) {
    return emit(at + 4, { kind: 'irregular', why: IRREGULARITIES.oneDayAMonth });
  }
  if (hasTerm(token, 'nightly'))
    return emit(at + 1, { kind: 'repeat', period: 'day', count: 1 }, { kind: 'part', part: 'night' });
  for (const [term, period] of FREQUENCY_TERMS) {
    if (hasTerm(token, term)) return emit(at + 1, { kind: 'repeat', period, count: 1 });
  }
  if (hasTerm(token, 'weekdays'))
    return emit(at + 1, { kind: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (hasTerm(token, 'weekends'))
    return emit(at + 1, { kind: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  if (
    token?.kind === 'duration' &&
    hasTerm(list[at + 1], 'every') &&
    !hasTerm(list[at - 1], 'for') &&
    !isDayTerm(list[at + 2])
  ) {
    // In Japanese the duration comes first: 6時間ごと.
    const said = toRecurrence(token);
    if (context.folded.charCodeAt(list[at + 1]?.start ?? 0) > 0x2fff) return emit(at + 2, said);
  }
  if (!hasTerm(token, 'every')) return undefined;
  let next = at + 1;
  while (hasTerm(list[next], 'filler') || hasTerm(list[next], 'every')) next++;
  const after = list[next];
  const ordinal = getOrdinal(after);
  // "every second friday" is every other one; only "of the month" makes it the second of a month.
  if (ordinal === 2 || hasTerm(after, 'other')) {
    const nth = parseDay(context, next);
    const ofMonth = nth?.value.kind === 'nth weekday' && nth.value.month.kind !== 'any';
    if (!ofMonth && (hasTerm(after, 'other') || isDayTerm(list[next + 1]) || getPeriod(list[next + 1]) !== undefined)) {
      return emit(next + 2, { kind: 'irregular' });
    }
  }
  if (after?.kind === 'duration') return emit(next + 1, toRecurrence(after));
  const counted = after?.kind === 'number' ? after.value : after?.kind === 'known' ? after.number : undefined;
  const unit = counted === undefined ? undefined : list[next + 1];
  if (
    counted !== undefined &&
    counted > 1 &&
    unit !== undefined &&
    (getWeekday(unit) !== undefined || hasTerm(unit, 'quarter') || hasTerm(unit, 'weekend'))
  ) {
    return emit(next + 2, { kind: 'irregular' });
  }
  const period = getPeriod(after);
  if (period !== undefined) return emit(next + 1, { kind: 'repeat', period, count: 1 });
  if (hasTerm(after, 'weekday'))
    return emit(next + 1, { kind: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (hasTerm(after, 'weekend'))
    return emit(next + 1, { kind: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  for (const part of PARTS_OF_DAY) {
    if (hasTerm(after, part))
      return emit(next + 1, { kind: 'repeat', period: 'day', count: 1 }, { kind: 'part', part });
  }
  return emit(next, { kind: 'every' });
}

function isDayTerm(token: Token | undefined): boolean {
  return getWeekday(token) !== undefined || hasTerm(token, 'day') || hasTerm(token, 'weekend');
}

function getPeriod(token: Token | undefined): Period | undefined {
  return PERIOD_TERMS.find(([term]) => hasTerm(token, term))?.[1];
}

function toRecurrence({ duration: { months, days, minutes } }: Extract<Token, { kind: 'duration' }>): PhraseMeaning {
  const kinds = [months, days, minutes].filter((amount) => amount !== 0).length;
  if (kinds === 0) return { kind: 'irregular', why: IRREGULARITIES.noTimeAtAll };
  if (kinds !== 1) return { kind: 'irregular', why: IRREGULARITIES.oneUnit };
  if (months > 0)
    return months % 12 === 0
      ? { kind: 'repeat', period: 'year', count: months / 12 }
      : { kind: 'repeat', period: 'month', count: months };
  if (days > 0)
    return days % 7 === 0
      ? { kind: 'repeat', period: 'week', count: days / 7 }
      : { kind: 'repeat', period: 'day', count: days };
  return minutes % 60 === 0
    ? { kind: 'repeat', period: 'hour', count: minutes / 60 }
    : { kind: 'repeat', period: 'minute', count: minutes };
}
