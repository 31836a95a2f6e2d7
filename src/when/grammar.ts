import { parseDay } from './date-phrases.ts';
import type { Term } from './languages/en.ts';
import type { ParserState, Phrase, PhraseMeaning, PhraseParse } from './phrases.ts';
import { emit, hasPhrase, PARTS_OF_DAY } from './phrases.ts';
import { parseRecurrence, parseWeekdayList } from './recurrence-phrases.ts';
import { REFUSALS } from './texts.ts';
import { readFourDigits } from './times.ts';
import type { Clock, Token, TokenStream } from './tokens.ts';
import { getMonth, getNumber, hasTerm, isHoursAndMinutes, isSign } from './tokens.ts';

export function parseTokens(stream: TokenStream, hoursAreClock: boolean): Phrase[] {
  const phrases: Phrase[] = [];
  const { list } = stream;
  for (let at = 0; at < list.length; ) {
    const { value, next } = parseNext({ ...stream, hoursAreClock, phrases }, at);
    const start = list[at]?.start ?? 0;
    const end = list[next - 1]?.end ?? start;
    for (const meaning of value) phrases.push({ start, end, ...meaning });
    at = next;
  }
  return phrases;
}

function parseNext(context: ParserState, at: number): PhraseParse {
  const token = context.list[at];
  if (token === undefined) return emit(at + 1);
  switch (token.kind) {
    case 'invalid':
    case 'unknown':
    case 'cron':
    case 'zone':
    case 'minute mark':
      return emit(at + 1, token);
    case 'clock':
      return parseClockToken(context, token.clock, at + 1);
    case 'sign':
      return parseSign(context, at, token.mark);
    default:
      return (
        parseRecurrence(context, at) ??
        parseEndConnector(context, at) ??
        parseInexactDuration(context, at) ??
        parseDuration(context, at) ??
        parseNumber(context, at) ??
        parseWeekdayList(context, at) ??
        parseDayPhrase(context, at) ??
        parseRemainingWord(context, at)
      );
  }
}

/** A sign connects times, or has no meaning. */
function parseSign({ list, phrases, folded: text }: ParserState, at: number, sign: string): PhraseParse {
  const [before, after] = [list[at - 1], list[at + 1]];
  const between = isTimePoint(before) && isTimePoint(after);
  if (sign === '&') return emit(at + 1, { kind: 'and' });
  if (sign === '~') return emit(at + 1, { kind: between ? 'to' : 'about' });
  if (sign === '/' && (between || (before?.kind === 'duration' && isTimePoint(after)))) {
    return emit(at + 1, { kind: 'to' });
  }
  if (sign !== '-') return emit(at + 1);
  const start = list[at]?.start ?? 0;
  if (after?.kind === 'duration') {
    const negative = emit(at + 2, { kind: 'duration', duration: after.duration, negative: true });
    if (hasTerm(before, 'for')) return negative;
    const glued = after.start === start + 1;
    const loose = text.charAt(start - 1) === ' ' || before === undefined;
    const range = isTimePoint(before) && after.clock !== undefined && text.charAt(start + 1) !== ' ' && !loose;
    if (glued && (loose || phrases.at(-1)?.kind === 'duration') && !range) return negative;
  }
  // "api - sat 2am": a dash that does not follow a time connects nothing.
  const joins = before !== undefined && isTimePoint(before) && text.slice(before.end, start).trim() === '';
  return joins ? emit(at + 1, { kind: 'to' }) : emit(at + 1);
}

const TIME_POINTS: readonly Term[] = [
  ...(['now', 'today', 'tomorrow', 'overmorrow', 'next day'] as const),
  ...(['tonight', 'noon', 'midnight', 'night', 'morning', 'evening', 'afternoon'] as const),
];

function isTimePoint(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'duration') return token.clock !== undefined;
  if (token.kind === 'known') {
    return token.weekday !== undefined || token.month !== undefined || hasTerm(token, ...TIME_POINTS);
  }
  return ['date', 'clock', 'number', 'zone', 'ordinal'].includes(token.kind);
}

