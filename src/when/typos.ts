import type { Edit } from './answer.ts';
import type { Lexeme } from './lexemes.ts';
import type { Lexicon } from './lexicon.ts';

/** More unknown words than these are another language, not slips. */
const MOST = 8;
/** Shorter words have too many neighbours. */
const SHORTEST = 5;

export interface Correction extends Edit {
  readonly notice: string;
}

/**
 * Unknown words that are one slip of the fingers away from exactly one word about time. `isName` says which words could be
 * the name of a service as well; those are left alone.
 */
export function correctionsOf(
  lexemes: readonly Lexeme[],
  text: string,
  folded: string,
  lexicon: Lexicon,
  isName: (word: string) => boolean,
): Correction[] {
  const unknown = lexemes.filter(({ kind }) => kind === 'unknown');
  if (unknown.length > MOST) return [];
  return unknown.flatMap((lexeme) => {
    const { start, end } = lexeme;
    const written = text.slice(start, end);
    const word = folded.slice(start, end);
    if (!/^[a-z]+$/.test(word) || isName(written)) return [];
    const by = nearest(word, lexicon);
    return by === undefined ? [] : [{ start, end, by, notice: `"${written}" is read as "${by}".` }];
  });
}

function nearest(word: string, lexicon: Lexicon): string | undefined {
  if (word.length < SHORTEST) return undefined;
  const near = [...lexicon.words].filter((known) => {
    if (known.length < SHORTEST || Math.abs(known.length - word.length) > 1) return false;
    if (known.slice(0, 1) !== word.slice(0, 1) && known.length < 8) return isSwap(word, known);
    return known.length === SHORTEST ? isSwap(word, known) : slips(word, known) <= (known.length >= 8 ? 2 : 1);
  });
  const closest = near.sort((a, b) => slips(word, a) - slips(word, b));
  const [first, second] = closest;
  if (first === undefined) return undefined;
  // Singular and plural of one word are no two meanings to choose between by guessing.
  return second !== undefined && slips(word, second) === slips(word, first) ? undefined : first;
}

function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** How many letters were left out, put in, mistaken or swapped with their neighbour (optimal string alignment). */
export function slips(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1] ?? [];
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
