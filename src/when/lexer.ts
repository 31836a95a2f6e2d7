import { clockAt, dottedClockAt, minuteMarkAt } from './clocks.ts';
import { cronAt } from './cron-words.ts';
import { dateAt, type Order } from './digit-dates.ts';
import { lengthAt } from './lengths.ts';
import type { Length, Lexeme, Meaning } from './lexemes.ts';
import { type Lexicon, phraseAt } from './lexicon.ts';
import { plain, type Span } from './text.ts';
import { type Found, zoneAt } from './zones.ts';

export interface Reading {
  readonly lexicon: Lexicon;
  readonly order: Order;
}

interface Place extends Reading {
  readonly text: string;
  readonly plain: string;
  readonly at: number;
  readonly before: Lexeme | undefined;
  /** The one before `before`. */
  readonly earlier: Lexeme | undefined;
}

const SPACE = / +/uy;
const NUMBER = /\d+(?:[.,]\d+)?/uy;
const WORD = /[^\s,;()[\]{}"<>]+/uy;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const BRACKETS = '()[]{}"\'`!?;…';
const GLUE = /^[-_./'+@\p{L}\d]$/u;

/**
 * Cuts a text into what each stretch of it means. Stretches in `taken` (names of services, for one) are passed over.
 * Brackets, quotes and the like mean nothing.
 */
export function lexemesOf(text: string, reading: Reading, taken: readonly Span[] = []): Lexeme[] {
  const folded = plain(text);
  const lexemes: Lexeme[] = [];
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
      plain: cut ? folded.slice(0, limit) : folded,
      at,
      before: lexemes.at(-1),
      earlier: lexemes.at(-2),
    };
    const lexeme = lexemeAt(place);
    if (lexeme !== undefined) lexemes.push(lexeme);
    at = lexeme?.end ?? at + 1;
  }
  return joined(lexemes, folded);
}

function lexemeAt(place: Place): Lexeme | undefined {
  const { plain: text, at } = place;
  const start = text.charAt(at);
  if (BRACKETS.includes(start)) return japaneseWeekday(place);
  const lexeme = (end: number, meaning: Meaning): Lexeme => ({ start: at, end, ...meaning });
  return (
    cron(place, lexeme) ??
    zone(place, lexeme) ??
    (/\d/.test(start) ? phrase(place, lexeme) : undefined) ??
    digits(place, lexeme) ??
    phrase(place, lexeme) ??
    mark(place, lexeme) ??
    unknown(place, lexeme)
  );
}

type Make = (end: number, meaning: Meaning) => Lexeme;

function cron(place: Place, make: Make): Lexeme | undefined {
  const announced = place.before?.kind === 'known' && place.before.terms.includes('cron');
  const found = cronAt(place.plain, place.at, announced);
  return found === undefined ? undefined : make(found.end, { kind: 'cron', line: found.value });
}

function zone({ text, plain, at, before, earlier, lexicon }: Place, make: Make): Lexeme | undefined {
  const glued = before?.end === at;
  const inPlace = before?.kind === 'known' && before.terms.includes('in') && earlier?.kind === 'clock';
  const timed = inPlace || before?.kind === 'clock' || (before?.kind === 'number' && before.digits === 4);
  const exact = before?.kind === 'clock' && glued && /(?:t|:\d{2}:)/.test(plain.slice(before.start, before.end));
  // RFC 2822: "5 Dec 2026 22:00 -0500". After a year and a colon, four digits are no time of day.
  const dated = earlier?.kind === 'number' && earlier.digits === 4;
  const seconds = before?.kind === 'clock' && /:\d{2}:/.test(plain.slice(before.start, at));
  const rfc = before?.kind === 'clock' && (dated || seconds) && /^ [+-]\d{4}(?!\d)/.test(plain.slice(at - 1));
  const known = phraseAt(lexicon, plain, at);
  const found = zoneAt({
    text,
    plain,
    at,
    after: exact || rfc ? 'exact clock' : timed ? 'clock' : 'nothing',
    glued,
    isWord: known !== undefined && /[\p{L}]/u.test(plain.charAt(at)),
  });
  return found === undefined ? undefined : make(found.end, { kind: 'zone', zone: found.value });
}

