import { parseDay } from './date-phrases.ts';
import type { Term } from './languages/language.ts';
import { emit, PARTS_OF_DAY, type ParserState, type Phrase, type PhraseMeaning, type PhraseParse } from './phrases.ts';
import { parseRecurrence, parseWeekdayList } from './recurrence-phrases.ts';
import { readFourDigits } from './times.ts';
import { type Clock, getMonth, hasTerm, isHoursAndMinutes, isSign, type Token, type TokenStream } from './tokens.ts';

/** What the lexemes of a sentence say about time, in their order. */
export function parseTokens(lexemes: TokenStream, hoursAreClock: boolean): Phrase[] {
  const items: Phrase[] = [];
  const { tokens: list } = lexemes;
  for (let at = 0; at < list.length; ) {
    const read = parseNext({ ...lexemes, hoursAreClock, phrases: items }, at);
    const start = list[at]?.start ?? 0;
    const end = list[read.next - 1]?.end ?? start;
    for (const saying of read.value) items.push({ start, end, ...saying });
    at = read.next;
  }
  return items;
}

function parseNext(context: ParserState, at: number): PhraseParse {
  const { tokens: list } = context;
  const lexeme = list[at];
  if (lexeme === undefined) return emit(at + 1);
  switch (lexeme.kind) {
    case 'wrong':
      return emit(at + 1, { is: 'wrong', reason: lexeme.reason });
    case 'unknown':
      return emit(at + 1, { is: 'unknown' });
    case 'cron':
      return emit(at + 1, { is: 'cron', line: lexeme.line });
    case 'zone':
      return emit(at + 1, { is: 'zone', zone: lexeme.zone });
    case 'clock':
      return parseClockToken(context, lexeme.clock, at + 1);
    case 'minute mark':
      return emit(at + 1, { is: 'minute mark', minute: lexeme.minute });
    case 'mark':
      return parseSign(context, at, lexeme.mark);
    default:
      return (
        parseRecurrence(context, at) ??
        parseEndConnector(context, at) ??
        parseNumber(context, at) ??
        parseWeekdayList(context, at) ??
        parseDayPhrase(context, at) ??
        parseRemainingWord(context, at)
      );
  }
}

/** Plain mark: joints between times, or nothing. */
function parseSign({ tokens: list, phrases: items, folded: text }: ParserState, at: number, sign: string): PhraseParse {
  const [before, after] = [list[at - 1], list[at + 1]];
  const start = list[at]?.start ?? 0;
  if (sign === '@') return emit(at + 1);
  if (sign === '&') return emit(at + 1, { is: 'and' });
  if (sign === '+') return emit(at + 1);
  if (sign === '~') return emit(at + 1, { is: isTimePoint(before) && isTimePoint(after) ? 'to' : 'about' });
  if (sign === '/') {
    const interval = (isTimePoint(before) || before?.kind === 'length') && isTimePoint(after);
    return interval ? emit(at + 1, { is: 'to' }) : emit(at + 1);
  }
  if (sign === '-') {
    const last = items.at(-1);
    const glued = after?.start === start + 1;
    const loose = text.charAt(start - 1) === ' ' || before === undefined;
    if (after?.kind === 'length' && hasTerm(before, 'for'))
      return emit(at + 2, { is: 'length', length: after.length, negative: true });
    if (
      after?.kind === 'length' &&
      glued &&
      (loose || last?.is === 'length') &&
      !(isTimePoint(before) && after.clock !== undefined && text.charAt(start + 1) !== ' ' && !loose)
    ) {
      return emit(at + 2, { is: 'length', length: after.length, negative: true });
    }
    // "api - sat 2am": what is not after a time joins nothing.
    const joins = before !== undefined && isTimePoint(before) && text.slice(before.end, start).trim() === '';
    return joins ? emit(at + 1, { is: 'to' }) : emit(at + 1);
  }
  return emit(at + 1);
}

/** Could be the start or the end of a window. */
function isTimePoint(lexeme: Token | undefined): boolean {
  if (lexeme === undefined) return false;
  if (lexeme.kind === 'length') return lexeme.clock !== undefined;
  if (lexeme.kind === 'known') {
    const point: readonly Term[] = [
      'now',
      'today',
      'tomorrow',
      'overmorrow',
      'tonight',
      'noon',
      'midnight',
      'next day',
      'night',
      'morning',
      'evening',
      'afternoon',
    ];
    return (
      lexeme.weekday !== undefined || lexeme.month !== undefined || point.some((term) => lexeme.terms.includes(term))
    );
  }
  return ['date', 'clock', 'number', 'zone', 'ordinal'].includes(lexeme.kind);
}

