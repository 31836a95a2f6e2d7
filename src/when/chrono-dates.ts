import * as chrono from 'chrono-node';
import type { Day } from './context.ts';
import type { Span } from './source-text.ts';
import type { Token, TokenMeaning } from './tokens.ts';

const { de, es, fi, fr, id, it, ja, nl, pt, ru, sv, uk, vi, zh } = chrono;

/** The languages that chrono supports, besides English. */
const LANGUAGES = new Map(Object.entries({ de, es, fi, fr, id, it, ja, nl, pt, ru, sv, uk, vi, zh }));

/** With more, the text is not about a date, and stays not understood whatever chrono finds in it. */
const MAX_UNKNOWN_WORDS = 12;

/** The longest words of a date, and the longest date in words. Chrono's patterns are slow on long texts. */
const MAX_WORD_CHARS = 40;
const MAX_DATE_WORDS = 6;

/**
 * Lets chrono parse dates that the language tables do not cover ("twenty-fifth of december", "domani"). Of its
 * results, only days that are explicit in the text are used, no times, zones or implied values.
 *
 * @param tokens of the text; chrono only changes stretches with an unknown word
 * @param today on the reader's calendar
 */
export function addChronoDates(text: string, tokens: readonly Token[], locale: string | undefined, today: Day) {
  const unknown = tokens.flatMap((token, index) => (token.kind === 'unknown' ? index : []));
  if (unknown.length === 0 || unknown.length > MAX_UNKNOWN_WORDS) return tokens;
  const visible = keepDateWords(text, tokens, unknown);
  // Noon in UTC, so that no zone or clock change has an effect.
  const instant = new Date(`${today.toString()}T12:00:00Z`);
  const own = LANGUAGES.get(locale?.toLowerCase().split(/[-_]/)[0] ?? '');
  let result = tokens;
  for (const language of own === undefined ? [chrono.en] : [own, chrono.en]) {
    for (const found of language.casual.parse(visible.text, { instant, timezone: 0 })) {
      const start = visible.starts.get(found.index);
      const end = visible.ends.get(found.index + found.text.length);
      if (start !== undefined && end !== undefined) result = insertDate(result, { start, end }, found);
    }
  }
  return result;
}

/** Chrono's patterns need time in proportion to the square of the spaces between words. */
const MAX_GAP_CHARS = 3;

/**
 * The text with spaces in place of what has been parsed already and what is far from an unknown word, and the positions
 * in the whole text at which its words start and end.
 */
function keepDateWords(text: string, tokens: readonly Token[], unknown: readonly number[]) {
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  let words = '';
  let last = 0;
  for (const [index, token] of tokens.entries()) {
    const isNear = unknown.some((at) => Math.abs(at - index) < MAX_DATE_WORDS);
    if (!isNear || token.end - token.start > MAX_WORD_CHARS) continue;
    const isKept =
      token.kind === 'known'
        ? token.month !== undefined || token.weekday !== undefined
        : ['unknown', 'number', 'ordinal'].includes(token.kind);
    if (!isKept) continue;
    words += ' '.repeat(Math.min(token.start - last, MAX_GAP_CHARS));
    starts.set(words.length, token.start);
    words += text.slice(token.start, token.end);
    ends.set(words.length, token.end);
    last = token.end;
  }
  return { text: words, starts, ends };
}

function insertDate(tokens: readonly Token[], { start, end }: Span, found: chrono.ParsedResult): readonly Token[] {
  const first = tokens.findIndex((token) => token.start === start);
  const last = tokens.findIndex((token) => token.end === end);
  const covered = tokens.slice(first, last + 1);
  if (first < 0 || last < first || !covered.some(({ kind }) => kind === 'unknown')) return tokens;
  const meaning = toMeaning(found);
  return meaning === undefined ? tokens : tokens.toSpliced(first, covered.length, { start, end, ...meaning });
}

function toMeaning(found: chrono.ParsedResult): TokenMeaning | undefined {
  const { start, end } = found;
  const get = (component: chrono.Component) =>
    start.isCertain(component) ? (start.get(component) ?? undefined) : undefined;
  // "next week" is not a single day.
  if (end || get('hour') !== undefined || found.tags().has('result/relativeDate')) return undefined;
  const [year, month, day, weekday] = [get('year'), get('month'), get('day'), get('weekday')];
  if (month !== undefined && day !== undefined) return { kind: 'date', date: { order: 'known', year, month, day } };
  return weekday !== undefined && day === undefined ? { kind: 'known', terms: [], weekday } : undefined;
}
