import { getLanguages } from './languages/index.ts';
import type { Language, Term, Unit } from './languages/language.ts';
import type { WordMeaning } from './tokens.ts';

interface Entry {
  readonly phrase: string;
  readonly pattern: RegExp;
  readonly meaning: WordMeaning;
}

export interface ClockPhrase {
  readonly pattern: RegExp;
  readonly shift: number | 'n' | '-n';
}

/** The language tables of a locale as sticky patterns and maps. */
export interface Lexicon {
  readonly languages: readonly Language[];
  /** By first character, longest phrase first. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly number: RegExp;
  readonly unit: RegExp;
  readonly durations: readonly { readonly pattern: RegExp; readonly minutes: number }[];
  readonly andAHalf: RegExp;
  readonly durationJoint: RegExp;
  readonly ordinals: readonly RegExp[];
  readonly clockPhrases: readonly ClockPhrase[];
  readonly hourMark: RegExp | undefined;
  readonly numbers: ReadonlyMap<string, number>;
  /** What can stand before a unit of time. */
  readonly amounts: ReadonlyMap<string, number>;
  readonly hoursAreClock: boolean;
  readonly unspaced: boolean;
  /** Single words of the tables, for typo correction. */
  readonly words: ReadonlySet<string>;
}

const lexicons = new Map<string, Lexicon>();

/** The lexicon of a locale such as `de-DE`; English for an unknown one. */
export function getLexicon(locale: string | undefined): Lexicon {
  const languages = getLanguages(locale);
  const key = languages[0]?.code ?? 'en';
  const known = lexicons.get(key);
  if (known !== undefined) return known;
  const made = buildLexicon(languages);
  lexicons.set(key, made);
  return made;
}

function buildLexicon(languages: readonly Language[]): Lexicon {
  const meanings = new Map<string, WordMeaning>();
  // English first, so that a word of the reader's own language replaces it.
  for (const language of [...languages].reverse()) {
    for (const [phrase, meaning] of collectMeanings(language)) meanings.set(phrase, meaning);
  }
  const entries = new Map<string, Entry[]>();
  for (const [phrase, meaning] of meanings) {
    const first = phrase.slice(0, 1);
    const list = entries.get(first) ?? [];
    const glued = meaning.terms.some((term) => BEFORE_NUMBERS.includes(term));
    list.push({ phrase, pattern: new RegExp(wordsPattern(phrase, glued), 'uy'), meaning });
    entries.set(first, list);
  }
  for (const list of entries.values()) list.sort((a, b) => b.phrase.length - a.phrase.length);

  const numbers = new Map(languages.toReversed().flatMap((l) => Object.entries(l.numbers)));
  const units = new Map<string, Unit>();
  for (const language of languages.toReversed()) {
    for (const unit of UNITS) for (const word of language.units[unit] ?? []) units.set(word, unit);
  }
  const counted = new Map([
    ...numbers,
    ...languages.flatMap((l) => l.articles ?? []).map((word) => [word, 1] as const),
  ]);
  const lengths = new Map(languages.toReversed().flatMap((l) => Object.entries(l.durations)));
  const numberWords = alternation([...numbers.keys()]);
  const hour = `(\\d{1,2}|${numberWords})`;
  const own = languages[0];
  return {
    languages,
    entries,
    units,
    numbers,
    amounts: counted,
    number: new RegExp(
      `(?:(\\d+) )?(\\d)/(\\d)(?!\\d)|(\\d*)([½¼¾])|(\\d+(?:[.,]\\d+)?|[.,]\\d+)|(${alternation([...counted.keys()])})(?=[ -])`,
      'uy',
    ),
    unit: new RegExp(` ?-?(${alternation([...units.keys()])})(?![\\p{Script=Latin}_])`, 'uy'),
    durations: [...lengths]
      .sort(([a], [b]) => b.length - a.length)
      .map(([phrase, minutes]) => ({ pattern: new RegExp(wordsPattern(phrase), 'uy'), minutes })),
    andAHalf: new RegExp(` *(?:${alternation(languages.flatMap((l) => l.andAHalf))})(?![\\p{Script=Latin}\\d])`, 'uy'),
    durationJoint: new RegExp(` *(?:${alternation(languages.flatMap((l) => l.durationJoint))})? *`, 'uy'),
    ordinals: languages.flatMap((l) =>
      l.ordinalNumber === undefined ? [] : [new RegExp(`${l.ordinalNumber}(?![\\p{Script=Latin}\\d])`, 'uy')],
    ),
    clockPhrases: languages
      .flatMap((l) => Object.entries(l.clockPhrases))
      .map(([phrase, shift]) => ({
        pattern: new RegExp(
          `${phrase.replaceAll(' ', ' +').replace('{h}', hour).replace('{n}', `(\\d{1,2}|${numberWords})`)}(?:(?![\\p{Script=Latin}\\d:])|(?=[ap]\\.?m))`,
          'uy',
        ),
        shift,
      })),
    hourMark:
      own === undefined || own.hourMarks.length === 0
        ? undefined
        : new RegExp(`(\\d{1,2}) ?(?:${alternation(own.hourMarks)})`, 'uy'),
    hoursAreClock: own?.hoursAreClock ?? false,
    unspaced: own?.unspaced ?? false,
    words: new Set([...meanings.keys(), ...units.keys()].filter((phrase) => /^[a-z]{3,}$/.test(phrase))),
  };
}

