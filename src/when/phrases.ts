import type { Span } from './source-text.ts';
import type { Clock, Duration, NumericDate, Parse, TokenStream } from './tokens.ts';
import type { ZoneReference } from './zone-names.ts';

/** The month of a day. `every` and `the` ("of the month") are no specific month. */
export type MonthReference =
  | { readonly kind: 'this' | 'next' | 'the' | 'every' | 'any' }
  | { readonly kind: 'named'; readonly month: number; readonly year?: number | undefined };

export type DayReference =
  | { readonly kind: 'relative'; readonly days: number }
  | {
      readonly kind: 'weekday';
      readonly weekday: number;
      readonly which: 'coming' | 'this' | 'next' | 'this week' | 'next week';
    }
  | { readonly kind: 'date'; readonly month: number; readonly day: number; readonly year?: number | undefined }
  | { readonly kind: 'either'; readonly date: Extract<NumericDate, { order: 'unknown' }> }
  | { readonly kind: 'day of month'; readonly day: number; readonly month: MonthReference }
  /** `nth` is -1 for the last. */
  | { readonly kind: 'nth weekday'; readonly nth: number; readonly weekday: number; readonly month: MonthReference }
  /** `wording` is "last day of" or "end of". */
  | { readonly kind: 'last day'; readonly month: MonthReference; readonly wording: 'day' | 'end' }
  | { readonly kind: 'after'; readonly duration: Duration; readonly base: DayReference }
  | { readonly kind: 'next day' }
  /** More than one day. */
  | {
      readonly kind: 'period';
      readonly period: 'week' | 'next week' | 'month' | 'next month' | 'weekend' | 'year' | 'day';
    };

export type DayOf<K extends DayReference['kind']> = Extract<DayReference, { kind: K }>;

export type PartOfDay = 'small hours' | 'morning' | 'afternoon' | 'evening' | 'night';

export type Period = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export type PhraseMeaning =
  | { readonly kind: 'day'; readonly day: DayReference }
  /** Several days of the week; `every` when they repeat (`mondays`). */
  | { readonly kind: 'weekdays'; readonly weekdays: readonly number[]; readonly every: boolean }
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
  | { readonly kind: 'zone'; readonly zone: ZoneReference }
  | { readonly kind: 'repeat'; readonly period: Period; readonly count: number }
  | { readonly kind: 'minute mark'; readonly minute: number }
  | { readonly kind: 'month'; readonly month: number }
  | { readonly kind: 'cron'; readonly line: string }
  | { [K in SimpleKind]: { readonly kind: K } }[SimpleKind]
  /** A recurrence that no cron line can express. */
  | { readonly kind: 'irregular'; readonly why?: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** `to` precedes the end, `to before` follows it (Japanese). */
type SimpleKind =
  | ('to' | 'to before' | 'from' | 'between' | 'and' | 'or')
  | ('now' | 'all day' | 'every' | 'about' | 'past' | 'except');

export type Phrase = Span & PhraseMeaning;

type Kind = PhraseMeaning['kind'];

export type PhraseOf<K extends Kind> = Span & Extract<PhraseMeaning, { kind: K }>;

const isOfKind =
  <K extends Kind>(kinds: readonly K[]) =>
  (phrase: Phrase | undefined): phrase is PhraseOf<K> =>
    phrase !== undefined && (kinds as readonly Kind[]).includes(phrase.kind);

export function selectPhrases<K extends Kind>(phrases: readonly Phrase[], ...kinds: readonly K[]): PhraseOf<K>[] {
  return phrases.filter(isOfKind(kinds));
}

export function findPhrase<K extends Kind>(phrases: readonly Phrase[], ...kinds: readonly K[]) {
  return phrases.find(isOfKind(kinds));
}

export function hasPhrase(phrases: readonly Phrase[], ...kinds: readonly Kind[]): boolean {
  return phrases.some(isOfKind(kinds));
}

export interface ParserState extends TokenStream {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly phrases: readonly Phrase[];
}

export type PhraseParse = Parse<readonly PhraseMeaning[]>;

export function emit(next: number, ...value: readonly PhraseMeaning[]): PhraseParse {
  return { value, next };
}

export const PARTS_OF_DAY: readonly PartOfDay[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];

/** Kinds of phrases that connect others, and are no time by themselves. */
export const CONNECTORS: readonly Kind[] = ['to', 'from', 'and', 'or', 'about', 'every', 'between'];
