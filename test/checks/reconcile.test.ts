import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { edit, extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { hours, silent, type World, world } from '../world.ts';
import { Monitoring, only } from './monitoring.ts';
import { System } from './system.ts';
import { mortal } from './writes.ts';

let w: World;
let life: Awaited<ReturnType<typeof mortal>>;
let monitoring: Monitoring;
let named = 0;

beforeAll(async () => {
  w = await world();
  life = await mortal(w.ctx.database);
});
afterAll(() => w.close());
beforeEach(() => {
  monitoring = new Monitoring();
});
afterEach(async () => {
  // Nothing that a test left behind is to be enforced in the next one.
  await w.ctx.database.maintenance.deleteMany();
});

const run = () => reconcile(w.ctx, only(monitoring), silent, { accountId: w.account.id, provider: 'builtin' });

/** A window in progress over checks of these names; its service is new each time. */
async function inProgress(...names: string[]) {
  const service = await w.service(`service ${++named}`, names);
  return { checks: service.checks.map(({ id }) => id), ...(await another(service.id)) };
}

/** One more window in progress on a service. */
async function another(service: number) {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(1), hours(1)) }));
  await start(w.ctx, w.ana, id);
  return { id, service };
}

/** What the timeline of a maintenance was told about its checks, one entry an event, the empty lists left out. */
async function told(maintenanceId: number) {
  const events = await w.ctx.database.auditEvent.findMany({
    where: { maintenanceId, type: 'maintenance.checks_switched' },
    orderBy: { id: 'asc' },
  });
  return events.map(({ after }) =>
    Object.fromEntries(Object.entries(after as object).filter(([, list]) => (list as unknown[]).length > 0)),
  );
}

const outcomes = async (id: number) =>
  (await listMutes(w.ctx.database, w.account.id, id)).map(({ outcome, releasedAt }) =>
    releasedAt === null ? outcome : 'released',
  );

describe('a window', () => {
  test('mutes its checks in one call and reports it once', async () => {
    const { id } = await inProgress('a', 'b', 'c');
    await run();
    await run();
    expect(monitoring.calls).toEqual([
      ['read', 3],
      ['off', 3],
      ['read', 3],
    ]);
    expect(await told(id)).toEqual([{ muted: ['a', 'b', 'c'] }]);
  });

  test('leaves a check off that was off before, and reports it', async () => {
    const { id, checks } = await inProgress('on', 'off before');
    monitoring.off.add(checks[1] ?? '');
    await run();
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(checks.map((check) => monitoring.state(check))).toEqual(['on', 'off']);
    expect(await told(id)).toEqual([
      { muted: ['on'], already_muted: ['off before'] },
      { unmuted: ['on'], left_muted: ['off before'] },
    ]);
  });

  test('that ends while another mutes the check reports that it stays muted', async () => {
    const first = await inProgress('shared');
    const second = await another(first.service);
    await run();
    await finish(w.ctx, w.ana, first.id, 'succeed');
    await run();
    expect(monitoring.state(first.checks[0] ?? '')).toBe('off');
    expect(await told(first.id)).toEqual([
      { muted: ['shared'] },
      { still_muted: [{ checks: ['shared'], by: [second.id], until: expect.any(String) }] },
    ]);
    await cancel(w.ctx, w.ana, second.id, undefined);
    await run();
    expect(monitoring.state(first.checks[0] ?? '')).toBe('on');
  });

  test('that ends before anything was tried touches nothing and reports nothing', async () => {
    const { id } = await inProgress('quick');
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.calls).toEqual([]);
    expect(await told(id)).toEqual([]);
  });

  test('that ends while its checks are being muted unmutes them in the same run', async () => {
    const { id, checks } = await inProgress('overtaken');
    monitoring.meanwhile = async () => {
      monitoring.meanwhile = async () => {};
      await finish(w.ctx, w.ana, id, 'succeed');
    };
    await run();
    expect(monitoring.state(checks[0] ?? '')).toBe('on');
    expect(await outcomes(id)).toEqual(['released']);
  });

  test('that covers a check again while it is being unmuted mutes it in the same run', async () => {
    const { id, checks } = await inProgress('given back', 'kept');
    const [given = '', kept = ''] = checks;
    await run();
    await edit(w.ctx, w.ana, id, { checks: [kept] });
    monitoring.meanwhile = async () => {
      monitoring.meanwhile = async () => {};
      await edit(w.ctx, w.ana, id, { checks });
    };
    await run();
    expect(monitoring.state(given)).toBe('off');
    expect(await outcomes(id)).toEqual(['muted', 'muted']);
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.off.size).toBe(0);
    expect(await told(id)).toEqual([
      { muted: ['given back', 'kept'] },
      { unmuted: ['given back'] },
      { muted: ['given back'] },
      { unmuted: ['given back', 'kept'] },
    ]);
  });

  test('leaves a check on that a person unmutes, and reports it once', async () => {
    const { id, checks } = await inProgress('by hand', 'untouched');
    await run();
    monitoring.off.delete(checks[0] ?? '');
    await run();
    await run();
    expect(monitoring.state(checks[0] ?? '')).toBe('on');
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.off.size).toBe(0);
    expect(await told(id)).toEqual([
      { muted: ['by hand', 'untouched'] },
      { unmuted_by_hand: ['by hand'] },
      { unmuted: ['untouched'] },
    ]);
  });

  test.each(['switch', 'downtime'] as const)(
    'leaves a check on that a person unmuted in a system of the form %s, whatever changes before Lull sees it',
    async (form) => {
      const system = new System(form);
      const enforce = () => reconcile(w.ctx, only(system), silent, { accountId: w.account.id, provider: 'builtin' });
      for (const [at, change] of [
        (id: number) => extend(w.ctx, w.ana, id, 30),
        (id: number) => edit(w.ctx, w.ana, id, { name: 'Another name' }),
        (_: number, service: number) => another(service),
        async (_: number, service: number) => finish(w.ctx, w.ana, (await another(service)).id, 'succeed'),
      ].entries()) {
        const { id, checks, service } = await inProgress(`unmuted ${at}`);
        const [check = ''] = checks;
        await enforce();
        system.handOn(check);
        const switches = system.switches;
        await change(id, service);
        await enforce();
        expect(await outcomes(id)).toEqual(['unmuted_by_hand']);
        expect((await told(id)).slice(1)).toEqual([{ unmuted_by_hand: [`unmuted ${at}`] }]);
        // A window that begins later mutes it, as whoever scheduled it wants; nothing else writes to the check.
        expect(system.switches - switches).toBe(at === 2 ? 1 : 0);
        await w.ctx.database.maintenance.deleteMany();
      }
    },
  );

  test('reports nothing when it cannot read whether somebody unmuted its checks', async () => {
    const { id } = await inProgress('unseen');
    await run();
    monitoring.broken = { error: 'away' };
    await run();
    expect(await told(id)).toEqual([{ muted: ['unseen'] }]);
  });
});

