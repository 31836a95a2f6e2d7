import { textTooLong } from '../../core/common-errors.ts';
import type { Problem } from '../../core/errors.ts';
import {
  selectorEmpty,
  selectorExcludesOnly,
  selectorKeyUnknown,
  selectorTermEmpty,
  selectorUnreadable,
} from '../errors.ts';

export interface Selector {
  readonly text: string;
  /** Whether its choice is kept up to date while a window runs; otherwise it is made at the start. */
  readonly follows: boolean;
}

export interface Selectable {
  readonly name: string;
  readonly tags: readonly string[];
  readonly provider: string;
  /** Names. */
  readonly services: readonly string[];
  readonly scopes: readonly string[];
}

export const SELECTOR_KEYS = ['name', 'tag', 'service', 'scope', 'provider'] as const;
type Key = (typeof SELECTOR_KEYS)[number];

interface Term {
  readonly key: Key;
  readonly not: boolean;
  /** Patterns in lower case; one match is enough. */
  readonly values: readonly string[];
}

export const MAX_SELECTOR_CHARS = 500;
export const SELECTOR_EXAMPLE = 'tag:db -tag:canary';

const VALUES = (value: string) => `(?:"[^"]*"|${value})(?:,(?:"[^"]*"|${value}))*`;
/** An optional minus; a key with values, or a name without a colon that could be taken for one. */
const TERM = new RegExp(
  String.raw`(-?)(?:([a-z]+):(${VALUES(String.raw`[^\s",]+`)})|(${VALUES(String.raw`[^\s",:-][^\s",:]*`)}))(?=\s|$)`,
  'iy',
);

/**
 * Parses a selector such as `service:api tag:db,cache -name:*canary*`. All terms must match, a comma separates
 * alternatives, a minus negates, and a term without a key is a name. Case does not matter.
 */
export function readSelector(
  text: string,
):
  | { readonly ok: true; readonly matches: (check: Selectable) => boolean }
  | { readonly ok: false; readonly problem: Problem } {
  const wrong = (problem: Problem) => ({ ok: false as const, problem });
  if (text.length > MAX_SELECTOR_CHARS) {
    return wrong(textTooLong.at('selector', { length: text.length, max: MAX_SELECTOR_CHARS }));
  }
  const terms: Term[] = [];
  let at = text.length - text.trimStart().length;
  while (at < text.length) {
    TERM.lastIndex = at;
    const match = TERM.exec(text);
    if (match === null) return wrong(selectorUnreadable.at('selector', { rest: text.slice(at) }));
    const [whole, minus = '', key = 'name', keyed, bare = ''] = match;
    const list = keyed ?? bare;
    const known = SELECTOR_KEYS.find((each) => each === key.toLowerCase());
    if (known === undefined) return wrong(selectorKeyUnknown.at('selector', { key }));
    const values = (list.match(/"[^"]*"|[^",]+/g) ?? []).map((each) => each.replaceAll('"', '').toLowerCase());
    if (values.some((value) => value.trim() === '')) return wrong(selectorTermEmpty.at('selector', { term: whole }));
    terms.push({ key: known, not: minus === '-', values });
    at += whole.length;
    while (/\s/.test(text[at] ?? '')) at++;
  }
  if (terms.length === 0) return wrong(selectorEmpty.at('selector', {}));
  if (terms.every(({ not }) => not)) return wrong(selectorExcludesOnly.at('selector', {}));
  const tests = terms.map(toTest);
  return { ok: true, matches: (check) => tests.every((test) => test(check)) };
}

const TEXTS: Record<Key, (check: Selectable) => readonly string[]> = {
  name: ({ name }) => [name],
  tag: ({ tags }) => tags,
  service: ({ services }) => services,
  scope: ({ scopes }) => scopes,
  provider: ({ provider }) => [provider],
};

function toTest({ key, not, values }: Term): (check: Selectable) => boolean {
  return (check) =>
    not !== TEXTS[key](check).some((text) => values.some((pattern) => matchesPattern(text.toLowerCase(), pattern)));
}

/**
 * Not a regular expression, as one made of many `*` can take exponential time.
 * @param pattern `*` stands for any characters, `?` for one
 */
function matchesPattern(text: string, pattern: string): boolean {
  let [inText, inPattern] = [0, 0];
  // Where the last `*` was, and how much of the text it stands for.
  let star: { readonly after: number; until: number } | undefined;
  while (inText < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      inPattern++;
      star = { after: inPattern, until: inText };
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[inText])) {
      inText++;
      inPattern++;
    } else if (star !== undefined) {
      star.until++;
      inText = star.until;
      inPattern = star.after;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
