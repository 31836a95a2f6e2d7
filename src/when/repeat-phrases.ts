import { dayAt, everyWeekdayOf, has, isMark, ordinalOf, weekdayOf } from './day-phrases.ts';
import type { Period, Saying } from './items.ts';
import type { Term } from './languages/language.ts';
import type { Lexeme } from './lexemes.ts';
import { type Context, PARTS, type Sayings, say } from './sayings.ts';

/** `mon, wed and fri`, `mon-fri`, `tuesdays`. One weekday alone is a day, not a list. */
export function weekdayList({ list, items }: Context, at: number): Sayings | undefined {
  const plural = everyWeekdayOf(list[at]) !== undefined;
  const first = everyWeekdayOf(list[at]) ?? weekdayOf(list[at]);
  if (first === undefined) return undefined;
  const weekdays = [first];
  let every = plural;
  let next = at + 1;
  const through = isMark(list[next], '-') || has(list[next], 'until');
  const end = weekdayOf(list[next + 1]) ?? everyWeekdayOf(list[next + 1]);
  if (through && end !== undefined) {
    // "monday-friday" is a run of days, "monday to friday 5pm" after a time of day is the end of one window.
    const timed = items.some((item) => item.is === 'clock');
    if (!timed) {
      for (let day = first; day !== end; ) {
        day = (day + 1) % 7;
        weekdays.push(day);
      }
      return say(next + 2, {
        is: 'weekdays',
        weekdays,
        every: every || everyWeekdayOf(list[next + 1]) !== undefined,
        through: true,
      });
    }
  }
  for (;;) {
    let start = next;
    while (isMark(list[start], ',', '&', '/', '+') || has(list[start], 'and')) start++;
    if (has(list[start], 'on')) start++;
    const joinedBy = start > next;
    const day = everyWeekdayOf(list[start]) ?? weekdayOf(list[start]);
    if (!joinedBy || day === undefined) break;
    // RFC 2822 and "sat, sun": a comma alone joins only weekdays.
    every ||= everyWeekdayOf(list[start]) !== undefined;
    weekdays.push(day);
    next = start + 1;
  }
  if (weekdays.length === 1 && !every) return undefined;
  return say(next, { is: 'weekdays', weekdays, every, through: false });
}

/** How often, and what no cron line can say. */
const REPEATS: readonly (readonly [Term, Period])[] = [
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
  ['quarterly', 'quarter'],
  ['yearly', 'year'],
];
const PERIODS: readonly (readonly [Term, Period])[] = [
  ['minute', 'minute'],
  ['hour', 'hour'],
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['quarter', 'quarter'],
  ['year', 'year'],
];
const WEEK = { working: [1, 2, 3, 4, 5], end: [6, 0] };

export function repetition(context: Context, at: number): Sayings | undefined {
  const { list } = context;
  const lexeme = list[at];
  if (has(lexeme, 'biweekly')) return say(at + 1, { is: 'irregular' });
  const joined = has(list[at + 1], 'and') || isMark(list[at + 1], ',', '&');
  if (
    ordinalOf(lexeme) !== undefined &&
    joined &&
    ordinalOf(list[at + 2]) !== undefined &&
    weekdayOf(list[at + 3]) !== undefined
  ) {
    return say(at + 4, { is: 'irregular', why: 'it can say one such day of a month. Plan two series.' });
  }
  if (has(lexeme, 'nightly'))
    return say(at + 1, { is: 'repeat', period: 'day', count: 1 }, { is: 'part', part: 'night' });
  for (const [term, period] of REPEATS) {
    if (has(lexeme, term)) return say(at + 1, { is: 'repeat', period, count: 1 });
  }
  if (has(lexeme, 'weekdays'))
    return say(at + 1, { is: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (has(lexeme, 'weekends')) return say(at + 1, { is: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  if (lexeme?.kind === 'length' && has(list[at + 1], 'every') && !has(list[at - 1], 'for') && !everyDay(list[at + 2])) {
    // Japanese says the length first: 6時間ごと.
    const said = interval(lexeme);
    if (context.text.charCodeAt(list[at + 1]?.start ?? 0) > 0x2fff) return say(at + 2, said);
  }
  if (!has(lexeme, 'every')) return undefined;
  let next = at + 1;
  while (has(list[next], 'filler') || has(list[next], 'every')) next++;
  const after = list[next];
  const ordinal = ordinalOf(after);
  // "every second friday" is every other one, or the second of a month: only "of the month" tells.
  if (ordinal === 2 || has(after, 'other')) {
    const nth = dayAt(context, next);
    const ofMonth = nth?.value.on === 'nth weekday' && nth.value.month.is !== 'any';
    if (!ofMonth && (has(after, 'other') || everyDay(list[next + 1]) || periodOf(list[next + 1]) !== undefined)) {
      return say(next + 2, { is: 'irregular' });
    }
  }
  if (after?.kind === 'length') return say(next + 1, interval(after));
  const counted = after?.kind === 'number' ? after.value : after?.kind === 'known' ? after.number : undefined;
  const unit = counted === undefined ? undefined : list[next + 1];
  if (
    counted !== undefined &&
    counted > 1 &&
    unit !== undefined &&
    (weekdayOf(unit) !== undefined || has(unit, 'quarter') || has(unit, 'weekend'))
  ) {
    return say(next + 2, { is: 'irregular' });
  }
  const period = periodOf(after);
  if (period !== undefined) return say(next + 1, { is: 'repeat', period, count: 1 });
  if (has(after, 'weekday'))
    return say(next + 1, { is: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (has(after, 'weekend')) return say(next + 1, { is: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  for (const part of PARTS) {
    if (has(after, part)) return say(next + 1, { is: 'repeat', period: 'day', count: 1 }, { is: 'part', part });
  }
  return say(next, { is: 'every' });
}

function everyDay(lexeme: Lexeme | undefined): boolean {
  return weekdayOf(lexeme) !== undefined || has(lexeme, 'day') || has(lexeme, 'weekend');
}

function periodOf(lexeme: Lexeme | undefined): Period | undefined {
  return PERIODS.find(([term]) => has(lexeme, term))?.[1];
}

function interval({ length: { months, days, minutes } }: Extract<Lexeme, { kind: 'length' }>): Saying {
  const kinds = [months, days, minutes].filter((amount) => amount !== 0).length;
  if (kinds === 0) return { is: 'irregular', why: 'that is no time at all.' };
  if (kinds !== 1) return { is: 'irregular', why: 'say it in one unit.' };
  if (months > 0)
    return months % 12 === 0
      ? { is: 'repeat', period: 'year', count: months / 12 }
      : { is: 'repeat', period: 'month', count: months };
  if (days > 0)
    return days % 7 === 0
      ? { is: 'repeat', period: 'week', count: days / 7 }
      : { is: 'repeat', period: 'day', count: days };
  return minutes % 60 === 0
    ? { is: 'repeat', period: 'hour', count: minutes / 60 }
    : { is: 'repeat', period: 'minute', count: minutes };
}
