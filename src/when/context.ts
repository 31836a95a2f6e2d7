import { type WallClock, wallClock } from '../core/time.ts';
import type { Span } from './source-text.ts';

export interface ReaderContext {
  readonly now: Date;
  /** The reader's own IANA zone. */
  readonly timezone: string;
  readonly uses24Hours: boolean;
  /** Minutes. */
  readonly defaultMinutes: number;
  readonly text: string;
}

export type Day = ReturnType<WallClock['toPlainDate']>;

export function todayIn(zone: string, now: Date): Day {
  return wallClock(now, zone).toPlainDate();
}

export function quote(reader: ReaderContext, ...phrases: readonly Span[]): string {
  const start = Math.min(...phrases.map((phrase) => phrase.start));
  const end = Math.max(...phrases.map((phrase) => phrase.end));
  return reader.text.slice(start, end);
}
