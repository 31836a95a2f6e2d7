import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import { load } from './load.ts';
import { memoryLoads } from './process.ts';
import { median, type Row } from './report.ts';

const MINUTES = Number(process.env.LULL_SOAK_MINUTES ?? 10);
const PRINT_EVERY_MS = 10_000;
const GROWTH = 1.1;

/** Every load in turn at full rate for ten minutes, with the resident memory every ten seconds: it must not grow. */
export async function* soak(lab: Lab): AsyncIterable<Row> {
  const lull = await lab.lull();
  const services = await lull.catalogue(Array.from({ length: 20 }, (_, index) => `service-${index}`));
  await lull.api('POST', '/subscriptions', { channel: 'C0OPS00001' });
  await lull.drained();
  const begun = performance.now();
  const length = lab.scale.smoke ? 2_000 : MINUTES * 60_000;
  const readings: number[] = [];
  const read = () => {
    readings.push(lull.rss());
    console.error(`  ${((performance.now() - begun) / 1000).toFixed(0)} s: ${lull.rss().toFixed(0)} MB`);
  };
  const timer = setInterval(read, lab.scale.size(PRINT_EVERY_MS, 200));
  try {
    const requests = Object.values(memoryLoads(services));
    while (performance.now() - begun < length) {
      for (const request of requests)
        await load(lull.url, { concurrency: 16, seconds: lab.scale.seconds / 3, request });
    }
    await lull.drained(600_000);
    await sleep(lab.scale.size(5_000, 300));
  } finally {
    clearInterval(timer);
  }
  read();
  // The first fifth fills the caches.
  const fifth = Math.ceil(readings.length / 5);
  const early = median(readings.slice(fifth, fifth * 2));
  const late = median(readings.slice(-fifth));
  yield {
    what: `soak: memory after ${(length / 60_000).toFixed(0)} minutes at full rate`,
    lull: `${late.toFixed(0)} MB (last fifth)`,
    baseline: `second fifth: ${early.toFixed(0)} MB`,
    ratio: late / early,
    required: `≤ ${GROWTH}`,
    met: late / early <= GROWTH,
  };
}
