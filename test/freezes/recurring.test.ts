import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/core/permissions.ts';
import { addFreeze, countFrozen, editFreeze, type NewFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { findFreeze, listFreezes } from '../../src/freezes/repository.ts';
import { findNextPeriod, listPeriods } from '../../src/freezes/rules/times.ts';
import { FreezeConflict } from '../../src/freezes/rules.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { runsOf, seriesInput, settle } from '../series/a-series.ts';
import { type World, world } from '../world.ts';

const instant = (text: string) => new Date(text);
const window = (start: string, end: string) => ({ start: instant(start), end: instant(end) });
const shown = (periods: readonly { readonly start: Date; readonly end: Date }[]) =>
  periods.map(({ start, end }) => `${start.toISOString().slice(5, 16)} ${end.toISOString().slice(5, 16)}`);

describe('the periods of a recurring freeze', () => {
  /** Fridays from 16:00 to Saturdays at 8:00 in Berlin, where clocks go forward on 28 March 2027. */
  const fridays = {
    kind: 'recurring',
    start: instant('2027-03-01T00:00:00Z'),
    end: null,
    cron: '0 16 * * 5',
    timezone: 'Europe/Berlin',
    durationMinutes: 960,
  } as const;

  test('start at the same time on the wall clock before and after a clock change', () => {
    expect(shown(listPeriods(fridays, window('2027-03-20T00:00:00Z', '2027-04-03T00:00:00Z')))).toEqual([
      '03-19T15:00 03-20T07:00',
      '03-26T15:00 03-27T07:00',
      '04-02T14:00 04-03T06:00',
    ]);
  });

  test('include one that began before, and none that is over or starts later', () => {
    expect(shown(listPeriods(fridays, window('2027-03-27T06:59:00Z', '2027-04-02T14:00:00Z')))).toEqual([
      '03-26T15:00 03-27T07:00',
    ]);
    expect(listPeriods(fridays, window('2027-03-27T07:00:00Z', '2027-04-02T14:00:00Z'))).toEqual([]);
  });

  test('lie between its start and its end', () => {
    const limited = { ...fridays, ...window('2027-03-12T18:00:00Z', '2027-03-20T00:00:00Z') };
    expect(shown(listPeriods(limited, window('2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z')))).toEqual([
      '03-12T18:00 03-13T07:00',
      '03-19T15:00 03-20T00:00',
    ]);
    expect(findNextPeriod(limited, instant('2027-03-20T00:00:00Z'))).toBeUndefined();
    expect(findNextPeriod(fridays, instant('2027-03-27T03:00:00Z'))).toEqual(
      window('2027-03-26T15:00:00Z', '2027-03-27T07:00:00Z'),
    );
  });
});

describe('a recurring freeze', () => {
  let w: World;
  let boss: Actor;
  let service: number;
  beforeAll(async () => {
    w = await world();
    boss = w.person('admin', 'U0BOSS');
    service = (await w.service('api', ['health'])).id;
  });
  afterAll(() => w.close());
  beforeEach(() => w.clock.moveTo(instant('2027-03-15T12:00:00Z')));
  afterEach(async () => {
    await w.ctx.database.maintenance.deleteMany();
    await w.ctx.database.series.deleteMany();
    await w.ctx.database.freeze.deleteMany();
  });

  const fridays = { cron: '0 16 * * fri', timezone: 'Europe/Berlin', durationMinutes: 960 };
  const freeze = (values: Partial<NewFreeze> = {}) =>
    addFreeze(w.ctx, boss, { scopeId: null, reason: 'No changes', effect: 'block', ...fridays, ...values });
  const plan = (start: string, end: string) =>
    schedule(w.ctx, w.ana, w.input({ services: [service], ...window(start, end) }));

  test('refuses maintenance in each of its periods, across a clock change, and between them lets it be', async () => {
    await freeze();
    await expect(plan('2027-03-26T15:30:00Z', '2027-03-26T16:00:00Z')).rejects.toMatchObject({
      params: { freezes: [{ reason: 'No changes', ...window('2027-03-26T15:00:00Z', '2027-03-27T07:00:00Z') }] },
    });
    await expect(plan('2027-04-02T14:30:00Z', '2027-04-02T14:45:00Z')).rejects.toThrow(FreezeConflict);
    // Three years ahead.
    await expect(plan('2030-03-22T15:30:00Z', '2030-03-22T16:00:00Z')).rejects.toThrow(FreezeConflict);
    await plan('2027-03-26T14:00:00Z', '2027-03-26T15:00:00Z');
    await plan('2027-04-03T06:00:00Z', '2027-04-03T07:00:00Z');
  });

  test('skips the runs of a series in it, which come back when it is removed', async () => {
    const series = await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], cron: '0 3 * * *' }));
    const saturday = async () =>
      (await runsOf(w.ctx, series)).findLast((run) => run.startsWith('2027-03-20') && !run.includes('withdrawn'));
    w.clock.moveTo(instant('2027-03-19T12:00:00Z'));
    await settle(w.ctx);
    const { id } = await freeze();
    await settle(w.ctx);
    expect(await saturday()).toEqual('2027-03-20T02:00 canceled frozen');
    await editFreeze(w.ctx, boss, id, { cron: '0 16 * * sun' });
    await settle(w.ctx);
    expect(await saturday()).toEqual('2027-03-20T02:00 scheduled following');
    await editFreeze(w.ctx, boss, id, fridays);
    await settle(w.ctx);
    await removeFreeze(w.ctx, boss, id);
    await settle(w.ctx);
    expect(await saturday()).toEqual('2027-03-20T02:00 scheduled following');
  });

  test('is listed with its next period until it ends, and counts what is scheduled in its periods', async () => {
    const { id } = await freeze({ end: instant('2027-04-10T00:00:00Z') });
    await plan('2027-03-25T15:30:00Z', '2027-03-25T16:00:00Z');
    await schedule(w.ctx, boss, {
      ...w.input({ services: [service], ...window('2027-03-26T15:30:00Z', '2027-03-26T16:00:00Z') }),
      overrideReason: 'Agreed',
    });
    const found = await findFreeze(w.ctx.database, w.account.id, id, w.clock.now());
    expect(found?.next).toEqual(window('2027-03-19T15:00:00Z', '2027-03-20T07:00:00Z'));
    expect(found && (await countFrozen(w.ctx, boss, found))).toBe(1);
    const list = async (at: string) => (await listFreezes(w.ctx.database, w.account.id, instant(at))).length;
    expect([await list('2027-04-09T00:00:00Z'), await list('2027-04-10T00:00:00Z')]).toEqual([1, 0]);
  });

  test.each<[string, Partial<NewFreeze>, string[]]>([
    ['without a duration', { durationMinutes: undefined }, ['freeze-times-required duration_minutes']],
    ['with a duration alone', { cron: undefined }, ['freeze-times-required cron']],
    ['with a cron line that is none', { cron: '0 25 * * *' }, ['cron-invalid cron']],
    ['with periods that overlap', { durationMinutes: 8 * 24 * 60 }, ['windows-overlap duration_minutes']],
    ['that starts too often', { cron: '*/30 * * * *', durationMinutes: 5 }, ['freeze-too-frequent cron']],
    [
      'that is over',
      { start: instant('2026-01-01T00:00:00Z'), end: instant('2027-01-01T00:00:00Z') },
      ['end-in-past end'],
    ],
    [
      'of no time at all',
      { cron: undefined, durationMinutes: undefined },
      ['freeze-times-required start', 'freeze-times-required end'],
    ],
  ])('%s is refused', async (_, values, expected) => {
    const error: unknown = await freeze(values).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      problems: expected.map((text) => ({ code: text.split(' ')[0], field: text.split(' ')[1] })),
    });
  });
});
