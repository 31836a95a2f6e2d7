import type { Term } from './languages/en.ts';
import type { Span } from './source-text.ts';
import type { ZoneReference } from './zone-names.ts';

/** A time of day as written. Unless `isCertain`, the hour (1 to 12) can be in the morning or in the afternoon. */
export interface Clock {
  /** 0 to 24; 24 is the midnight that ends the day. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly isCertain: boolean;
  /** Written with minutes (`2:30`), which is unambiguous to readers with a 24-hour clock. */
  readonly hasMinutes?: boolean;
  /** `midnight` alone can be either end of a day. */
  readonly isMidnight?: boolean;
  /** Written as a 24-hour time (`3 Uhr`, `03:00`), which then applies to the other bound of a range. */
  readonly is24Hour?: boolean;
}

/** A duration as written. Months have no fixed length; a day counts as 24 hours. */
export type Duration = { readonly months: number; readonly days: number; readonly minutes: number };

/** A date in digits. With `order` unknown the first two numbers are day and month, or month and day. */
export type NumericDate = { readonly year?: number | undefined } & (
  | { readonly order: 'known'; readonly month: number; readonly day: number }
  | { readonly order: 'unknown'; readonly first: number; readonly second: number }
);

/** Everything that a word or phrase of the language tables can mean. */
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
  /** Has the shape of a time, but is invalid. */
  | { readonly kind: 'invalid'; readonly reason: string };

export type TokenOf<K extends TokenMeaning['kind']> = Extract<TokenMeaning, { kind: K }>;

export type Token = Span & TokenMeaning;

/** A parsed value, and the index of the next token. */
export type Parse<T> = { readonly value: T; readonly next: number };

export const parsed = <T>(next: number, value: T): Parse<T> => ({ value, next });

export interface TokenStream {
  readonly list: readonly Token[];
  /** The folded text of the tokens. */
  readonly folded: string;
  /** The current year. */
  readonly year: number;
}

export function hasTerm(token: Token | undefined, ...terms: readonly Term[]): boolean {
  return token?.kind === 'known' && terms.some((term) => token.terms.includes(term));
}

export function isSign(token: Token | undefined, ...marks: readonly string[]): boolean {
  return token?.kind === 'sign' && marks.includes(token.mark);
}

const asWord = (token: Token | undefined) => (token?.kind === 'known' ? token : undefined);

export const getWeekday = (token: Token | undefined) => asWord(token)?.weekday;
export const getPluralWeekday = (token: Token | undefined) => asWord(token)?.everyWeekday;
export const getAnyWeekday = (token: Token | undefined) => getWeekday(token) ?? getPluralWeekday(token);
export const getMonth = (token: Token | undefined) => asWord(token)?.month;

export function getNumber(token: Token | undefined): number | undefined {
  return token?.kind === 'number' ? token.value : asWord(token)?.number;
}

export function getOrdinal(token: Token | undefined): number | undefined {
  if (token?.kind === 'ordinal') return token.value;
  return asWord(token)?.ordinal ?? (hasTerm(token, 'last') ? -1 : undefined);
}

/** The index after words without a meaning here. Stops at a word that can introduce an end. */
export function skipTerms({ list }: TokenStream, at: number, ...terms: readonly Term[]): number {
  let next = at;
  while (!hasTerm(list[next], 'until') && hasTerm(list[next], ...terms)) next++;
  return next;
}

export function isHoursAndMinutes(token: Token | undefined): boolean {
  return token?.kind === 'duration' && token.duration.days === 0 && toMinutes(token.duration) !== undefined;
}

/** The duration in minutes, or undefined for months, which have no fixed length. */
export function toMinutes(length: Duration): number | undefined {
  return length.months === 0 ? length.days * 1440 + length.minutes : undefined;
}
