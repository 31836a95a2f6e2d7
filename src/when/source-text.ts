/** A stretch of the text, in UTF-16 units; `end` is exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** At ascending positions, the first of the spans that ends after it. */
export function createSpanCursor(spans: readonly Span[]): (at: number) => Span | undefined {
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  let index = 0;
  return (at) => {
    while ((sorted[index]?.end ?? Number.POSITIVE_INFINITY) <= at) index++;
    return sorted[index];
  };
}

export interface Edit extends Span {
  readonly replacement: string;
}

const DASHES = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g;

const SINGLE_QUOTES = /[\u2018\u2019\u201A\u201B\u2032\u02BC\u00B4]/g;

const DOUBLE_QUOTES = /[\u201C-\u201F\u2033\u00AB\u00BB\u300C\u300D]/g;

const SPACES = /[\s\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;

// Zero-width characters in copied text. Joiners stay, because emoji need them.
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g;

const WIDE = /[\uFF01-\uFF5E]/g;

const LATIN_WITH_MARKS = /[\u00C0-\u024F]/g;

/** Normalizes a text: composed characters, single spaces, no invisible characters. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').replace(INVISIBLE, '').replace(SPACES, ' ').replace(/ {2,}/g, ' ');
}

/** In lower case, with plain dashes, quotes, spaces, digits and unaccented Latin letters, at the same positions. */
export function foldText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text
    .replace(DASHES, '-')
    .replace(SINGLE_QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(SPACES, ' ')
    .replace(/[\u301C\uFF5E]/g, '~')
    .replace(WIDE, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u3001\uFF64]/g, ',')
    .replace(/\uFF61|\u3002/g, '.')
    .replace(/[\p{Lu}]/gu, (letter) => keepLength(letter, letter.toLowerCase()))
    .replace(LATIN_WITH_MARKS, (letter) => keepLength(letter, letter.normalize('NFD').slice(0, 1)));
}

function keepLength(before: string, after: string): string {
  return after.length === before.length ? after : before;
}

/** Applies edits that do not overlap, without double spaces or spaces before punctuation. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, replacement } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
    const [before, after] = [result.slice(0, start), result.slice(end)];
    const opened = before === '' || before.endsWith(' ') ? replacement.trimStart() : replacement;
    const closed = /^[\s:;,.)\]]|^$/u.test(after) ? opened.trimEnd() : opened;
    const gap = closed === '' && before.endsWith(' ') && after.startsWith(' ');
    result = before + closed + (gap ? after.slice(1) : after);
  }
  return result.trim();
}

export function replaceSpan({ start, end }: Span, replacement: string): Edit {
  return { start, end, replacement };
}

export function insertAt(position: number, replacement: string): Edit {
  return { start: position, end: position, replacement };
}

export type Match<T> = { readonly value: T; readonly end: number };

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Matches a sticky pattern at a position, and converts the match unless `convert` returns undefined. */
export function parseAt<T>(
  pattern: RegExp,
  text: string,
  at: number,
  convert: (groups: RegExpExecArray) => T | undefined,
): Match<T> | undefined {
  const found = matchAt(pattern, text, at);
  const value = found && convert(found);
  return found === undefined || value === undefined ? undefined : { value, end: at + found[0].length };
}
