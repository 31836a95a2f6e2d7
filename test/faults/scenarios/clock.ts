import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { playBusy } from './busy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** From a time server that corrects a little to an administrator who types a wrong year. */
const STEPS_MS = [2 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 26 * HOUR_MS, 9 * 24 * HOUR_MS];

export const clock: Scenario = {
  title: "Lull's clock is stepped forward and back by minutes to days, and then set right",
  rounds: 16,
  shortRounds: 0,
  faults: 4,
  lanes: 4,
  play: (site, random) =>
    playBusy(site, random, async () => {
      for (const last of [false, false, false, true]) {
        const step = random.pick(STEPS_MS) * (random.chance(0.5) ? 1 : -1);
        site.stepClock(last ? 0 : step);
        await sleep(random.between(500, 3_000));
      }
    }),
};
