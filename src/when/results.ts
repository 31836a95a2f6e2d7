import { type Edit, insertAt, replaceSpan, type Span } from './source-text.ts';

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

interface Understood {
  /** The IANA zone of the times. */
  readonly timezone: string;
  /** Elapsed time, to the minute. */
  readonly durationMinutes: number;
  readonly assumed: readonly Assumption[];
  /** Sentences for people about clock changes, zones and interpretations. */
  readonly notices: readonly string[];
}

export interface WindowAnswer extends Understood {
  readonly outcome: 'window';
  readonly start: Date;
  readonly end: Date;
}

export interface SeriesAnswer extends Understood {
  readonly outcome: 'series';
  /** Five fields, over wall-clock time of `timezone`. */
  readonly cron: string;
}

export interface QuestionAnswer {
  readonly outcome: 'question';
  readonly question: string;
  /** Each text is a window or a series. */
  readonly choices: readonly Choice[];
}

export type RefusalAnswer = { readonly outcome: 'refusal'; readonly reason: string; readonly example: string };

export type When = WindowAnswer | SeriesAnswer | QuestionAnswer | RefusalAnswer;

type Option = { readonly label?: string; readonly edits: readonly Edit[] };

/** A question whose options have not been tried yet. */
export interface Ambiguity {
  readonly outcome: 'ambiguity';
  readonly question: string;
  readonly options: readonly Option[];
  /** The refusal if no option works. */
  readonly otherwise?: RefusalAnswer;
}

export type Interpretation = WindowAnswer | SeriesAnswer | Ambiguity | RefusalAnswer;

export const EXAMPLE = 'tomorrow 02:00 for 2h';
export const RANGE_EXAMPLE = 'tomorrow 22:00 to 23:30';
export const SERIES_EXAMPLE = 'every sunday at 03:00 for 2h';
export const SERIES_RANGE_EXAMPLE = 'every sunday 22:00 to 23:30';

export function refusal(reason: string, example = EXAMPLE): RefusalAnswer {
  return { outcome: 'refusal', reason, example };
}

/** Thrown where a text cannot be resolved; `interpret` returns the answer. */
export class Unresolved extends Error {
  readonly answer: Ambiguity | RefusalAnswer;

  constructor(answer: Ambiguity | RefusalAnswer) {
    super(answer.outcome);
    this.answer = answer;
  }
}

/** @throws Unresolved */
export function refuse(reason: string, example?: string): never {
  throw new Unresolved(refusal(reason, example));
}

/** @throws Unresolved */
export function ask(question: string, options: readonly Option[], otherwise?: RefusalAnswer): never {
  throw new Unresolved({ outcome: 'ambiguity', question, options, ...(otherwise && { otherwise }) });
}

/** Asks which of several texts to insert at a position. @throws Unresolved */
export function askInsertion(question: string, position: number, texts: readonly string[]): never {
  return ask(
    question,
    texts.map((text) => ({ edits: [insertAt(position, ` ${text} `)] })),
  );
}

/** Asks which of several replacements, texts or days, is meant. @throws Unresolved */
export function askReplacement(question: string, phrase: Span, replacements: readonly { toString(): string }[]): never {
  return ask(
    question,
    replacements.map((replacement) => ({ edits: [replaceSpan(phrase, replacement.toString())] })),
  );
}

/** The result of `resolve`, or the answer that it ended with. */
export function attempt<T>(resolve: () => T): T | Unresolved {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof Unresolved) return error;
    throw error;
  }
}
