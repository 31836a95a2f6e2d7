import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addCheck, removeCheck } from '../../../src/checks/commands.ts';
import { addProvider } from '../../../src/checks/provider-commands.ts';
import { findProvider } from '../../../src/checks/provider-repository.ts';
import { httpKind } from '../../../src/checks/providers/http/kind.ts';
import type { Provider } from '../../../src/checks/providers/provider.ts';
import { withTimeout } from '../../../src/checks/providers/requests.ts';
import { pruneStaleDowntimes, reconcile } from '../../../src/checks/reconcile.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../../src/maintenance/commands/transitions.ts';
import { got, startPeer } from '../../platform/outbound/peer.ts';
import { hours, silent, type World, world } from '../../world.ts';
import { Monitoring, only } from '../monitoring.ts';
import { connected } from './connected.ts';
import { loopback } from './loopback.ts';

const NAME = 'nodeping-eu';
let w: World;
let monitoring: Monitoring;
let named = 0;

beforeAll(async () => {
  w = await world();
  const input = { name: NAME, kind: 'nodeping', settings: {}, credentials: { token: 'x' }, enabled: true };
  await addProvider(w.ctx, w.lull, input, connected(w.ctx.database));
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.provider.updateMany({ data: { failures: 0, circuitOpenUntil: null, lastOkAt: null } });
  monitoring = new Monitoring();
});

const run = () => reconcile(w.ctx, only(monitoring, NAME), silent, { accountId: w.account.id, provider: NAME });
const health = async () => (await findProvider(w.ctx.database, w.account.id, NAME))?.health;
/** The time for which it is left alone passes. */
const later = () => w.ctx.database.$executeRaw`update providers set circuit_open_until = now() - interval '1 second'`;

async function inProgress() {
  const service = await w.service(`service ${++named}`);
  const values = { name: 'c', services: [service.id], provider: NAME, externalId: `${named}`, enabled: true, tags: [] };
  const check = await addCheck(w.ctx, w.lull, values);
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(hours(1), hours(1)) }));
  await start(w.ctx, w.ana, id);
  return { id, check: check.id };
}
const errorOf = async (maintenanceId: number) =>
  (await w.ctx.database.mute.findFirstOrThrow({ where: { maintenanceId } })).error;

