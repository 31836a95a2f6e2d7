import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { type Playground, startPlayground } from '../../src/playground/server.ts';
import { BOT_USER } from '../../src/playground/workspace/seed.ts';
import type { Lab } from './lab.ts';
import type { Row } from './report.ts';

/** What the playground allows in a workspace, as Slack does: "several hundred messages a minute". */
const RATE = { perSecond: 5, burst: 20 };
const WINDOW = 'In every channel';
/** Of what the limit allows. */
const REQUIRED = 0.95;

/** How long many channels of one workspace wait for the announcement of a window, with Slack's limits. */
export async function* channels(lab: Lab): AsyncIterable<Row> {
  const count = lab.scale.size(200, 30);
  const manifest = parse(await readFile('manifest.yml', 'utf8'));
  let playground: Playground | undefined;
  try {
    const lull = await lab.lull({
      slack: async (eventsUrl) => {
        playground = await startPlayground({ port: 0, eventsUrl, manifest, workspaceMessageRate: RATE });
        return playground;
      },
    });
    if (playground === undefined) throw new Error('there is no Slack');
    const ana = playground.as('ana');
    const names = Array.from({ length: count }, (_, index) => `team-${index}`);
    for (const name of names) {
      const channel = ana.createChannel(name);
      ana.invite(`#${name}`, BOT_USER);
      await lull.api('POST', '/subscriptions', { channel });
    }
    const [service] = await lull.catalogue(['api']);
    await lull.drained();
    const start = Date.now() + 86_400_000;
    const rejected = () => playground?.log().filter(({ error }) => error === 'ratelimited').length ?? 0;
    const before = rejected();
    const begun = performance.now();
    await lull.api('POST', '/maintenances', {
      name: WINDOW,
      services: [service],
      scheduled_start_date: new Date(start),
      scheduled_end_date: new Date(start + 3_600_000),
    });
    const waiting = new Set(names);
    while (waiting.size > 0) {
      for (const name of waiting) {
        if (ana.messages(`#${name}`).some(({ text }) => text.includes(WINDOW))) waiting.delete(name);
      }
      await sleep(20);
    }
    const taken = (performance.now() - begun) / 1000;
    const allowed = (count - RATE.burst) / RATE.perSecond;
    yield {
      what: `one announcement in ${count} channels`,
      lull: `${taken.toFixed(1)} s, ${rejected() - before} calls in vain`,
      baseline: `Slack's limit allows it in ${allowed.toFixed(1)} s`,
      ratio: allowed / taken,
      required: `≥ ${REQUIRED} of the limit`,
      met: allowed / taken >= REQUIRED,
    };
  } finally {
    await playground?.close();
    await lab.release();
  }
}
