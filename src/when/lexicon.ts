import type { Term } from './languages/en.ts';
import { getLanguages, type Language } from './languages/index.ts';
import { numberGroups, parseValues, splitWords, type Unit } from './languages/language.ts';
import { type Match, matchAt } from './source-text.ts';
import type { WordMeaning } from './tokens.ts';

export type Lexicon = ReturnType<typeof buildLexicon>;

const lexicons = new Map<string, Lexicon>();

/** The lexicon of a locale such as `de-DE`; English for an unknown one. */
export function getLexicon(locale: string | undefined): Lexicon {
  const languages = getLanguages(locale);
  const [{ code }] = languages;
  const lexicon = lexicons.get(code) ?? buildLexicon(languages);
  lexicons.set(code, lexicon);
  return lexicon;
}

function buildLexicon(languages: readonly [Language, ...Language[]]) {
  const [own] = languages;
  // English first, so that a word of the reader's own language replaces it.
  const ascending = languages.toReversed();
  const meanings = new Map(ascending.flatMap((language) => [...collectMeanings(language)]));
  const numbers = new Map(ascending.flatMap((l) => parseNumbers(l.numbers)));
  const amounts = new Map([...numbers, ...languages.flatMap((l) => splitWords(l.articles).map(countsOne))]);
  const units = new Map(
    ascending.flatMap((l) =>
      (Object.entries(l.units) as [Unit, string][]).flatMap(([unit, words]) =>
        splitWords(words).map((word) => [word, unit] as const),
      ),
    ),
  );
  const durations = new Map(ascending.flatMap((l) => parseNumbers(l.durations)));
  const number = `(\\d{1,2}|${alternation([...numbers.keys()])})`;
  return {
    code: own.code,
    /** By first character, longest phrase first. */
    entries: indexByFirstCharacter(meanings),
    units,
    numbers,
    /** The numbers that can precede a unit of time, articles among them. */
    amounts,
    /** With which characters an amount, or another number, can begin. */
    amountStarts: new Set([...'0123456789.,½¼¾', ...[...amounts.keys()].map((word) => word.charAt(0))]),
    amount: new RegExp(
      `(?:(\\d+) )?(\\d)/(\\d)(?!\\d)|(\\d*)([½¼¾])|(\\d+(?:[.,]\\d+)?|[.,]\\d+)|(${alternation([...amounts.keys()])})(?=[ -])`,
      'uy',
    ),
    unit: new RegExp(` ?-?(${alternation([...units.keys()])})(?![\\p{Script=Latin}_])`, 'uy'),
    /** In minutes, longest phrase first. */
    durations: [...durations]
      .sort(([a], [b]) => b.length - a.length)
      .map(([phrase, minutes]) => ({ first: phrase.charAt(0), pattern: wordsPattern(phrase), minutes })),
    andAHalf: new RegExp(
      ` *(?:${alternation(languages.flatMap((l) => splitWords(l.andAHalf)))})(?![\\p{Script=Latin}\\d])`,
      'uy',
    ),
    durationJoint: new RegExp(` *(?:${alternation(languages.flatMap((l) => l.durationJoint))})? *`, 'uy'),
    ordinals: languages.map((l) => new RegExp(`${l.ordinalNumber}(?![\\p{Script=Latin}\\d])`, 'uy')),
    clockPhrases: languages
      .flatMap((l) => parseValues(l.clockPhrases))
      .map(([phrase, shift]) => ({
        /** The first character, or undefined if the phrase begins with a number. */
        first: phrase.startsWith('{') ? undefined : phrase.charAt(0),
        pattern: new RegExp(
          `${phrase.replaceAll(' ', ' +').replace('{h}', number).replace('{n}', number)}(?:(?![\\p{Script=Latin}\\d:])|(?=[ap]\\.?m))`,
          'uy',
        ),
        /** Minutes to add to the hour, or the sign of the minutes in the phrase. */
        shift: shift === 'n' || shift === '-n' ? shift : Number(shift),
      })),
    hourMark:
      own.hourMarks === undefined
        ? undefined
        : new RegExp(`(\\d{1,2}) ?(?:${alternation(splitWords(own.hourMarks))})`, 'uy'),
    hoursAreClock: own.hoursAreClock === true,
    unspaced: own.unspaced === true,
    /** Single words of the tables, for typo correction. */
    words: new Set([...meanings.keys(), ...units.keys()].filter((phrase) => /^[a-z]{3,}$/.test(phrase))),
  };
}