describe('a provider', () => {
  test('that answers is healthy, and its last refusal is kept', async () => {
    const { check } = await inProgress();
    monitoring.refuses.set(check, 'locked by an admin');
    await expect(run()).rejects.toThrow('locked by an admin');
    expect(await health()).toMatchObject({ failures: 0, lastError: 'locked by an admin', lastOkAt: expect.any(Date) });
    monitoring.refuses.clear();
    await run();
    expect(await health()).toMatchObject({ failures: 0, lastError: 'locked by an admin' });
  });

  test('that fails repeatedly is not called for a while, and its mutes say why', async () => {
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

  test('is called once after that time, and not again when it fails', async () => {
    await inProgress();
    monitoring.broken = { error: 'no route to host' };
    for (let tries = 1; tries <= 3; tries++) await run().catch(() => {});
    await later();
    const calls = monitoring.calls.length;
    await run().catch(() => {});
    await run().catch(() => {});
    expect(monitoring.calls).toHaveLength(calls + 1);
  });

  test('that is back mutes its checks, and is called as before', async () => {
    const { id, check } = await inProgress();
    monitoring.broken = { error: 'no route to host' };
    for (let tries = 1; tries <= 3; tries++) await run().catch(() => {});
    monitoring.broken = undefined;
    await later();
    await run();
    expect(monitoring.state(check)).toBe('off');
    expect(await health()).toMatchObject({ failures: 0 });
    await finish(w.ctx, w.ana, id, 'succeed');
    await run();
    expect(monitoring.state(check)).toBe('on');
  });

  test('whose read fails is not called again in that run', async () => {
    const { id } = await inProgress();
    await run();
    await finish(w.ctx, w.ana, id, 'succeed');
    await inProgress();
    monitoring.broken = { error: 'away' };
    const calls = monitoring.calls.length;
    await expect(run()).rejects.toThrow('refused 2 checks');
    expect(monitoring.calls.slice(calls).map(([what]) => what)).toEqual(['read']);
  });
});

describe('a provider that switches one check at a time', () => {
  /** @param shows whether it can be asked which checks are off */
  const switched = (url: string, shows: boolean): Provider => {
    const change = (muted: boolean) => ({ method: 'PUT' as const, url: `${url}/{check}`, json: { muted } });
    const state = { method: 'GET' as const, url: `${url}/{check}`, state: '/muted' };
    const settings = { off: change(true), on: change(false), ...(shows ? { state, states: { off: [true] } } : {}) };
    return httpKind.connect(httpKind.settings.parse(settings), httpKind.credentials.parse({}), {
      fetch: outgoing.fetch,
      publicUrl: 'https://lull.example.com',
      now: () => w.ctx.clock.now(),
    });
  };
  const outgoing = loopback();
  afterAll(() => outgoing.close());

  test.each([
    ['can be asked', true],
    ['cannot', false],
  ])('and %s is not healthy once it answers for no check, and is not called for a while', async (_, shows) => {
    let muted = false;
    const peer = await startPeer(async (request, response) => {
      if (request.method === 'PUT') muted = (await got(request)).body.includes('true');
      response.end(JSON.stringify({ muted }));
    });
    const provider = only(switched(peer.url, shows), NAME);
    const runIt = () => reconcile(w.ctx, provider, silent, { accountId: w.account.id, provider: NAME });
    const { id } = await inProgress();
    await runIt();
    expect(await health()).toMatchObject({ failures: 0, lastOkAt: expect.any(Date) });
    await peer.close();
    await finish(w.ctx, w.ana, id, 'succeed');
    for (let tries = 1; tries <= 3; tries++) {
      await expect(runIt()).rejects.toThrow('Nothing answers');
      expect(await health()).toMatchObject({ failures: tries });
    }
    await expect(runIt()).rejects.toThrow('it does not answer: Nothing answers');
  });

  test('and refuses every check still answers, and is called again', async () => {
    const peer = await startPeer((request, response) => {
      response.statusCode = request.method === 'PUT' ? 403 : 200;
      response.end(JSON.stringify({ muted: false }));
    });
    await inProgress();
    const provider = only(switched(peer.url, true), NAME);
    for (let tries = 1; tries <= 4; tries++) {
      const asked = reconcile(w.ctx, provider, silent, { accountId: w.account.id, provider: NAME });
      await expect(asked).rejects.toThrow('answered 403');
    }
    expect(await health()).toMatchObject({ failures: 0, lastOkAt: expect.any(Date) });
    await peer.close();
  });

  test('and is write-only is called until it unmutes a check that was removed', async () => {
    let [muted, locked] = [false, false];
    const peer = await startPeer(async (request, response) => {
      if (!locked) muted = (await got(request)).body.includes('true');
      response.writeHead(locked ? 403 : 200).end('{}');
    });
    // Another process each time, which has told it nothing yet.
    const runIt = () =>
      reconcile(w.ctx, only(switched(peer.url, false), NAME), silent, { accountId: w.account.id, provider: NAME });
    const { check } = await inProgress();
    await runIt();
    expect(muted).toBe(true);
    await removeCheck(w.ctx, w.lull, check);
    locked = true;
    await expect(runIt()).rejects.toThrow('answered 403');
    locked = false;
    await runIt();
    expect(muted).toBe(false);
    await peer.close();
  });

  test('and is write-only has not answered before its first call', async () => {
    await inProgress();
    const provider = only(switched('http://127.0.0.1:9', false), NAME);
    await pruneStaleDowntimes(w.ctx, provider, silent, { accountId: w.account.id, provider: NAME });
    expect(await health()).toMatchObject({ lastOkAt: null });
  });
});

describe('a call', () => {
  test('that takes too long is aborted with an error', async () => {
    const heeding = withTimeout(
      5,
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket closed')))),
    );
    await expect(heeding).rejects.toThrow('it did not answer within 0 seconds');
  });

  test('that ends in time returns its result, or throws its error', async () => {
    expect(await withTimeout(60_000, async () => 'done')).toBe('done');
    const refused = withTimeout(60_000, async () => {
      throw new Error('403');
    });
    await expect(refused).rejects.toThrow('403');
  });
});
