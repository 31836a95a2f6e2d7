import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { SERVICES, type Site } from '../site.ts';
import { Traffic } from '../traffic.ts';

/** Schedules windows that start, overlap and end within the next seconds. */
export async function scheduleWindows(site: Site, random: Random, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const start = site.now() + random.between(300, 4_000);
    await site.schedule(`Window ${index} end`, random.pick(SERVICES), start, start + random.between(500, 5_000));
  }
}

/** Plays a fault while windows start and end, and people and tools use Lull. */
export async function playBusy(
  site: Site,
  random: Random,
  fault: () => Promise<void>,
  noticedAfterMs = 0,
): Promise<void> {
  const traffic = Traffic.start(site, random.fork());
  await scheduleWindows(site, random, 2);
  await site.outage(async () => {
    await sleep(random.between(0, 3_000));
    await fault();
  }, noticedAfterMs);
  await sleep(random.between(0, 1_000));
  await traffic.stop();
}
