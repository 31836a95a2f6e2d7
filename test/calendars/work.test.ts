import { ICalEvent } from 'ical-generator';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CronLine } from '../../src/core/recurrence/cron.ts';
import { startTestServer, type TestServer } from '../http/served.ts';

const SERIES = 300;

let at: TestServer;
let work = { searches: 0, events: 0 };
beforeAll(async () => {
  at = await startTestServer();
  // Half of them run too often for a rule, and the others by one, in zones whose clocks change.
  await (await at.session()).query(
    `with made as (
       insert into series (account_id, key, name, cron, timezone, duration_minutes, planned_until, owner_id, owner_name,
         creation_date, update_date)
       select $1, 'MANY' || i, 'One of many ' || i,
         case i % 2 when 0 then i % 60 || ' */2 * * *' else i % 60 || ' 3 * * ' || i % 7 end,
         (array['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])[1 + i % 3], 30, $2::timestamptz + interval '20 hours', 'U1', 'Ana',
         $2, $2
       from generate_series(1, ${SERIES}) i returning id, account_id, key)
     insert into maintenances (account_id, key, name, timezone, status, scheduled_start_date, scheduled_end_date,
       next_due_at, reminded_until, series_id, occurrence, run_state, owner_id, owner_name, creation_date, update_date)
     select account_id, key || n, 'A run', 'UTC', 'scheduled', t, t + interval '30 minutes', t, $2, id, t, 'following',
       'U1', 'Ana', $2, $2
     from made, generate_series(1, 10) n, lateral (select $2::timestamptz + n * interval '2 hours' as t) as start`,
    [at.account.id, at.clock.now()],
  );
  for (const name of ['atOrAfter', 'atOrBefore', 'dayAtOrAfter', 'dayAtOrBefore'] as const) {
    const search = CronLine.prototype[name];
    vi.spyOn(CronLine.prototype, name).mockImplementation(function (this: CronLine, ...input: number[]) {
      work.searches += 1;
      return Reflect.apply(search, this, input);
    });
  }
  const write = ICalEvent.prototype.toString;
  vi.spyOn(ICalEvent.prototype, 'toString').mockImplementation(function (this: ICalEvent) {
    work.events += 1;
    return Reflect.apply(write, this, []);
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await at.close();
});

async function countWork(path: string) {
  work = { searches: 0, events: 0 };
  const { status } = await at.send('GET', path);
  expect(status).toBe(200);
  return work;
}

const change = (name: string, data: { name?: string; cron?: string; durationMinutes?: number }) =>
  at.ctx.database.series.updateMany({ where: { name }, data });

test.each([
  ['/calendar.ics', SERIES * 250],
  ['/', SERIES * 60],
])('%s is bounded work for many series, and after a change of one only the work for that one', async (path, most) => {
  const first = await countWork(path);
  expect(first.searches).toBeGreaterThan(0);
  expect(first.searches).toBeLessThan(most);
  expect(first.events).toBeLessThan(2 * SERIES);
  for (const name of ['One of many 17', 'One of many 18']) {
    await change(name, { durationMinutes: 31 + path.length });
    const again = await countWork(path);
    expect(again.searches).toBeGreaterThan(0);
    expect(again.searches).toBeLessThan((4 * most) / SERIES);
    expect(again.events).toBeLessThan(5);
  }
});

test.each(['/feed.atom', '/status.json'])(
  '%s, which shows no series, looks for none of their windows',
  async (path) => {
    expect(await countWork(path)).toEqual({ searches: 0, events: 0 });
  },
);
