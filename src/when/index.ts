export type {
  Assumption,
  Choice,
  QuestionAnswer,
  RefusalAnswer,
  SeriesAnswer,
  When,
  WhenContext,
  WindowAnswer,
} from './answer.ts';
export { readWhen } from './read.ts';
export { readSentence, type Sentence, type SentenceContext, type UnknownWord } from './sentence.ts';
export type { ServiceStatus } from './sentence-marks.ts';
export type { KnownService } from './service-names.ts';
export { withName, withoutWord } from './word.ts';
