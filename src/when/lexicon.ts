import { languagesOf } from './languages/index.ts';
import type { Language, Term, Unit } from './languages/language.ts';
import type { WordMeaning } from './lexemes.ts';

interface Entry {
  readonly phrase: string;
  readonly pattern: RegExp;
  readonly meaning: WordMeaning;
}

export interface ClockPhrase {
  readonly pattern: RegExp;
  readonly shift: number | 'n' | '-n';
}

/** The language tables of a locale, arranged for reading. Patterns are sticky. */
export interface Lexicon {
  readonly languages: readonly Language[];
  /** By first character, longest phrase first. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly number: RegExp;
  readonly unit: RegExp;
  readonly lengths: readonly { readonly pattern: RegExp; readonly minutes: number }[];
  readonly andAHalf: RegExp;
  readonly joint: RegExp;
  readonly ordinals: readonly RegExp[];
  readonly clocks: readonly ClockPhrase[];
  readonly hourMark: RegExp | undefined;
  readonly numbers: ReadonlyMap<string, number>;
  /** What can stand before a unit of time. */
  readonly counted: ReadonlyMap<string, number>;
  readonly hoursAreClock: boolean;
  readonly unspaced: boolean;
  /** Single words of the tables, for near misses. */
  readonly words: ReadonlySet<string>;
}

const cache = new Map<string, Lexicon>();

/** The lexicon of a Slack locale such as `de-DE`; English for one that is not known. */
export function lexiconOf(locale: string | undefined): Lexicon {
  const languages = languagesOf(locale);
  const key = languages[0]?.code ?? 'en';
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = arrange(languages);
  cache.set(key, made);
  return made;
}

function arrange(languages: readonly Language[]): Lexicon {
  const meanings = new Map<string, WordMeaning>();
  // English first, so that a word of the reader's own language takes its place.
  for (const language of [...languages].reverse()) {
    for (const [phrase, meaning] of meaningsOf(language)) meanings.set(phrase, meaning);
  }
  const entries = new Map<string, Entry[]>();
  for (const [phrase, meaning] of meanings) {
    const first = phrase.slice(0, 1);
    const list = entries.get(first) ?? [];
    const glued = meaning.terms.some((term) => BEFORE_NUMBERS.includes(term));
    list.push({ phrase, pattern: new RegExp(phrasePattern(phrase, glued), 'uy'), meaning });
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
  const lengths = new Map(languages.toReversed().flatMap((l) => Object.entries(l.lengths)));
  const numberWords = alternatives([...numbers.keys()]);
  const hour = `(\\d{1,2}|${numberWords})`;
  const own = languages[0];
  return {
    languages,
    entries,
    units,
    numbers,
    counted,
    number: new RegExp(
      `(?:(\\d+) )?(\\d)/(\\d)(?!\\d)|(\\d*)([½¼¾])|(\\d+(?:[.,]\\d+)?|[.,]\\d+)|(${alternatives([...counted.keys()])})(?=[ -])`,
      'uy',
    ),
    unit: new RegExp(` ?-?(${alternatives([...units.keys()])})(?![\\p{Script=Latin}_])`, 'uy'),
    lengths: [...lengths]
      .sort(([a], [b]) => b.length - a.length)
      .map(([phrase, minutes]) => ({ pattern: new RegExp(phrasePattern(phrase), 'uy'), minutes })),
    andAHalf: new RegExp(` *(?:${alternatives(languages.flatMap((l) => l.andAHalf))})(?![\\p{Script=Latin}\\d])`, 'uy'),
    joint: new RegExp(` *(?:${alternatives(languages.flatMap((l) => l.lengthJoint))})? *`, 'uy'),
    ordinals: languages.flatMap((l) =>
      l.ordinalNumber === undefined ? [] : [new RegExp(`${l.ordinalNumber}(?![\\p{Script=Latin}\\d])`, 'uy')],
    ),
    clocks: languages
      .flatMap((l) => Object.entries(l.clocks))
      .map(([phrase, shift]) => ({
        pattern: new RegExp(
          `${phrase.replaceAll(' ', ' +').replace('{h}', hour).replace('{n}', `(\\d{1,2}|${numberWords})`)}(?:(?![\\p{Script=Latin}\\d:])|(?=[ap]\\.?m))`,
          'uy',
        ),
        shift,
      })),
    hourMark:
      own === undefined || own.hourMark.length === 0
        ? undefined
        : new RegExp(`(\\d{1,2}) ?(?:${alternatives(own.hourMark)})`, 'uy'),
    hoursAreClock: own?.hoursAreClock ?? false,
    unspaced: own?.unspaced ?? false,
    words: new Set([...meanings.keys(), ...units.keys()].filter((phrase) => /^[a-z]{3,}$/.test(phrase))),
  };
}

const UNITS: readonly Unit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];

/** Words that people write without a space before a number: "for2h". */
const BEFORE_NUMBERS: readonly Term[] = ['for', 'in', 'at', 'until', 'every'];

/** A phrase in a text: any number of spaces between its words, and no letter glued to its end, nor a digit if not `glued`. */
function phrasePattern(phrase: string, glued = false): string {
  const body = escaped(phrase).replaceAll(' ', ' +');
  if (!/[\p{Script=Latin}\d]$/u.test(phrase)) return body;
  return glued ? `${body}(?![\\p{Script=Latin}_])` : `${body}(?![\\p{Script=Latin}\\d_])`;
}

function alternatives(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map((w) => escaped(w).replaceAll(' ', ' +'))
    .join('|');
}

function escaped(phrase: string): string {
  return phrase.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

type Draft = { -readonly [K in keyof WordMeaning]: WordMeaning[K] } & { terms: Term[] };

function meaningsOf(language: Language): Map<string, Draft> {
  const found = new Map<string, Draft>();
  const at = (phrase: string): Draft => {
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

/** The longest phrase of the tables at `at` in the folded text, and where it ends. */
export function phraseAt(
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