function digits(place: Place, make: Make): Lexeme | undefined {
  const { plain: text, at, lexicon, before } = place;
  const date = /\d/.test(text.charAt(at)) ? dateAt(text, at, place.order) : undefined;
  const worded = phraseAt(lexicon, text, at);
  // "twenty second of march" is a day.
  const counts = worded?.meaning.ordinal === undefined;
  const length = counts ? lengthAt(lexicon, text, at) : undefined;
  const afterDate = before?.kind === 'date' && before.end === at;
  const clock = clockAt(lexicon, text, at, afterDate);
  const ordinal = ordinalAt(lexicon, text, at);
  if (ordinal !== undefined && ordinal.end >= Math.max(length?.end ?? 0, date?.end ?? 0, clock?.end ?? 0)) {
    return make(ordinal.end, { kind: 'ordinal', value: ordinal.value });
  }
  // "0200 hours" is a time of day, "for 0200 hours" would be more than a week.
  const military =
    clock !== undefined &&
    /^\d{4}(?!\d)/.test(text.slice(at)) &&
    !(before?.kind === 'known' && before.terms.includes('for'));
  if (length !== undefined && !military && length.end >= Math.max(date?.end ?? 0, clock?.end ?? 0)) {
    if (isEndless(length.value)) return make(length.end, wrong(endless(text.slice(at, length.end))));
    return make(length.end, { kind: 'length', length: length.value, ...(length.clock ? { clock: length.clock } : {}) });
  }
  if (date !== undefined && date.end >= (clock?.end ?? 0) && !saysTimeFirst(place, text.slice(at, date.end))) {
    return make(date.end, 'wrong' in date.value ? wrong(date.value.wrong) : { kind: 'date', date: date.value });
  }
  if (clock !== undefined) {
    if ('wrong' in clock.value) return make(clock.end, wrong(clock.value.wrong));
    // "2027-02-05 9:30": beside such a date the clock has 24 hours.
    const exact =
      before?.kind === 'date' &&
      /^\d{4}[-/.]/.test(text.slice(before.start, before.end)) &&
      clock.value.minutes === true;
    return make(clock.end, { kind: 'clock', clock: exact ? { ...clock.value, sure: true, day24: true } : clock.value });
  }
  const minute = minuteMarkAt(text, at);
  if (minute !== undefined) return make(minute.end, { kind: 'minute mark', minute: minute.value });
  const dotted = dottedClockAt(text, at);
  if (dotted !== undefined)
    return make(
      dotted.end,
      'wrong' in dotted.value ? wrong(dotted.value.wrong) : { kind: 'clock', clock: dotted.value },
    );
  NUMBER.lastIndex = at;
  const number = NUMBER.exec(text);
  if (number === null) return undefined;
  const whole = /^\d+/.exec(number[0])?.[0] ?? '';
  // "5.12" is neither a date nor a time that could be told apart.
  if (number[0] !== whole && !/[.,]$/.test(number[0])) return make(at + number[0].length, { kind: 'unknown' });
  return make(at + whole.length, { kind: 'number', value: Number(whole), digits: whole.length });
}

function ordinalAt(lexicon: Lexicon, text: string, at: number): Found<number> | undefined {
  for (const pattern of lexicon.ordinals) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return { value: Number(found[1]), end: at + found[0].length };
  }
  return undefined;
}

/** Longer than any plan, and past what a calendar can count (days). */
const LONGEST_LENGTH = 3650;

function isEndless({ months, days, minutes }: Length): boolean {
  return months * 30 + days + minutes / 1440 > LONGEST_LENGTH;
}

function endless(said: string): string {
  return `"${said.trim()}" is longer than ten years. Say a shorter time.`;
}

/** After "um" or "at", `22.30` is a time of day. */
function saysTimeFirst({ before }: Place, written: string): boolean {
  return before?.kind === 'known' && before.terms.includes('at') && /^\d{1,2}\.\d{2}$/.test(written);
}

function wrong(reason: string): Meaning {
  return { kind: 'wrong', reason };
}

function phrase({ lexicon, plain: text, at }: Place, make: Make): Lexeme | undefined {
  const found = phraseAt(lexicon, text, at);
  return found === undefined ? undefined : make(found.end, { kind: 'known', ...found.meaning });
}

/** `(月)` is a weekday; any other bracket means nothing. */
function japaneseWeekday({ lexicon, plain: text, at }: Place): Lexeme | undefined {
  if (!lexicon.unspaced) return undefined;
  const found = phraseAt(lexicon, text, at);
  return found === undefined ? undefined : { start: at, end: found.end, kind: 'known', ...found.meaning };
}

function mark({ plain: text, at }: Place, make: Make): Lexeme | undefined {
  const run = /^(?:-{1,3}>?|[,/~+:.|&*@•])/u.exec(text.slice(at));
  return run === null
    ? undefined
    : make(at + run[0].length, { kind: 'mark', mark: run[0].startsWith('-') ? '-' : run[0] });
}

function unknown({ plain: text, at }: Place, make: Make): Lexeme {
  if (CJK.test(text.charAt(at))) return make(at + 1, { kind: 'unknown' });
  WORD.lastIndex = at;
  const found = WORD.exec(text)?.[0] ?? text.charAt(at);
  const trimmed = found.replace(/[.:!?'`]+$/u, '');
  return make(at + Math.max(trimmed.length, 1), { kind: 'unknown' });
}

/**
 * A word that is glued to an unknown one is part of it (`now-api` is no "now"); unknown characters of a language without
 * spaces are put together.
 */
function joined(lexemes: readonly Lexeme[], text: string): Lexeme[] {
  const result: Lexeme[] = [];
  for (const lexeme of lexemes) {
    const last = result.at(-1);
    const glued = last !== undefined && last.end === lexeme.start && gluable(text, last, lexeme);
    if (last !== undefined && glued && (last.kind === 'unknown' || lexeme.kind === 'unknown')) {
      let start = last.start;
      result.pop();
      for (
        let before = result.at(-1);
        before !== undefined && before.end === start && gluable(text, before, lexeme);
        before = result.at(-1)
      ) {
        start = before.start;
        result.pop();
      }
      result.push({ start, end: lexeme.end, kind: 'unknown' });
    } else {
      result.push(lexeme);
    }
  }
  return result;
}

function gluable(text: string, before: Lexeme, after: Lexeme): boolean {
  const [left, right] = [text.charAt(before.end - 1), text.charAt(after.start)];
  if (CJK.test(left) || CJK.test(right)) return before.kind === 'unknown' && after.kind === 'unknown';
  return GLUE.test(left) && GLUE.test(right);
}
