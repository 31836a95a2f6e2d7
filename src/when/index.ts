/**
 * Words about time become a window, a series, a question or a refusal. A text passes through these files:
 *
 *   text
 *     -> source-text.ts    normalized `string`, and its folded form with the same positions
 *     -> sentence.ts       (`readSentence` only) services, annotations and the name are cut out; the rest is time
 *     -> lexer.ts          `Token[]`, with lexicon.ts (languages/), numeric-dates.ts, times.ts, durations.ts, zones.ts;
 *                          chrono-dates.ts reads dates that are left unknown
 *     -> grammar.ts        `Phrase[]`, with date-phrases.ts and recurrence-phrases.ts
 *     -> reader.ts         `Interpretation`, from window.ts (bounds.ts, instants.ts, dates.ts) or series.ts
 *                          (series-days.ts, series-times.ts), which throw `Unresolved` to refuse or ask; typos are
 *                          corrected, and an `Ambiguity` becomes a question once each of its options has been read
 *     -> results.ts        `When`
 *
 * A text is read in one call; a choice of a question is a new text. All texts for people are in texts.ts. A new
 * language is a file in languages/ and a line in languages/index.ts.
 */
export { readWhen } from './reader.ts';
export type {
  Assumption,
  Choice,
  QuestionAnswer,
  RefusalAnswer,
  SeriesAnswer,
  When,
  WhenContext,
  WindowAnswer,
} from './results.ts';
export type { Sentence, SentenceContext, UnknownWord } from './sentence.ts';
export { readSentence, removeWord, replaceWord } from './sentence.ts';
export type { ServiceStatus } from './sentence-annotations.ts';
export type { KnownService } from './service-names.ts';
