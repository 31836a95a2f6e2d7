import type { Temporal } from 'temporal-polyfill';
import type { Duration, NumericDate } from './tokens.ts';

export type Day = Temporal.PlainDate;

/** The month of a day. `every` and `the` ("of the month") are no specific month. */
export type MonthReference =
  | { readonly kind: 'this' | 'next' | 'the' | 'every' | 'any' }
  | { readonly kind: 'named'; readonly month: number; readonly year?: number };

/** A day as written, not yet resolved. */
export type DayReference =
  | { readonly kind: 'relative'; readonly days: number }
  | {
      readonly kind: 'weekday';
      readonly weekday: number;
      readonly which: 'coming' | 'this' | 'next' | 'this week' | 'next week';
    }
  | { readonly kind: 'date'; readonly month: number; readonly day: number; readonly year?: number }
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
