import type { DayReference } from './dates.ts';
import type { Span } from './source-text.ts';
import type { Clock, Duration, Parse, TokenStream } from './tokens.ts';
import type { ZoneReference } from './zones.ts';

export type PartOfDay = 'small hours' | 'morning' | 'afternoon' | 'evening' | 'night';

export type Period = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** `to` stands before the end, `to before` after it (Japanese). */
export type Connector = 'to' | 'to before' | 'from' | 'between' | 'and' | 'or';

/** One thing that a sentence says about time. */
export type PhraseMeaning =
  | { readonly kind: 'day'; readonly day: DayReference; readonly past?: boolean }
  /** Several days of the week; `every` when they repeat (`mondays`), `through` when said as a range. */
  | {
      readonly kind: 'weekdays';
      readonly weekdays: readonly number[];
      readonly every: boolean;
      readonly through: boolean;
    }
  | { readonly kind: 'clock'; readonly clock: Clock }
  | { readonly kind: 'part'; readonly part: PartOfDay }
  /** `tonight`: the evening of today and the night after it. */
  | { readonly kind: 'tonight' }
  | { readonly kind: 'duration'; readonly duration: Duration; readonly negative: boolean }
  /** A number where a length is wanted, without its unit. */
  | { readonly kind: 'count'; readonly value: number }
  /** A length that is not said exactly: what it can be. */
  | { readonly kind: 'inexact duration'; readonly texts: readonly string[] }
  /** An instant so long after now. */
  | { readonly kind: 'in'; readonly duration: Duration }
  | { readonly kind: 'now' }
  | { readonly kind: 'all day' }
  | { readonly kind: 'zone'; readonly zone: ZoneReference }
  | { readonly kind: 'every' }
  | { readonly kind: 'repeat'; readonly period: Period; readonly count: number }
  | { readonly kind: 'minute mark'; readonly minute: number }
  | { readonly kind: 'month'; readonly month: number }
  | { readonly kind: 'cron'; readonly line: string }
  | { [J in Connector]: { readonly kind: J } }[Connector]
  | { readonly kind: 'about' }
  | { readonly kind: 'past' }
  | { readonly kind: 'except' }
  /** A repetition that no cron line can say. */
  | { readonly kind: 'irregular'; readonly why?: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly guess?: string };

export type Phrase = Span & PhraseMeaning;

export type PhraseOf<K extends PhraseMeaning['kind']> = Span & Extract<PhraseMeaning, { kind: K }>;

export function selectPhrases<K extends PhraseMeaning['kind']>(phrases: readonly Phrase[], kind: K): PhraseOf<K>[] {
  return phrases.filter((phrase): phrase is PhraseOf<K> => phrase.kind === kind);
}

/** Where the reading of a sentence stands. */
export interface ParserState extends TokenStream {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly phrases: readonly Phrase[];
}

/** What was read, and the index of the token after it. */
export type PhraseParse = Parse<readonly PhraseMeaning[]>;

export function emit(next: number, ...value: readonly PhraseMeaning[]): PhraseParse {
  return { value, next };
}

export const PARTS_OF_DAY: readonly PartOfDay[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];
