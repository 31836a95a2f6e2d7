import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { SERVICES, type Site } from '../site.ts';
import { Traffic } from '../traffic.ts';

/** So that a kill falls anywhere in their lives: before, during and after a window, and into a restart. */
const LATEST_KILL_MS = 4_000;

/** Schedules windows that start, overlap and end within the next seconds. */
export async function scheduleWindows(site: Site, random: Random, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const start = site.now() + random.between(300, 4_000);
    await site.schedule(`Window ${index} end`, random.pick(SERVICES), start, start + random.between(500, 5_000));
  }
}

/** Kills Lull twice at random instants; the second time perhaps while it starts. */
async function killTwice(site: Site, random: Random): Promise<void> {
  const { lull } = site;
  await site.outage(async () => {
    await sleep(random.between(0, LATEST_KILL_MS));
    await lull.kill();
    if (random.chance(0.3)) await sleep(random.between(0, 2_000));
    lull.spawn();
    await sleep(random.between(0, 2_000));
    await lull.kill();
    lull.spawn();
  });
}

export const killIdle: Scenario = {
  title: 'Lull is killed (`SIGKILL`) while windows start and end by themselves',
  rounds: 50,
  shortRounds: 1,
  faults: 2,
  lanes: 4,
  async play(site, random) {
    await scheduleWindows(site, random, 4);
    await killTwice(site, random);
  },
};

export const killBusy: Scenario = {
  title: 'Lull is killed (`SIGKILL`) while people and tools use it',
  rounds: 50,
  shortRounds: 1,
  faults: 2,
  lanes: 4,
  async play(site, random) {
    const traffic = Traffic.start(site, random.fork());
    await scheduleWindows(site, random, 2);
    await killTwice(site, random);
    await sleep(random.between(0, 1_000));
    await traffic.stop();
  },
};
