import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import type { Actor } from '../../src/core/permissions.ts';
import type { NewFreeze } from '../../src/freezes/commands.ts';
import { addFreeze, editFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { FreezeConflict } from '../../src/freezes/rules.ts';
import { edit, reschedule } from '../../src/maintenance/commands/edit.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { listMaintenances } from '../../src/maintenance/repository/list.ts';
import { editSeries, pauseSeries, scheduleSeries, skipRun } from '../../src/series/commands.ts';
import { overrideFreezes } from '../../src/series/overrides.ts';
import type { Series } from '../../src/series/repository.ts';
import { type World, world } from '../world.ts';
import { seriesInput, settle } from './a-series.ts';

let w: World;
let boss: Actor;
let service: number;
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());
beforeEach(() => at('2027-03-15T12:00:00Z'));
afterEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.series.deleteMany();
  await w.ctx.database.freeze.deleteMany();
  await w.ctx.database.auditEvent.deleteMany();
  await w.ctx.database.announcement.deleteMany();
});

const at = (instant: string) => w.clock.moveTo(new Date(instant));
/** Each day at 3, for two hours. */
const daily = (values: Partial<ReturnType<typeof seriesInput>> = {}) =>
  scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], cron: '0 3 * * *', timezone: 'UTC', ...values }));
const freeze = (start: string, end: string, values: Partial<NewFreeze> = {}) =>
  addFreeze(w.ctx, boss, {
    ...{ start: new Date(start), end: new Date(end), scopeId: null, reason: 'Holidays', effect: 'block', ...values },
  });

/** `16 canceled frozen: Holidays`, by the day of the occurrence, with the start where it was moved. */
async function runs({ id }: Series): Promise<string[]> {
  const all = await listMaintenances(w.ctx.database, w.account.id, { series: [id] }, { limit: 1000 });
  return all
    .filter(({ run }) => run?.state !== 'withdrawn')
    .sort((a, b) => Number(a.run?.occurrence) - Number(b.run?.occurrence))
    .map(({ run, status, scheduledStart, freezeReason }) => {
      const [occurrence = '', began = ''] = [run?.occurrence, scheduledStart].map((when) =>
        when?.toISOString().slice(5, 16),
      );
      const moved = occurrence === began ? '' : ` at ${began}`;
      return `${occurrence.slice(0, 5)} ${status} ${run?.state}${moved}${freezeReason === null ? '' : `: ${freezeReason}`}`;
    });
}
const events = async (type: string) => w.ctx.database.auditEvent.findMany({ where: { type }, orderBy: { id: 'asc' } });
const announced = () => w.ctx.database.announcement.count();

describe('a run in a freeze that blocks', () => {
  test('is skipped, with a record of it, and the next one outside is scheduled', async () => {
    await freeze('2027-03-16T00:00:00Z', '2027-03-18T00:00:00Z');
    const series = await daily();
    expect(await runs(series)).toEqual([
      '03-16 canceled frozen: Holidays',
      '03-17 canceled frozen: Holidays',
      '03-18 scheduled following',
    ]);
    expect(series.nextRun?.start).toEqual(new Date('2027-03-18T03:00:00Z'));
    const skipped = await events('maintenance.freeze_skipped');
    expect(skipped.map(({ after }) => after)).toMatchObject([{ more: 1 }, { freezes: [{ reason: 'Holidays' }] }]);
    // The first of those in a row is announced, and the next that takes place.
    expect(await announced()).toBe(2);
    at('2027-03-18T03:00:00Z');
    await settle(w.ctx);
    expect((await runs(series)).slice(0, 3)).toEqual([
      '03-16 canceled frozen: Holidays',
      '03-17 canceled frozen: Holidays',
      '03-18 in-progress following',
    ]);
  });

  test('is moved to the first time after it where the series says so, at the same length', async () => {
    await freeze('2027-03-16T00:00:00Z', '2027-03-16T04:30:00Z');
    await freeze('2027-03-16T05:00:00Z', '2027-03-16T06:00:00Z', { reason: 'Release' });
    const series = await daily({ duringFreeze: 'move' });
    expect(await runs(series)).toEqual(['03-16 scheduled following at 03-16T06:00: Holidays, Release']);
    const [moved] = await events('maintenance.freeze_moved');
    expect(moved).toMatchObject({
      before: { scheduled_start_date: '2027-03-16T03:00:00Z', scheduled_end_date: '2027-03-16T05:00:00Z' },
      after: { scheduled_start_date: '2027-03-16T06:00:00Z', scheduled_end_date: '2027-03-16T08:00:00Z' },
    });
    at('2027-03-16T06:00:00Z');
    await settle(w.ctx);
    expect((await runs(series))[0]).toContain('in-progress');
  });

  test('is skipped although it may move, where the next run starts before it would end', async () => {
    await freeze('2027-03-16T00:00:00Z', '2027-03-17T02:00:00Z');
    expect(await runs(await daily({ duringFreeze: 'move' }))).toEqual([
      '03-16 canceled frozen: Holidays',
      '03-17 scheduled following',
    ]);
  });

  test('is not touched by a freeze that warns, nor by one of another scope', async () => {
    const { id: scopeId } = await addScope(w.ctx, boss, { name: 'elsewhere' });
    await freeze('2027-03-16T00:00:00Z', '2027-03-18T00:00:00Z', { effect: 'warn' });
    await freeze('2027-03-16T00:00:00Z', '2027-03-18T00:00:00Z', { scopeId });
    expect(await runs(await daily())).toEqual(['03-16 scheduled following']);
  });

  test('is recorded for a day and no more than 24 times ahead, however long the freeze, and announced once', async () => {
    await freeze('2027-03-15T00:00:00Z', '2028-03-15T00:00:00Z');
    const series = await daily({ cron: '*/30 * * * *', durationMinutes: 10 });
    expect(await runs(series)).toHaveLength(24);
    expect(await announced()).toBe(1);
    for (const hour of ['14', '20']) {
      at(`2027-03-15T${hour}:00:00Z`);
      await settle(w.ctx);
    }
    expect(new Set((await runs(series)).map((run) => run.slice(6)))).toEqual(new Set(['canceled frozen: Holidays']));
    expect(await announced()).toBe(1);
  });
});

