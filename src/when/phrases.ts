import type { DayReference } from './day-reference.ts';
import type { Span } from './source-text.ts';
import type { Clock, Duration, Parse, TokenStream } from './tokens.ts';
import type { ZoneReference } from './zone-names.ts';

export type PartOfDay = 'small hours' | 'morning' | 'afternoon' | 'evening' | 'night';

export type Period = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** `to` precedes the end, `to before` follows it (Japanese). */
export type Connector = 'to' | 'to before' | 'from' | 'between' | 'and' | 'or';

/** The meaning of a group of tokens. */
export type PhraseMeaning =
  | { readonly kind: 'day'; readonly day: DayReference; readonly past?: boolean }
  /** Several days of the week; `every` when they repeat (`mondays`), `through` for a range. */
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
  /** A number without a unit where a duration is expected. */
  | { readonly kind: 'count'; readonly value: number }
  /** A duration that is not exact, with its possible values. */
  | { readonly kind: 'inexact duration'; readonly texts: readonly string[] }
  /** A delay from now. */
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
  /** A recurrence that no cron line can express. */
  | { readonly kind: 'irregular'; readonly why?: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly guess?: string };

export type Phrase = Span & PhraseMeaning;

export type PhraseOf<K extends PhraseMeaning['kind']> = Span & Extract<PhraseMeaning, { kind: K }>;

export function selectPhrases<K extends PhraseMeaning['kind']>(phrases: readonly Phrase[], kind: K): PhraseOf<K>[] {
  return phrases.filter((phrase): phrase is PhraseOf<K> => phrase.kind === kind);
}

/** The tokens, and the phrases before the current position. */
export interface ParserState extends TokenStream {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly phrases: readonly Phrase[];
}

/** The meanings of some tokens, and the index of the next token. */
export type PhraseParse = Parse<readonly PhraseMeaning[]>;

export function emit(next: number, ...value: readonly PhraseMeaning[]): PhraseParse {
  return { value, next };
}

export const PARTS_OF_DAY: readonly PartOfDay[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];

/** The phrases about one bound of a window. */
export interface Bound {
  readonly phrases: readonly Phrase[];
  readonly days: readonly PhraseOf<'day'>[];
  readonly clocks: readonly PhraseOf<'clock'>[];
  readonly weekdays: readonly PhraseOf<'weekdays'>[];
  readonly part: PhraseOf<'part'> | undefined;
  readonly tonight: PhraseOf<'tonight'> | undefined;
  readonly now: PhraseOf<'now'> | undefined;
  readonly delay: PhraseOf<'in'> | undefined;
  readonly zones: readonly PhraseOf<'zone'>[];
}

export interface Bounds {
  readonly start: Bound;
  /** Undefined for a sentence without an end. */
  readonly end: Bound | undefined;
}
