import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { countingStatements } from '../../statements.ts';
import { call } from './calling.ts';

const RUNS = 12;

let at: TestServer;
let service: number;
beforeAll(async () => {
  at = await startTestServer();
  service = (await at.service('api', ['disk', 'health', 'latency'])).id;
});
afterAll(() => at.close());

/** Series on a service whose past runs muted its checks. */
async function addSeries(count: number) {
  const session = await at.session();
  await session.query(
    `with made as (
       insert into series (account_id, key, name, cron, timezone, duration_minutes, planned_until, owner_id, owner_name,
         creation_date, update_date)
       select $1, 'MANY' || $2 || i, 'One of many ' || i, '0 3 * * *', 'UTC', 30, $3, 'U1', 'Ana', $3, $3
       from generate_series(1, $2::int) i returning id, account_id, key
     ), on_it as (
       insert into series_services (account_id, series_id, service_id) select account_id, id, $4 from made
     ), runs as (
       insert into maintenances (account_id, key, name, timezone, status, scheduled_start_date, scheduled_end_date,
         start_date, end_date, reminded_until, series_id, occurrence, run_state, owner_id, owner_name, creation_date,
         update_date)
       select account_id, key || 'R' || n, 'A run', 'UTC', 'succeed', t, t + interval '30 minutes', t,
         t + interval '30 minutes', t, id, t, 'following', 'U1', 'Ana', t, t
       from made, generate_series(1, ${RUNS}) n, lateral (select $3::timestamptz - n * interval '1 day' as t) as start
       returning id, account_id, start_date)
     insert into mutes (account_id, maintenance_id, check_id, outcome, muted_at, intended_at, decided_at, ended_at)
     select runs.account_id, runs.id, checks.id, case checks.name when 'disk' then 'already_muted' else 'muted' end,
       start_date, start_date, start_date, start_date from runs, checks`,
    [at.account.id, count, at.clock.now(), service],
  );
}

test('a list of many series with many past runs takes as many statements as one of few', async () => {
  const counts: number[] = [];
  for (const count of [2, 40]) {
    await at.ctx.database.mute.deleteMany();
    await at.ctx.database.maintenance.deleteMany();
    await at.ctx.database.series.deleteMany();
    await addSeries(count);
    let schedules: Record<string, { checklist: string[]; history: Record<string, object> }> = {};
    const statements = await countingStatements(async () => {
      const { body } = await call(at, 'GET', `/api/1/maintenance?token=${ADMIN_TOKEN}`);
      schedules = body.schedules as typeof schedules;
    });
    expect(Object.keys(schedules)).toHaveLength(count);
    for (const { checklist, history } of Object.values(schedules)) {
      expect(checklist).toHaveLength(3);
      expect(Object.keys(history)).toHaveLength(10);
      for (const run of Object.values(history)) {
        expect(run).toEqual({ disabledchecklist: checklist.slice(1), skippedchecklist: checklist.slice(0, 1) });
      }
    }
    counts.push(statements.length);
  }
  expect(counts[1]).toBe(counts[0]);
});
