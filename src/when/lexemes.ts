import type { Term } from './languages/language.ts';
import type { Span } from './text.ts';
import type { ZoneReading } from './zones.ts';

/** A time of day as written. When not `sure`, the hour (1 to 12) can be of the morning or of the afternoon. */
export interface Clock {
  /** 0 to 24; 24 is the midnight that ends the day. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly sure: boolean;
  /** Written with minutes (`2:30`): sure where people use the 24-hour clock. */
  readonly minutes?: boolean;
  /** `midnight` alone does not say which end of a day it means. */
  readonly midnight?: boolean;
  /** Written as a 24-hour time (`3 Uhr`, `03:00`), so that its partner in a range is one too. */
  readonly day24?: boolean;
}

/** A length of time as written: months have no fixed length, days count as 24 hours where a length is asked for. */
export interface Length {
  readonly months: number;
  readonly days: number;
  readonly minutes: number;
}

/** A date in digits. With `order` unknown the first two numbers are day and month, or month and day. */
export type DigitDate =
  | { readonly order: 'known'; readonly year?: number; readonly month: number; readonly day: number }
  | {
      readonly order: 'unknown';
      readonly year?: number;
      readonly first: number;
      readonly second: number;
      readonly sign: string;
    };

/** Everything a word or phrase of the language tables can mean. */
export interface WordMeaning {
  readonly terms: readonly Term[];
  readonly weekday?: number;
  readonly everyWeekday?: number;
  readonly month?: number;
  readonly number?: number;
  readonly ordinal?: number;
}

export type Meaning =
  | ({ readonly kind: 'known' } & WordMeaning)
  | { readonly kind: 'unknown' }
  | { readonly kind: 'number'; readonly value: number; readonly digits: number }
  | { readonly kind: 'ordinal'; readonly value: number }
  | { readonly kind: 'date'; readonly date: DigitDate }
  | { readonly kind: 'clock'; readonly clock: Clock }
  | { readonly kind: 'minute mark'; readonly minute: number }
  /** `clock` is the other reading of `22h`. */
  | { readonly kind: 'length'; readonly length: Length; readonly clock?: Clock }
  | { readonly kind: 'zone'; readonly zone: ZoneReading }
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'cron'; readonly line: string }
  /** It has the shape of a time and cannot be one. */
  | { readonly kind: 'wrong'; readonly reason: string };

export type Lexeme = Span & Meaning;