function parseDayPhrase(context: ParserState, at: number): PhraseParse | undefined {
  const [token, after] = [context.list[at], context.list[at + 1]];
  if (hasTerm(token, 'yesterday')) return emit(at + 1, { kind: 'past' });
  if (hasTerm(token, 'tonight')) return emit(at + 1, { kind: 'tonight' });
  const part = hasTerm(token, 'this') ? PARTS_OF_DAY.find((each) => hasTerm(after, each)) : undefined;
  if (part === 'night') return emit(at + 2, { kind: 'tonight' });
  if (part !== undefined)
    return emit(at + 2, { kind: 'day', day: { kind: 'relative', days: 0 } }, { kind: 'part', part });
  if (after?.kind === 'duration') {
    if (hasTerm(token, 'in') && isHoursAndMinutes(after)) return emit(at + 2, { kind: 'in', duration: after.duration });
    if (hasTerm(token, 'ago')) return emit(at + 2, { kind: 'past' });
  }
  const day = parseDay(context, at);
  if (day !== undefined) return emit(day.next, { kind: 'day', day: day.value });
  const month = getMonth(token);
  return month === undefined ? undefined : emit(at + 1, { kind: 'month', month });
}

const SIMPLE_TERMS: readonly (readonly [Term, PhraseMeaning])[] = [
  ...PARTS_OF_DAY.map((part) => [part, { kind: 'part', part }] as const),
  ['my time', { kind: 'zone', zone: { kind: 'reader' } }],
  ['all day', { kind: 'all day' }],
  ['noon', { kind: 'clock', clock: { hour: 12, minute: 0, second: 0, isCertain: true, is24Hour: true } }],
  ['midnight', { kind: 'clock', clock: { hour: 0, minute: 0, second: 0, isCertain: true, isMidnight: true } }],
  ['now', { kind: 'now' }],
  ['except', { kind: 'except' }],
  ['between', { kind: 'between' }],
  ['until before', { kind: 'to before' }],
  ['and', { kind: 'and' }],
  ['or', { kind: 'or' }],
  ['about', { kind: 'about' }],
  ['from', { kind: 'from' }],
];

/** The remaining words: connectors, and words without a meaning here. */
function parseRemainingWord({ list }: ParserState, at: number): PhraseParse {
  const token = list[at];
  const simple = SIMPLE_TERMS.find(([term]) => hasTerm(token, term));
  if (simple !== undefined) return emit(at + 1, simple[1]);
  if (hasTerm(token, 'cron') && list[at + 1]?.kind !== 'cron') {
    return emit(at + 1, { kind: 'invalid', reason: REFUSALS.cronFields });
  }
  if (hasTerm(token, 'at', 'on', 'for', 'of', 'filler', 'in', "o'clock", 'cron', 'on the day', 'time', 'until')) {
    return emit(at + 1);
  }
  return emit(at + 1, { kind: 'unknown' });
}

/** A word that introduces an end. Ambiguous ones (`a las`, `au`) do so only after an open range. */
function parseEndConnector({ list, phrases }: ParserState, at: number): PhraseParse | undefined {
  const token = list[at];
  if (!hasTerm(token, 'until')) return undefined;
  if (hasTerm(token, 'at') && !hasOpenRange(phrases)) return undefined;
  const timed = hasPhrase(phrases, 'clock', 'day', 'now', 'in', 'tonight', 'weekdays', 'repeat', 'duration');
  if (hasTerm(token, 'from', 'on', 'filler') && !timed) return undefined;
  const again = hasPhrase(phrases.slice(-1), 'to', 'from', 'between');
  return again && hasTerm(token, 'at') ? emit(at + 1) : emit(at + 1, { kind: 'to' });
}

