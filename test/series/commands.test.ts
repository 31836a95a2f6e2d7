import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import type { EventType } from '../../src/audit/events.ts';
import { removeCheck } from '../../src/checks/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { cancel, start } from '../../src/maintenance/commands/transitions.ts';
import { listUnfinishedChannels } from '../../src/maintenance/repository/announcements.ts';
import { findMaintenance, listMaintenances } from '../../src/maintenance/repository/list.ts';
import { findBelongings } from '../../src/maintenance/repository/locked.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { editSeries, pauseSeries, resumeSeries, scheduleSeries, skipRun } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { findSeries, type Series } from '../../src/series/repository.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { inSlack } from '../delivery/channels.ts';
import { hours, type World, world } from '../world.ts';
import { runsOf, seriesInput, settle } from './a-series.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());
beforeEach(() => at('2027-03-15T12:00:00Z'));
afterEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.series.deleteMany();
  await w.ctx.database.auditEvent.deleteMany();
});

const at = (instant: string) => w.clock.moveTo(new Date(instant));
const made = (values: Partial<ReturnType<typeof seriesInput>> = {}) =>
  scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], ...values }));
const runs = (series: Series) => runsOf(w.ctx, series);
const now = async (series: Series) => {
  const found = await findSeries(w.ctx.database, series.accountId, series.id);
  if (found === undefined) throw new Error('the series is gone');
  return found;
};
const nextRun = async (series: Series) => {
  const found = await now(series);
  const run = await findMaintenance(w.ctx.database, found.accountId, found.nextRun?.id ?? 0);
  if (run === undefined) throw new Error('no run is scheduled');
  return run;
};
const audited = (type: EventType) => w.ctx.database.auditEvent.findMany({ where: { type }, orderBy: { id: 'asc' } });

describe('a series', () => {
  test('has its next run made when the scheduled one is recorded as done', async () => {
    const series = await made();
    const { id } = await nextRun(series);
    await correct(w.ctx, w.ana, id, () => ({ status: 'succeed' }));
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['2027-03-21T02:00 succeed detached', '2027-03-28T01:00 scheduled following']);
  });

  test('has its next run made at once, as a maintenance with everything the series says', async () => {
    const series = await made({
      name: ' Vacuum ',
      description: 'Full',
      serviceStatus: 'degraded',
      channels: ['C0EXTRA'],
      risk: null,
      externalReference: 'CHG-1',
    });
    expect(series).toMatchObject({ key: expect.stringMatching(/^[0-9A-Z]{6}$/), enabled: true, name: 'Vacuum' });
    const run = await nextRun(series);
    expect(run).toMatchObject({
      name: 'Vacuum',
      description: 'Full',
      serviceStatus: 'degraded',
      risk: null,
      externalReference: 'CHG-1',
      timezone: 'Europe/Berlin',
      scheduledStart: new Date('2027-03-21T02:00:00Z'),
      scheduledEnd: new Date('2027-03-21T04:00:00Z'),
      services: [{ id: service }],
      owner: { name: 'Ana' },
      run: { series: { id: series.id, key: series.key }, state: 'following' },
    });
    expect((await findBelongings(w.ctx.database, run.id)).channels).toEqual([inSlack('C0DEFAULT'), inSlack('C0EXTRA')]);
  });

  test('keeps its wall-clock time through the clock change in spring, each run starting and ending by itself', async () => {
    const series = await made();
    at('2027-03-21T02:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 in-progress following',
      '2027-03-28T01:00 scheduled following',
    ]);
    at('2027-03-28T01:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 succeed following',
      '2027-03-28T01:00 in-progress following',
      '2027-04-04T01:00 scheduled following',
    ]);
  });

  test('runs once, where the gap ends, when its minute does not exist', async () => {
    at('2027-03-27T12:00:00Z');
    const series = await made({ cron: '30 2 * * *', durationMinutes: 30 });
    expect(await runs(series)).toEqual(['2027-03-28T01:00 scheduled following']);
  });

  test('runs once in the hour that comes twice in autumn, and hourly ones run in both', async () => {
    at('2027-10-30T12:00:00Z');
    const nightly = await made({ cron: '30 2 * * *', durationMinutes: 30 });
    expect(await runs(nightly)).toEqual(['2027-10-31T00:30 scheduled following']);
    at('2027-10-31T00:30:00Z');
    await settle(w.ctx);
    expect(await runs(nightly)).toEqual([
      '2027-10-31T00:30 in-progress following',
      '2027-11-01T01:30 scheduled following',
    ]);

    at('2027-10-30T22:50:00Z');
    const hourly = await made({ cron: '30 0-3 * * *', durationMinutes: 30 });
    expect((await runs(hourly)).slice(0, 4)).toEqual([
      '2027-10-30T23:30 scheduled following',
      '2027-10-31T00:30 scheduled following',
      '2027-10-31T01:30 scheduled following',
      '2027-10-31T02:30 scheduled following',
    ]);
  });

  test('does not begin a window that was open when it was made', async () => {
    at('2027-03-21T02:30:00Z');
    expect(await runs(await made())).toEqual(['2027-03-28T01:00 scheduled following']);
  });

  test('is made once by a request that comes twice', async () => {
    const input = seriesInput({ services: [service] });
    expect(await scheduleSeries(w.ctx, w.ana, input, 'draft:7')).toBeDefined();
    expect(await scheduleSeries(w.ctx, w.ana, input, 'draft:7')).toBeUndefined();
  });

  test('that cannot be is refused with every field, and nothing is stored', async () => {
    await expect(
      made({ cron: '61 * * * *', timezone: 'Mars', durationMinutes: -1, services: [999_999] }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'cron' }, { field: 'timezone' }, { field: 'duration_minutes' }, { field: 'services' }],
    });
    expect(await w.ctx.database.series.count()).toBe(0);
  });
});

