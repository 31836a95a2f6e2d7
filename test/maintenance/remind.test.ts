import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { findNextStartOrEnd } from '../../src/maintenance/repository/changes.ts';
import { editSeries, pauseSeries, resumeSeries, scheduleSeries, skipRun } from '../../src/series/commands.ts';
import { seriesInput, settle } from '../series/a-series.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let scope: number;
let service: number;
beforeAll(async () => {
  w = await world();
  scope = (await addScope(w.ctx, w.lull, { name: 'EU' })).id;
  service = (await addService(w.ctx, w.lull, { name: 'api', scopeId: scope })).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.series.deleteMany();
  await editScope(w.ctx, w.lull, scope, { reminders: [1440, 60, 15] });
});

const planned = (from: number, length = hours(2)) =>
  schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(from, length) }));
const row = (id: number) => w.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
/** Moves the clock to so many milliseconds before an instant, and does what is due. */
async function waitUntil(before: number, instant: Date) {
  w.clock.moveTo(new Date(instant.getTime() - before));
  await settle(w.ctx);
}
/** What was reminded of so far: minutes before the start, or `end`. */
async function reminded(maintenanceId: number) {
  const events = await w.ctx.database.auditEvent.findMany({
    where: { maintenanceId, type: 'maintenance.reminded' },
    orderBy: { id: 'asc' },
  });
  return events.map(({ after }) => {
    const said = after as { minutes: number; ends_at?: string };
    return said.ends_at === undefined ? said.minutes : 'end';
  });
}

describe('a scheduled window', () => {
  test('is reminded of as its scope says, then starts, and is reminded of before its end', async () => {
    const { id, scheduledStart, scheduledEnd, version } = await planned(hours(48));
    await waitUntil(hours(24) + minutes(1), scheduledStart);
    expect(await reminded(id)).toEqual([]);
    await waitUntil(hours(24), scheduledStart);
    await waitUntil(hours(1), scheduledStart);
    await waitUntil(minutes(15), scheduledStart);
    expect(await reminded(id)).toEqual([1440, 60, 15]);
    expect(await row(id)).toMatchObject({ status: 'scheduled', nextDueAt: scheduledStart, version });
    await waitUntil(0, scheduledStart);
    await waitUntil(minutes(10), scheduledEnd);
    expect(await reminded(id)).toEqual([1440, 60, 15, 'end']);
    await waitUntil(0, scheduledEnd);
    expect(await row(id)).toMatchObject({ status: 'succeed', nextDueAt: null });
  });

  test('is due first at the first reminder that is still ahead', async () => {
    const { id, scheduledStart } = await planned(minutes(40));
    expect((await row(id)).nextDueAt).toEqual(new Date(scheduledStart.getTime() - minutes(15)));
    await start(w.ctx, w.ana, id);
    const { start: again, end } = w.soon(hours(2), hours(1));
    await correct(w.ctx, w.ana, id, () => ({ status: 'scheduled', start: again, end }));
    expect((await row(id)).nextDueAt).toEqual(new Date(again.getTime() - hours(1)));
  });

  test('has no reminder of a time before it was scheduled', async () => {
    const { id, scheduledStart } = await planned(minutes(40));
    await settle(w.ctx);
    await waitUntil(minutes(20), scheduledStart);
    expect(await reminded(id)).toEqual([]);
    await waitUntil(minutes(15), scheduledStart);
    expect(await reminded(id)).toEqual([15]);
  });

  test('is reminded of once for all that came due while nothing ran, and not at all when it has begun meanwhile', async () => {
    const late = await planned(hours(48));
    await waitUntil(minutes(30), late.scheduledStart);
    expect(await reminded(late.id)).toEqual([60]);
    const begun = await planned(hours(48), hours(4));
    await waitUntil(-minutes(5), begun.scheduledStart);
    expect(await reminded(begun.id)).toEqual([]);
    expect((await row(begun.id)).status).toBe('in-progress');
    await waitUntil(-minutes(5), begun.scheduledEnd);
    expect(await reminded(begun.id)).toEqual([]);
  });

  test('that is moved is reminded of anew', async () => {
    const { id, scheduledStart } = await planned(hours(48));
    await waitUntil(minutes(15), scheduledStart);
    expect(await reminded(id)).toEqual([15]);
    const later = w.soon(hours(30), hours(1));
    await reschedule(w.ctx, w.ana, id, later);
    await settle(w.ctx);
    expect(await reminded(id)).toEqual([15]);
    await waitUntil(hours(24), later.start);
    await waitUntil(hours(1), later.start);
    expect(await reminded(id)).toEqual([15, 1440, 60]);
    const sooner = w.soon(minutes(30), hours(1));
    await edit(w.ctx, w.ana, id, sooner);
    await settle(w.ctx);
    expect(await reminded(id)).toEqual([15, 1440, 60]);
    await waitUntil(minutes(15), sooner.start);
    expect(await reminded(id)).toEqual([15, 1440, 60, 15]);
  });
});

