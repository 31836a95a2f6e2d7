import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { utc } from '../../src/core/time.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { hours, minutes, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

const open = (from = hours(1)) => schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(from, hours(2)) }));
const last = (where: object) =>
  w.ctx.database.auditEvent.findFirstOrThrow({ where, orderBy: { id: 'desc' }, omit: { id: true, at: true } });
const ana = { accountId: 1, actorId: 'U0ANA', actorName: 'Ana', source: 'slack', internal: false };
const lull = { ...ana, actorId: 'lull', actorName: 'Lull', source: 'lull' };
const iso = (instant: Date | undefined) => instant && utc(instant);

test('scheduling is recorded with what was planned', async () => {
  const { id, scheduledStart, scheduledEnd } = await open();
  expect(await last({ maintenanceId: id })).toMatchObject({
    ...ana,
    type: 'maintenance.scheduled',
    before: null,
    after: {
      name: 'Postgres upgrade',
      scheduled_start_date: iso(scheduledStart),
      scheduled_end_date: iso(scheduledEnd),
    },
  });
});

test('starting early is recorded with the window before and after', async () => {
  const { id, scheduledStart, scheduledEnd } = await open();
  const begun = await start(w.ctx, w.ana, id);
  expect(await last({ maintenanceId: id })).toMatchObject({
    ...ana,
    type: 'maintenance.started',
    before: { status: 'scheduled', scheduled_start_date: iso(scheduledStart), scheduled_end_date: iso(scheduledEnd) },
    after: { status: 'in-progress', ends_at: iso(begun?.endsAt ?? undefined), late_by_minutes: 0, check_count: 1 },
  });
});

test('extending is recorded with both ends', async () => {
  const { id, scheduledEnd } = await open();
  const extended = (await extend(w.ctx, w.ana, id, 45))?.maintenance;
  expect(await last({ maintenanceId: id })).toMatchObject({
    ...ana,
    type: 'maintenance.extended',
    before: { scheduled_end_date: iso(scheduledEnd) },
    after: { scheduled_end_date: iso(extended?.scheduledEnd) },
  });
  expect(extended?.version).toBe(2);
});

test('an internal comment is an internal event', async () => {
  const { id } = await open();
  const added = await comment(w.ctx, w.ana, id, { text: ' in sync ', internal: true });
  expect(await last({ maintenanceId: id })).toMatchObject({
    ...ana,
    internal: true,
    type: 'maintenance.commented',
    subjectKind: 'comment',
    subjectId: String(added.id),
    after: { comment: 'in sync', internal: true },
  });
});

test.each([
  ['maintenance.finished', 'succeed', (id: number) => finish(w.ctx, w.ana, id, 'succeed')],
  ['maintenance.finished', 'failed', (id: number) => finish(w.ctx, w.ana, id, 'failed')],
  ['maintenance.canceled', 'canceled', (id: number) => cancel(w.ctx, w.ana, id, undefined)],
] as const)('%s as %s is recorded with the status before and after, and when', async (type, status, act) => {
  const { id } = await open();
  await start(w.ctx, w.ana, id);
  const ended = (await act(id)) as Maintenance;
  expect(await last({ maintenanceId: id })).toMatchObject({
    ...ana,
    type,
    before: { status: 'in-progress' },
    after: { status, end_date: iso(ended.endedAt ?? undefined) },
  });
});

test('what Lull does by itself is recorded as its own', async () => {
  const now = w.clock.now();
  const { id, scheduledStart, scheduledEnd } = await open(minutes(1));
  for (const instant of [scheduledStart, scheduledEnd]) {
    w.clock.moveTo(instant);
    for (;;) if ((await advanceDueMaintenances(w.ctx)).moved.length === 0) break;
  }
  const events = await w.ctx.database.auditEvent.findMany({ where: { maintenanceId: id, source: 'lull' } });
  expect(events.map(({ type, actorId }) => [type, actorId])).toEqual(
    expect.arrayContaining([
      ['maintenance.started', 'lull'],
      ['maintenance.finished', 'lull'],
    ]),
  );
  w.clock.moveTo(now);
});

test('the catalogue and the subscriptions are recorded with what they are about', async () => {
  const scope = await addScope(w.ctx, w.lull, { name: ' EU ' });
  expect(await last({ type: 'scope.added' })).toMatchObject({
    ...lull,
    subjectKind: 'scope',
    subjectId: String(scope.id),
    after: { name: 'EU' },
  });
  expect(await last({ type: 'service.added' })).toMatchObject({
    subjectKind: 'service',
    subjectId: String(service),
    after: { name: 'api' },
  });
  expect(await last({ type: 'check.added' })).toMatchObject({ after: { name: 'health', services: [service] } });
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'public', scopeId: scope.id });
  expect(await last({ type: 'channel.subscribed' })).toMatchObject({
    ...ana,
    subjectKind: 'channel',
    subjectId: 'C1',
    after: { channel: 'C1', audience: 'public', scope: scope.id },
  });
});

test('an end is never before its start, whatever the clocks of two processes say', async () => {
  const { id } = await open();
  const begun = await start(w.ctx, w.ana, id);
  w.clock.moveTo(new Date((begun?.startedAt?.getTime() ?? 0) - 5000));
  const ended = await finish(w.ctx, w.ana, id, 'succeed');
  expect(ended?.endedAt).toEqual(begun?.startedAt);
});
