import { parseDuration } from './durations.ts';
import { type Lexicon, matchTerm } from './lexicon.ts';
import { type DateOrder, parseNumericDate } from './numeric-dates.ts';
import { createSpanCursor, foldText, type Match, matchAt, parseAt, type Span } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import { parseClock, parseDottedClock, parseMinuteMark } from './times.ts';
import { type Duration, hasTerm, type Token, type TokenMeaning, type WordMeaning } from './tokens.ts';
import { parseZone } from './zones.ts';

type LexerOptions = { readonly lexicon: Lexicon; readonly order: DateOrder };

interface Position extends LexerOptions {
  readonly text: string;
  readonly folded: string;
  readonly at: number;
  readonly previous: Token | undefined;
  /** The token before `previous`. */
  readonly beforePrevious: Token | undefined;
  /** The phrase of the language tables at this position. */
  readonly term: Match<WordMeaning> | undefined;
}

type TokenMatch = Match<TokenMeaning>;

const NUMBER = /(\d+)([.,]\d+)?/uy;

const SIGN = /-{1,3}>?|[,/~+:.|&*@•]/uy;

const WORD = /[^\s,;()[\]{}"<>]+/uy;

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

const BRACKETS = '()[]{}"\'`!?;…';

const JOINABLE = /^[-_./'+@\p{L}\d]$/u;

/** More than a sentence about time has. Bounds the work per text. */
const MAX_TOKENS = 150;

/**
 * Splits a text into tokens, without the stretches in `excluded`. Brackets and quotes have no meaning. After the
 * first `MAX_TOKENS` each stretch is one unknown token.
 */
export function tokenize(text: string, options: LexerOptions, excluded: readonly Span[] = []): Token[] {
  const folded = foldText(text);
  const tokens: Token[] = [];
  const excludedAt = createSpanCursor(excluded);
  const { lexicon, order } = options;
  let visible = { text, folded };
  let at = 0;
  while (at < folded.length) {
    const span = excludedAt(at);
    const limit = span?.start ?? folded.length;
    if (span !== undefined && limit <= at) {
      at = span.end;
      continue;
    }
    if (folded[at] === ' ') {
      at += 1;
      continue;
    }
    if (tokens.length >= MAX_TOKENS) {
      tokens.push({ start: at, end: at + folded.slice(at, limit).trimEnd().length, kind: 'unknown' });
      at = limit;
      continue;
    }
    if (limit !== visible.folded.length) visible = { text: text.slice(0, limit), folded: folded.slice(0, limit) };
    const found = nextToken({
      lexicon,
      order,
      text: visible.text,
      folded: visible.folded,
      at,
      previous: tokens.at(-1),
      beforePrevious: tokens.at(-2),
      term: matchTerm(lexicon, visible.folded, at),
    });
    if (found !== undefined) tokens.push({ start: at, end: found.end, ...found.value });
    at = found?.end ?? at + 1;
  }
  return joinUnknown(tokens, folded);
}

function nextToken(position: Position): TokenMatch | undefined {
  const { folded, at, lexicon } = position;
  const first = folded.charAt(at);
  // `(月)` is a weekday; other brackets have no meaning.
  if (BRACKETS.includes(first)) return lexicon.unspaced ? parseWord(position) : undefined;
  return (
    parseCron(position) ??
    parseZoneToken(position) ??
    (/\d/.test(first) ? parseWord(position) : undefined) ??
    parseNumeric(position) ??
    parseWord(position) ??
    parseAt(SIGN, folded, at, ([sign]) => ({ kind: 'sign', mark: sign.startsWith('-') ? '-' : sign })) ??
    parseUnknown(position)
  );
}

function parseCron({ previous, folded, at }: Position): TokenMatch | undefined {
  const found = parseCronFields(folded, at, hasTerm(previous, 'cron'));
  return found && { value: { kind: 'cron', line: found.value }, end: found.end };
}

function parseZoneToken({ text, folded, at, previous, beforePrevious, term }: Position): TokenMatch | undefined {
  const clock = previous?.kind === 'clock' ? folded.slice(previous.start, previous.end) : undefined;
  const glued = previous?.end === at;
  const inPlace = hasTerm(previous, 'in') && beforePrevious?.kind === 'clock';
  const timed = inPlace || clock !== undefined || (previous?.kind === 'number' && previous.digits === 4);
  const exact = clock !== undefined && glued && /(?:t|:\d{2}:)/.test(clock);
  // RFC 2822: "5 Dec 2026 22:00 -0500". After a year and a colon, four digits are no time of day.
  const dated = beforePrevious?.kind === 'number' && beforePrevious.digits === 4;
  const seconds = previous?.kind === 'clock' && /:\d{2}:/.test(folded.slice(previous.start, at));
  const rfc = clock !== undefined && (dated || seconds) && /^ [+-]\d{4}(?!\d)/.test(folded.slice(at - 1));
  const found = parseZone({
    text,
    folded,
    at,
    after: exact || rfc ? 'exact clock' : timed ? 'clock' : 'nothing',
    glued,
    isWord: /[\p{L}]/u.test(folded.charAt(at)) && term !== undefined,
  });
  return found && { value: { kind: 'zone', zone: found.value }, end: found.end };
}

function parseNumeric({ folded: text, at, lexicon, order, previous, term }: Position): TokenMatch | undefined {
  const date = parseNumericDate(text, at, order);
  // "twenty second of march" is a day.
  const isOrdinal = term?.value.ordinal !== undefined;
  const duration = isOrdinal ? undefined : parseDuration(lexicon, text, at);
  const clock = parseClock(lexicon, text, at, previous?.kind === 'date' && previous.end === at);
  const ordinal = parseOrdinal(lexicon, text, at);
  const [dateEnd, durationEnd, clockEnd] = [date?.end ?? 0, duration?.end ?? 0, clock?.end ?? 0];
  if (ordinal !== undefined && ordinal.end >= Math.max(durationEnd, dateEnd, clockEnd)) return ordinal;
  // "0200 hours" is a time of day, but "for 0200 hours" is a duration.
  const military = clock !== undefined && /^\d{4}(?!\d)/.test(text.slice(at)) && !hasTerm(previous, 'for');
  if (duration !== undefined && !military && durationEnd >= Math.max(dateEnd, clockEnd)) {
    if (!isTooLong(duration.value.duration)) return duration;
    const reason = REFUSALS.durationTooLong(text.slice(at, durationEnd).trim());
    return { value: { kind: 'invalid', reason }, end: durationEnd };
  }
  // After "um" or "at", `22.30` is a time of day.
  const isTime = hasTerm(previous, 'at') && /^\d{1,2}\.\d{2}$/.test(text.slice(at, dateEnd));
  if (date !== undefined && dateEnd >= clockEnd && !isTime) return date;
  if (clock?.value.kind === 'clock' && clock.value.clock.hasMinutes === true && previous?.kind === 'date') {
    // "2027-02-05 9:30": a time after an ISO date uses the 24-hour clock.
    const isIso = /^\d{4}[-/.]/.test(text.slice(previous.start, previous.end));
    const exact = isIso ? { isCertain: true, is24Hour: true } : {};
    return { value: { kind: 'clock', clock: { ...clock.value.clock, ...exact } }, end: clock.end };
  }
  return clock ?? parseMinuteMark(text, at) ?? parseDottedClock(text, at) ?? parsePlainNumber(text, at);
}

function parsePlainNumber(text: string, at: number): TokenMatch | undefined {
  const number = matchAt(NUMBER, text, at);
  if (number === undefined) return undefined;
  const [source, digits = '', fraction] = number;
  // "5.12" could be a date or a time.
  if (fraction !== undefined) return { value: { kind: 'unknown' }, end: at + source.length };
  return { value: { kind: 'number', value: Number(digits), digits: digits.length }, end: at + digits.length };
}

function parseOrdinal(lexicon: Lexicon, text: string, at: number): TokenMatch | undefined {
  for (const pattern of lexicon.ordinals) {
    const found = parseAt(pattern, text, at, ([, number]) => ({ kind: 'ordinal', value: Number(number) }) as const);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Longer durations are refused. */
const MAX_DURATION_DAYS = 3650;

function isTooLong({ months, days, minutes }: Duration): boolean {
  return months * 30 + days + minutes / 1440 > MAX_DURATION_DAYS;
}

function parseWord({ term }: Position): TokenMatch | undefined {
  return term && { value: { kind: 'known', ...term.value }, end: term.end };
}

function parseUnknown({ folded, at }: Position): TokenMatch {
  const first = folded.charAt(at);
  const word = CJK.test(first) ? first : (matchAt(WORD, folded, at)?.[0] ?? first).replace(/[.:!?'`]+$/u, '');
  return { value: { kind: 'unknown' }, end: at + Math.max(word.length, 1) };
}

/** Joins a word to an adjacent unknown one (`now-api` is not "now"), and characters of a language without spaces. */
function joinUnknown(tokens: readonly Token[], text: string): Token[] {
  const result: Token[] = [];
  for (const token of tokens) {
    let { start } = token;
    const joins = (before: Token | undefined): before is Token =>
      before !== undefined && before.end === start && canJoin(text, before, token);
    const last = result.at(-1);
    if (!joins(last) || (last.kind !== 'unknown' && token.kind !== 'unknown')) {
      result.push(token);
      continue;
    }
    for (let before = result.at(-1); joins(before); before = result.at(-1)) {
      ({ start } = before);
      result.pop();
    }
    result.push({ start, end: token.end, kind: 'unknown' });
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

const CRON_START = /[@\d*?#/,hjfmasondltw-]/;

const CRON_ALIAS = /@[a-z]+(?![\p{L}\d])/uy;

/** The cron line at a position. It may be invalid after the word "cron" (`announced`), else it needs a wildcard. */
function parseCronFields(text: string, at: number, announced: boolean): Match<string> | undefined {
  if (!CRON_START.test(text.charAt(at))) return undefined;
  const alias = parseAt(CRON_ALIAS, text, at, ([name]) => name);
  if (alias !== undefined) return alias;
  const fields: Match<string>[] = [];
  // The name of the window may begin with a number, so a sixth field counts only after the word "cron".
  for (let place = at; fields.length < (announced ? 8 : 5); ) {
    const field = parseAt(CRON_FIELD, text, place, ([value]) => value);
    // "2h" is the duration after the line.
    if (field === undefined || /^-+$|^\d+[hw]$/.test(field.value)) break;
    fields.push(field);
    if (text[field.end] !== ' ') break;
    place = field.end + (/^ +/.exec(text.slice(field.end))?.[0].length ?? 0);
  }
  const values = fields.map(({ value }) => value);
  const isLine =
    values.length === 5 && /[*?]/.test(values.join('')) && values.every((field) => /^(?:[*?\dl]|[a-z]{3})/.test(field));
  const last = fields.at(-1);
  return last !== undefined && (announced || isLine) ? { value: values.join(' '), end: last.end } : undefined;
}
