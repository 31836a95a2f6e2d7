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
  | { readonly is: 'day'; readonly day: DayReference; readonly past?: boolean }
  /** Several days of the week; `every` when they repeat (`mondays`), `through` when said as a range. */
  | {
      readonly is: 'weekdays';
      readonly weekdays: readonly number[];
      readonly every: boolean;
      readonly through: boolean;
    }
  | { readonly is: 'clock'; readonly clock: Clock }
  | { readonly is: 'part'; readonly part: PartOfDay }
  /** `tonight`: the evening of today and the night after it. */
  | { readonly is: 'tonight' }
  | { readonly is: 'length'; readonly length: Duration; readonly negative: boolean }
  /** A number where a length is wanted, without its unit. */
  | { readonly is: 'count'; readonly value: number }
  /** A length that is not said exactly: what it can be. */
  | { readonly is: 'lengths'; readonly texts: readonly string[] }
  /** An instant so long after now. */
  | { readonly is: 'in'; readonly length: Duration }
  | { readonly is: 'now' }
  | { readonly is: 'all day' }
  | { readonly is: 'zone'; readonly zone: ZoneReference }
  | { readonly is: 'every' }
  | { readonly is: 'repeat'; readonly period: Period; readonly count: number }
  | { readonly is: 'minute mark'; readonly minute: number }
  | { readonly is: 'month'; readonly month: number }
  | { readonly is: 'cron'; readonly line: string }
  | { [J in Connector]: { readonly is: J } }[Connector]
  | { readonly is: 'about' }
  | { readonly is: 'past' }
  | { readonly is: 'except' }
  /** A repetition that no cron line can say. */
  | { readonly is: 'irregular'; readonly why?: string }
  | { readonly is: 'wrong'; readonly reason: string }
  | { readonly is: 'unknown'; readonly guess?: string };

export type Phrase = Span & PhraseMeaning;

export type PhraseOf<K extends PhraseMeaning['is']> = Span & Extract<PhraseMeaning, { is: K }>;

export function selectPhrases<K extends PhraseMeaning['is']>(items: readonly Phrase[], is: K): PhraseOf<K>[] {
  return items.filter((item): item is PhraseOf<K> => item.is === is);
}

/** Where the reading of a sentence stands. */
export interface ParserState extends TokenStream {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly phrases: readonly Phrase[];
}

/** What was read, and the index of the lexeme after it. */
export type PhraseParse = Parse<readonly PhraseMeaning[]>;

export function emit(next: number, ...value: readonly PhraseMeaning[]): PhraseParse {
  return { value, next };
}

export const PARTS_OF_DAY: readonly PartOfDay[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];
