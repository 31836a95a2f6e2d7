import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addCheck, removeCheck } from '../../src/checks/commands.ts';
import { addProvider, editProvider } from '../../src/checks/provider-commands.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { Monitoring, only } from '../checks/monitoring.ts';
import { connected } from '../checks/providers/connected.ts';
import { hours, silent, type World, world } from '../world.ts';

const NAME = 'nodeping-eu';
let w: World;
let means: ReturnType<typeof connected>;
let monitoring: Monitoring;
let named = 0;

beforeAll(async () => {
  w = await world();
  means = connected(w.ctx.database);
  const credentials = { token: 'secret' };
  await addProvider(w.ctx, w.lull, { name: NAME, kind: 'nodeping', settings: {}, credentials, enabled: true }, means);
});
afterAll(() => w.close());
beforeEach(() => {
  monitoring = new Monitoring();
});
afterEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
});

const run = () => reconcile(w.ctx, only(monitoring, NAME), silent, { accountId: w.account.id, provider: NAME });
const enable = (enabled: boolean) => editProvider(w.ctx, w.lull, NAME, { enabled }, means);

/** One more check of a service, in the monitoring system. */
async function check(service: number, name: string) {
  const values = { name, services: [service], provider: NAME, externalId: `X${++named}`, enabled: true, tags: [] };
  return (await addCheck(w.ctx, w.lull, values)).id;
}

/** A window in progress on a service with one check. */
async function running() {
  const service = (await w.service(`service ${++named}`)).id;
  const first = await check(service, 'first');
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(1), hours(1)) }));
  await start(w.ctx, w.ana, id);
  await run();
  expect(monitoring.state(first)).toBe('off');
  return { id, service, first };
}

const outcomes = async (maintenanceId: number) => {
  const mutes = await w.ctx.database.mute.findMany({ where: { maintenanceId }, orderBy: { mutedAt: 'asc' } });
  return mutes.map(({ outcome, releasedAt }) => (releasedAt === null ? outcome : `${outcome}, released`));
};

describe('while a window is in progress', () => {
  test('a check that is added to its service goes off, and on again at the end', async () => {
    const { id, service } = await running();
    const second = await check(service, 'second');
    await run();
    expect(monitoring.state(second)).toBe('off');
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.off.size).toBe(0);
  });

  test('a check that is removed goes on again, and what was done stays on record', async () => {
    const { id, first } = await running();
    await removeCheck(w.ctx, w.lull, first);
    await run();
    expect(monitoring.state(first)).toBe('on');
    expect(await outcomes(id)).toEqual(['muted, released']);
  });

  test('a check that is removed here and there leaves nothing to be tried', async () => {
    const { id, first } = await running();
    monitoring.refuses.set(first, 'there is no such check');
    await removeCheck(w.ctx, w.lull, first);
    await expect(run()).rejects.toThrow('there is no such check');
    monitoring.silent.add(first);
    await run();
    expect(await outcomes(id)).toEqual(['muted, released']);
  });

  test('a check that was off before stays off when it is removed', async () => {
    const { service } = await running();
    const second = await check(service, 'off before');
    monitoring.off.add(second);
    await run();
    await removeCheck(w.ctx, w.lull, second);
    await run();
    expect(monitoring.state(second)).toBe('off');
  });

  test('a provider that is disabled has its checks on again, and off again once it is enabled', async () => {
    const { id, first } = await running();
    await enable(false);
    await run();
    expect(monitoring.state(first)).toBe('on');
    expect(await outcomes(id)).toEqual(['muted, released']);
    await enable(true);
    await run();
    expect(monitoring.state(first)).toBe('off');
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.state(first)).toBe('on');
  });

  test('a window that begins switches no check of a disabled provider', async () => {
    await enable(false);
    const service = (await w.service(`service ${++named}`)).id;
    const first = await check(service, 'first');
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(1), hours(1)) }));
    await start(w.ctx, w.ana, id);
    await run();
    expect(monitoring.state(first)).toBe('on');
    expect(await outcomes(id)).toEqual([]);
    await enable(true);
    await run();
    expect(monitoring.state(first)).toBe('off');
  });
});

test('a removed check that is added again is the same one', async () => {
  const service = (await w.service(`service ${++named}`)).id;
  const values = { name: 'it', services: [service], provider: NAME, externalId: 'SAME', enabled: true, tags: [] };
  const { id } = await addCheck(w.ctx, w.lull, values);
  await removeCheck(w.ctx, w.lull, id);
  await expect(removeCheck(w.ctx, w.lull, id)).rejects.toMatchObject({ kind: 'not-found' });
  expect((await addCheck(w.ctx, w.lull, { ...values, name: 'it again' })).id).toBe(id);
});