describe('a window in progress', () => {
  test('that is extended is reminded of before its new end, and not at once', async () => {
    const { id } = await planned(hours(1));
    const begun = await start(w.ctx, w.ana, id);
    const end = begun?.endsAt ?? new Date();
    await waitUntil(minutes(10), end);
    expect(await reminded(id)).toEqual(['end']);
    await waitUntil(minutes(5), end);
    await extend(w.ctx, w.ana, id, 2);
    await settle(w.ctx);
    expect(await reminded(id)).toEqual(['end']);
    await extend(w.ctx, w.ana, id, 30);
    await waitUntil(minutes(10), new Date(end.getTime() + minutes(32)));
    expect(await reminded(id)).toEqual(['end', 'end']);
  });
});

describe('a scope', () => {
  test('that wants other reminders has them for what is scheduled already, and nothing of what is past', async () => {
    const { id, scheduledStart } = await planned(hours(3));
    const edited = await editScope(w.ctx, w.lull, scope, { reminders: [30, 300, 30, 120] });
    expect(edited).toMatchObject({ id: scope, reminders: [300, 120, 30] });
    expect((await row(id)).nextDueAt).toEqual(new Date(scheduledStart.getTime() - hours(2)));
    await settle(w.ctx);
    expect(await reminded(id)).toEqual([]);
    await waitUntil(hours(2), scheduledStart);
    await editScope(w.ctx, w.lull, scope, { reminders: [] });
    await waitUntil(minutes(1), scheduledStart);
    expect(await reminded(id)).toEqual([120]);
    expect((await row(id)).nextDueAt).toEqual(scheduledStart);
  });

  test('is changed by an admin, keeps what is not named, and refuses what cannot be', async () => {
    await expect(editScope(w.ctx, w.ana, scope, { reminders: [5] })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(editScope(w.ctx, w.lull, 999_999, { reminders: [5] })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(editScope(w.ctx, w.lull, scope, { reminders: [0] })).rejects.toMatchObject({
      problems: [{ field: 'reminders' }],
    });
    expect(await editScope(w.ctx, w.lull, scope, {})).toMatchObject({ reminders: [1440, 60, 15] });
    const event = await w.ctx.database.auditEvent.findFirst({ where: { type: 'scope.changed' } });
    expect(event).toMatchObject({
      subjectKind: 'scope',
      subjectId: String(scope),
      before: { reminders: expect.any(Array) },
    });
  });
});

describe('a run of a series', () => {
  /** A series in UTC that has begun to run: the runs after the first are as all others. */
  async function recurring(cron: string, durationMinutes: number) {
    const input = seriesInput({ services: [service], cron, durationMinutes, timezone: 'UTC' });
    const { id } = await scheduleSeries(w.ctx, w.ana, input);
    await waitUntil(0, (await nextRun(id)).scheduledStart);
    return id;
  }
  const nextRun = (seriesId: number) =>
    w.ctx.database.maintenance.findFirstOrThrow({
      where: { seriesId, status: 'scheduled', scheduledStart: { gt: w.clock.now() } },
      orderBy: { scheduledStart: 'asc' },
    });
  /** Lives it to its end, and tells what was reminded of. */
  async function lived(id: number) {
    const { scheduledStart, scheduledEnd } = await row(id);
    for (const before of [hours(24), hours(1), minutes(15), 0]) {
      if (scheduledStart.getTime() - before > w.clock.now().getTime()) await waitUntil(before, scheduledStart);
    }
    await waitUntil(minutes(10), scheduledEnd);
    await waitUntil(0, scheduledEnd);
    expect((await row(id)).status).toBe('succeed');
    return reminded(id);
  }

  test('that comes weekly is reminded of as any window', async () => {
    const series = await recurring('0 3 * * 0', 120);
    expect(await lived((await nextRun(series)).id)).toEqual([1440, 60, 15, 'end']);
  });

  test('that comes nightly is reminded of that night, whether the one before was skipped or paused, or not', async () => {
    const series = await recurring('0 3 * * *', 120);
    expect(await lived((await nextRun(series)).id)).toEqual([60, 15, 'end']);
    const { id: skipped } = await skipRun(w.ctx, w.ana, series);
    expect(await lived((await nextRun(series)).id)).toEqual([60, 15, 'end']);
    expect(await reminded(skipped)).toEqual([]);
    await pauseSeries(w.ctx, w.ana, series, 'cancel');
    await waitUntil(-hours(72), w.clock.now());
    await resumeSeries(w.ctx, w.ana, series);
    expect(await lived((await nextRun(series)).id)).toEqual([60, 15, 'end']);
  });

  test('that comes hourly is not reminded of, unless it was moved or extended', async () => {
    const series = await recurring('0 * * * *', 30);
    expect(await lived((await nextRun(series)).id)).toEqual([]);
    const extended = await nextRun(series);
    await waitUntil(0, extended.scheduledStart);
    await extend(w.ctx, w.ana, extended.id, 60);
    expect(await lived(extended.id)).toEqual(['end']);
    const moved = await nextRun(series);
    await reschedule(w.ctx, w.ana, moved.id, w.soon(hours(30.5), hours(1)));
    expect(await lived(moved.id)).toEqual([1440, 60, 15, 'end']);
  });

  test('is reminded of by its series as that is now, though it was changed by hand', async () => {
    const series = await recurring('0 */2 * * *', 10);
    const { id, scheduledStart } = await nextRun(series);
    await edit(w.ctx, w.ana, id, { description: 'By hand' });
    const due = async () => (scheduledStart.getTime() - Number((await row(id)).nextDueAt)) / minutes(1);
    expect(await due()).toBe(15);
    await editSeries(w.ctx, w.ana, series, { cron: '0 * * * *' });
    expect(await due()).toBe(0);
    await editSeries(w.ctx, w.ana, series, { cron: `0 ${scheduledStart.getUTCHours()} * * *` });
    expect(await due()).toBe(60);
    expect(await row(id)).toMatchObject({ runState: 'detached', description: 'By hand' });
  });
});

test('the next start or end is not the next reminder', async () => {
  const { scheduledStart } = await planned(hours(48));
  expect(await findNextStartOrEnd(w.ctx.database)).toEqual(scheduledStart);
});

test('a due instant of before the reminders is derived anew', async () => {
  const { id, scheduledStart } = await planned(hours(3));
  await w.ctx.database.maintenance.update({ where: { id }, data: { nextDueAt: new Date(0) } });
  await settle(w.ctx);
  expect(await row(id)).toMatchObject({
    status: 'scheduled',
    nextDueAt: new Date(scheduledStart.getTime() - hours(1)),
  });
});