function parseDayPhrase(context: ParserState, at: number): PhraseParse | undefined {
  const { tokens: list } = context;
  const lexeme = list[at];
  if (hasTerm(lexeme, 'yesterday')) return emit(at + 1, { is: 'past' });
  if (hasTerm(lexeme, 'tonight')) return emit(at + 1, { is: 'tonight' });
  if (hasTerm(lexeme, 'this') || hasTerm(lexeme, 'on')) {
    const part = PARTS_OF_DAY.find((p) => hasTerm(list[at + 1], p));
    if (part !== undefined && hasTerm(lexeme, 'this')) {
      return part === 'night'
        ? emit(at + 2, { is: 'tonight' })
        : emit(at + 2, { is: 'day', day: { on: 'relative', days: 0 } }, { is: 'part', part });
    }
  }
  if (hasTerm(lexeme, 'in') && isHoursAndMinutes(list[at + 1])) {
    const length = list[at + 1];
    if (length?.kind === 'length') return emit(at + 2, { is: 'in', length: length.length });
  }
  const ago = hasTerm(lexeme, 'ago') && list[at + 1]?.kind === 'length';
  if (ago) return emit(at + 2, { is: 'past' });
  const day = parseDay(context, at);
  if (day !== undefined) return emit(day.next, { is: 'day', day: day.value });
  const month = getMonth(lexeme);
  return month === undefined ? undefined : emit(at + 1, { is: 'month', month });
}

const SIMPLE_TERMS: readonly (readonly [Term, PhraseMeaning])[] = [
  ['all day', { is: 'all day' }],
  ['noon', { is: 'clock', clock: { hour: 12, minute: 0, second: 0, isCertain: true, is24Hour: true } }],
  ['midnight', { is: 'clock', clock: { hour: 0, minute: 0, second: 0, isCertain: true, isMidnight: true } }],
  ['now', { is: 'now' }],
  ['except', { is: 'except' }],
  ['between', { is: 'between' }],
  ['until before', { is: 'to before' }],
  ['and', { is: 'and' }],
  ['or', { is: 'or' }],
  ['about', { is: 'about' }],
];

/** What is left: joints and fillers. A word that has a meaning, but none here, means nothing. */
function parseRemainingWord(context: ParserState, at: number): PhraseParse {
  const { tokens: list } = context;
  const lexeme = list[at];
  const part = PARTS_OF_DAY.find((p) => hasTerm(lexeme, p));
  if (part !== undefined) return emit(at + 1, { is: 'part', part });
  if (hasTerm(lexeme, 'my time')) return emit(at + 1, { is: 'zone', zone: { is: 'own' } });
  for (const [term, saying] of SIMPLE_TERMS) if (hasTerm(lexeme, term)) return emit(at + 1, saying);
  if (hasTerm(lexeme, 'from')) return emit(at + 1, { is: 'from' });
  const line = list[at + 1];
  if (hasTerm(lexeme, 'cron') && line?.kind !== 'cron') {
    return emit(at + 1, {
      is: 'wrong',
      reason:
        'After "cron" come five fields: minute, hour, day of the month, month, day of the week, such as 0 3 * * 0.',
    });
  }
  const silent: readonly Term[] = [
    'at',
    'on',
    'for',
    'of',
    'filler',
    'in',
    "o'clock",
    'cron',
    'on the day',
    'time',
    'until',
  ];
  if (silent.some((term) => hasTerm(lexeme, term))) return emit(at + 1);
  return emit(at + 1, { is: 'unknown' });
}

/** The word before an end. Some can say other things as well (`a las`, `au`): they close what is open. */
function parseEndConnector({ tokens: list, phrases: items }: ParserState, at: number): PhraseParse | undefined {
  const lexeme = list[at];
  if (!hasTerm(lexeme, 'until')) return undefined;
  const timed = items.some((item) =>
    ['clock', 'day', 'now', 'in', 'tonight', 'weekdays', 'repeat', 'length'].includes(item.is),
  );
  if (hasTerm(lexeme, 'at') && !hasOpenRange(items)) return undefined;
  if ((hasTerm(lexeme, 'from') || hasTerm(lexeme, 'on') || hasTerm(lexeme, 'filler')) && !timed) return undefined;
  const last = items.at(-1)?.is;
  const again = last === 'to' || last === 'from' || last === 'between';
  return again && hasTerm(lexeme, 'at') ? emit(at + 1) : emit(at + 1, { is: 'to' });
}