describe('a provider', () => {
  test('that refuses one check switches the others, is reported once, and is called until it succeeds', async () => {
    const { id, checks } = await inProgress('fine', 'stubborn');
    monitoring.refuses.set(checks[1] ?? '', 'locked by an admin');
    await expect(run()).rejects.toThrow('provider builtin refused 1 checks, the first because: locked by an admin');
    await expect(run()).rejects.toThrow('locked by an admin');
    expect(await told(id)).toEqual([
      { muted: ['fine'], failed: [{ check: 'stubborn', error: 'locked by an admin', to: 'off' }] },
    ]);
    monitoring.refuses.clear();
    await run();
    expect((await told(id)).slice(1)).toEqual([{ muted: ['stubborn'] }]);
    expect(await outcomes(id)).toEqual(['muted', 'muted']);
  });

  test('that is down is reported once, however it words its errors, and again when it cannot unmute', async () => {
    const { id, checks } = await inProgress('far away');
    for (const error of ['timeout after 5001 ms', 'timeout after 5002 ms']) {
      monitoring.broken = { error };
      await expect(run()).rejects.toThrow(error);
    }
    expect(await told(id)).toEqual([{ failed: [{ check: 'far away', error: 'timeout after 5001 ms', to: 'off' }] }]);
    monitoring.broken = undefined;
    await run();
    await finish(w.ctx, w.ana, id, 'succeed');
    monitoring.broken = { error: 'gone again' };
    await expect(run()).rejects.toThrow('gone again');
    await expect(run()).rejects.toThrow('gone again');
    expect(monitoring.state(checks[0] ?? '')).toBe('off');
    monitoring.broken = undefined;
    await run();
    expect(monitoring.state(checks[0] ?? '')).toBe('on');
    expect((await told(id)).slice(1)).toEqual([
      { muted: ['far away'] },
      { failed: [{ check: 'far away', error: 'gone again', to: 'on' }] },
      { unmuted: ['far away'] },
    ]);
  });

  test('that mutes a check but times out unmutes it at the end', async () => {
    const { id, checks } = await inProgress('slow');
    monitoring.broken = { error: 'timeout', after: true };
    await expect(run()).rejects.toThrow('timeout');
    expect(monitoring.state(checks[0] ?? '')).toBe('off');
    await finish(w.ctx, w.ana, id, 'succeed');
    monitoring.broken = undefined;
    await run();
    expect(monitoring.state(checks[0] ?? '')).toBe('on');
  });

  test('that answers for some checks only is called again for the others', async () => {
    const { id, checks } = await inProgress('answered', 'unanswered');
    monitoring.silent.add(checks[1] ?? '');
    await expect(run()).rejects.toThrow('the provider does not know this check');
    expect(await outcomes(id)).toEqual(['muted', 'failed']);
    monitoring.silent.clear();
    await run();
    expect(await outcomes(id)).toEqual(['muted', 'muted']);
  });

  test('that is no longer configured is reported, and nothing counts as done', async () => {
    const { id } = await inProgress('orphan');
    const nobody = reconcile(w.ctx, only(undefined), silent, { accountId: w.account.id, provider: 'builtin' });
    await expect(nobody).rejects.toThrow('its provider is not configured');
    expect(await outcomes(id)).toEqual(['failed']);
  });

  test('that answers with text a database cannot store does not block other checks', async () => {
    const { id, checks } = await inProgress('fine', 'noisy');
    monitoring.refuses.set(checks[1] ?? '', `\0\ud800${'x'.repeat(100_000)}`);
    await expect(run()).rejects.toThrow('refused 1 checks');
    expect(await outcomes(id)).toEqual(['muted', 'failed']);
  });

  test('that cannot be read does not turn an already muted check into a failed one', async () => {
    const first = await inProgress('off before');
    monitoring.off.add(first.checks[0] ?? '');
    await run();
    await another(first.service);
    monitoring.broken = { error: 'away' };
    await expect(run()).rejects.toThrow('away');
    expect(await outcomes(first.id)).toEqual(['already_muted']);
  });
});

