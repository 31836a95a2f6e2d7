import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNextDueAt } from '../../src/maintenance/repository/changes.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { Timer } from '../../src/scheduler/timer.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { findSeries } from '../../src/series/repository.ts';
import { runsOf, seriesInput } from '../series/a-series.ts';
import { silent, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

test('two timers on one database plan, start and end each run of a series once', async () => {
  w.clock.moveTo(new Date('2027-03-26T12:00:00Z'));
  const { id } = await w.service('api');
  const input = seriesInput({ services: [id], cron: '30 */3 * * *', durationMinutes: 30 });
  const series = await scheduleSeries(w.ctx, w.ana, input);
  const others = openDatabase(w.url);
  const alarms = [new Timer(w.ctx, w.url, silent), new Timer({ database: others, clock: w.clock }, w.url, silent)];
  await Promise.all(alarms.map((alarm) => alarm.start()));
  for (const instant of ['2027-03-26T14:30:10Z', '2027-03-26T15:10:00Z', '2027-03-28T03:40:00Z']) {
    w.clock.moveTo(new Date(instant));
    await Promise.all(alarms.map((alarm) => alarm.wake()));
  }
  await Promise.all(alarms.map((alarm) => alarm.stop()));
  await others.$disconnect();

  const runs = await runsOf(w.ctx, series);
  const occurrences = runs.map((run) => run.slice(0, 16));
  expect(new Set(occurrences).size).toBe(occurrences.length);
  // 00:30, 03:30 and so on in Berlin; clocks go forward in the night to March 28.
  expect(runs[0]).toBe('2027-03-26T14:30 succeed following');
  expect(runs).toContain('2027-03-27T23:30 missed following');
  expect(runs).toContain('2027-03-28T01:30 missed following');
  expect(runs.filter((run) => run.includes('scheduled'))).toHaveLength(8);
  const { nextDueAt } = (await findSeries(w.ctx.database, w.account.id, series.id)) ?? {};
  expect(nextDueAt?.toISOString()).toBe('2027-03-28T04:30:00.000Z');
  expect((await findNextDueAt(w.ctx.database))?.getTime()).toBeLessThanOrEqual(nextDueAt?.getTime() ?? 0);
});
