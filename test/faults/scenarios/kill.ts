import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import type { Site } from '../site.ts';
import { playBusy, scheduleWindows } from './busy.ts';

/** Kills Lull twice at random instants; the second time perhaps while it starts. */
async function killTwice({ lull }: Site, random: Random): Promise<void> {
  await sleep(random.between(0, 2_000));
  await lull.kill();
  if (random.chance(0.3)) await sleep(random.between(0, 2_000));
  lull.spawn();
  await sleep(random.between(0, 2_500));
  await lull.kill();
  lull.spawn();
}

export const killIdle: Scenario = {
  title: 'Lull is killed (`SIGKILL`) while windows start and end by themselves',
  rounds: 50,
  shortRounds: 0,
  faults: 2,
  lanes: 4,
  async play(site, random) {
    await scheduleWindows(site, random, 4);
    await site.outage(() => killTwice(site, random));
  },
};

export const killBusy: Scenario = {
  title: 'Lull is killed (`SIGKILL`) while people and tools use it',
  rounds: 50,
  shortRounds: 1,
  faults: 2,
  lanes: 4,
  play: (site, random) => playBusy(site, random, () => killTwice(site, random)),
};
