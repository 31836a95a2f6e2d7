import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { findSeries } from '../../src/series/repository.ts';
import { countingStatements } from '../statements.ts';
import { hours, type World, world } from '../world.ts';
import { runsOf, seriesInput } from './a-series.ts';

const DAY = hours(24);

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  w.clock.moveTo(new Date('2027-03-01T12:00:00Z'));
  service = (await w.service('api', ['health', 'latency'])).id;
});
afterAll(() => w.close());

/** Series that run every day for half an hour, and are due three days later: two runs were missed by then. */
async function dueSeries(count: number) {
  await w.ctx.database.series.updateMany({ data: { nextDueAt: null } });
  const all = [];
  for (let index = 0; index < count; index++) {
    const daily = { cron: `${index % 60} 3 * * *`, timezone: 'UTC', durationMinutes: 30, channels: ['C1'] };
    all.push(await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], ...daily })));
  }
  w.clock.moveTo(new Date(w.clock.now().getTime() + 3 * DAY));
  return all;
}

test('as many statements plan few series as many', async () => {
  const counts: number[] = [];
  for (const count of [3, 60]) {
    const all = await dueSeries(count);
    let moved: readonly number[] = [];
    const statements = await countingStatements(async () => {
      ({ moved } = await planDueSeries(w.ctx));
    });
    expect([...moved].sort()).toEqual(all.map(({ id }) => id).sort());
    counts.push(statements.length);
    for (const series of all) {
      const runs = (await runsOf(w.ctx, series)).map((run) => run.slice(17));
      expect(runs).toEqual(['scheduled following', 'missed following', 'missed following', 'scheduled following']);
    }
    expect((await planDueSeries(w.ctx)).moved).toEqual([]);
  }
  expect(counts[0]).toBe(counts[1]);
  expect(counts[0]).toBeLessThanOrEqual(10);
});

test('a series that cannot be planned is left out, and the others are planned', async () => {
  const all = await dueSeries(5);
  const [broken, ...others] = all.map(({ id }) => id);
  await w.ctx.database.series.update({ where: { id: broken ?? 0 }, data: { timezone: 'Mars/Olympus' } });
  const { moved, failed } = await planDueSeries(w.ctx);
  expect(failed.map(({ id }) => id)).toEqual([broken]);
  expect([...moved].sort()).toEqual(others.sort());
  expect(await planDueSeries(w.ctx, [broken ?? 0])).toMatchObject({ moved: [], failed: [] });
});

test('many runs of many series are made in several transactions', async () => {
  await w.ctx.database.series.updateMany({ data: { nextDueAt: null } });
  const all = [];
  for (let index = 0; index < 30; index++) {
    const hourly = { cron: `${index} * * * *`, timezone: 'UTC', durationMinutes: 10 };
    all.push(await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], ...hourly })));
  }
  w.clock.moveTo(new Date(w.clock.now().getTime() + DAY));
  const before = await w.ctx.database.maintenance.count();
  await planDueSeries(w.ctx);
  const made = (await w.ctx.database.maintenance.count()) - before;
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThanOrEqual(300);
  while ((await planDueSeries(w.ctx)).moved.length > 0);
  for (const series of all) {
    const occurrences = (await runsOf(w.ctx, series)).map((run) => run.slice(0, 16));
    expect(new Set(occurrences).size).toBe(occurrences.length);
    expect(occurrences).toHaveLength(48);
  }
});

test('a run that is canceled while its series is planned makes the series due, and changes nothing else of it', async () => {
  const daily = { cron: '0 5 * * *', timezone: 'UTC', durationMinutes: 30 };
  const { id, nextRun } = await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], ...daily }));
  const session = await w.session();
  await session.query('begin');
  const plannedUntil = new Date(w.clock.now().getTime() + 9 * DAY);
  await session.query('update series set planned_until = $2, name = $3, next_due_at = $2 where id = $1', [
    id,
    plannedUntil,
    'Renamed',
  ]);
  const canceled = cancel(w.ctx, w.ana, nextRun?.id ?? 0);
  const isWaiting = 'select 1 from pg_locks where not granted';
  while ((await session.query(isWaiting)).rowCount === 0) await sleep(10);
  await session.query('commit');
  await canceled;
  const stored = await findSeries(w.ctx.database, w.account.id, id);
  expect(stored).toMatchObject({ name: 'Renamed', plannedUntil });
  expect(stored?.nextDueAt?.getTime()).toBeLessThanOrEqual(w.clock.now().getTime());
});
