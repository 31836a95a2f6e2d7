import { wallClock } from '../core/time.ts';
import type { Day } from './day-reference.ts';
import { type Ambiguity, ambiguity } from './results.ts';
import { replaceSpan, type Span } from './source-text.ts';

/** What the interpretation of phrases depends on. */
export interface ReaderContext {
  readonly now: Date;
  /** The reader's own IANA zone. */
  readonly timezone: string;
  readonly uses24Hours: boolean;
  /** Minutes. */
  readonly defaultMinutes: number;
  readonly text: string;
}

export function todayIn(zone: string, now: Date): Day {
  return wallClock(now, zone).toPlainDate();
}

/** Asks which of several replacements is meant. */
export function askBetween(
  question: string,
  spans: readonly { readonly phrase: Span; readonly replacements: readonly string[] }[],
): Ambiguity {
  const count = spans[0]?.replacements.length ?? 0;
  const options = Array.from({ length: count }, (_, index) => ({
    edits: spans.map(({ phrase, replacements }) => replaceSpan(phrase, replacements[index] ?? '')),
  }));
  return ambiguity(question, options);
}

/** The text of a phrase as typed. */
export function quote(phrase: Span, reader: ReaderContext): string {
  return reader.text.slice(phrase.start, phrase.end);
}
