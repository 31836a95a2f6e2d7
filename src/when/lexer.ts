import { parseDuration } from './durations.ts';
import { type Lexicon, matchTerm } from './lexicon.ts';
import { type DateOrder, parseNumericDate } from './numeric-dates.ts';
import { foldText, type Match, type Span } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import { parseClock, parseDottedClock, parseMinuteMark } from './times.ts';
import type { Duration, Token, TokenMeaning } from './tokens.ts';
import { parseZone } from './zones.ts';

export interface LexerOptions {
  readonly lexicon: Lexicon;
  readonly order: DateOrder;
}

interface Position extends LexerOptions {
  readonly text: string;
  readonly folded: string;
  readonly at: number;
  readonly previous: Token | undefined;
  /** The token before `previous`. */
  readonly beforePrevious: Token | undefined;
}

const SPACE = / +/uy;

const NUMBER = /\d+(?:[.,]\d+)?/uy;

const WORD = /[^\s,;()[\]{}"<>]+/uy;

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

const BRACKETS = '()[]{}"\'`!?;…';

const JOINABLE = /^[-_./'+@\p{L}\d]$/u;

/**
 * Splits a text into tokens. Skips the stretches in `taken`, such as the names of services.
 * Brackets and quotes have no meaning.
 */
export function tokenize(text: string, reading: LexerOptions, taken: readonly Span[] = []): Token[] {
  const folded = foldText(text);
  const tokens: Token[] = [];
  let at = 0;
  while (at < folded.length) {
    const held = taken.find((span) => span.start <= at && at < span.end);
    if (held !== undefined) {
      at = held.end;
      continue;
    }
    SPACE.lastIndex = at;
    if (SPACE.test(folded)) {
      at = SPACE.lastIndex;
      continue;
    }
    const limit = taken.reduce(
      (nearest, span) => (span.start >= at ? Math.min(nearest, span.start) : nearest),
      folded.length,
    );
    const cut = limit < folded.length;
    const place = {
      lexicon: reading.lexicon,
      order: reading.order,
      text: cut ? text.slice(0, limit) : text,
      folded: cut ? folded.slice(0, limit) : folded,
      at,
      previous: tokens.at(-1),
      beforePrevious: tokens.at(-2),
    };
    const token = nextToken(place);
    if (token !== undefined) tokens.push(token);
    at = token?.end ?? at + 1;
  }
  return joinUnknown(tokens, folded);
}

function nextToken(place: Position): Token | undefined {
  const { folded: text, at } = place;
  const start = text.charAt(at);
  if (BRACKETS.includes(start)) return bracketToken(place);
  const token = (end: number, meaning: TokenMeaning): Token => ({ start: at, end, ...meaning });
  return (
    cronToken(place, token) ??
    zoneToken(place, token) ??
    (/\d/.test(start) ? wordToken(place, token) : undefined) ??
    numericToken(place, token) ??
    wordToken(place, token) ??
    signToken(place, token) ??
    unknownToken(place, token)
  );
}

type MakeToken = (end: number, meaning: TokenMeaning) => Token;

function cronToken(place: Position, make: MakeToken): Token | undefined {
  const announced = place.previous?.kind === 'known' && place.previous.terms.includes('cron');
  const found = parseCronFields(place.folded, place.at, announced);
  return found === undefined ? undefined : make(found.end, { kind: 'cron', line: found.value });
}

function zoneToken(
  { text, folded: plain, at, previous: before, beforePrevious: earlier, lexicon }: Position,
  make: MakeToken,
): Token | undefined {
  const glued = before?.end === at;
  const inPlace = before?.kind === 'known' && before.terms.includes('in') && earlier?.kind === 'clock';
  const timed = inPlace || before?.kind === 'clock' || (before?.kind === 'number' && before.digits === 4);
  const exact = before?.kind === 'clock' && glued && /(?:t|:\d{2}:)/.test(plain.slice(before.start, before.end));
  // RFC 2822: "5 Dec 2026 22:00 -0500". After a year and a colon, four digits are no time of day.
  const dated = earlier?.kind === 'number' && earlier.digits === 4;
  const seconds = before?.kind === 'clock' && /:\d{2}:/.test(plain.slice(before.start, at));
  const rfc = before?.kind === 'clock' && (dated || seconds) && /^ [+-]\d{4}(?!\d)/.test(plain.slice(at - 1));
  const known = matchTerm(lexicon, plain, at);
  const found = parseZone({
    text,
    folded: plain,
    at,
    after: exact || rfc ? 'exact clock' : timed ? 'clock' : 'nothing',
    glued,
    isWord: known !== undefined && /[\p{L}]/u.test(plain.charAt(at)),
  });
  return found === undefined ? undefined : make(found.end, { kind: 'zone', zone: found.value });
}

function numericToken(place: Position, make: MakeToken): Token | undefined {
  const { folded: text, at, lexicon, previous: before } = place;
  const date = /\d/.test(text.charAt(at)) ? parseNumericDate(text, at, place.order) : undefined;
  const worded = matchTerm(lexicon, text, at);
  // "twenty second of march" is a day.
  const counts = worded?.value.ordinal === undefined;
  const length = counts ? parseDuration(lexicon, text, at) : undefined;
  const afterDate = before?.kind === 'date' && before.end === at;
  const clock = parseClock(lexicon, text, at, afterDate);
  const ordinal = parseOrdinal(lexicon, text, at);
  if (ordinal !== undefined && ordinal.end >= Math.max(length?.end ?? 0, date?.end ?? 0, clock?.end ?? 0)) {
    return make(ordinal.end, { kind: 'ordinal', value: ordinal.value });
  }
  // "0200 hours" is a time of day, but "for 0200 hours" is a duration.
  const military =
    clock !== undefined &&
    /^\d{4}(?!\d)/.test(text.slice(at)) &&
    !(before?.kind === 'known' && before.terms.includes('for'));
  if (length !== undefined && !military && length.end >= Math.max(date?.end ?? 0, clock?.end ?? 0)) {
    if (isTooLong(length.value)) return make(length.end, invalid(explainTooLong(text.slice(at, length.end))));
    return make(length.end, {
      kind: 'duration',
      duration: length.value,
      ...(length.clock ? { clock: length.clock } : {}),
    });
  }
  if (date !== undefined && date.end >= (clock?.end ?? 0) && !followsAt(place, text.slice(at, date.end))) {
    return make(date.end, 'error' in date.value ? invalid(date.value.error) : { kind: 'date', date: date.value });
  }
  if (clock !== undefined) {
    if ('error' in clock.value) return make(clock.end, invalid(clock.value.error));
    // "2027-02-05 9:30": a time after an ISO date uses the 24-hour clock.
    const exact =
      before?.kind === 'date' &&
      /^\d{4}[-/.]/.test(text.slice(before.start, before.end)) &&
      clock.value.hasMinutes === true;
    return make(clock.end, {
      kind: 'clock',
      clock: exact ? { ...clock.value, isCertain: true, is24Hour: true } : clock.value,
    });
  }
  const minute = parseMinuteMark(text, at);
  if (minute !== undefined) return make(minute.end, { kind: 'minute mark', minute: minute.value });
  const dotted = parseDottedClock(text, at);
  if (dotted !== undefined)
    return make(
      dotted.end,
      'error' in dotted.value ? invalid(dotted.value.error) : { kind: 'clock', clock: dotted.value },
    );
  NUMBER.lastIndex = at;
  const number = NUMBER.exec(text);
  if (number === null) return undefined;
  const whole = /^\d+/.exec(number[0])?.[0] ?? '';
  // "5.12" could be a date or a time.
  if (number[0] !== whole && !/[.,]$/.test(number[0])) return make(at + number[0].length, { kind: 'unknown' });
  return make(at + whole.length, { kind: 'number', value: Number(whole), digits: whole.length });
}

function parseOrdinal(lexicon: Lexicon, text: string, at: number): Match<number> | undefined {
  for (const pattern of lexicon.ordinals) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return { value: Number(found[1]), end: at + found[0].length };
  }
  return undefined;
}

/** Longer durations are refused. */
const MAX_DURATION_DAYS = 3650;

function isTooLong({ months, days, minutes }: Duration): boolean {
  return months * 30 + days + minutes / 1440 > MAX_DURATION_DAYS;
}

function explainTooLong(said: string): string {
  return REFUSALS.durationTooLong(said.trim());
}

/** After "um" or "at", `22.30` is a time of day. */
function followsAt({ previous: before }: Position, written: string): boolean {
  return before?.kind === 'known' && before.terms.includes('at') && /^\d{1,2}\.\d{2}$/.test(written);
}

function invalid(reason: string): TokenMeaning {
  return { kind: 'invalid', reason };
}

function wordToken({ lexicon, folded: text, at }: Position, make: MakeToken): Token | undefined {
  const found = matchTerm(lexicon, text, at);
  return found === undefined ? undefined : make(found.end, { kind: 'known', ...found.value });
}

/** `(月)` is a weekday; other brackets have no meaning. */
function bracketToken({ lexicon, folded: text, at }: Position): Token | undefined {
  if (!lexicon.unspaced) return undefined;
  const found = matchTerm(lexicon, text, at);
  return found === undefined ? undefined : { start: at, end: found.end, kind: 'known', ...found.value };
}

function signToken({ folded: text, at }: Position, make: MakeToken): Token | undefined {
  const run = /^(?:-{1,3}>?|[,/~+:.|&*@•])/u.exec(text.slice(at));
  return run === null
    ? undefined
    : make(at + run[0].length, { kind: 'sign', mark: run[0].startsWith('-') ? '-' : run[0] });
}

function unknownToken({ folded: text, at }: Position, make: MakeToken): Token {
  if (CJK.test(text.charAt(at))) return make(at + 1, { kind: 'unknown' });
  WORD.lastIndex = at;
  const found = WORD.exec(text)?.[0] ?? text.charAt(at);
  const trimmed = found.replace(/[.:!?'`]+$/u, '');
  return make(at + Math.max(trimmed.length, 1), { kind: 'unknown' });
}

/**
 * Joins a word to an adjacent unknown one (`now-api` is not "now"), and the unknown characters of a language without
 * spaces.
 */
function joinUnknown(tokens: readonly Token[], text: string): Token[] {
  const result: Token[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    const glued = last !== undefined && last.end === token.start && canJoin(text, last, token);
    if (last !== undefined && glued && (last.kind === 'unknown' || token.kind === 'unknown')) {
      let start = last.start;
      result.pop();
      for (
        let before = result.at(-1);
        before !== undefined && before.end === start && canJoin(text, before, token);
        before = result.at(-1)
      ) {
        start = before.start;
        result.pop();
      }
      result.push({ start, end: token.end, kind: 'unknown' });
    } else {
      result.push(token);
    }
  }
  return result;
}

function canJoin(text: string, before: Token, after: Token): boolean {
  const [left, right] = [text.charAt(before.end - 1), text.charAt(after.start)];
  if (CJK.test(left) || CJK.test(right)) return before.kind === 'unknown' && after.kind === 'unknown';
  return JOINABLE.test(left) && JOINABLE.test(right);
}

const CRON_FIELD =
  /(?:[\d*?#/,-]|l|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[hw](?![a-z]))+(?![\p{L}\d])/uy;

const WILDCARD = /(?:\*|\?)/;

const CRON_ALIAS = /@[a-z]+(?![\p{L}\d])/uy;

/**
 * The cron line at a position of the folded text. After the word "cron" (`announced`), anything that looks
 * like fields is accepted, valid or not; otherwise only five fields with a wildcard.
 */
export function parseCronFields(text: string, at: number, announced: boolean): Match<string> | undefined {
  CRON_ALIAS.lastIndex = at;
  const alias = CRON_ALIAS.exec(text);
  if (alias !== null) return { value: alias[0], end: at + alias[0].length };
  const fields: string[] = [];
  let end = at;
  for (let place = at; fields.length < 8; ) {
    CRON_FIELD.lastIndex = place;
    const field = CRON_FIELD.exec(text)?.[0];
    // "2h" is the duration after the line.
    if (field === undefined || /^-+$|^\d+[hw]$/.test(field)) break;
    fields.push(field);
    end = place + field.length;
    const space = /^ +/.exec(text.slice(end));
    if (space === null) break;
    place = end + space[0].length;
  }
  // The name of the window may begin with a number, so a sixth field counts only after the word "cron".
  if (!announced && (fields.length < 5 || !WILDCARD.test(fields.slice(0, 5).join('')))) return undefined;
  if (announced ? fields.length === 0 : !fields.slice(0, 5).every(isPlausibleField)) return undefined;
  const taken = announced ? fields : fields.slice(0, 5);
  if (taken.length < fields.length) end = endOfFields(text, at, taken.length);
  return { value: taken.join(' '), end };
}

function isPlausibleField(field: string): boolean {
  return /^(?:\*|\?|\d|l|[a-z]{3})/.test(field);
}

function endOfFields(text: string, at: number, fields: number): number {
  const found = new RegExp(`^(?:\\S+ +){${fields - 1}}\\S+`).exec(text.slice(at));
  return at + (found?.[0].length ?? 0);
}
