import { AUTHORIZED, type Lab, type RunningLull } from './lab.ts';
import { median, ms, type Row } from './report.ts';

const LIMIT_MS = 50;

/** The longest time for which one request keeps everything else from running, with input of hostile size. */
export async function* eventLoop(lab: Lab): AsyncIterable<Row> {
  const lull = await lab.lull();
  const names = Array.from(
    { length: lab.scale.size(1000, 30) },
    (_, index) => `service-${index}-of-team-${index % 37}`,
  );
  await lull.catalogue(['api']);
  const accountId = await lull.accountId();
  await lull.sql(
    'insert into services (account_id, scope_id, name) select $1, (select min(id) from scopes), unnest($2::text[])',
    [accountId, names],
  );
  await lull.drained();
  const idle = await longestOf(lull, async () => {
    await lull.api('GET', '/services?limit=1');
  });
  const row = (what: string, block: number): Row => ({
    what: `longest block: ${what}`,
    lull: ms(block),
    baseline: `GET of one service: ${ms(idle)}`,
    ratio: block / idle,
    required: `≤ ${LIMIT_MS} ms`,
    met: block <= LIMIT_MS,
  });

  const words = repeat((index) => `servce${index} teem `);
  const prose = repeat((index) => `please rebuild the index number ${index} because the old one is slow and `);
  const several = repeat((index) => `service-${index} service-${index}-of-tem `);
  for (const [name, text] of Object.entries({ 'unknown words': words, prose, 'almost services': several })) {
    const block = await longestOf(lull, () => send(lull, 'POST', '/parse', JSON.stringify({ text })));
    yield row(`parse 2,000 characters (${name}) with ${names.length} services`, block);
  }

  const keys = lab.scale.size(20_000, 100);
  const flat = Array.from({ length: keys }, (_, index) => `k${index}: 1\n`).join('');
  const services = ['api', ...names].map((name) => `  - name: ${name}\n    scope: Production\n`).join('');
  const unchanged = `scopes:\n  - name: Production\nservices:\n${services}`;
  for (const [name, document] of Object.entries({ 'unknown keys': flat, unchanged })) {
    const block = await longestOf(lull, () =>
      send(lull, 'PUT', '/catalogue?dry_run=true', document, { 'content-type': 'application/yaml' }),
    );
    yield row(`PUT /catalogue, YAML of ${(document.length / 1000).toFixed(0)} KB (${name})`, block);
  }
  const bomb = '['.repeat(lab.scale.size(50_000, 100));
  const block = await longestOf(lull, () => send(lull, 'POST', '/parse', `{"text":${bomb}`));
  yield row('deeply nested JSON', block);
}

/** Public calendar and feeds with many series and windows: the longest block, and how long the first reader waits. */
export async function* feeds(lab: Lab): AsyncIterable<Row> {
  const lull = await lab.lull();
  const [service] = await lull.catalogue(['api']);
  const idle = await longestOf(lull, async () => {
    await lull.api('GET', '/services?limit=1');
  });
  let created = 0;
  for (const series of lab.scale.smoke ? [2] : [100, 300]) {
    while (created < series) {
      const timezone = created % 2 === 0 ? 'Europe/Berlin' : 'America/New_York';
      const cron = `${created % 60} */2 * * *`;
      created++;
      await lull.api('POST', '/series', {
        name: `Backup ${created}`,
        cron,
        timezone,
        duration_minutes: 30,
        services: [service],
      });
    }
    await lull.drained(120_000);
    for (const path of ['/calendar.ics', '/feed.atom', '/']) {
      const tries: { block: number; took: number; bytes: number }[] = [];
      for (let count = -1; count < 3; count++) {
        // Changes what is shown, so that nothing rendered before can be used again.
        await lull.api('POST', '/maintenances', { name: `Change ${path} ${count}`, services: [service], ...inDays(3) });
        await lull.drained();
        const found = await readFeed(lull, path);
        if (count >= 0) tries.push(found); // the first compiles what it runs
      }
      const middle = (of: (each: (typeof tries)[number]) => number) => median(tries.map(of));
      const [block, took, bytes] = [
        middle((each) => each.block),
        middle((each) => each.took),
        middle((each) => each.bytes),
      ];
      yield {
        what: `longest block: GET ${path} with ${series} series`,
        lull: `${ms(block)}, whole response ${ms(took)}, ${(bytes / 1e6).toFixed(1)} MB`,
        baseline: `GET of one service: ${ms(idle)}`,
        ratio: block / idle,
        required: `≤ ${LIMIT_MS} ms, 300 ms in all`,
        met: block <= LIMIT_MS && took <= 300,
      };
    }
  }
}

const inDays = (days: number) => {
  const start = Date.now() + days * 86_400_000;
  return { scheduled_start_date: new Date(start), scheduled_end_date: new Date(start + 3_600_000) };
};

async function readFeed(lull: RunningLull, path: string) {
  let bytes = 0;
  let took = 0;
  const block = await lull.longestBlock(async () => {
    const begun = performance.now();
    const response = await fetch(`${lull.url}${path}`);
    bytes = (await response.arrayBuffer()).byteLength;
    took = performance.now() - begun;
    if (!response.ok) throw new Error(`${path} returned ${response.status}`);
  });
  return { block, took, bytes };
}

/** The median of three, after one that compiles what it runs. */
async function longestOf(lull: RunningLull, work: () => Promise<unknown>): Promise<number> {
  await work();
  const tries: number[] = [];
  for (let count = 0; count < 3; count++) tries.push(await lull.longestBlock(work));
  return median(tries);
}

function repeat(part: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < 2000; index++) text += part(index);
  return text.slice(0, 2000);
}

/** Sends a request that Lull may well refuse; only how long it takes counts. */
async function send(lull: RunningLull, method: string, path: string, body: string, headers = {}): Promise<void> {
  const response = await fetch(`${lull.url}/api/v1${path}`, { method, headers: { ...AUTHORIZED, ...headers }, body });
  await response.arrayBuffer();
  if (response.status >= 500) throw new Error(`${method} ${path} returned ${response.status}`);
}