/** Whether a range was opened and has its first time. */
function hasOpenRange(items: readonly Phrase[]): boolean {
  const from = items.findLastIndex((item) => item.is === 'from' || item.is === 'between');
  const to = items.findLastIndex((item) => item.is === 'to');
  return from >= 0 && to < from && items.slice(from).some((item) => item.is === 'clock');
}

/** A time of day, read in its surroundings. */
export function parseClockToken(
  { tokens: list, phrases: items }: ParserState,
  clock: Clock,
  next: number,
): PhraseParse {
  const after = list[next];
  if (hasTerm(after, "o'clock")) return emit(next + 1, { is: 'clock', clock });
  // "2am for 1:30": beside another time of day, a length.
  const timed = items.some((item) => item.is === 'clock') || list.slice(next).some(({ kind }) => kind === 'clock');
  if (hasTerm(list[next - 2], 'for') && clock.hasMinutes === true && timed && clock.second === 0) {
    return emit(next, { is: 'lengths', texts: [`${clock.hour}h${clock.minute}m`] });
  }
  // "2:00Z": beside UTC or an offset the clock has 24 hours.
  const universal =
    after?.kind === 'zone' && (after.zone.is === 'offset' || (after.zone.is === 'zone' && after.zone.zone === 'UTC'));
  return emit(next, {
    is: 'clock',
    clock: universal && clock.hasMinutes === true ? { ...clock, isCertain: true, is24Hour: true } : clock,
  });
}

/** Numbers: hours of the day, four digits, lengths of time. */
export function parseNumber(context: ParserState, at: number): PhraseParse | undefined {
  const { tokens: list, phrases: items, folded: text } = context;
  const lexeme = list[at];
  const last = items.at(-1);
  const inexact = parseInexactDuration(context, at);
  if (inexact !== undefined) return inexact;
  if (lexeme?.kind === 'length') {
    const day = parseDay(context, at);
    if (day !== undefined) return emit(day.next, { is: 'day', day: day.value });
    if (isHoursAndMinutes(lexeme) && hasTerm(list[at + 1], 'from now'))
      return emit(at + 2, { is: 'in', length: lexeme.length });
    if (
      isHoursAndMinutes(lexeme) &&
      hasTerm(list[at + 1], 'from') &&
      hasTerm(list[at + 2], 'now') &&
      !hasTerm(list[at - 1], 'for')
    ) {
      return emit(at + 3, { is: 'in', length: lexeme.length });
    }
    if (hasTerm(list[at + 1], 'ago')) return emit(at + 2, { is: 'past' });
    const late =
      hasTerm(list[at - 1], 'at') &&
      lexeme.clock === undefined &&
      /^\d{1,2} ?h/.test(text.slice(lexeme.start, lexeme.end));
    if (late && lexeme.length.minutes > 1440) {
      return emit(at + 1, {
        is: 'wrong',
        reason: `"${text.slice(lexeme.start, lexeme.end)}" is not a time of day: the last one is 23:59.`,
      });
    }
    if (lexeme.clock !== undefined && isHourOfDay(context, at))
      return emit(at + 1, { is: 'clock', clock: lexeme.clock });
    return emit(at + 1, { is: 'length', length: lexeme.length, negative: false });
  }
  const value = lexeme?.kind === 'number' ? lexeme.value : lexeme?.kind === 'known' ? lexeme.number : undefined;
  if (lexeme === undefined || value === undefined) return undefined;
  const worded = lexeme.kind === 'known';
  const day = parseDay(context, at);
  if (day !== undefined && day.value.on !== 'period') return emit(day.next, { is: 'day', day: day.value });
  if (lexeme.kind === 'number' && lexeme.digits === 4) {
    const clock = readFourDigits(context.folded.slice(lexeme.start, lexeme.end));
    return emit(at + 1, 'wrong' in clock ? { is: 'wrong', reason: clock.wrong } : { is: 'clock', clock });
  }
  const next = list[at + 1];
  const marked = hasTerm(next, "o'clock") ? at + 2 : at + 1;
  const half = hasTerm(list[marked], 'am') ? 'am' : hasTerm(list[marked], 'pm') ? 'pm' : undefined;
  if (half !== undefined && value >= 1 && value <= 12) {
    return emit(marked + 1, {
      is: 'clock',
      clock: { hour: (value % 12) + (half === 'pm' ? 12 : 0), minute: 0, second: 0, isCertain: true },
    });
  }
  const lengthLike = hasTerm(list[at - 1], 'for') || (hasTerm(list[at - 1], 'in') && !hasDayOrTime(items));
  if (lengthLike && !hasTerm(next, "o'clock")) return emit(at + 1, { is: 'count', value });
  const clockLike =
    !worded ||
    hasTerm(list[at - 1], 'at') ||
    hasTerm(next, "o'clock") ||
    last?.is === 'to' ||
    last?.is === 'from' ||
    last?.is === 'between' ||
    PARTS_OF_DAY.some((part) => hasTerm(next, part));
  if (!clockLike) return undefined;
  if (value > 24) {
    return emit(at + 1, worded ? { is: 'unknown' } : { is: 'wrong', reason: `"${value}" alone is no time.` });
  }
  const german = context.folded.slice(next?.start ?? 0, next?.end ?? 0) === 'uhr';
  const sure = value > 12 || value === 0 || german;
  const clock: Clock = { hour: value, minute: 0, second: 0, isCertain: sure, ...(sure ? { is24Hour: true } : {}) };
  return emit(hasTerm(next, "o'clock") ? at + 2 : at + 1, { is: 'clock', clock });
}

