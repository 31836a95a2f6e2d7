export { cronInWords } from './recurrence/in-words.ts';
export { containing, next, previous } from './recurrence/occurrences.ts';
export { overlapsItself, type SelfOverlap } from './recurrence/overlap.ts';
export { type CronReading, readCron } from './recurrence/read-cron.ts';
export type { Occurrence, Recurrence } from './recurrence/schedule.ts';