const parseNumbers = (groups: string) => parseValues(groups).map(([word, value]) => [word, Number(value)] as const);

const countsOne = (article: string) => [article, 1] as const;

/** Whether a number may follow without a space: "for2h". */
function isGluedToNumbers({ terms }: WordMeaning): boolean {
  return terms.some((term) => ['for', 'in', 'at', 'until', 'every'].includes(term));
}

/** The pattern of a phrase, with any number of spaces, that no letter may follow, nor a digit unless `glued`. */
function wordsPattern(phrase: string, glued = false): RegExp {
  const end = /[\p{Script=Latin}\d]$/u.test(phrase) ? `(?![\\p{Script=Latin}${glued ? '' : '\\d'}_])` : '';
  return new RegExp(escapePhrase(phrase) + end, 'uy');
}

function alternation(words: readonly string[]): string {
  return words
    .toSorted((a, b) => b.length - a.length)
    .map(escapePhrase)
    .join('|');
}

function escapePhrase(phrase: string): string {
  return phrase.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replaceAll(' ', ' +');
}

type MutableMeaning = { -readonly [K in keyof WordMeaning]: WordMeaning[K] } & { terms: Term[] };

function collectMeanings(language: Language): Map<string, MutableMeaning> {
  const meanings = new Map<string, MutableMeaning>();
  const getMeaning = (phrase: string): MutableMeaning => {
    const meaning = meanings.get(phrase) ?? { terms: [] };
    meanings.set(phrase, meaning);
    return meaning;
  };
  for (const [term, phrases] of Object.entries(language.terms) as [Term, string][]) {
    for (const phrase of splitWords(phrases)) getMeaning(phrase).terms.push(term);
  }
  const values = {
    weekday: numberGroups(language.weekdays, 0),
    everyWeekday: numberGroups(language.everyWeekday, 0),
    month: numberGroups(language.months, 1),
    number: parseNumbers(language.numbers),
    ordinal: parseNumbers(language.ordinals),
  };
  for (const [kind, words] of Object.entries(values) as [keyof typeof values, [string, number][]][]) {
    for (const [word, value] of words) getMeaning(word)[kind] = value;
  }
  return meanings;
}

function indexByFirstCharacter(meanings: ReadonlyMap<string, WordMeaning>) {
  const entries = [...meanings]
    .sort(([a], [b]) => b.length - a.length)
    .map(([phrase, meaning]) => ({ phrase, meaning, pattern: wordsPattern(phrase, isGluedToNumbers(meaning)) }));
  const index = new Map<string, typeof entries>();
  for (const entry of entries) {
    const first = entry.phrase.charAt(0);
    index.set(first, [...(index.get(first) ?? []), entry]);
  }
  return index;
}

/** The longest phrase of the tables at a position of the folded text. */
export function matchTerm(lexicon: Lexicon, text: string, at: number): Match<WordMeaning> | undefined {
  for (const { pattern, meaning } of lexicon.entries.get(text.charAt(at)) ?? []) {
    if (matchAt(pattern, text, at) === undefined) continue;
    const end = pattern.lastIndex;
    const abbreviable = meaning.weekday !== undefined || meaning.month !== undefined;
    const dotted = abbreviable && text[end] === '.' && !/\d/.test(text[end + 1] ?? '');
    return { value: meaning, end: dotted ? end + 1 : end };
  }
  return undefined;
}
