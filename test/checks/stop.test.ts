import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { removeCheck, saveChecks } from '../../src/checks/commands.ts';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { addProvider, editProvider } from '../../src/checks/provider-commands.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { got, type Peer, startPeer } from '../platform/outbound/peer.ts';
import { hours, silent, type World, world } from '../world.ts';
import { connected } from './providers/connected.ts';
import { loopback } from './providers/loopback.ts';

const CHECKS = 40;
/** Requests of which the answers come late, so that Lull learns in between that the rest is no longer wanted. */
const SLOW_FROM = 12;
/** As many as the provider has in flight, and as it begins before it knows. */
const AT_MOST = SLOW_FROM + 8;

/** A monitoring system that switches checks one by one. */
class Switches {
  readonly muted: Set<string>;
  mutes = 0;
  unmutes = 0;
  /** Called once, when the answers become slow. */
  whenSlow: () => Promise<unknown> = async () => {};
  peer!: Peer;

  constructor(muted = new Set<string>()) {
    this.muted = muted;
  }

  async start(): Promise<void> {
    this.peer = await startPeer(async (request, response) => {
      const { method, path, body } = await got(request);
      const id = path.split('/').at(-1) ?? '';
      if (method === 'PUT' && JSON.parse(body).muted) {
        this.muted.add(id);
        if (++this.mutes === SLOW_FROM) await this.whenSlow();
        if (this.mutes >= SLOW_FROM && this.mutes < AT_MOST) await sleep(600);
      } else if (method === 'PUT') {
        this.unmutes++;
        this.muted.delete(id);
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ muted: this.muted.has(id) }));
    });
  }

  settings() {
    const url = `${this.peer.url}/checks/{check}`;
    return {
      off: { method: 'PUT', url, json: { muted: true }, shows: '/muted' },
      on: { method: 'PUT', url, json: { muted: false }, shows: '/muted' },
      state: { method: 'GET', url, state: '/muted' },
      states: { off: [true], on: [false] },
    };
  }
}

const outgoing = loopback();
let w: World;
let means: ReturnType<typeof connected>;
let switches: Switches;
let elsewhere: Switches;
let service: number;
let checks: string[];

beforeAll(async () => {
  w = await world();
  means = connected(w.ctx.database, { fetch: outgoing.fetch });
  service = (await w.service('fleet')).id;
});
afterAll(async () => {
  await outgoing.close();
  await w.close();
});
beforeEach(async () => {
  switches = new Switches();
  elsewhere = switches;
  await switches.start();
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.check.deleteMany();
  await w.ctx.database.provider.deleteMany();
  const provider = { name: 'theirs', kind: 'http', enabled: true, credentials: {}, settings: switches.settings() };
  await addProvider(w.ctx, w.lull, provider, means);
  const names = Array.from({ length: CHECKS }, (_, at) => `n${at}`);
  const check = { provider: 'theirs', enabled: true, tags: [], services: [service] };
  const added = await saveChecks(
    w.ctx,
    w.lull,
    names.map((name) => ({ add: { ...check, name, externalId: name } })),
  );
  checks = added.map(({ id }) => id);
});
afterEach(async () => {
  await switches.peer.close();
  if (elsewhere !== switches) await elsewhere.peer.close();
});

const run = () => reconcile(w.ctx, means.registry, silent, { accountId: w.account.id, provider: 'theirs' });
async function begin(): Promise<number> {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(1), hours(1)) }));
  await start(w.ctx, w.ana, id);
  return id;
}

describe('a window whose checks are still being muted', () => {
  test.each([
    ['finished', (id: number) => finish(w.ctx, w.ana, id, 'succeed')],
    ['canceled', (id: number) => cancel(w.ctx, w.ana, id, undefined)],
  ])('mutes no more of them once it is %s, and unmutes those that it muted and no others', async (_, end) => {
    const id = await begin();
    switches.whenSlow = () => end(id);
    await run();
    expect(switches.mutes).toBeLessThanOrEqual(AT_MOST);
    expect(switches.muted).toEqual(new Set());
    expect(switches.unmutes).toBe(switches.mutes);
    expect(await w.ctx.database.mute.count({ where: { releasedAt: null } })).toBe(0);
  });

  test('does not mute a check that is removed from it before its turn', async () => {
    const id = await begin();
    const kept = checks.slice(0, CHECKS - 1);
    switches.whenSlow = () => edit(w.ctx, w.ana, id, { services: [], checks: kept });
    await run();
    expect(switches.mutes).toBe(CHECKS - 1);
    expect(switches.muted.has(`n${CHECKS - 1}`)).toBe(false);
    expect(switches.unmutes).toBe(0);
  });

  test('does not mute a check that Lull forgets before its turn', async () => {
    await begin();
    // The last one by name.
    switches.whenSlow = () => removeCheck(w.ctx, w.lull, checks[9] ?? '');
    await run();
    expect(switches.muted.size).toBe(CHECKS - 1);
    expect([switches.mutes, switches.unmutes]).toEqual([CHECKS - 1, 0]);
  });

  test('mutes the rest at the address that its monitoring system has by now', async () => {
    elsewhere = new Switches(switches.muted);
    await elsewhere.start();
    const id = await begin();
    const settings = elsewhere.settings();
    switches.whenSlow = () => editProvider(w.ctx, w.lull, 'theirs', { settings, credentials: {} }, means);
    await run();
    expect(switches.mutes).toBeLessThanOrEqual(AT_MOST);
    expect(elsewhere.mutes).toBe(CHECKS - switches.mutes);
    expect(switches.muted.size).toBe(CHECKS);
    const outcomes = (await listMutes(w.ctx.database, w.account.id, id)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['muted']));
  });

  test('mutes no more of them once the monitoring system is disabled', async () => {
    await begin();
    switches.whenSlow = () => editProvider(w.ctx, w.lull, 'theirs', { enabled: false }, means);
    await run();
    expect(switches.mutes).toBeLessThanOrEqual(AT_MOST);
    expect(switches.muted).toEqual(new Set());
  });
});
