import type { Edit } from './source-text.ts';
import { REFUSALS } from './texts.ts';

/** What the text left open: the duration, or the day of a month, quarter or year. */
export type Assumption = 'duration' | 'day';

export interface WhenContext {
  readonly now: Date;
  /** The reader's IANA zone. */
  readonly timezone: string;
  /** Slack locale such as `de-DE`. English is always understood. */
  readonly locale?: string | undefined;
  /** The duration of a text without one, in minutes; 60 by default. */
  readonly defaultMinutes?: number | undefined;
}

export interface Choice {
  /** Short, for a button. */
  readonly label: string;
  /** The whole text, changed so that it has one meaning. */
  readonly text: string;
}

export interface WindowAnswer {
  readonly outcome: 'window';
  readonly start: Date;
  readonly end: Date;
  /** The IANA zone of the times. */
  readonly timezone: string;
  /** Elapsed time, to the minute. */
  readonly durationMinutes: number;
  readonly assumed: readonly Assumption[];
  /** Sentences for people about clock changes, zones and interpretations. */
  readonly notices: readonly string[];
}

export interface SeriesAnswer {
  readonly outcome: 'series';
  /** Five fields, over wall-clock time of `timezone`. */
  readonly cron: string;
  readonly timezone: string;
  readonly durationMinutes: number;
  readonly assumed: readonly Assumption[];
  readonly notices: readonly string[];
}

export interface QuestionAnswer {
  readonly outcome: 'question';
  readonly question: string;
  /** Each text is a window or a series. */
  readonly choices: readonly Choice[];
}

export interface RefusalAnswer {
  readonly outcome: 'refusal';
  readonly reason: string;
  readonly example: string;
}

export type When = WindowAnswer | SeriesAnswer | QuestionAnswer | RefusalAnswer;

/** A question whose choices have not been tried yet, with the edits for each. */
export interface Ambiguity {
  readonly outcome: 'doubt';
  readonly question: string;
  readonly options: readonly { readonly label?: string; readonly edits: readonly Edit[] }[];
  /** The refusal if no option works. */
  readonly otherwise?: RefusalAnswer;
}

export type Unresolved = Ambiguity | RefusalAnswer;

export type Interpretation = WindowAnswer | SeriesAnswer | Unresolved;

/** Bounds the work per text. */
const MAX_TEXT_CHARS = 2000;

export const EXAMPLE = 'tomorrow 02:00 for 2h';

export const SERIES_EXAMPLE = 'every sunday at 03:00 for 2h';

export function refuse(reason: string, example = EXAMPLE): RefusalAnswer {
  return { outcome: 'refusal', reason, example };
}

export function ambiguity(question: string, options: Ambiguity['options'], otherwise?: RefusalAnswer): Ambiguity {
  return { outcome: 'doubt', question, options, ...(otherwise === undefined ? {} : { otherwise }) };
}

/** Why a text is too long to be read. */
export function refuseIfTooLong(text: string): RefusalAnswer | undefined {
  if (text.length <= MAX_TEXT_CHARS) return undefined;
  return refuse(REFUSALS.tooLong(text.length, MAX_TEXT_CHARS));
}

export function isUnresolved(value: object): value is Unresolved {
  return 'outcome' in value && (value.outcome === 'doubt' || value.outcome === 'refusal');
}