function hasOpenRange(phrases: readonly Phrase[]): boolean {
  const from = phrases.findLastIndex((phrase) => phrase.kind === 'from' || phrase.kind === 'between');
  const to = phrases.findLastIndex((phrase) => phrase.kind === 'to');
  return from >= 0 && to < from && hasPhrase(phrases.slice(from), 'clock');
}

function parseClockToken({ list, phrases }: ParserState, clock: Clock, next: number): PhraseParse {
  const after = list[next];
  if (hasTerm(after, "o'clock")) return emit(next + 1, { kind: 'clock', clock });
  // "2am for 1:30": next to another time of day it is a duration.
  const timed = hasPhrase(phrases, 'clock') || list.slice(next).some(({ kind }) => kind === 'clock');
  if (hasTerm(list[next - 2], 'for') && clock.hasMinutes === true && timed && clock.second === 0) {
    return emit(next, { kind: 'inexact duration', texts: [`${clock.hour}h${clock.minute}m`] });
  }
  // "2:00Z": a time in UTC or with an offset uses the 24-hour clock.
  const universal =
    after?.kind === 'zone' &&
    (after.zone.kind === 'offset' || (after.zone.kind === 'zone' && after.zone.zone === 'UTC'));
  const is24Hour = universal && clock.hasMinutes === true;
  return emit(next, { kind: 'clock', clock: is24Hour ? { ...clock, isCertain: true, is24Hour } : clock });
}

/** `22h` and `2 hours`: a day, a delay, a time of day or a duration. */
function parseDuration(context: ParserState, at: number): PhraseParse | undefined {
  const { list, folded: text } = context;
  const [before, token, after] = [list[at - 1], list[at], list[at + 1]];
  if (token?.kind !== 'duration') return undefined;
  const { duration, clock } = token;
  const day = parseDay(context, at);
  if (day !== undefined) return emit(day.next, { kind: 'day', day: day.value });
  if (isHoursAndMinutes(token)) {
    if (hasTerm(after, 'from now')) return emit(at + 2, { kind: 'in', duration });
    const fromNow = hasTerm(after, 'from') && hasTerm(list[at + 2], 'now');
    if (fromNow && !hasTerm(before, 'for')) return emit(at + 3, { kind: 'in', duration });
  }
  if (hasTerm(after, 'ago')) return emit(at + 2, { kind: 'past' });
  const source = text.slice(token.start, token.end);
  if (hasTerm(before, 'at') && clock === undefined && /^\d{1,2} ?h/.test(source) && duration.minutes > 1440) {
    return emit(at + 1, { kind: 'invalid', reason: REFUSALS.hourTooLate(source) });
  }
  if (clock !== undefined && isHourOfDay(context, at, clock)) return emit(at + 1, { kind: 'clock', clock });
  return emit(at + 1, { kind: 'duration', duration, negative: false });
}

function parseNumber(context: ParserState, at: number): PhraseParse | undefined {
  const { list, phrases, folded } = context;
  const [before, token, next] = [list[at - 1], list[at], list[at + 1]];
  const value = getNumber(token);
  if (token === undefined || value === undefined) return undefined;
  const day = parseDay(context, at);
  if (day !== undefined && day.value.kind !== 'period') return emit(day.next, { kind: 'day', day: day.value });
  if (token.kind === 'number' && token.digits === 4) {
    return emit(at + 1, readFourDigits(folded.slice(token.start, token.end)));
  }
  const isOClock = hasTerm(next, "o'clock");
  const marked = isOClock ? at + 2 : at + 1;
  if (hasTerm(list[marked], 'am', 'pm') && value >= 1 && value <= 12) {
    const hour = (value % 12) + (hasTerm(list[marked], 'am') ? 0 : 12);
    return emit(marked + 1, { kind: 'clock', clock: { hour, minute: 0, second: 0, isCertain: true } });
  }
  const counts = hasTerm(before, 'for') || (hasTerm(before, 'in') && !hasPhrase(phrases, 'clock', 'day'));
  if (counts && !isOClock) return emit(at + 1, { kind: 'count', value });
  const isWord = token.kind === 'known';
  const isClock =
    !isWord ||
    isOClock ||
    hasTerm(before, 'at') ||
    hasPhrase(phrases.slice(-1), 'to', 'from', 'between') ||
    hasTerm(next, ...PARTS_OF_DAY);
  if (!isClock) return undefined;
  if (value > 24) {
    return emit(at + 1, isWord ? { kind: 'unknown' } : { kind: 'invalid', reason: REFUSALS.loneNumber(value) });
  }
  const isUhr = folded.slice(next?.start ?? 0, next?.end ?? 0) === 'uhr';
  const isCertain = value > 12 || value === 0 || isUhr;
  return emit(marked, {
    kind: 'clock',
    clock: { hour: value, minute: 0, second: 0, isCertain, ...(isCertain && { is24Hour: true }) },
  });
}