const UNITS: readonly Unit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];

/** Words that may precede a number without a space: "for2h". */
const BEFORE_NUMBERS: readonly Term[] = ['for', 'in', 'at', 'until', 'every'];

/** The pattern of a phrase: any number of spaces between words, and no letter right after it, nor a digit unless `glued`. */
function wordsPattern(phrase: string, glued = false): string {
  const body = escapeRegExp(phrase).replaceAll(' ', ' +');
  if (!/[\p{Script=Latin}\d]$/u.test(phrase)) return body;
  return glued ? `${body}(?![\\p{Script=Latin}_])` : `${body}(?![\\p{Script=Latin}\\d_])`;
}

function alternation(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map((w) => escapeRegExp(w).replaceAll(' ', ' +'))
    .join('|');
}

function escapeRegExp(phrase: string): string {
  return phrase.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

type MutableMeaning = { -readonly [K in keyof WordMeaning]: WordMeaning[K] } & { terms: Term[] };

function collectMeanings(language: Language): Map<string, MutableMeaning> {
  const found = new Map<string, MutableMeaning>();
  const at = (phrase: string): MutableMeaning => {
    const draft = found.get(phrase) ?? { terms: [] };
    found.set(phrase, draft);
    return draft;
  };
  for (const [term, phrases] of Object.entries(language.terms) as [Term, readonly string[]][]) {
    for (const phrase of phrases) at(phrase).terms.push(term);
  }
  language.weekdays.forEach((phrases, weekday) => {
    for (const phrase of phrases) at(phrase).weekday = weekday;
  });
  language.everyWeekday?.forEach((phrases, weekday) => {
    for (const phrase of phrases) at(phrase).everyWeekday = weekday;
  });
  language.months.forEach((phrases, index) => {
    for (const phrase of phrases) at(phrase).month = index + 1;
  });
  for (const [phrase, value] of Object.entries(language.numbers)) at(phrase).number = value;
  for (const [phrase, value] of Object.entries(language.ordinals)) at(phrase).ordinal = value;
  return found;
}

/** The longest phrase of the tables at a position of the folded text. */
export function matchTerm(
  lexicon: Lexicon,
  text: string,
  at: number,
): { meaning: WordMeaning; end: number } | undefined {
  for (const entry of lexicon.entries.get(text.charAt(at)) ?? []) {
    entry.pattern.lastIndex = at;
    if (!entry.pattern.test(text)) continue;
    let end = entry.pattern.lastIndex;
    const abbreviable = entry.meaning.weekday !== undefined || entry.meaning.month !== undefined;
    if (abbreviable && text[end] === '.' && !/\d/.test(text[end + 1] ?? '')) end += 1;
    return { meaning: entry.meaning, end };
  }
  return undefined;
}
