import type { Postgres } from './postgres.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';

/** A PostgreSQL that a scenario may break. */
export interface OwnPostgres {
  readonly postgres: Postgres;
  close(): Promise<void>;
}

/** A kind of fault, and how Lull is tried with it. */
export interface Scenario {
  /** What happens, for the table. */
  readonly title: string;
  /** Whether this machine can play it; by default any can. */
  readonly isPossible?: () => boolean;
  /** How many rounds the long form has, and the short one, which CI runs: none where other tests of CI play the fault. */
  readonly rounds: number;
  readonly shortRounds: number;
  /** How many faults a round has. */
  readonly faults: number;
  /** How many rounds run concurrently, as most of each is waiting. */
  readonly lanes: number;
  /** Instances of Lull; one by default. */
  readonly instances?: number;
  /** Starts a PostgreSQL for each lane, in this folder. By default all share one. */
  readonly ownPostgres?: (folder: string) => Promise<OwnPostgres>;
  /** Plays the fault. Afterwards everything must come right by itself. */
  play(site: Site, random: Random): Promise<void>;
}