/** `minus 2 hours`, `a few hours`, `2-3 hours`. */
function parseInexactDuration({ list, folded: text }: ParserState, at: number): PhraseParse | undefined {
  const [before, token, next, last] = [list[at - 1], list[at], list[at + 1], list[at + 2]];
  if (hasTerm(token, 'minus') && next?.kind === 'duration') {
    return emit(at + 2, { kind: 'duration', duration: next.duration, negative: true });
  }
  if (hasTerm(token, 'some hours')) {
    return emit(at + 1, { kind: 'inexact duration', texts: ['1 hour', '2 hours', '4 hours'] });
  }
  if (hasTerm(token, 'some minutes')) {
    return emit(at + 1, { kind: 'inexact duration', texts: ['5 minutes', '15 minutes', '30 minutes'] });
  }
  const joined = isSign(next, '-', '/', '~') || hasTerm(next, 'until', 'or');
  if (token?.kind !== 'number' || last?.kind !== 'duration' || !joined || !hasTerm(before, 'for', 'about')) {
    return undefined;
  }
  const source = text.slice(last.start, last.end);
  const unit = source.replace(/^[\d.,]+ */, '');
  return emit(at + 3, { kind: 'inexact duration', texts: [`${token.value} ${unit}`, source] });
}

/** Whether `22h` is a time of day rather than a duration, decided by its context. */
function isHourOfDay(context: ParserState, at: number, { hour }: Clock): boolean {
  const { list, phrases, hoursAreClock, folded: text } = context;
  const [before, after, last] = [list[at - 1], list[at + 1], phrases.at(-1)?.kind];
  if (text.charAt((list[at]?.start ?? 0) - 1) === '+') return false;
  if (hasTerm(before, 'for', 'in', 'every', 'about')) return false;
  if (hasTerm(before, 'at') || last === 'from' || last === 'between') return true;
  const to = phrases.findLastIndex((phrase) => phrase.kind === 'to');
  if (to >= 0 && !hasPhrase(phrases.slice(to), 'clock')) return true;
  if ((last === 'and' || isSign(before, '-')) && phrases.at(-2)?.kind === 'clock') return true;
  const end = list[at + 2];
  const joins = isSign(after, '-', '~') || hasTerm(after, 'until', 'and');
  const joined = joins && (end?.kind === 'clock' || (end?.kind === 'duration' && end.clock !== undefined));
  if (joined && !hasPhrase(phrases, 'duration')) return true;
  const later = list.slice(at + 1);
  if (hasPhrase(phrases, 'clock', 'in', 'now') || later.some(({ kind }) => kind === 'clock')) return false;
  // "sat 22h for 2h": one of the two is the time.
  const another = later.some(({ kind }, index) => kind === 'duration' && hasTerm(list[at + index], 'for'));
  // "saturday 22h" is a time, not 22 hours.
  const isLate = hour > 12 && hour !== 24 && last === 'day';
  return hoursAreClock || isLate || (another && hasPhrase(phrases, 'day', 'weekdays'));
}
