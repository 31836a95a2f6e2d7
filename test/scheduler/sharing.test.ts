import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { saveChecks } from '../../src/checks/commands.ts';
import { addProvider } from '../../src/checks/provider-commands.ts';
import { type Actor, systemActor } from '../../src/core/permissions.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { Vault } from '../../src/platform/vault.ts';
import type { Worker } from '../../src/scheduler/worker.ts';
import { addWebhook } from '../../src/webhooks/commands.ts';
import { connected } from '../checks/providers/connected.ts';
import { loopback } from '../checks/providers/loopback.ts';
import { Channels } from '../delivery/channels.ts';
import { type Peer, startPeer } from '../platform/outbound/peer.ts';
import { type World, world } from '../world.ts';
import { aWorker } from './a-worker.ts';

const DEAD = 40;

/** A host that accepts connections and never answers. */
class DeadHost {
  readonly open = new Set<Socket>();
  accepted = 0;
  ended = 0;
  readonly #server: Server = createServer((socket) => {
    this.accepted++;
    this.open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ended++;
      this.open.delete(socket);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a port was expected');
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.open) socket.destroy();
  }
}

const outgoing = loopback();
const vault = new Vault(['the encryption key of the tests']);
let w: World;
let other: Actor;
let worker: Worker;
let dead: DeadHost;
let deadUrl: string;
let alive: Peer;
/** What the live host was asked. */
let asked: string[];
let means: ReturnType<typeof connected>;

beforeEach(async () => {
  w = await world();
  const settings = { timezone: 'UTC', defaultChannel: 'C0OTHER' };
  const { id } = await findAccountByTeam(w.ctx.database, { id: 'T0OTHER', name: 'Other' }, settings);
  other = systemActor(id);
  dead = new DeadHost();
  deadUrl = await dead.start();
  asked = [];
  const muted = new Set<string>();
  alive = await startPeer((request, response) => {
    const { method, url = '' } = request;
    asked.push(`${method} ${url}`);
    if (method === 'PUT') muted.add(url);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ muted: muted.has(url) }));
  });
  means = connected(w.ctx.database, { fetch: outgoing.fetch });
  worker = aWorker(w, new Channels(), means.registry);
  await worker.start();
});
afterEach(async () => {
  dead.close();
  await worker.stop();
  await alive.close();
  await w.close();
});

const eventually = (statement: () => unknown) => vi.waitFor(statement, { timeout: 14_000, interval: 20 });

const settingsAt = (url: string) => ({
  off: { method: 'PUT', url: `${url}/checks/{check}`, json: { muted: true } },
  on: { method: 'PUT', url: `${url}/checks/{check}`, json: { muted: false } },
  state: { method: 'GET', url: `${url}/checks/{check}`, state: '/muted' },
  states: { off: [true], on: [false] },
});

/** A window in progress of an account, over one check of each of these monitoring systems. */
async function begin(actor: Actor, systems: readonly { readonly name: string; readonly url: string }[]) {
  const service = await addService(w.ctx, actor, { name: 'service', scopeId: null });
  for (const { name, url } of systems) {
    if (name === 'builtin') continue;
    const provider = { name, kind: 'http', enabled: true, settings: settingsAt(url), credentials: {} };
    await addProvider(w.ctx, actor, provider, means);
  }
  const check = { externalId: 'c', enabled: true, tags: [], services: [service.id] };
  await saveChecks(
    w.ctx,
    actor,
    systems.map(({ name }) => ({ add: { ...check, name, provider: name } })),
  );
  const { id } = await schedule(w.ctx, actor, w.input({ services: [service.id] }));
  await start(w.ctx, actor, id);
  return id;
}
const outcomesOf = async (maintenanceId: number) =>
  (await w.ctx.database.mute.findMany({ where: { maintenanceId } })).map(({ outcome }) => outcome);

const deadSystems = () => Array.from({ length: DEAD }, (_, at) => ({ name: `dead-${at}`, url: deadUrl }));

describe('an account with many dead hosts', () => {
  test('delays neither the muting of another account nor the built-in register', async () => {
    await begin(w.lull, deadSystems());
    await eventually(() => expect(dead.accepted).toBeGreaterThanOrEqual(6));
    const id = await begin(other, [
      { name: 'alive', url: alive.url },
      { name: 'builtin', url: '' },
    ]);
    await eventually(async () => expect(await outcomesOf(id)).toEqual(['muted', 'muted']));
    // A call to a dead host ends after fifteen seconds. None did until then, and few were made together.
    expect([dead.ended, dead.accepted]).toEqual([0, 6]);
  });

  test('does not delay the webhooks of another account', async () => {
    const input = { description: '', events: [], audience: 'internal' } as const;
    for (let at = 0; at < DEAD; at++) await addWebhook(w.ctx, w.lull, { ...input, url: `${deadUrl}/${at}` }, vault);
    await addWebhook(w.ctx, other, { ...input, url: `${alive.url}/hook` }, vault);
    await schedule(w.ctx, w.lull, w.input({ services: [(await w.service('theirs')).id] }));
    await eventually(() => expect(dead.accepted).toBeGreaterThanOrEqual(8));
    const service = await addService(w.ctx, other, { name: 'ours', scopeId: null });
    await schedule(w.ctx, other, w.input({ services: [service.id] }));
    await eventually(() => expect(asked).toContain('POST /hook'));
    expect([dead.ended, dead.accepted]).toEqual([0, 8]);
  });
});
