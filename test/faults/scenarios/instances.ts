import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { playBusy } from './busy.ts';

export const instances: Scenario = {
  title:
    'three instances on one database: each is killed, started, or its network ends, at random; one joins, one leaves',
  rounds: 12,
  shortRounds: 0,
  faults: 8,
  lanes: 2,
  instances: 3,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const [joinsAt, leavesAt] = [random.between(0, 5), random.between(0, 5)];
      for (let times = 0; times < 6; times++) {
        await sleep(random.between(100, 1_500));
        if (times === joinsAt) await site.addInstance();
        if (times === leavesAt) await site.removeInstance(random.pick(site.instances));
        const { lull, wire } = random.pick(site.instances);
        if (!lull.running) lull.spawn();
        else if (random.chance(0.3)) wire.cut(() => true);
        else await lull.kill();
      }
      for (const { lull } of site.instances) if (!lull.running) lull.spawn();
      await Promise.all(site.instances.map(({ lull }) => lull.ready()));
    }),
};
