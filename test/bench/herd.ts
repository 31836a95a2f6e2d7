import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import { ms, type Row } from './report.ts';
import { insertWindows } from './windows.ts';

/** What is still measured of a start that takes too long (milliseconds). */
const PATIENCE_MS = 60_000;
const WITHIN_MS = 10_000;
const SERVICES = 100;

/** Windows that are due in the same instant, each on a service with a check: how long until all are in progress. */
export async function* herd(lab: Lab): AsyncIterable<Row> {
  const count = lab.scale.size(10_000, 50);
  const lull = await lab.lull();
  const services = await lull.catalogue(Array.from({ length: SERVICES }, (_, index) => `service-${index}`));
  await lull.sql(`
    insert into checks (id, account_id, name, external_id) select 'B' || id, account_id, 'check', 'B' || id from services;
    insert into service_checks select account_id, id, 'B' || id from services`);
  await lull.drained();

  const due = new Date(Date.now() + Math.max(2_000, count));
  await insertWindows(lull, {
    count,
    start: `timestamptz '${due.toISOString()}'`,
    length: "interval '2 hours'",
    services,
  });
  await lull.sql("select pg_notify('lull_due', '')");
  if (Date.now() > due.getTime()) throw new Error('the windows were due before all were inserted');
  await sleep(due.getTime() - Date.now());
  let started = 0;
  let took = 0;
  while (started < count && took < PATIENCE_MS) {
    const [row] = await lull.sql("select count(*)::int as count from maintenances where status = 'in-progress'");
    started = Number(row?.count);
    took = Date.now() - due.getTime();
    await sleep(20);
  }
  const drainedMs = started < count ? undefined : await lull.drained(120_000);
  await lull.stop();

  const emptyJobs = await timeEmptyJobs(lab, count);
  const expected = (took * count) / Math.max(1, started);
  const unfinished = started < count ? ` (${started} in ${ms(took)}, extrapolated)` : '';
  const drained = drainedMs === undefined ? '' : `, jobs done after ${ms(drainedMs)} more`;
  yield {
    what: `herd: ${count} windows due at once`,
    lull: `${ms(expected)}${unfinished}${drained}`,
    baseline: `graphile-worker, as many empty jobs: ${ms(emptyJobs)}`,
    ratio: expected / emptyJobs,
    required: '≤ 3, within 10 s',
    met: expected / emptyJobs <= 3 && expected <= WITHIN_MS,
  };
}

async function timeEmptyJobs(lab: Lab, count: number): Promise<number> {
  const url = await lab.database();
  await lab.fork('empty-jobs', [url]);
  await sleep(500);
  await lab.sql(url, `select count(graphile_worker.add_job('empty', '{}')) from generate_series(1, ${count})`);
  const begun = performance.now();
  for (;;) {
    const [row] = await lab.sql(url, 'select count(*)::int as count from graphile_worker.jobs');
    if (row?.count === 0) return performance.now() - begun;
    await sleep(20);
  }
}