describe('when Lull was down', () => {
  test('the runs wholly past were missed, one that is open is begun late, and the next is made', async () => {
    const series = await made();
    at('2027-04-11T01:30:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 missed following',
      '2027-03-28T01:00 missed following',
      '2027-04-04T01:00 missed following',
      '2027-04-11T01:00 in-progress following',
      '2027-04-18T01:00 scheduled following',
    ]);
    const [started] = await audited('maintenance.started');
    expect(started?.after).toMatchObject({ late_by_minutes: 30 });
  });

  test('of all that were missed the channel hears of the newest, which says how many there were', async () => {
    const series = await made({ cron: '*/10 * * * *', durationMinutes: 5 });
    const before = await w.ctx.database.announcement.count();
    at('2027-03-16T12:07:00Z');
    await settle(w.ctx);
    const missed = await w.ctx.database.maintenance.count({ where: { seriesId: series.id, missed: true } });
    expect(missed).toBe(24 * 6);
    const told = (await audited('maintenance.missed')).filter(({ after }) =>
      JSON.stringify(after).includes('missed_in_a_row'),
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.after).toMatchObject({ missed_in_a_row: missed });
    const newest = await findMaintenance(w.ctx.database, w.account.id, told[0]?.maintenanceId ?? 0);
    expect(newest?.run?.occurrence).toEqual(new Date('2027-03-16T12:00:00Z'));
    // One for the newest, and those of the runs ahead.
    expect(await w.ctx.database.announcement.count()).toBe(before + 1 + 24);
    const planned = (await audited('series.runs_planned')).map(({ after }) => (after as { missed: number }).missed);
    expect(planned.reduce((sum, each) => sum + each, 0)).toBe(missed - 24);
  });

  test('two processes that come back at once make each run once', async () => {
    const series = await made({ cron: '0 */3 * * *', durationMinutes: 30 });
    at('2027-04-20T00:10:00Z');
    const other = openDatabase(w.url);
    await Promise.all([settle(w.ctx), settle({ database: other, clock: w.clock }), settle(w.ctx)]);
    await other.$disconnect();
    await settle(w.ctx);
    const occurrences = (await runs(series)).map((run) => run.slice(0, 16));
    expect(new Set(occurrences).size).toBe(occurrences.length);
    expect((await now(series)).nextDueAt?.getTime()).toBeGreaterThan(w.clock.now().getTime());
    // From 15 March 12:00 to 21 April 00:10, eight a day; one less where clocks go forward over 02:00.
    expect(occurrences.length).toBe(4 + 35 * 8 + 8);
  });
});

