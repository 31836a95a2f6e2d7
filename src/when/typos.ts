import { editDistance } from '../core/edit-distance.ts';
import type { Lexicon } from './lexicon.ts';
import type { Edit } from './source-text.ts';
import { NOTICES } from './texts.ts';
import type { Token } from './tokens.ts';

/** More unknown words suggest another language rather than typos. */
const MAX_UNKNOWN_WORDS = 8;

/** Shorter words are similar to too many others. */
const MIN_WORD_CHARS = 5;

export interface Correction extends Edit {
  readonly notice: string;
}

/** Corrects unknown words that are one typo away from exactly one word about time, unless `isName` accepts them. */
export function correctTokens(
  tokens: readonly Token[],
  text: string,
  folded: string,
  lexicon: Lexicon,
  isName: (word: string) => boolean,
): Correction[] {
  const unknown = tokens.filter(({ kind }) => kind === 'unknown');
  if (unknown.length > MAX_UNKNOWN_WORDS) return [];
  return unknown.flatMap((token) => {
    const { start, end } = token;
    const source = text.slice(start, end);
    const word = folded.slice(start, end);
    const by = /^[a-z]+$/.test(word) ? findClosestWord(word, lexicon) : undefined;
    return by === undefined || isName(source)
      ? []
      : [{ start, end, replacement: by, notice: NOTICES.correction(source, by) }];
  });
}

function findClosestWord(word: string, lexicon: Lexicon): string | undefined {
  if (word.length < MIN_WORD_CHARS) return undefined;
  const near = [...lexicon.words].filter((known) => {
    if (known.length < MIN_WORD_CHARS || Math.abs(known.length - word.length) > 1) return false;
    if (known.slice(0, 1) !== word.slice(0, 1) && known.length < 8) return isSwap(word, known);
    return known.length === MIN_WORD_CHARS
      ? isSwap(word, known)
      : editDistance(word, known) <= (known.length >= 8 ? 2 : 1);
  });
  const closest = near.sort((a, b) => editDistance(word, a) - editDistance(word, b));
  const [first, second] = closest;
  if (first === undefined) return undefined;
  // With two equally close words there is no safe guess.
  return second !== undefined && editDistance(word, second) === editDistance(word, first) ? undefined : first;
}

function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
