import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { type Correction, correct } from '../../src/maintenance/commands/correct.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { STATUSES, type Status } from '../../src/maintenance/rules/status.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());
beforeEach(() => w.ctx.database.freeze.deleteMany());

/** A maintenance that came to this status as people and Lull bring it there. */
async function maintenanceThatIs(status: Status): Promise<number> {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
  if (status === 'canceled') await cancel(w.ctx, w.ana, id);
  else if (status !== 'scheduled') await start(w.ctx, w.ana, id);
  if (status === 'succeed' || status === 'failed') await finish(w.ctx, w.ana, id, status);
  return id;
}

const to = (id: number, correction: Correction, actor = w.ana) => correct(w.ctx, actor, id, () => correction);
const mutesOf = async (id: number) => (await listMutes(w.ctx.database, w.account.id, id)).map(({ endedAt }) => endedAt);
const ago = (milliseconds: number) => new Date(w.clock.now().getTime() - milliseconds);
const lastEvent = (id: number) =>
  w.ctx.database.auditEvent.findFirstOrThrow({
    where: { maintenanceId: id },
    orderBy: { id: 'desc' },
    select: { type: true, before: true, after: true },
  });

const pairs = STATUSES.flatMap((from) =>
  STATUSES.filter((other) => other !== from).map((other) => [from, other] as const),
);
/** Those that are a start, an end or a cancellation. */
const EVENTS: Readonly<Record<string, string>> = {
  'scheduled in-progress': 'maintenance.started',
  'scheduled canceled': 'maintenance.canceled',
  'in-progress succeed': 'maintenance.finished',
  'in-progress failed': 'maintenance.finished',
  'in-progress canceled': 'maintenance.canceled',
};

describe('a status can be set from any other', () => {
  test.each(pairs)('from %s to %s', async (from, status) => {
    const id = await maintenanceThatIs(from);
    const corrected = await to(id, { status });
    expect(corrected.status).toBe(status);
    expect(corrected.startedAt !== null).toBe(status === 'in-progress' || (status !== 'scheduled' && hasStarted(from)));
    expect(corrected.endedAt !== null).toBe(status !== 'scheduled' && status !== 'in-progress');
    expect(corrected.endsAt !== null).toBe(status === 'in-progress');
    expect((await lastEvent(id)).type).toBe(EVENTS[`${from} ${status}`] ?? 'maintenance.corrected');
    const muted = (await mutesOf(id)).filter((endedAt) => endedAt === null);
    expect(muted).toHaveLength(status === 'in-progress' ? 1 : 0);
  });

  const hasStarted = (status: Status) => status !== 'scheduled' && status !== 'canceled';
});

