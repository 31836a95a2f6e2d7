import { parseDay } from './date-phrases.ts';
import type { Term } from './languages/en.ts';
import { emit, PARTS_OF_DAY, type ParserState, type Phrase, type PhraseMeaning, type PhraseParse } from './phrases.ts';
import { parseRecurrence, parseWeekdayList } from './recurrence-phrases.ts';
import { REFUSALS } from './texts.ts';
import { readFourDigits } from './times.ts';
import { type Clock, getMonth, hasTerm, isHoursAndMinutes, isSign, type Token, type TokenStream } from './tokens.ts';

/** Groups tokens into phrases. */
export function parseTokens(tokens: TokenStream, hoursAreClock: boolean): Phrase[] {
  const phrases: Phrase[] = [];
  const { tokens: list } = tokens;
  for (let at = 0; at < list.length; ) {
    const read = parseNext({ ...tokens, hoursAreClock, phrases: phrases }, at);
    const start = list[at]?.start ?? 0;
    const end = list[read.next - 1]?.end ?? start;
    for (const saying of read.value) phrases.push({ start, end, ...saying });
    at = read.next;
  }
  return phrases;
}

function parseNext(context: ParserState, at: number): PhraseParse {
  const { tokens: list } = context;
  const token = list[at];
  if (token === undefined) return emit(at + 1);
  switch (token.kind) {
    case 'invalid':
      return emit(at + 1, { kind: 'invalid', reason: token.reason });
    case 'unknown':
      return emit(at + 1, { kind: 'unknown' });
    case 'cron':
      return emit(at + 1, { kind: 'cron', line: token.line });
    case 'zone':
      return emit(at + 1, { kind: 'zone', zone: token.zone });
    case 'clock':
      return parseClockToken(context, token.clock, at + 1);
    case 'minute mark':
      return emit(at + 1, { kind: 'minute mark', minute: token.minute });
    case 'sign':
      return parseSign(context, at, token.mark);
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

/** A sign connects times, or has no meaning. */
function parseSign({ tokens: list, phrases, folded: text }: ParserState, at: number, sign: string): PhraseParse {
  const [before, after] = [list[at - 1], list[at + 1]];
  const start = list[at]?.start ?? 0;
  if (sign === '@') return emit(at + 1);
  if (sign === '&') return emit(at + 1, { kind: 'and' });
  if (sign === '+') return emit(at + 1);
  if (sign === '~') return emit(at + 1, { kind: isTimePoint(before) && isTimePoint(after) ? 'to' : 'about' });
  if (sign === '/') {
    const interval = (isTimePoint(before) || before?.kind === 'duration') && isTimePoint(after);
    return interval ? emit(at + 1, { kind: 'to' }) : emit(at + 1);
  }
  if (sign === '-') {
    const last = phrases.at(-1);
    const glued = after?.start === start + 1;
    const loose = text.charAt(start - 1) === ' ' || before === undefined;
    if (after?.kind === 'duration' && hasTerm(before, 'for'))
      return emit(at + 2, { kind: 'duration', duration: after.duration, negative: true });
    if (
      after?.kind === 'duration' &&
      glued &&
      (loose || last?.kind === 'duration') &&
      !(isTimePoint(before) && after.clock !== undefined && text.charAt(start + 1) !== ' ' && !loose)
    ) {
      return emit(at + 2, { kind: 'duration', duration: after.duration, negative: true });
    }
    // "api - sat 2am": a dash that does not follow a time connects nothing.
    const joins = before !== undefined && isTimePoint(before) && text.slice(before.end, start).trim() === '';
    return joins ? emit(at + 1, { kind: 'to' }) : emit(at + 1);
  }
  return emit(at + 1);
}

/** Whether a token can be the start or the end of a window. */
function isTimePoint(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'duration') return token.clock !== undefined;
  if (token.kind === 'known') {
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
    return token.weekday !== undefined || token.month !== undefined || point.some((term) => token.terms.includes(term));
  }
  return ['date', 'clock', 'number', 'zone', 'ordinal'].includes(token.kind);
}

function parseDayPhrase(context: ParserState, at: number): PhraseParse | undefined {
  const { tokens: list } = context;
  const token = list[at];
  if (hasTerm(token, 'yesterday')) return emit(at + 1, { kind: 'past' });
  if (hasTerm(token, 'tonight')) return emit(at + 1, { kind: 'tonight' });
  if (hasTerm(token, 'this') || hasTerm(token, 'on')) {
    const part = PARTS_OF_DAY.find((p) => hasTerm(list[at + 1], p));
    if (part !== undefined && hasTerm(token, 'this')) {
      return part === 'night'
        ? emit(at + 2, { kind: 'tonight' })
        : emit(at + 2, { kind: 'day', day: { kind: 'relative', days: 0 } }, { kind: 'part', part });
    }
  }
  if (hasTerm(token, 'in') && isHoursAndMinutes(list[at + 1])) {
    const length = list[at + 1];
    if (length?.kind === 'duration') return emit(at + 2, { kind: 'in', duration: length.duration });
  }
  const ago = hasTerm(token, 'ago') && list[at + 1]?.kind === 'duration';
  if (ago) return emit(at + 2, { kind: 'past' });
  const day = parseDay(context, at);
  if (day !== undefined) return emit(day.next, { kind: 'day', day: day.value });
  const month = getMonth(token);
  return month === undefined ? undefined : emit(at + 1, { kind: 'month', month });
}

const SIMPLE_TERMS: readonly (readonly [Term, PhraseMeaning])[] = [
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
];

/** The remaining words: connectors, and words without a meaning here. */
function parseRemainingWord(context: ParserState, at: number): PhraseParse {
  const { tokens: list } = context;
  const token = list[at];
  const part = PARTS_OF_DAY.find((p) => hasTerm(token, p));
  if (part !== undefined) return emit(at + 1, { kind: 'part', part });
  if (hasTerm(token, 'my time')) return emit(at + 1, { kind: 'zone', zone: { kind: 'reader' } });
  for (const [term, saying] of SIMPLE_TERMS) if (hasTerm(token, term)) return emit(at + 1, saying);
  if (hasTerm(token, 'from')) return emit(at + 1, { kind: 'from' });
  const line = list[at + 1];
  if (hasTerm(token, 'cron') && line?.kind !== 'cron') {
    return emit(at + 1, {
      kind: 'invalid',
      reason: REFUSALS.cronFields,
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
  if (silent.some((term) => hasTerm(token, term))) return emit(at + 1);
  return emit(at + 1, { kind: 'unknown' });
}

/** A word that introduces an end. Ambiguous ones (`a las`, `au`) do so only after an open range. */
function parseEndConnector({ tokens: list, phrases }: ParserState, at: number): PhraseParse | undefined {
  const token = list[at];
  if (!hasTerm(token, 'until')) return undefined;
  const timed = phrases.some((phrase) =>
    ['clock', 'day', 'now', 'in', 'tonight', 'weekdays', 'repeat', 'duration'].includes(phrase.kind),
  );
  if (hasTerm(token, 'at') && !hasOpenRange(phrases)) return undefined;
  if ((hasTerm(token, 'from') || hasTerm(token, 'on') || hasTerm(token, 'filler')) && !timed) return undefined;
  const last = phrases.at(-1)?.kind;
  const again = last === 'to' || last === 'from' || last === 'between';
  return again && hasTerm(token, 'at') ? emit(at + 1) : emit(at + 1, { kind: 'to' });
}

/** Whether a range is open and has its start. */
function hasOpenRange(phrases: readonly Phrase[]): boolean {
  const from = phrases.findLastIndex((phrase) => phrase.kind === 'from' || phrase.kind === 'between');
  const to = phrases.findLastIndex((phrase) => phrase.kind === 'to');
  return from >= 0 && to < from && phrases.slice(from).some((phrase) => phrase.kind === 'clock');
}

/** Interprets a time of day in its context. */
export function parseClockToken({ tokens: list, phrases }: ParserState, clock: Clock, next: number): PhraseParse {
  const after = list[next];
  if (hasTerm(after, "o'clock")) return emit(next + 1, { kind: 'clock', clock });
  // "2am for 1:30": next to another time of day it is a duration.
  const timed =
    phrases.some((phrase) => phrase.kind === 'clock') || list.slice(next).some(({ kind }) => kind === 'clock');
  if (hasTerm(list[next - 2], 'for') && clock.hasMinutes === true && timed && clock.second === 0) {
    return emit(next, { kind: 'inexact duration', texts: [`${clock.hour}h${clock.minute}m`] });
  }
  // "2:00Z": a time in UTC or with an offset uses the 24-hour clock.
  const universal =
    after?.kind === 'zone' &&
    (after.zone.kind === 'offset' || (after.zone.kind === 'zone' && after.zone.zone === 'UTC'));
  return emit(next, {
    kind: 'clock',
    clock: universal && clock.hasMinutes === true ? { ...clock, isCertain: true, is24Hour: true } : clock,
  });
}

/** Interprets numbers: hours, four digits, durations. */
export function parseNumber(context: ParserState, at: number): PhraseParse | undefined {
  const { tokens: list, phrases, folded: text } = context;
  const token = list[at];
  const last = phrases.at(-1);
  const inexact = parseInexactDuration(context, at);
  if (inexact !== undefined) return inexact;
  if (token?.kind === 'duration') {
    const day = parseDay(context, at);
    if (day !== undefined) return emit(day.next, { kind: 'day', day: day.value });
    if (isHoursAndMinutes(token) && hasTerm(list[at + 1], 'from now'))
      return emit(at + 2, { kind: 'in', duration: token.duration });
    if (
      isHoursAndMinutes(token) &&
      hasTerm(list[at + 1], 'from') &&
      hasTerm(list[at + 2], 'now') &&
      !hasTerm(list[at - 1], 'for')
    ) {
      return emit(at + 3, { kind: 'in', duration: token.duration });
    }
    if (hasTerm(list[at + 1], 'ago')) return emit(at + 2, { kind: 'past' });
    const late =
      hasTerm(list[at - 1], 'at') &&
      token.clock === undefined &&
      /^\d{1,2} ?h/.test(text.slice(token.start, token.end));
    if (late && token.duration.minutes > 1440) {
      return emit(at + 1, {
        kind: 'invalid',
        reason: REFUSALS.hourTooLate(text.slice(token.start, token.end)),
      });
    }
    if (token.clock !== undefined && isHourOfDay(context, at))
      return emit(at + 1, { kind: 'clock', clock: token.clock });
    return emit(at + 1, { kind: 'duration', duration: token.duration, negative: false });
  }
  const value = token?.kind === 'number' ? token.value : token?.kind === 'known' ? token.number : undefined;
  if (token === undefined || value === undefined) return undefined;
  const worded = token.kind === 'known';
  const day = parseDay(context, at);
  if (day !== undefined && day.value.kind !== 'period') return emit(day.next, { kind: 'day', day: day.value });
  if (token.kind === 'number' && token.digits === 4) {
    const clock = readFourDigits(context.folded.slice(token.start, token.end));
    return emit(at + 1, 'error' in clock ? { kind: 'invalid', reason: clock.error } : { kind: 'clock', clock });
  }
  const next = list[at + 1];
  const marked = hasTerm(next, "o'clock") ? at + 2 : at + 1;
  const half = hasTerm(list[marked], 'am') ? 'am' : hasTerm(list[marked], 'pm') ? 'pm' : undefined;
  if (half !== undefined && value >= 1 && value <= 12) {
    return emit(marked + 1, {
      kind: 'clock',
      clock: { hour: (value % 12) + (half === 'pm' ? 12 : 0), minute: 0, second: 0, isCertain: true },
    });
  }
  const lengthLike = hasTerm(list[at - 1], 'for') || (hasTerm(list[at - 1], 'in') && !hasDayOrTime(phrases));
  if (lengthLike && !hasTerm(next, "o'clock")) return emit(at + 1, { kind: 'count', value });
  const clockLike =
    !worded ||
    hasTerm(list[at - 1], 'at') ||
    hasTerm(next, "o'clock") ||
    last?.kind === 'to' ||
    last?.kind === 'from' ||
    last?.kind === 'between' ||
    PARTS_OF_DAY.some((part) => hasTerm(next, part));
  if (!clockLike) return undefined;
  if (value > 24) {
    return emit(at + 1, worded ? { kind: 'unknown' } : { kind: 'invalid', reason: REFUSALS.loneNumber(value) });
  }
  const german = context.folded.slice(next?.start ?? 0, next?.end ?? 0) === 'uhr';
  const sure = value > 12 || value === 0 || german;
  const clock: Clock = { hour: value, minute: 0, second: 0, isCertain: sure, ...(sure ? { is24Hour: true } : {}) };
  return emit(hasTerm(next, "o'clock") ? at + 2 : at + 1, { kind: 'clock', clock });
}

/** `minus 2 hours`, `a few hours`, `2-3 hours`. */
function parseInexactDuration({ tokens: list, folded: text }: ParserState, at: number): PhraseParse | undefined {
  const token = list[at];
  const next = list[at + 1];
  if (hasTerm(token, 'minus') && next?.kind === 'duration')
    return emit(at + 2, { kind: 'duration', duration: next.duration, negative: true });
  if (hasTerm(token, 'some hours'))
    return emit(at + 1, { kind: 'inexact duration', texts: ['1 hour', '2 hours', '4 hours'] });
  if (hasTerm(token, 'some minutes'))
    return emit(at + 1, { kind: 'inexact duration', texts: ['5 minutes', '15 minutes', '30 minutes'] });
  const [joint, last] = [next, list[at + 2]];
  const joined = isSign(joint, '-', '/', '~') || hasTerm(joint, 'until') || hasTerm(joint, 'or');
  const after = hasTerm(list[at - 1], 'for') || hasTerm(list[at - 1], 'about');
  if (token?.kind !== 'number' || last?.kind !== 'duration' || !joined || !after) return undefined;
  const written = text.slice(last.start, last.end);
  const unit = written.replace(/^[\d.,]+ */, '');
  return emit(at + 3, { kind: 'inexact duration', texts: [`${token.value} ${unit}`, written] });
}

/** Whether there is a day or a time. */
function hasDayOrTime(phrases: readonly Phrase[]): boolean {
  return phrases.some((phrase) => phrase.kind === 'clock' || phrase.kind === 'day');
}

/** Whether `22h` is a time of day rather than a duration, decided by its context. */
function isHourOfDay({ tokens: list, phrases, hoursAreClock, folded: text }: ParserState, at: number): boolean {
  const [before, length, after] = [list[at - 1], list[at], list[at + 1]];
  if (text.charAt((list[at]?.start ?? 0) - 1) === '+') return false;
  if (hasTerm(before, 'for') || hasTerm(before, 'in') || hasTerm(before, 'every') || hasTerm(before, 'about'))
    return false;
  const hours = (token: Token | undefined) =>
    token?.kind === 'clock' || (token?.kind === 'duration' && token.clock !== undefined);
  const last = phrases.at(-1);
  if (hasTerm(before, 'at')) return true;
  if (last?.kind === 'from' || last?.kind === 'between') return true;
  const to = phrases.findLastIndex((phrase) => phrase.kind === 'to');
  if (to >= 0 && !phrases.slice(to).some((phrase) => phrase.kind === 'clock')) return true;
  if ((last?.kind === 'and' || isSign(before, '-')) && phrases.at(-2)?.kind === 'clock') return true;
  const joins = isSign(after, '-', '~') || hasTerm(after, 'until') || hasTerm(after, 'and');
  const joined = joins && hours(list[at + 2]);
  const afterFor = phrases.some((phrase) => phrase.kind === 'duration');
  if (joined && !afterFor) return true;
  const timed = phrases.some((phrase) => phrase.kind === 'clock' || phrase.kind === 'in' || phrase.kind === 'now');
  if (timed) return false;
  const later = list.slice(at + 1).some((token) => token.kind === 'clock');
  if (later) return false;
  // "sat 22h for 2h": one of the two is the time.
  const another = list
    .slice(at + 1)
    .some((token, index) => token.kind === 'duration' && hasTerm(list[at + index], 'for'));
  // "saturday 22h" is a time, not 22 hours.
  const late =
    length?.kind === 'duration' && (length.clock?.hour ?? 0) > 12 && length.clock?.hour !== 24 && last?.kind === 'day';
  return (
    hoursAreClock || late || (another && phrases.some((phrase) => phrase.kind === 'day' || phrase.kind === 'weekdays'))
  );
}
