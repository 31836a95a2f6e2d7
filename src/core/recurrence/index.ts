export { type CronResult, parseCron } from './cron.ts';
export { describeCron } from './describe.ts';
export { findOpenOccurrence, nextOccurrences, previousOccurrences } from './occurrences.ts';
export { findSelfOverlap, type SelfOverlap } from './overlap.ts';
export type { Occurrence, Recurrence } from './schedule.ts';