/** `minus 2 hours`, `a few hours`, `2-3 hours`. */
function parseInexactDuration({ tokens: list, folded: text }: ParserState, at: number): PhraseParse | undefined {
  const lexeme = list[at];
  const next = list[at + 1];
  if (hasTerm(lexeme, 'minus') && next?.kind === 'length')
    return emit(at + 2, { is: 'length', length: next.length, negative: true });
  if (hasTerm(lexeme, 'some hours')) return emit(at + 1, { is: 'lengths', texts: ['1 hour', '2 hours', '4 hours'] });
  if (hasTerm(lexeme, 'some minutes'))
    return emit(at + 1, { is: 'lengths', texts: ['5 minutes', '15 minutes', '30 minutes'] });
  const [joint, last] = [next, list[at + 2]];
  const joined = isSign(joint, '-', '/', '~') || hasTerm(joint, 'until') || hasTerm(joint, 'or');
  const after = hasTerm(list[at - 1], 'for') || hasTerm(list[at - 1], 'about');
  if (lexeme?.kind !== 'number' || last?.kind !== 'length' || !joined || !after) return undefined;
  const written = text.slice(last.start, last.end);
  const unit = written.replace(/^[\d.,]+ */, '');
  return emit(at + 3, { is: 'lengths', texts: [`${lexeme.value} ${unit}`, written] });
}

/** Whether a day or a time was said. */
function hasDayOrTime(items: readonly Phrase[]): boolean {
  return items.some((item) => item.is === 'clock' || item.is === 'day');
}

/** `22h` is an hour of the day, or so many hours: what stands around it decides. */
function isHourOfDay({ tokens: list, phrases: items, hoursAreClock, folded: text }: ParserState, at: number): boolean {
  const [before, length, after] = [list[at - 1], list[at], list[at + 1]];
  if (text.charAt((list[at]?.start ?? 0) - 1) === '+') return false;
  if (hasTerm(before, 'for') || hasTerm(before, 'in') || hasTerm(before, 'every') || hasTerm(before, 'about'))
    return false;
  const hours = (lexeme: Token | undefined) =>
    lexeme?.kind === 'clock' || (lexeme?.kind === 'length' && lexeme.clock !== undefined);
  const last = items.at(-1);
  if (hasTerm(before, 'at')) return true;
  if (last?.is === 'from' || last?.is === 'between') return true;
  const to = items.findLastIndex((item) => item.is === 'to');
  if (to >= 0 && !items.slice(to).some((item) => item.is === 'clock')) return true;
  if ((last?.is === 'and' || isSign(before, '-')) && items.at(-2)?.is === 'clock') return true;
  const joins = isSign(after, '-', '~') || hasTerm(after, 'until') || hasTerm(after, 'and');
  const joined = joins && hours(list[at + 2]);
  const afterFor = items.some((item) => item.is === 'length');
  if (joined && !afterFor) return true;
  const timed = items.some((item) => item.is === 'clock' || item.is === 'in' || item.is === 'now');
  if (timed) return false;
  const later = list.slice(at + 1).some((lexeme) => lexeme.kind === 'clock');
  if (later) return false;
  // "sat 22h for 2h": one of the two is the time.
  const another = list
    .slice(at + 1)
    .some((lexeme, index) => lexeme.kind === 'length' && hasTerm(list[at + index], 'for'));
  // "saturday 22h": nobody means 22 hours of it.
  const late =
    length?.kind === 'length' && (length.clock?.hour ?? 0) > 12 && length.clock?.hour !== 24 && last?.is === 'day';
  return hoursAreClock || late || (another && items.some((item) => item.is === 'day' || item.is === 'weekdays'));
}
