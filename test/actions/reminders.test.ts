import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addScope } from '../../src/actions/add-scope.ts';
import { addService } from '../../src/actions/add-service.ts';
import { edit } from '../../src/actions/edit.ts';
import { editScope } from '../../src/actions/edit-scope.ts';
import { extend } from '../../src/actions/extend.ts';
import { reschedule } from '../../src/actions/reschedule.ts';
import { schedule } from '../../src/actions/schedule.ts';
import { scheduleSeries } from '../../src/actions/schedule-series.ts';
import { start } from '../../src/actions/start.ts';
import { nextStartOrEnd } from '../../src/store/due.ts';
import { hours, minutes, type World, world } from '../world.ts';
import { seriesInput, settle } from './a-series.ts';

let w: World;
let scope: number;
let service: number;
beforeAll(async () => {
  w = await world();
  scope = (await addScope(w.ground, w.lull, { name: 'EU' })).id;
  service = (await addService(w.ground, w.lull, { name: 'api', scopeId: scope })).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ground.database.maintenance.deleteMany();
  await editScope(w.ground, w.lull, scope, { reminders: [1440, 60, 15] });
});

const planned = (from: number, length = hours(2)) =>
  schedule(w.ground, w.ana, w.input({ services: [service], ...w.soon(from, length) }));
const row = (id: number) => w.ground.database.maintenance.findUniqueOrThrow({ where: { id } });
/** Moves the clock to so many milliseconds before an instant, and does what is due. */
async function waitUntil(before: number, instant: Date) {
  w.clock.moveTo(new Date(instant.getTime() - before));
  await settle(w.ground);
}
/** What was reminded of so far: minutes before the start, or `end`. */
async function reminded(maintenanceId: number) {
  const events = await w.ground.database.auditEvent.findMany({
    where: { maintenanceId, action: 'remind' },
    orderBy: { id: 'asc' },
  });
  return events.map(({ after }) => {
    const said = after as { minutes: number; scheduled_end_date?: string };
    return said.scheduled_end_date === undefined ? said.minutes : 'end';
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

  test('has no reminder of a time before it was scheduled', async () => {
    const { id, scheduledStart } = await planned(minutes(40));
    await settle(w.ground);
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
    await reschedule(w.ground, w.ana, id, later);
    await settle(w.ground);
    expect(await reminded(id)).toEqual([15]);
    await waitUntil(hours(24), later.start);
    await waitUntil(hours(1), later.start);
    expect(await reminded(id)).toEqual([15, 1440, 60]);
    const sooner = w.soon(minutes(30), hours(1));
    await edit(w.ground, w.ana, id, sooner);
    await settle(w.ground);
    expect(await reminded(id)).toEqual([15, 1440, 60]);
    await waitUntil(minutes(15), sooner.start);
    expect(await reminded(id)).toEqual([15, 1440, 60, 15]);
  });
});

describe('a window in progress', () => {
  test('that is extended is reminded of before its new end, and not at once', async () => {
    const { id } = await planned(hours(1));
    const begun = await start(w.ground, w.ana, id);
    const end = begun?.scheduledEnd ?? new Date();
    await waitUntil(minutes(10), end);
    expect(await reminded(id)).toEqual(['end']);
    await waitUntil(minutes(5), end);
    await extend(w.ground, w.ana, id, 2);
    await settle(w.ground);
    expect(await reminded(id)).toEqual(['end']);
    await extend(w.ground, w.ana, id, 30);
    await waitUntil(minutes(10), new Date(end.getTime() + minutes(32)));
    expect(await reminded(id)).toEqual(['end', 'end']);
  });
});

describe('a scope', () => {
  test('that wants other reminders has them for what is scheduled already, and nothing of what is past', async () => {
    const { id, scheduledStart } = await planned(hours(3));
    const edited = await editScope(w.ground, w.lull, scope, { reminders: [30, 300, 30, 120] });
    expect(edited).toMatchObject({ id: scope, reminders: [300, 120, 30] });
    expect((await row(id)).nextDueAt).toEqual(new Date(scheduledStart.getTime() - hours(2)));
    await settle(w.ground);
    expect(await reminded(id)).toEqual([]);
    await waitUntil(hours(2), scheduledStart);
    await editScope(w.ground, w.lull, scope, { reminders: [] });
    await waitUntil(minutes(1), scheduledStart);
    expect(await reminded(id)).toEqual([120]);
    expect((await row(id)).nextDueAt).toEqual(scheduledStart);
  });

  test('that wants them sooner has the runs of its series made sooner', async () => {
    const series = await scheduleSeries(
      w.ground,
      w.ana,
      seriesInput({ services: [service], cron: '0 3 * * *', timezone: 'UTC' }),
    );
    await settle(w.ground);
    const runs = () => w.ground.database.maintenance.count({ where: { seriesId: series.id, status: 'scheduled' } });
    expect(await runs()).toBe(1);
    await editScope(w.ground, w.lull, scope, { reminders: [4 * 1440, 60] });
    await settle(w.ground);
    expect(await runs()).toBe(4);
  });

  test('is changed by an admin, keeps what is not named, and refuses what cannot be', async () => {
    await expect(editScope(w.ground, w.ana, scope, { reminders: [5] })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(editScope(w.ground, w.lull, 999_999, { reminders: [5] })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(editScope(w.ground, w.lull, scope, { reminders: [0] })).rejects.toMatchObject({
      problems: [{ field: 'reminders' }],
    });
    expect(await editScope(w.ground, w.lull, scope, {})).toMatchObject({ reminders: [1440, 60, 15] });
    const event = await w.ground.database.auditEvent.findFirst({ where: { action: 'edit-scope' } });
    expect(event).toMatchObject({ subject: `scope:${scope}`, before: { reminders: expect.any(Array) } });
  });
});

test('the next start or end is not the next reminder', async () => {
  const { scheduledStart } = await planned(hours(48));
  expect(await nextStartOrEnd(w.ground.database)).toEqual(scheduledStart);
});

test('a due instant of before the reminders is derived anew', async () => {
  const { id, scheduledStart } = await planned(hours(3));
  await w.ground.database.maintenance.update({ where: { id }, data: { nextDueAt: new Date(0) } });
  await settle(w.ground);
  expect(await row(id)).toMatchObject({
    status: 'scheduled',
    nextDueAt: new Date(scheduledStart.getTime() - hours(1)),
  });
});
