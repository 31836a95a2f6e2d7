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
export {
  readSentence,
  removeWord,
  replaceWord,
  type Sentence,
  type SentenceContext,
  type UnknownWord,
} from './sentence.ts';
export type { ServiceStatus } from './sentence-annotations.ts';
export type { KnownService } from './service-names.ts';
