import type { DayReading } from './days.ts';
import type { Clock, Length } from './lexemes.ts';
import type { Span } from './text.ts';
import type { ZoneReading } from './zones.ts';

export type Part = 'small hours' | 'morning' | 'afternoon' | 'evening' | 'night';
export type Period = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** `to` stands before the end, `to before` after it (Japanese). */
export type Joint = 'to' | 'to before' | 'from' | 'between' | 'and' | 'or';

/** One thing that a sentence says about time. */
export type Saying =
  | { readonly is: 'day'; readonly day: DayReading; readonly past?: boolean }
  /** Several days of the week; `every` when they repeat (`mondays`), `through` when said as a range. */
  | {
      readonly is: 'weekdays';
      readonly weekdays: readonly number[];
      readonly every: boolean;
      readonly through: boolean;
    }
  | { readonly is: 'clock'; readonly clock: Clock }
  | { readonly is: 'part'; readonly part: Part }
  /** `tonight`: the evening of today and the night after it. */
  | { readonly is: 'tonight' }
  | { readonly is: 'length'; readonly length: Length; readonly negative: boolean }
  /** A number where a length is wanted, without its unit. */
  | { readonly is: 'count'; readonly value: number }
  /** A length that is not said exactly: what it can be. */
  | { readonly is: 'lengths'; readonly texts: readonly string[] }
  /** An instant so long after now. */
  | { readonly is: 'in'; readonly length: Length }
  | { readonly is: 'now' }
  | { readonly is: 'all day' }
  | { readonly is: 'zone'; readonly zone: ZoneReading }
  | { readonly is: 'every' }
  | { readonly is: 'repeat'; readonly period: Period; readonly count: number }
  | { readonly is: 'minute mark'; readonly minute: number }
  | { readonly is: 'month'; readonly month: number }
  | { readonly is: 'cron'; readonly line: string }
  | { [J in Joint]: { readonly is: J } }[Joint]
  | { readonly is: 'about' }
  | { readonly is: 'past' }
  | { readonly is: 'except' }
  /** A repetition that no cron line can say. */
  | { readonly is: 'irregular'; readonly why?: string }
  | { readonly is: 'wrong'; readonly reason: string }
  | { readonly is: 'unknown'; readonly guess?: string };

export type Item = Span & Saying;
export type ItemOf<K extends Saying['is']> = Span & Extract<Saying, { is: K }>;

export function itemsOf<K extends Saying['is']>(items: readonly Item[], is: K): ItemOf<K>[] {
  return items.filter((item): item is ItemOf<K> => item.is === is);
}