describe('a correction', () => {
  test('records the old and the new status with the times', async () => {
    const id = await maintenanceThatIs('succeed');
    await to(id, { status: 'failed', startedAt: ago(hours(2)), endedAt: ago(hours(1)) });
    expect(await lastEvent(id)).toMatchObject({
      type: 'maintenance.corrected',
      before: { status: 'succeed', start_date: expect.any(String), end_date: expect.any(String) },
      after: { status: 'failed', start_date: expect.any(String), end_date: expect.any(String) },
    });
  });

  test('of nothing changes and records nothing', async () => {
    for (const status of STATUSES) {
      const id = await maintenanceThatIs(status);
      const before = await lastEvent(id);
      await to(id, { status });
      expect([status, await lastEvent(id)]).toEqual([status, before]);
    }
  });

  test('renames one that is over, and moves its plan into the past', async () => {
    const id = await maintenanceThatIs('succeed');
    const plan = { start: ago(hours(5)), end: ago(hours(4)) };
    expect(await to(id, { status: 'succeed', name: 'Postgres 18', ...plan })).toMatchObject({
      ...{ name: 'Postgres 18', scheduledStart: plan.start, scheduledEnd: plan.end, status: 'succeed' },
    });
  });

  test('records when it began and ended along with its end', async () => {
    const id = await maintenanceThatIs('in-progress');
    const times = { startedAt: ago(minutes(50)), endedAt: ago(minutes(10)) };
    expect(await to(id, { status: 'succeed', ...times })).toMatchObject({ status: 'succeed', endsAt: null, ...times });
  });

  test('that ends one does not end it before its recorded start', async () => {
    const id = await maintenanceThatIs('scheduled');
    const startedAt = ago(-minutes(40));
    expect(await to(id, { status: 'failed', startedAt })).toMatchObject({ startedAt, endedAt: startedAt });
  });

  test('of the plan of one in progress moves its end', async () => {
    const id = await maintenanceThatIs('in-progress');
    const plan = { start: ago(minutes(1)), end: ago(-hours(6)) };
    const corrected = await to(id, { status: 'in-progress', ...plan });
    expect(corrected).toMatchObject({ scheduledStart: plan.start, scheduledEnd: plan.end, endsAt: plan.end });
  });

  test('of the planned end of one that started early has it end then', async () => {
    const id = await maintenanceThatIs('in-progress');
    const end = ago(-hours(90));
    expect(await to(id, { status: 'in-progress', end })).toMatchObject({ scheduledEnd: end, endsAt: end });
  });

  test('of the planned start of one in progress leaves its end', async () => {
    const id = await maintenanceThatIs('in-progress');
    const { endsAt } = await w.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
    const start = ago(-minutes(10));
    expect(await to(id, { status: 'in-progress', start })).toMatchObject({ scheduledStart: start, endsAt });
  });

  test('has one whose plan is over last as long as planned', async () => {
    const id = await maintenanceThatIs('succeed');
    await to(id, { status: 'succeed', start: ago(hours(5)), end: ago(hours(3)) });
    const { endsAt } = await to(id, { status: 'in-progress' });
    const left = (endsAt?.getTime() ?? 0) - w.clock.now().getTime();
    expect(Math.round(left / minutes(1))).toBe(120);
  });

  test.each<[string, Status, () => Omit<Correction, 'status'>, Status, string]>([
    ['ends before it starts', 'succeed', () => ({ startedAt: ago(0), endedAt: ago(60_000) }), 'succeed', 'end_date'],
    [
      'would end at once',
      'in-progress',
      () => ({ start: ago(hours(2)), end: ago(hours(1)) }),
      'in-progress',
      'scheduled_end_date',
    ],
    [
      'would start at once',
      'canceled',
      () => ({ start: ago(60_000), end: ago(-hours(1)) }),
      'scheduled',
      'scheduled_start_date',
    ],
    [
      'is planned to end before it starts',
      'failed',
      () => ({ start: ago(0), end: ago(60_000) }),
      'failed',
      'scheduled_end_date',
    ],
    ['starts after its end', 'scheduled', () => ({ startedAt: ago(-hours(90)) }), 'in-progress', 'start_date'],
  ])('is refused where the window %s', async (_, from, wrong, status, field) => {
    const id = await maintenanceThatIs(from);
    const before = await lastEvent(id);
    await expect(to(id, { ...wrong(), status })).rejects.toMatchObject({ kind: 'invalid', problems: [{ field }] });
    expect(await lastEvent(id)).toEqual(before);
  });

  test('that is refused in part changes nothing', async () => {
    const id = await maintenanceThatIs('in-progress');
    await expect(to(id, { status: 'succeed', name: 'New', start: ago(0), end: ago(hours(1)) })).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect((await lastEvent(id)).type).toBe('maintenance.started');
  });

  test('does not enter a freeze', async () => {
    const id = await maintenanceThatIs('canceled');
    const window = { start: ago(hours(1)), end: ago(-hours(200)) };
    await addFreeze(w.ctx, w.lull, { ...window, scopeId: null, reason: 'Holidays', effect: 'block' });
    await expect(to(id, { status: 'scheduled' })).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('puts no window in progress back into a freeze', async () => {
    const id = await maintenanceThatIs('in-progress');
    const window = { start: ago(hours(1)), end: ago(-hours(200)) };
    await addFreeze(w.ctx, w.lull, { ...window, scopeId: null, reason: 'Holidays', effect: 'block' });
    await expect(to(id, { status: 'scheduled' })).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('in a scope that requires approval', () => {
  const unapproved = { code: expect.stringMatching(/^(approval-missing|growth-not-approved)$/) };
  let scopeId: number;
  beforeAll(async () => {
    scopeId = (await addScope(w.ctx, w.lull, { name: 'Guarded' })).id;
    await editScope(w.ctx, w.lull, scopeId, { requiresApproval: true });
  });

  test('work that nobody approved neither starts nor is recorded as done', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], scopeId }));
    for (const status of ['in-progress', 'succeed', 'failed'] as const) {
      await expect(to(id, { status })).rejects.toMatchObject(unapproved);
    }
    await to(id, { status: 'canceled' });
    await expect(to(id, { status: 'succeed' })).rejects.toMatchObject(unapproved);
    expect(await to(id, { status: 'scheduled' })).toMatchObject({ approval: 'pending' });
  });

  test.each(STATUSES.filter((status) => status !== 'scheduled'))(
    'one that is %s elsewhere does not move there and go on',
    async (from) => {
      const id = await maintenanceThatIs(from);
      for (const status of ['in-progress', 'succeed', 'failed'] as const) {
        await expect(to(id, { status, scopeId })).rejects.toMatchObject(unapproved);
      }
      if (from === 'in-progress') await expect(edit(w.ctx, w.ana, id, { scopeId })).rejects.toMatchObject(unapproved);
      expect(await mutesOf(id)).toHaveLength(from === 'canceled' ? 0 : 1);
    },
  );

  test('one that was moved there while it was canceled is not recorded as done', async () => {
    const id = await maintenanceThatIs('canceled');
    await to(id, { status: 'canceled', scopeId });
    await expect(to(id, { status: 'failed' })).rejects.toMatchObject(unapproved);
  });

  test('one that was approved is corrected, but does not start again', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], scopeId }));
    await approve(w.ctx, w.person('approver', 'U0BOSS'), id);
    await start(w.ctx, w.ana, id);
    await to(id, { status: 'succeed' });
    expect(await to(id, { status: 'failed', name: 'Postgres 18' })).toMatchObject({ approval: 'approved' });
    await expect(to(id, { status: 'in-progress' })).rejects.toMatchObject(unapproved);
  });
});

describe('a maintenance that started by mistake', () => {
  test('is scheduled again, unmutes its checks, and starts at its new start', async () => {
    const id = await maintenanceThatIs('in-progress');
    const window = w.soon(hours(2), hours(1));
    const reverted = await to(id, { status: 'scheduled', ...window });
    expect(reverted).toMatchObject({
      ...{ status: 'scheduled', startedAt: null, endedAt: null },
      ...{ scheduledStart: window.start, scheduledEnd: window.end },
    });
    expect(await mutesOf(id)).toEqual([expect.any(Date)]);

    w.clock.moveTo(new Date(window.start.getTime() + minutes(1)));
    while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
    const [mute] = await listMutes(w.ctx.database, w.account.id, id);
    expect(mute).toMatchObject({ endedAt: null, outcome: 'pending' });
  });
});
