import { acknowledgement } from './acknowledgement.ts';
import { channels } from './channels.ts';
import { checks } from './checks.ts';
import { create } from './create.ts';
import { eventLoop, feeds } from './event-loop.ts';
import { herd } from './herd.ts';
import type { Lab } from './lab.ts';
import { lateness } from './lateness.ts';
import { lists } from './lists.ts';
import { memory, startup } from './process.ts';
import { recurrence } from './recurrence.ts';
import type { Row } from './report.ts';
import { sentences } from './sentences.ts';
import { soak } from './soak.ts';

/** Yields the rows of the table as they are measured. */
export type Benchmark = (lab: Lab) => AsyncIterable<Row>;

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  create,
  herd,
  lateness,
  list: lists,
  parse: eventLoop,
  feeds,
  acknowledgement,
  channels,
  enforcement: checks,
  recurrence,
  sentences,
  startup,
  memory,
};

/** Those that run only when they are named, because they take long. */
export const SEPARATE: Readonly<Record<string, Benchmark>> = { soak };
