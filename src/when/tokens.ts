import { toMinutes } from './durations.ts';
import type { Term } from './languages/language.ts';
import type { Span } from './source-text.ts';
import type { ZoneReference } from './zones.ts';

/** A time of day as written. When not `sure`, the hour (1 to 12) can be of the morning or of the afternoon. */
export interface Clock {
  /** 0 to 24; 24 is the midnight that ends the day. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly isCertain: boolean;
  /** Written with minutes (`2:30`): sure where people use the 24-hour clock. */
  readonly hasMinutes?: boolean;
  /** `midnight` alone does not say which end of a day it means. */
  readonly isMidnight?: boolean;
  /** Written as a 24-hour time (`3 Uhr`, `03:00`), so that its partner in a range is one too. */
  readonly is24Hour?: boolean;
}

/** A length of time as written: months have no fixed length, days count as 24 hours where a length is asked for. */
export interface Duration {
  readonly months: number;
  readonly days: number;
  readonly minutes: number;
}

/** A date in digits. With `order` unknown the first two numbers are day and month, or month and day. */
export type NumericDate =
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

export type TokenMeaning =
  | ({ readonly kind: 'known' } & WordMeaning)
  | { readonly kind: 'unknown' }
  | { readonly kind: 'number'; readonly value: number; readonly digits: number }
  | { readonly kind: 'ordinal'; readonly value: number }
  | { readonly kind: 'date'; readonly date: NumericDate }
  | { readonly kind: 'clock'; readonly clock: Clock }
  | { readonly kind: 'minute mark'; readonly minute: number }
  /** `clock` is the other reading of `22h`. */
  | { readonly kind: 'duration'; readonly duration: Duration; readonly clock?: Clock }
  | { readonly kind: 'zone'; readonly zone: ZoneReference }
  | { readonly kind: 'sign'; readonly mark: string }
  | { readonly kind: 'cron'; readonly line: string }
  /** It has the shape of a time and cannot be one. */
  | { readonly kind: 'invalid'; readonly reason: string };

export type Token = Span & TokenMeaning;

/** What was read from tokens, and the index of the first one after it. */
export interface Parse<T> {
  readonly value: T;
  readonly next: number;
}

export interface TokenStream {
  readonly tokens: readonly Token[];
  /** The folded text that they were cut from. */
  readonly folded: string;
  /** The year it is. */
  readonly year: number;
}

export function hasTerm(token: Token | undefined, term: Term): boolean {
  return token?.kind === 'known' && token.terms.includes(term);
}

export function isSign(token: Token | undefined, ...marks: readonly string[]): boolean {
  return token?.kind === 'sign' && marks.includes(token.mark);
}

export function getWeekday(token: Token | undefined): number | undefined {
  return token?.kind === 'known' ? token.weekday : undefined;
}

export function getPluralWeekday(token: Token | undefined): number | undefined {
  return token?.kind === 'known' ? token.everyWeekday : undefined;
}

export function getMonth(token: Token | undefined): number | undefined {
  return token?.kind === 'known' ? token.month : undefined;
}

export function getOrdinal(token: Token | undefined): number | undefined {
  if (token?.kind === 'ordinal') return token.value;
  if (token?.kind !== 'known') return undefined;
  return token.ordinal ?? (token.terms.includes('last') ? -1 : undefined);
}

/** The index after words that mean nothing here; a word that can close a range is none of them. */
export function skipTerms({ tokens: list }: TokenStream, at: number, ...terms: readonly Term[]): number {
  let next = at;
  while (!hasTerm(list[next], 'until') && terms.some((term) => hasTerm(list[next], term))) next++;
  return next;
}

/** Whether a length is of hours and minutes, as a time of day is counted. */
export function isHoursAndMinutes(token: Token | undefined): boolean {
  return token?.kind === 'duration' && token.duration.days === 0 && toMinutes(token.duration) !== undefined;
}