describe('a process that is killed', () => {
  const killedAtEvery = async (phase: () => Promise<{ id: number; checks: string[] }>, wanted: object[]) => {
    for (let writes = 0; ; writes++) {
      monitoring = new Monitoring();
      const { id, checks } = await phase();
      const before = (await told(id)).length;
      await life.dieAfter(writes);
      const died = await run().then(
        () => false,
        () => true,
      );
      await life.live();
      await run();
      expect({ writes, told: (await told(id)).slice(before) }).toEqual({ writes, told: wanted });
      const off = (await outcomes(id)).every((outcome) => outcome === 'muted');
      expect(checks.map((check) => monitoring.state(check))).toEqual(checks.map(() => (off ? 'off' : 'on')));
      await w.ctx.database.maintenance.deleteMany();
      if (!died) return writes;
    }
  };

  test('at any write of a start is repaired by the next run, and everything is reported once', async () => {
    const survived = await killedAtEvery(() => inProgress('x', 'y'), [{ muted: ['x', 'y'] }]);
    expect(survived).toBe(4); // the intention; outcome, event and announcement
  });

  test('at any write of an end is repaired by the next run, and everything is reported once', async () => {
    const survived = await killedAtEvery(async () => {
      const window = await inProgress('x', 'y');
      await run();
      await finish(w.ctx, w.ana, window.id, 'succeed');
      return window;
    }, [{ unmuted: ['x', 'y'] }]);
    expect(survived).toBe(3);
  });

  test('after the provider unmuted a check mutes it for a window that started since', async () => {
    const first = await inProgress('contested');
    await run();
    await finish(w.ctx, w.ana, first.id, 'succeed');
    await life.dieAfter(0);
    await expect(run()).rejects.toThrow('killed');
    await life.live();
    expect(monitoring.state(first.checks[0] ?? '')).toBe('on');
    const second = await another(first.service);
    await run();
    expect(monitoring.state(first.checks[0] ?? '')).toBe('off');
    expect(await told(second.id)).toEqual([{ muted: ['contested'] }]);
  });
});

test('a window of 5,000 checks needs a handful of statements', async () => {
  const service = await w.service('large');
  const { database } = w.ctx;
  const ids = Array.from({ length: 5000 }, (_, index) => `L${index}`);
  const accountId = w.account.id;
  await database.check.createMany({
    data: ids.map((id) => ({ id, accountId, name: `check ${id}`, externalId: id })),
  });
  await database.serviceCheck.createMany({
    data: ids.map((checkId) => ({ accountId, serviceId: service.id, checkId })),
  });
  const { id } = await another(service.id);
  for (const check of ids.slice(0, 2500)) monitoring.refuses.set(check, `no ${check}`);
  await life.dieAfter(12);
  await expect(run()).rejects.toThrow('refused 2500 checks');
  await life.live();
  expect(new Set(await outcomes(id))).toEqual(new Set(['muted', 'failed']));
});
