import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addCheck } from '../../src/actions/add-check.ts';
import { addProvider } from '../../src/actions/add-provider.ts';
import { finish } from '../../src/actions/finish.ts';
import { schedule } from '../../src/actions/schedule.ts';
import { start } from '../../src/actions/start.ts';
import { within } from '../../src/checks/within.ts';
import { enforce } from '../../src/effects/enforce.ts';
import { findProvider } from '../../src/store/providers.ts';
import { Monitoring, only } from '../effects/monitoring.ts';
import { hours, silent, type World, world } from '../world.ts';
import { connected } from './connected.ts';

const NAME = 'nodeping-eu';
let w: World;
let monitoring: Monitoring;
let named = 0;

beforeAll(async () => {
  w = await world();
  const input = { name: NAME, kind: 'nodeping', settings: {}, credentials: { token: 'x' }, enabled: true };
  await addProvider(w.ground, w.lull, input, connected(w.ground.database));
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ground.database.maintenance.deleteMany();
  await w.ground.database.provider.updateMany({ data: { failures: 0, shunnedUntil: null, lastOkAt: null } });
  monitoring = new Monitoring();
});

const run = () => enforce(w.ground, only(monitoring, NAME), silent, { accountId: w.account.id, provider: NAME });
const health = async () => (await findProvider(w.ground.database, w.account.id, NAME))?.health;
/** The time for which it is left alone passes. */
const later = () => w.ground.database.$executeRaw`update providers set shunned_until = now() - interval '1 second'`;

async function inProgress() {
  const service = await w.service(`service ${++named}`);
  const values = { name: 'c', services: [service.id], provider: NAME, externalId: `${named}`, enabled: true, tags: [] };
  const check = await addCheck(w.ground, w.lull, values);
  const { id } = await schedule(w.ground, w.ana, w.input({ services: [service.id], ...w.soon(hours(1), hours(1)) }));
  await start(w.ground, w.ana, id);
  return { id, check: check.id };
}
const errorOf = async (maintenanceId: number) =>
  (await w.ground.database.hold.findFirstOrThrow({ where: { maintenanceId } })).error;

describe('a provider', () => {
  test('that answers is healthy, and what it refused last is kept', async () => {
    const { check } = await inProgress();
    monitoring.refuses.set(check, 'locked by an admin');
    await expect(run()).rejects.toThrow('locked by an admin');
    expect(await health()).toMatchObject({ failures: 0, lastError: 'locked by an admin', lastOkAt: expect.any(Date) });
    monitoring.refuses.clear();
    await run();
    expect(await health()).toMatchObject({ failures: 0, lastError: 'locked by an admin' });
  });

  test('that fails again and again is left alone, and what it should do says why', async () => {
    const first = await inProgress();
    monitoring.broken = { error: 'no route to host' };
    for (let tries = 1; tries <= 3; tries++) {
      await expect(run()).rejects.toThrow('no route to host');
      expect(await health()).toMatchObject({ failures: tries, lastError: 'no route to host' });
    }
    const calls = monitoring.calls.length;
    const second = await inProgress();
    await expect(run()).rejects.toThrow('it does not answer: no route to host');
    expect(monitoring.calls).toHaveLength(calls);
    for (const { id } of [first, second]) expect(await errorOf(id)).toMatch('no route to host');
  });

  test('is asked once when that time is over, and left alone again when it fails', async () => {
    await inProgress();
    monitoring.broken = { error: 'no route to host' };
    for (let tries = 1; tries <= 3; tries++) await run().catch(() => {});
    await later();
    const calls = monitoring.calls.length;
    await run().catch(() => {});
    await run().catch(() => {});
    expect(monitoring.calls).toHaveLength(calls + 1);
  });

  test('that is back has done what it should, and is asked as before', async () => {
    const { id, check } = await inProgress();
    monitoring.broken = { error: 'no route to host' };
    for (let tries = 1; tries <= 3; tries++) await run().catch(() => {});
    monitoring.broken = undefined;
    await later();
    await run();
    expect(monitoring.state(check)).toBe('off');
    expect(await health()).toMatchObject({ failures: 0 });
    await finish(w.ground, w.ana, id, 'succeed');
    await run();
    expect(monitoring.state(check)).toBe('on');
  });

  test('whose reading fails is not asked for anything else in that run', async () => {
    const { id } = await inProgress();
    await run();
    await finish(w.ground, w.ana, id, 'succeed');
    await inProgress();
    monitoring.broken = { error: 'away' };
    const calls = monitoring.calls.length;
    await expect(run()).rejects.toThrow('refused 2 checks');
    expect(monitoring.calls.slice(calls).map(([what]) => what)).toEqual(['read']);
  });
});

describe('a call', () => {
  test('that takes too long is told so, and answered for in words', async () => {
    const heeding = within(
      5,
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket closed')))),
    );
    await expect(heeding).rejects.toThrow('it did not answer within 0 seconds');
  });

  test('that is done in time is answered, and what it throws is passed on', async () => {
    expect(await within(60_000, async () => 'done')).toBe('done');
    const refused = within(60_000, async () => {
      throw new Error('403');
    });
    await expect(refused).rejects.toThrow('403');
  });
});