describe('a skipped run', () => {
  test('is canceled, never made again, and the one after it is made', async () => {
    const series = await made();
    const skipped = await skipRun(w.ctx, w.ana, series.id);
    expect(skipped).toMatchObject({ status: 'canceled', run: { state: 'skipped' } });
    expect(await runs(series)).toEqual(['2027-03-21T02:00 canceled skipped', '2027-03-28T01:00 scheduled following']);
    await editSeries(w.ctx, w.ana, series.id, { durationMinutes: 60 });
    await pauseSeries(w.ctx, w.ana, series.id, 'cancel');
    await resumeSeries(w.ctx, w.ana, series.id);
    at('2027-03-22T00:00:00Z');
    await settle(w.ctx);
    expect((await runs(series)).filter((run) => run.startsWith('2027-03-21'))).toEqual([
      '2027-03-21T02:00 canceled skipped',
    ]);
  });

  test('can be followed by more', async () => {
    const series = await made();
    await skipRun(w.ctx, w.ana, series.id);
    await skipRun(w.ctx, w.ana, series.id);
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 canceled skipped',
      '2027-03-28T01:00 canceled skipped',
      '2027-04-04T01:00 scheduled following',
    ]);
  });

  test('is not the one in progress', async () => {
    const series = await made();
    at('2027-03-21T02:30:00Z');
    await settle(w.ctx);
    expect((await skipRun(w.ctx, w.ana, series.id)).run?.occurrence).toEqual(new Date('2027-03-28T01:00:00Z'));
  });

  test('cannot be where none is to come', async () => {
    const series = await made();
    await pauseSeries(w.ctx, w.ana, series.id, 'cancel');
    await expect(skipRun(w.ctx, w.ana, series.id)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('pausing', () => {
  test('asks what becomes of the runs that are scheduled', async () => {
    const series = await made();
    await expect(pauseSeries(w.ctx, w.ana, series.id, undefined)).rejects.toMatchObject({
      kind: 'conflict',
      problems: [{ field: 'runs', code: 'scheduled-runs-undecided' }],
    });
    expect((await now(series)).enabled).toBe(true);
  });

  test('with keep, they happen, and no others do; nothing of that time is missed afterwards', async () => {
    const series = await made();
    await pauseSeries(w.ctx, w.ana, series.id, 'keep');
    at('2027-03-21T02:00:00Z');
    await settle(w.ctx);
    at('2027-04-12T00:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['2027-03-21T02:00 succeed following']);
    const resumed = await resumeSeries(w.ctx, w.ana, series.id);
    expect(resumed).toMatchObject({ enabled: true });
    expect(await runs(series)).toEqual(['2027-03-21T02:00 succeed following', '2027-04-18T01:00 scheduled following']);
  });

  test('with cancel, they are withdrawn; resumed in time, their windows are made anew', async () => {
    const series = await made();
    await pauseSeries(w.ctx, w.ana, series.id, 'cancel');
    expect(await runs(series)).toEqual(['2027-03-21T02:00 canceled withdrawn']);
    await resumeSeries(w.ctx, w.ana, series.id);
    expect(await runs(series)).toEqual(['2027-03-21T02:00 canceled withdrawn', '2027-03-21T02:00 scheduled following']);
  });

  test('with keep and resumed in time, no run is made twice', async () => {
    const series = await made({ cron: '0 */6 * * *' });
    const before = await runs(series);
    await pauseSeries(w.ctx, w.ana, series.id, 'keep');
    await resumeSeries(w.ctx, w.ana, series.id);
    expect(await runs(series)).toEqual(before);
  });

  test('leaves the run in progress alone, and says so when it is paused already', async () => {
    const series = await made();
    at('2027-03-21T02:30:00Z');
    await settle(w.ctx);
    await pauseSeries(w.ctx, w.ana, series.id, 'cancel');
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 in-progress following',
      '2027-03-28T01:00 canceled withdrawn',
    ]);
    await expect(pauseSeries(w.ctx, w.ana, series.id, 'keep')).rejects.toMatchObject({ kind: 'conflict' });
    await resumeSeries(w.ctx, w.ana, series.id);
    await expect(resumeSeries(w.ctx, w.ana, series.id)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('an edited series', () => {
  test('takes its runs along: their values, and their ends', async () => {
    const series = await made();
    const web = (await w.service('web')).id;
    await editSeries(w.ctx, w.ana, series.id, {
      name: 'Reindex',
      services: [web],
      durationMinutes: 30,
      serviceStatus: 'up',
    });
    const run = await nextRun(series);
    expect(run).toMatchObject({
      name: 'Reindex',
      services: [{ id: web }],
      serviceStatus: 'up',
      scheduledStart: new Date('2027-03-21T02:00:00Z'),
      scheduledEnd: new Date('2027-03-21T02:30:00Z'),
    });
    expect((await audited('maintenance.changed'))[0]).toMatchObject({
      maintenanceId: run.id,
      before: { name: 'Vacuum', scheduled_end_date: '2027-03-21T04:00:00Z' },
      after: { name: 'Reindex', scheduled_end_date: '2027-03-21T02:30:00Z', series: series.key },
    });
  });

  test('withdraws the runs that are none of its windows any more, and makes new ones', async () => {
    const series = await made();
    await editSeries(w.ctx, w.ana, series.id, { cron: '0 4 * * 0' });
    expect(await runs(series)).toEqual(['2027-03-21T02:00 canceled withdrawn', '2027-03-21T03:00 scheduled following']);
    const [canceled] = await audited('maintenance.canceled');
    expect(canceled?.after).toMatchObject({ reason: expect.stringContaining(series.key) });
  });

  test('and edited back has its windows again', async () => {
    const series = await made();
    await editSeries(w.ctx, w.ana, series.id, { cron: '0 4 * * 0' });
    await editSeries(w.ctx, w.ana, series.id, { cron: '0 3 * * 0' });
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 canceled withdrawn',
      '2027-03-21T02:00 scheduled following',
      '2027-03-21T03:00 canceled withdrawn',
    ]);
  });

  test('keeps the runs that are still its windows, whatever else it has now', async () => {
    const series = await made();
    const { id } = await nextRun(series);
    await editSeries(w.ctx, w.ana, series.id, { cron: '0 3 * * *' });
    at('2027-03-20T12:00:00Z');
    await settle(w.ctx);
    expect((await runs(series)).at(-1)).toBe('2027-03-21T02:00 scheduled following');
    expect((await findMaintenance(w.ctx.database, w.account.id, id))?.status).toBe('scheduled');
  });

  test('leaves alone what a person changed, and what is in progress', async () => {
    const series = await made({ cron: '0 */6 * * *', durationMinutes: 60 });
    const [first, second, third] = await listMaintenances(w.ctx.database, w.account.id, { series: [series.id] });
    await start(w.ctx, w.ana, first?.id ?? 0);
    await extend(w.ctx, w.ana, second?.id ?? 0, 15);
    await reschedule(w.ctx, w.ana, third?.id ?? 0, { start: new Date('2027-03-16T06:00:00Z') });
    await editSeries(w.ctx, w.ana, series.id, { cron: '30 */6 * * *', name: 'Reindex' });
    const found = await listMaintenances(w.ctx.database, w.account.id, { series: [series.id] });
    const untouched = found.filter(({ id }) => [first?.id, second?.id, third?.id].includes(id));
    expect(untouched.map(({ name, status, run }) => [name, status, run?.state])).toEqual([
      ['Vacuum', 'in-progress', 'following'],
      ['Vacuum', 'scheduled', 'detached'],
      ['Vacuum', 'scheduled', 'detached'],
    ]);
  });

  test('that is internal now leaves its public channels as they are', async () => {
    await subscribe(w.ctx, w.lull, { channel: 'C0PUBLIC', audience: 'public' });
    const series = await made();
    const { id } = await nextRun(series);
    const untold = () => listUnfinishedChannels(w.ctx.database, w.clock.now());
    expect((await untold()).some(({ channel }) => channel === 'C0PUBLIC')).toBe(true);
    await editSeries(w.ctx, w.ana, series.id, { visibility: 'internal', name: 'Secret' });
    const [announcement] = await w.ctx.database.announcement.findMany({
      where: { maintenanceId: id, channel: 'C0PUBLIC' },
      select: { posts: { select: { messageRef: true } } },
    });
    expect(announcement?.posts.map(({ messageRef }) => messageRef)).toEqual(['', '']);
    await w.ctx.database.subscription.deleteMany();
  });

  test('keeps the order in which its checks were named, also after one of them was removed', async () => {
    const { checks } = await w.service('db', ['one', 'two', 'three', 'four']);
    const [added = '', removed = '', ...others] = checks.map(({ id }) => id).sort();
    const series = await made({ checks: [removed, ...others] });
    await removeCheck(w.ctx, w.lull, removed);
    await editSeries(w.ctx, w.ana, series.id, { checks: [...others, added] });
    expect((await now(series)).checks).toEqual([...others, added]);
    expect((await nextRun(series)).checks).toEqual([...others, added]);
  });

  test('that stays as it was writes nothing', async () => {
    const series = await made();
    expect(await editSeries(w.ctx, w.ana, series.id, { name: 'Vacuum', cron: '0 3 * * 0' })).toMatchObject({
      version: 1,
    });
    expect(await audited('series.changed')).toEqual([]);
  });

  test('cannot become what no series can be', async () => {
    const series = await made();
    await expect(editSeries(w.ctx, w.ana, series.id, { durationMinutes: 8 * 1440 })).rejects.toMatchObject({
      problems: [{ field: 'duration_minutes' }],
    });
    expect((await now(series)).version).toBe(1);
  });
});

describe('one run alone', () => {
  test('is moved with its length, and its window is not made again', async () => {
    const series = await made();
    const run = await nextRun(series);
    const moved = await reschedule(w.ctx, w.ana, run.id, { start: new Date('2027-03-22T20:00:00Z') });
    expect(moved).toMatchObject({ scheduledEnd: new Date('2027-03-22T22:00:00Z'), run: { state: 'detached' } });
    expect((await audited('maintenance.rescheduled'))[0]).toMatchObject({
      before: { scheduled_start_date: '2027-03-21T02:00:00Z' },
      after: { scheduled_start_date: '2027-03-22T20:00:00Z' },
    });
    at('2027-03-22T20:00:00Z');
    await settle(w.ctx);
    expect(await runs(series)).toEqual([
      '2027-03-21T02:00 in-progress detached',
      '2027-03-28T01:00 scheduled following',
    ]);
  });

  test('canceled or begun early, has the next one made in its place', async () => {
    const series = await made();
    await cancel(w.ctx, w.ana, (await nextRun(series)).id, 'not needed');
    await settle(w.ctx);
    expect(await runs(series)).toEqual(['2027-03-21T02:00 canceled detached', '2027-03-28T01:00 scheduled following']);
    await start(w.ctx, w.ana, (await nextRun(series)).id);
    await settle(w.ctx);
    expect((await runs(series)).at(-1)).toBe('2027-04-04T01:00 scheduled following');
  });

  test('cannot be moved into the past, backwards, or once it has begun', async () => {
    const run = await nextRun(await made());
    const to = (start: string, end?: string) =>
      reschedule(w.ctx, w.ana, run.id, {
        start: new Date(start),
        ...(end === undefined ? {} : { end: new Date(end) }),
      });
    await expect(to('2027-03-14T00:00:00Z')).rejects.toMatchObject({ problems: [{ field: 'scheduled_start_date' }] });
    await expect(to('2027-03-24T00:00:00Z', '2027-03-23T00:00:00Z')).rejects.toMatchObject({
      problems: [{ field: 'scheduled_end_date' }],
    });
    await start(w.ctx, w.ana, run.id);
    await expect(to('2027-03-24T00:00:00Z')).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('who may', () => {
  test('operators change series, viewers and guests do not', async () => {
    const series = await made();
    const run = await nextRun(series);
    for (const actor of [w.person('viewer'), w.person('none')]) {
      const attempts = [
        () => scheduleSeries(w.ctx, actor, seriesInput({ services: [service] })),
        () => editSeries(w.ctx, actor, series.id, { name: 'x' }),
        () => pauseSeries(w.ctx, actor, series.id, 'keep'),
        () => resumeSeries(w.ctx, actor, series.id),
        () => skipRun(w.ctx, actor, series.id),
        () => reschedule(w.ctx, actor, run.id, { start: new Date('2027-03-24T00:00:00Z') }),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ kind: 'forbidden' });
    }
  });

  test('another account finds none of them, and its services cannot be named', async () => {
    const series = await made();
    const run = await nextRun(series);
    const other = await findAccountByTeam(
      w.ctx.database,
      { id: 'T0OTHER', name: 'Other' },
      { timezone: 'UTC', defaultChannel: null },
    );
    const eve = { ...w.person('admin', 'U0EVE'), accountId: other.id };
    const attempts = [
      () => editSeries(w.ctx, eve, series.id, { name: 'x' }),
      () => pauseSeries(w.ctx, eve, series.id, 'cancel'),
      () => resumeSeries(w.ctx, eve, series.id),
      () => skipRun(w.ctx, eve, series.id),
      () => reschedule(w.ctx, eve, run.id, { start: new Date('2027-03-24T00:00:00Z') }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
    await expect(scheduleSeries(w.ctx, eve, seriesInput({ services: [service] }))).rejects.toBeInstanceOf(UserError);
    expect(await findSeries(w.ctx.database, other.id, series.key)).toBeUndefined();
    expect(await findSeries(w.ctx.database, w.account.id, series.key.toLowerCase())).toMatchObject({
      id: series.id,
    });
  });
});

test('a change of a run and a change of its series at the same time both happen', async () => {
  const series = await made({ cron: '0 */6 * * *', durationMinutes: 60 });
  const found = await listMaintenances(w.ctx.database, w.account.id, { series: [series.id] });
  await Promise.all([
    ...found.map(({ id }) =>
      cancel(w.ctx, w.ana, id, 'busy').catch((error: unknown) => expect(error).toBeInstanceOf(UserError)),
    ),
    editSeries(w.ctx, w.ana, series.id, { name: 'Reindex' }),
    planDueSeries(w.ctx),
    editSeries(w.ctx, w.ana, series.id, { durationMinutes: 90 }),
  ]);
  await settle(w.ctx);
  expect(await now(series)).toMatchObject({ name: 'Reindex', durationMinutes: 90 });
  expect((await nextRun(series)).scheduledStart.getTime()).toBeLessThan(w.clock.now().getTime() + hours(48));
});
