import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { builtin } from '../../src/checks/providers/registry.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { findCheck } from '../../src/checks/repository.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { only } from '../checks/monitoring.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const register = () => builtin(w.ctx.database);
const enforceNow = () => reconcile(w.ctx, only(register()), silent, { accountId: w.account.id, provider: 'builtin' });
const stateOf = async (id: number) => findMaintenance(w.ctx.database, w.account.id, id);
const enabled = async (id: string) => (await findCheck(w.ctx.database, w.account.id, id))?.enabled;

async function advanceAll() {
  for (;;) {
    const advance = await advanceDueMaintenances(w.ctx);
    if (advance.failed[0] !== undefined) throw advance.failed[0].error;
    if (advance.moved.length === 0) return;
  }
}

describe('a scheduled window', () => {
  test('starts at its instant, has its checks off while it runs, and on again after', async () => {
    const service = await w.service('api', ['health', 'canary (off)']);
    const [health, canary] = service.checks;
    const made = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
    await advanceAll();
    expect((await stateOf(made.id))?.status).toBe('scheduled');

    w.clock.moveTo(made.scheduledStart);
    await advanceAll();
    await enforceNow();
    expect((await stateOf(made.id))?.status).toBe('in-progress');
    expect(await enabled(health?.id ?? '')).toBe(false);
    const outcomes = (await listMutes(w.ctx.database, w.account.id, made.id)).map((mute) => mute.outcome);
    expect(outcomes).toEqual(['already_muted', 'muted']);

    w.clock.moveTo(made.scheduledEnd);
    await advanceAll();
    await enforceNow();
    expect(await stateOf(made.id)).toMatchObject({ status: 'succeed', missed: false });
    expect(await enabled(health?.id ?? '')).toBe(true);
    expect(await enabled(canary?.id ?? '')).toBe(false);
  });

  test('that is wholly past when Lull comes back was missed, and no check was touched', async () => {
    const service = await w.service('web', ['page']);
    const made = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(hours(1), hours(1)) }));
    w.clock.moveTo(new Date(made.scheduledEnd.getTime() + 1));
    await advanceAll();
    await enforceNow();
    expect(await stateOf(made.id)).toMatchObject({ status: 'failed', missed: true, startedAt: null });
    expect(await enabled(service.checks[0]?.id ?? '')).toBe(true);
  });

  test('started early keeps its length, so that no check stays off until the planned end', async () => {
    const service = await w.service('early', ['early check']);
    const made = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(hours(24), hours(2)) }));
    const begun = await start(w.ctx, w.ana, made.id);
    expect(begun?.status).toBe('in-progress');
    expect((begun?.endsAt?.getTime() ?? 0) - (begun?.startedAt?.getTime() ?? 0)).toBe(hours(2));
    expect(begun).toMatchObject({ scheduledStart: made.scheduledStart, scheduledEnd: made.scheduledEnd });
    await finish(w.ctx, w.ana, made.id, 'succeed');
    await enforceNow();
  });

  test('may be asked for twice with one request, and is made once', async () => {
    const service = await w.service('twice');
    const input = w.input({ services: [service.id] });
    const first = await schedule(w.ctx, w.ana, input, 'draft:1');
    expect(first).toBeDefined();
    expect(await schedule(w.ctx, w.ana, input, 'draft:1')).toBeUndefined();
    await cancel(w.ctx, w.ana, first?.id ?? 0, 'enough');
  });

  test('with times, names and services that cannot be is refused with every field, and nothing is stored', async () => {
    const input = w.input({
      services: [999_999],
      name: ' ',
      externalLink: 'javascript:alert(1)',
      ...w.soon(hours(1), -1),
    });
    await expect(schedule(w.ctx, w.ana, input)).rejects.toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'scheduled_end_date' }, { field: 'external_link' }, { field: 'name' }, { field: 'services' }],
    });
  });

  test('is not for guests to make', async () => {
    const service = await w.service('guarded');
    await expect(schedule(w.ctx, w.person('none'), w.input({ services: [service.id] }))).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});

describe('two windows on one check', () => {
  test('have it off until the second ends, whichever way the first one ends', async () => {
    const service = await w.service('shared', ['shared check']);
    const check = service.checks[0]?.id ?? '';
    const short = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(minutes(10), hours(1)) }));
    const long = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(minutes(20), hours(2)) }));
    w.clock.moveTo(long.scheduledStart);
    await advanceAll();
    await enforceNow();
    expect(await enabled(check)).toBe(false);

    w.clock.moveTo(short.scheduledEnd);
    await advanceAll();
    await enforceNow();
    expect((await stateOf(short.id))?.status).toBe('succeed');
    expect(await enabled(check)).toBe(false);

    await extend(w.ctx, w.ana, long.id, 30);
    w.clock.moveTo(long.scheduledEnd);
    await advanceAll();
    await enforceNow();
    expect(await enabled(check)).toBe(false);

    await cancel(w.ctx, w.ana, long.id, undefined);
    await enforceNow();
    expect(await enabled(check)).toBe(true);
  });
});
