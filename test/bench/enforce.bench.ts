import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bench, describe } from 'vitest';
import { addProvider } from '../../src/checks/provider-commands.ts';
import { MAX_CONCURRENT_REQUESTS } from '../../src/checks/providers/requests.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { OutboundClient } from '../../src/platform/outbound/client.ts';
import { connected, LOOPBACK } from '../checks/providers/connected.ts';
import { hours, silent, world } from '../world.ts';

/**
 * How long one window takes to mute all its checks, and to unmute them at its end, with a monitoring system that answers
 * each request in 5 ms and has no batch request. Compared with the least possible time at the same concurrency, and with
 * a bare loop of as many requests.
 */
const CHECKS = Number(process.env.LULL_BENCH_CHECKS ?? 10_000);
/** Rows per statement: Prisma splits more into several statements that it sends concurrently on one connection. */
const AT_A_TIME = 1000;
const ANSWERS_IN = 5;
const NAME = 'ours';

/** A monitoring system over HTTP: `PUT` and `GET /checks/{id}` with `{"muted":true}`. */
async function monitoring() {
  const muted = new Set<string>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls++;
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    await sleep(ANSWERS_IN);
    const id = request.url ?? '';
    if (request.method === 'PUT') {
      if (JSON.parse(body).muted === true) muted.add(id);
      else muted.delete(id);
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ muted: muted.has(id) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    muted,
    /** The number of requests since the last call. */
    taken: () => {
      const taken = calls;
      calls = 0;
      return taken;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
type System = Awaited<ReturnType<typeof monitoring>>;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** The same number of requests at the same concurrency, and nothing else. */
async function bareLoop(system: System, requests: number): Promise<number> {
  const left = Array.from({ length: requests }, (_, index) => `${system.url}/checks/bare-${index}`).values();
  return timed(() =>
    Promise.all(
      Array.from({ length: MAX_CONCURRENT_REQUESTS }, async () => {
        for (const url of left) {
          const answer = await fetch(url, { method: 'PUT', body: '{"muted":false}' });
          await answer.text();
        }
      }),
    ),
  );
}

async function measure(system: System): Promise<void> {
  const w = await world();
  const outgoing = new OutboundClient({ allowed: LOOPBACK });
  try {
    const means = connected(w.ctx.database, { fetch: outgoing.fetch });
    const accountId = w.account.id;
    const check = `${system.url}/checks/{check}`;
    const settings = {
      off: { method: 'PUT', url: check, json: { muted: true } },
      on: { method: 'PUT', url: check, json: { muted: false } },
      state: { method: 'GET', url: check, state: '/muted' },
      states: { off: [true], on: [false] },
    };
    await addProvider(w.ctx, w.lull, { name: NAME, kind: 'http', settings, credentials: {}, enabled: true }, means);
    const service = await w.service('large');
    const ids = Array.from({ length: CHECKS }, (_, index) => `B${index}`);
    const { database } = w.ctx;
    for (let at = 0; at < ids.length; at += AT_A_TIME) {
      const some = ids.slice(at, at + AT_A_TIME);
      await database.check.createMany({
        data: some.map((id) => ({ id, accountId, name: `check ${id}`, provider: NAME, externalId: id })),
      });
      await database.serviceCheck.createMany({
        data: some.map((checkId) => ({ accountId, serviceId: service.id, checkId })),
      });
    }
    const run = () => reconcile(w.ctx, means.registry, silent, { accountId, provider: NAME });
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(hours(1), hours(1)) }));
    system.taken();

    const off = await timed(async () => {
      await start(w.ctx, w.ana, id);
      await run();
    });
    const callsOff = system.taken();
    if (system.muted.size !== CHECKS) throw new Error(`${system.muted.size} of ${CHECKS} checks are off`);
    const on = await timed(async () => {
      await finish(w.ctx, w.ana, id, 'succeed');
      await run();
    });
    const callsOn = system.taken();
    if (system.muted.size !== 0) throw new Error(`${system.muted.size} checks are still off`);

    await print('off', off, callsOff, system);
    await print('on', on, callsOn, system);
  } finally {
    await outgoing.close();
    await w.close();
  }
}

async function print(what: string, took: number, calls: number, system: System): Promise<void> {
  const bare = await bareLoop(system, calls);
  system.taken();
  const ideal = (calls * ANSWERS_IN) / MAX_CONCURRENT_REQUESTS;
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  console.log(
    [
      `all ${what.padEnd(3)} ${seconds(took).padStart(7)}`,
      `${calls} calls (${(calls / CHECKS).toFixed(2)} a check), ${MAX_CONCURRENT_REQUESTS} at once`,
      `${(took / bare).toFixed(2)} × a bare loop of fetch (${seconds(bare)})`,
      `${(took / ideal).toFixed(2)} × the ideal (${seconds(ideal)})`,
    ].join('   '),
  );
}

describe(`one window with ${CHECKS} checks, in a system that answers in ${ANSWERS_IN} ms`, () => {
  bench(
    'all off, then all on',
    async () => {
      const system = await monitoring();
      try {
        await measure(system);
      } finally {
        system.close();
      }
    },
    { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 },
  );
});