describe('a freeze that is added after a run was planned', () => {
  test('skips the run, and its thread shows why; the run comes back when the freeze is lifted before its start', async () => {
    const series = await daily();
    const { id } = await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 canceled frozen: Holidays', '03-17 scheduled following']);
    await editFreeze(w.ctx, boss, id, { end: new Date('2027-03-16T02:00:00Z') });
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 scheduled following', '03-17 scheduled following']);
    await editFreeze(w.ctx, boss, id, { end: new Date('2027-03-16T04:00:00Z') });
    await settle(w.ctx);
    await removeFreeze(w.ctx, boss, id);
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 scheduled following', '03-17 scheduled following']);
  });

  test('holds at the start of the run even if nothing was planned since', async () => {
    const series = await daily();
    await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    at('2027-03-16T03:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 canceled frozen: Holidays', '03-17 scheduled following']);
  });

  test('holds for a run whose series was paused, and for one that a person changed', async () => {
    const paused = await daily();
    await pauseSeries(w.ctx, w.ana, paused.id, 'keep');
    const changed = await daily();
    await edit(w.ctx, w.ana, changed.nextRun?.id ?? 0, { description: 'By hand' });
    await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    at('2027-03-16T03:00:00Z');
    await settle(w.ctx);
    expect(await runs(paused)).toEqual(['03-16 canceled frozen: Holidays']);
    expect((await runs(changed))[0]).toBe('03-16 canceled frozen: Holidays');
  });

  test('moves the run, and back when it is lifted', async () => {
    const series = await daily({ duringFreeze: 'move' });
    const { id } = await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 scheduled following at 03-16T12:00: Holidays']);
    await removeFreeze(w.ctx, boss, id);
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['03-16 scheduled following']);
  });

  test('does not let anybody start the run by hand, except an admin who says why', async () => {
    const series = await daily();
    const run = series.nextRun?.id ?? 0;
    await freeze('2027-03-15T00:00:00Z', '2027-03-16T12:00:00Z');
    await expect(start(w.ctx, w.ana, run)).rejects.toThrow(FreezeConflict);
    await start(w.ctx, boss, run, undefined, 'Disk is failing');
    expect((await runs(series))[0]).toBe('03-16 in-progress following');
  });

  test('leaves a run alone that a person skipped, and one that an admin moved into it', async () => {
    const skipped = await daily();
    const { id } = await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    await settle(w.ctx);
    const moved = await daily();
    const window = { start: new Date('2027-03-16T05:00:00Z'), overrideReason: 'Agreed' };
    await reschedule(w.ctx, boss, moved.nextRun?.id ?? 0, window);
    await skipRun(w.ctx, w.ana, skipped.id);
    await removeFreeze(w.ctx, boss, id);
    await freeze('2027-03-17T00:00:00Z', '2027-03-17T01:00:00Z');
    await settle(w.ctx);
    expect(await runs(skipped)).toContain('03-17 canceled skipped');
    at('2027-03-16T05:00:00Z');
    await settle(w.ctx);
    expect(await runs(moved)).toContain('03-17 in-progress detached at 03-16T05:00');
  });
});

