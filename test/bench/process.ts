import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../port.ts';
import { AUTHORIZED, type Lab, type RunningLull, type SlackAccess } from './lab.ts';
import { load, type Request } from './load.ts';
import { median, ms, type Row } from './report.ts';
import { insertWindows } from './windows.ts';

const IDLE_MB = 200;
const GROWTH_MB = 60;

/** How long it takes from `npm start` until Lull is ready, on a database that has its tables. */
export async function* startup(lab: Lab): AsyncIterable<Row> {
  const { message: slack } = await lab.fork<SlackAccess>('slack', ['http://127.0.0.1:9/']);
  const first = await lab.lull({ slack: async () => slack });
  const { databaseUrl } = first;
  await first.stop();
  const times: number[] = [];
  const bolts: number[] = [];
  for (let count = 0; count < lab.scale.size(5, 1); count++) {
    const lull = await lab.lull({ databaseUrl, slack: async () => slack });
    times.push(lull.startMs);
    await lull.stop();
    const begun = performance.now();
    const { child } = await forkBolt(lab, slack);
    bolts.push(performance.now() - begun);
    await lab.end(child);
  }
  yield {
    what: 'start, until ready',
    lull: ms(median(times)),
    baseline: `bare Bolt: ${ms(median(bolts))}`,
    ratio: median(times) / median(bolts),
  };
}

async function forkBolt(lab: Lab, { signingSecret, botToken, apiUrl }: SlackAccess) {
  return lab.fork<{ rss: number }>('bare-bolt', [String(await freePort()), signingSecret, botToken, apiUrl]);
}

/** Resident memory of Lull's process: idle, and after each of several loads. */
export async function* memory(lab: Lab): AsyncIterable<Row> {
  const { message: slack } = await lab.fork<SlackAccess>('slack', ['http://127.0.0.1:9/']);
  const { message: bolt } = await forkBolt(lab, slack);
  const boltMb = bolt.rss / 1024 / 1024;
  const lull = await lab.lull({ slack: async () => slack });
  const services = await lull.catalogue(Array.from({ length: 20 }, (_, index) => `service-${index}`));
  const start = "now() + interval '30 days' + i * interval '7 seconds'";
  await insertWindows(lull, { count: lab.scale.size(1000, 60), start, length: "interval '2 hours'", services });
  await lull.drained();
  await sleep(lab.scale.size(10_000, 500));
  const idle = lull.rss();
  const megabytes = (value: number) => `${value.toFixed(0)} MB`;
  yield {
    what: 'memory, idle',
    lull: megabytes(idle),
    baseline: `bare Bolt: ${megabytes(boltMb)}`,
    ratio: idle / boltMb,
    required: `≤ ${IDLE_MB} MB`,
    met: idle <= IDLE_MB,
  };
  for (const [name, request] of Object.entries(memoryLoads(services))) {
    const { after, peak } = await measureLoad(lab, lull, request);
    yield {
      what: `memory, after ${name} at full rate`,
      lull: `${megabytes(after)} (peak ${megabytes(peak)})`,
      baseline: `idle: ${megabytes(idle)}`,
      ratio: after / idle,
      required: `≤ idle + ${GROWTH_MB} MB`,
      met: after <= idle + GROWTH_MB,
    };
  }
}

export function memoryLoads(services: readonly number[]): Record<string, (index: number) => Request> {
  const [service] = services;
  const post = (path: string, body: object): Request => {
    return { method: 'POST', path: `/api/v1${path}`, headers: AUTHORIZED, body: JSON.stringify(body) };
  };
  return {
    lists: () => ({ path: '/api/v1/maintenances?status=scheduled&limit=50', headers: AUTHORIZED }),
    creating: (index) => {
      const start = Date.now() + 86_400_000 * (2 + (index % 300));
      const times = { scheduled_start_date: new Date(start), scheduled_end_date: new Date(start + 3_600_000) };
      return post('/maintenances', { name: `Index rebuild ${index}`, services: [service], ...times });
    },
    sentences: (index) => post('/parse', { text: `service-3 tomorrow ${1 + (index % 11)}am for 2h: Upgrade ${index}` }),
    calendars: () => ({ path: '/calendar.ics' }),
    'status pages': () => ({ path: '/' }),
  };
}

async function measureLoad(lab: Lab, lull: RunningLull, request: (index: number) => Request) {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, lull.rss());
  }, 100);
  try {
    await load(lull.url, { concurrency: 16, seconds: lab.scale.seconds * 2, request });
    await lull.drained();
    await sleep(lab.scale.size(2_000, 100));
    return { after: lull.rss(), peak };
  } finally {
    clearInterval(watch);
  }
}
