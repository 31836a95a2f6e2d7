import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CONCURRENCY } from '../../src/checks/providers/http/system.ts';
import type { Lab } from './lab.ts';
import { ms, type Row } from './report.ts';

const ANSWERS_IN_MS = 5;

/**
 * One window that mutes all its checks, and unmutes them at its end, in a monitoring system that answers each request in
 * 5 ms and has no batch request; compared with a bare loop of as many requests at the same concurrency.
 */
export async function* checks(lab: Lab): AsyncIterable<Row> {
  const count = lab.scale.size(10_000, 50);
  const system = await startMonitoring();
  try {
    const lull = await lab.lull();
    const check = `${system.url}/checks/{check}`;
    const settings = {
      off: { method: 'PUT', url: check, json: { muted: true } },
      on: { method: 'PUT', url: check, json: { muted: false } },
      state: { method: 'GET', url: check, state: '/muted' },
      states: { off: [true], on: [false] },
    };
    await lull.api('POST', '/providers', { name: 'ours', kind: 'http', settings, credentials: {} });
    const [service] = await lull.catalogue(['large']);
    await lull.sql(`
      insert into checks (id, account_id, name, provider, external_id)
        select 'B' || i, (select min(id) from accounts), 'check ' || i, 'ours', 'B' || i from generate_series(1, ${count}) as i;
      insert into service_checks select account_id, ${service}, id from checks`);
    const now = Date.now();
    const { id } = await lull.api<{ id: number }>('POST', '/maintenances', {
      name: 'Network',
      services: [service],
      scheduled_start_date: new Date(now + 3_600_000),
      scheduled_end_date: new Date(now + 7_200_000),
    });
    await lull.drained();
    system.taken();
    const measured = [];
    for (const [what, path, muted, pending] of [
      ['off', 'start', count, "outcome = 'pending'"],
      ['on', 'finish', 0, 'released_at is null'],
    ] as const) {
      const begun = performance.now();
      await lull.api('POST', `/maintenances/${id}/${path}`, {});
      while (system.muted.size !== muted) await sleep(10);
      measured.push({ what, took: performance.now() - begun, calls: system.taken() });
      while ((await lull.sql(`select 1 from mutes where ${pending} limit 1`)).length > 0) await sleep(100);
      system.taken();
    }
    // It would read the states of muted checks again every minute.
    await lull.stop();
    for (const { what, took, calls } of measured) {
      const bare = await bareLoop(system.url, calls);
      yield {
        what: `enforcement: ${count} checks ${what}`,
        lull: `${ms(took)}, ${(calls / count).toFixed(2)} requests a check`,
        baseline: `a loop of fetch, ${DEFAULT_CONCURRENCY} concurrent: ${ms(bare)}`,
        ratio: took / bare,
        required: '≤ 1.5',
        met: took / bare <= 1.5,
      };
    }
  } finally {
    system.close();
  }
}

/** A monitoring system over HTTP: `PUT` and `GET /checks/{id}` with `{"muted":true}`. */
async function startMonitoring() {
  const muted = new Set<string>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls++;
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    await sleep(ANSWERS_IN_MS);
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

/** @returns milliseconds */
async function bareLoop(url: string, requests: number): Promise<number> {
  let left = requests;
  const begun = performance.now();
  const loop = async () => {
    while (left-- > 0) {
      const answer = await fetch(`${url}/checks/bare-${left}`, { method: 'PUT', body: '{"muted":false}' });
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: DEFAULT_CONCURRENCY }, loop));
  return performance.now() - begun;
}