test('a service that moves into a frozen scope takes the runs on it along', async () => {
  const { id: scopeId } = await addScope(w.ctx, boss, { name: 'frozen' });
  const other = (await w.service('moving')).id;
  const series = await daily({ services: [other] });
  await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z', { scopeId });
  await settle(w.ctx);
  expect(await runs(series)).toEqual(['03-16 scheduled following']);
  await editService(w.ctx, boss, other, { scopeId });
  at('2027-03-16T03:00:00Z');
  await settle(w.ctx);
  expect((await runs(series))[0]).toBe('03-16 canceled frozen: Holidays');
});

test('a series that is changed to move its runs moves those that freezes would skip', async () => {
  await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
  const series = await daily();
  expect(await runs(series)).toEqual(['03-16 canceled frozen: Holidays', '03-17 scheduled following']);
  await editSeries(w.ctx, w.ana, series.id, { duringFreeze: 'move' });
  expect((await runs(series))[0]).toBe('03-16 scheduled following at 03-16T12:00: Holidays');
  await editSeries(w.ctx, w.ana, series.id, { durationMinutes: 60 });
  const scheduled = await listMaintenances(
    w.ctx.database,
    w.account.id,
    { series: [series.id], statuses: ['scheduled'] },
    { limit: 10 },
  );
  expect(scheduled.find(({ freezeReason }) => freezeReason !== null)).toMatchObject({
    scheduledStart: new Date('2027-03-16T12:00:00Z'),
    scheduledEnd: new Date('2027-03-16T13:00:00Z'),
  });
  await editSeries(w.ctx, w.ana, series.id, { duringFreeze: 'skip' });
  expect((await runs(series))[0]).toBe('03-16 canceled frozen at 03-16T12:00: Holidays');
});

describe('an admin who overrides freezes for a series', () => {
  test('names the runs that take place; others stay skipped, and a later freeze blocks again', async () => {
    await freeze('2027-03-16T00:00:00Z', '2027-03-19T00:00:00Z');
    const series = await daily();
    const named = { runs: [new Date('2027-03-17T03:00:00Z')], reason: ' Agreed ' };
    await expect(overrideFreezes(w.ctx, w.ana, series.id, named)).rejects.toMatchObject({ code: 'role-required' });
    await expect(overrideFreezes(w.ctx, boss, series.id, { ...named, reason: ' ' })).rejects.toThrow('reason-required');
    await overrideFreezes(w.ctx, boss, series.id, named);
    expect(await runs(series)).toEqual([
      '03-16 canceled frozen: Holidays',
      '03-17 scheduled following',
      '03-18 canceled frozen: Holidays',
      '03-19 scheduled following',
    ]);
    const [recorded] = await events('series.freeze_overridden');
    expect(recorded).toMatchObject({
      actorId: 'U0BOSS',
      after: { runs: ['2027-03-17T03:00:00Z'], freezes: [{ reason: 'Holidays' }], override_reason: 'Agreed' },
    });
    const [shown] = await events('maintenance.freeze_overridden');
    expect(shown).toMatchObject({ actorId: 'U0BOSS', internal: true, after: { override_reason: 'Agreed' } });
    await freeze('2027-03-17T00:00:00Z', '2027-03-17T12:00:00Z', { reason: 'Incident' });
    await settle(w.ctx);
    expect((await runs(series))[1]).toBe('03-17 canceled frozen: Incident');
  });

  test('brings a run that a freeze moved back to its own time, at which it starts', async () => {
    await freeze('2027-03-16T00:00:00Z', '2027-03-16T12:00:00Z');
    const series = await daily({ duringFreeze: 'move' });
    await overrideFreezes(w.ctx, boss, series.id, { until: new Date('2027-03-17T00:00:00Z'), reason: 'Agreed' });
    expect(await runs(series)).toEqual(['03-16 scheduled following']);
    at('2027-03-16T03:00:00Z');
    await settle(w.ctx);
    expect((await runs(series))[0]).toBe('03-16 in-progress following');
  });

  test('is told where none of the named runs is in a freeze', async () => {
    const { id } = await daily();
    await expect(overrideFreezes(w.ctx, boss, id, { count: 1, reason: 'Agreed' })).rejects.toThrow('no-frozen-run');
  });
});
