export { type CronReading, readCron } from './cron.ts';
export { containing, next, previous } from './occurrences.ts';
export { overlapsItself, type SelfOverlap } from './overlap.ts';
export type { Occurrence, Recurrence } from './schedule.ts';
export { cronInWords } from './words.ts';
