import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

const open = () => schedule(w.ctx, w.ana, w.input({ services: [service] }));
const inProgress = async () => {
  const made = await open();
  await start(w.ctx, w.ana, made.id);
  return made;
};
const eventsOf = async (id: number) =>
  (await w.ctx.database.auditEvent.findMany({ where: { maintenanceId: id }, orderBy: { id: 'asc' } })).map(
    (event) => event.type,
  );
/** Runs two actions concurrently, and returns their sorted outcomes. */
const runBoth = async (act: () => Promise<unknown>, other = act) => {
  const outcomes = await Promise.allSettled([act(), other()]);
  return outcomes
    .map((outcome) =>
      outcome.status === 'fulfilled' ? (outcome.value === undefined ? 'nothing' : 'done') : outcome.reason.kind,
    )
    .sort();
};

describe('two people at the same time', () => {
  test('who end a maintenance: one succeeds, the other gets a conflict', async () => {
    const { id } = await inProgress();
    expect(await runBoth(() => finish(w.ctx, w.ana, id, 'succeed'))).toEqual(['conflict', 'done']);
    expect(await eventsOf(id)).toEqual(['maintenance.scheduled', 'maintenance.started', 'maintenance.finished']);
  });

  test('who start and cancel a maintenance: both orders leave a complete history', async () => {
    const { id } = await open();
    await runBoth(
      () => start(w.ctx, w.ana, id),
      () => cancel(w.ctx, w.ana, id, undefined),
    );
    const events = await eventsOf(id);
    expect([
      'maintenance.scheduled,maintenance.started,maintenance.canceled',
      'maintenance.scheduled,maintenance.canceled',
    ]).toContain(events.join());
    expect((await findMaintenance(w.ctx.database, w.account.id, id))?.status).toBe('canceled');
  });

  test('who extend a maintenance: both extensions count', async () => {
    const { id, scheduledEnd } = await open();
    expect(await runBoth(() => extend(w.ctx, w.ana, id, 30))).toEqual(['done', 'done']);
    const extended = await findMaintenance(w.ctx.database, w.account.id, id);
    expect((extended?.scheduledEnd.getTime() ?? 0) - scheduledEnd.getTime()).toBe(hours(1));
  });

  test('who add the same name: one succeeds, the other gets a conflict', async () => {
    expect(await runBoth(() => addService(w.ctx, w.ana, { name: 'new', scopeId: null }))).toEqual(['conflict', 'done']);
    expect(await runBoth(() => addScope(w.ctx, w.lull, { name: 'new' }))).toEqual(['conflict', 'done']);
  });

  test('who change windows with the same checks do not deadlock', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, inProgress));
    await Promise.all(made.map(({ id }) => finish(w.ctx, w.ana, id, 'succeed')));
    for (const { id } of made)
      expect(await eventsOf(id)).toEqual(['maintenance.scheduled', 'maintenance.started', 'maintenance.finished']);
  });
});

describe('a request with an idempotency key', () => {
  test('that arrives twice at the same time is processed once', async () => {
    const input = w.input({ services: [service] });
    expect(await runBoth(() => schedule(w.ctx, w.ana, input, 'draft:1'))).toEqual(['done', 'nothing']);
    const { id } = await inProgress();
    expect(await runBoth(() => extend(w.ctx, w.ana, id, 30, { once: 'view:1' }))).toEqual(['done', 'nothing']);
    expect(await runBoth(() => comment(w.ctx, w.ana, id, { text: 'x', internal: false }, 'view:2'))).toEqual([
      'done',
      'nothing',
    ]);
    expect(await runBoth(() => finish(w.ctx, w.ana, id, 'succeed', 'press:1'))).toEqual(['done', 'nothing']);
    expect(await eventsOf(id)).toEqual([
      'maintenance.scheduled',
      'maintenance.started',
      'maintenance.extended',
      'maintenance.commented',
      'maintenance.finished',
    ]);
  });

  test('that was rejected is processed when it arrives again', async () => {
    const { id } = await open();
    await expect(finish(w.ctx, w.ana, id, 'succeed', 'press:2')).rejects.toMatchObject({ kind: 'conflict' });
    await start(w.ctx, w.ana, id);
    expect(await finish(w.ctx, w.ana, id, 'succeed', 'press:2')).toBeDefined();
  });
});
