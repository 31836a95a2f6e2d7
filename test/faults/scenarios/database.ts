import { setTimeout as sleep } from 'node:timers/promises';
import { Postgres, query } from '../postgres.ts';
import type { Scenario } from '../scenario.ts';
import type { Site } from '../site.ts';
import { playBusy } from './busy.ts';

async function ownPostgres(folder: string) {
  const postgres = await Postgres.open(folder);
  return { postgres, close: () => postgres.stop('fast') };
}

export const databaseRestart: Scenario = {
  title: 'PostgreSQL or one of its backends is killed, or it is restarted (`immediate`, `fast`)',
  rounds: 18,
  shortRounds: 1,
  faults: 1,
  lanes: 3,
  ownPostgres,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const how = random.pick(['kill', 'immediate', 'fast', 'backend'] as const);
      if (how === 'backend') return site.postgres.killBackend(site.databaseUrl, random);
      await site.postgres.stop(how);
      await sleep(random.between(0, 4_000));
      await site.postgres.start();
    }),
};

export const databaseCut: Scenario = {
  title: 'connections to PostgreSQL are cut at random, ten times in a row',
  rounds: 12,
  shortRounds: 1,
  faults: 10,
  lanes: 3,
  play: (site, random) =>
    playBusy(site, random, async () => {
      for (let times = 0; times < 10; times++) {
        await sleep(random.between(50, 600));
        const share = random.pick([0.3, 0.6, 1]);
        if (random.chance(0.5)) for (const { wire } of site.instances) wire.cut(() => random.chance(share));
        else await terminateBackends(site, share);
      }
    }),
};

async function terminateBackends({ databaseUrl }: Site, share: number): Promise<void> {
  await query(
    databaseUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and random() < ${share}`,
  );
}

/** A statement waits for its answer for 65 seconds, and then the job queue starts again. */
const NOTICED_AFTER_MS = 75_000;

export const databaseSilent: Scenario = {
  title: 'the host of PostgreSQL disappears from the network without a word, and comes back',
  rounds: 8,
  shortRounds: 0,
  faults: 1,
  lanes: 4,
  play: (site, random) =>
    playBusy(
      site,
      random,
      async () => {
        for (const { wire } of site.instances) wire.disappear();
        await sleep(random.between(500, 10_000));
        for (const { wire } of site.instances) wire.restore();
      },
      NOTICED_AFTER_MS,
    ),
};
