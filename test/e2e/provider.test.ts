import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { boundTo } from '../checks/providers/connected.ts';
import { minutes } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

const SECRET = 'a-secret-of-the-environment';
/** A monitoring system over HTTP with a token: `PUT` and `GET /checks/{id}` with `{"muted":true}`. */
const muted = new Set<string>();
/** Paths of the checks that are down. */
const failing = new Set<string>();
let unreachable = false;
let system: Server;
let url: string;
let env: Installation;

beforeAll(async () => {
  system = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`) return response.writeHead(401).end();
    if (unreachable) return response.writeHead(400).end('{"error":"closed for the night"}');
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const id = request.url ?? '';
    if (request.method === 'PUT' && JSON.parse(body).muted === true) muted.add(id);
    if (request.method === 'PUT' && JSON.parse(body).muted === false) muted.delete(id);
    return response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ muted: muted.has(id), status: failing.has(id) ? 'down' : 'up' }));
  });
  system.listen(0, '127.0.0.1');
  await once(system, 'listening');
  url = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
  env = await install({ secrets: boundTo(['127.0.0.1'], { LULL_SECRET_OURS: SECRET }) });
});
afterAll(async () => {
  await env.close();
  system.close();
  system.closeAllConnections();
});

const waitFor = (statement: () => unknown) => vi.waitFor(statement, { timeout: 30_000, interval: 50 });
const ana = () => env.playground.as('ana');

/** Sends a command and returns its ephemeral answer. */
async function runCommand(line: string): Promise<string> {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', line);
  return textOf(await ana().waitFor(line, () => ana().ephemerals('#ops').slice(before).at(-1)));
}

test('a connected monitoring system mutes its checks during a window, and shows its health', async () => {
  const check = `${url}/checks/{check}`;
  const added = await env.api('POST', '/api/v1/providers', {
    name: 'ours',
    kind: 'http',
    settings: {
      off: { method: 'PUT', url: check, json: { muted: true } },
      on: { method: 'PUT', url: check, json: { muted: false } },
      state: { method: 'GET', url: check, state: '/muted', failing: '/status' },
      states: { off: [true], on: [false], failing: ['down'] },
      headers: { Authorization: 'Bearer {token}' },
    },
    credentials: { token: 'env:LULL_SECRET_OURS' },
  });
  expect(added.status).toBe(201);
  const services = (await env.api('GET', '/api/v1/services')).body.items;
  const web = services.find(({ name }: { name: string }) => name === 'web').id;
  const created = await env.api('POST', '/api/v1/checks', {
    name: 'front door',
    provider: 'ours',
    external_id: 'front',
    services: [web],
  });
  expect(created.status).toBe(201);
  expect(await runCommand('/maintenance checks')).toContain(':large_green_circle: *ours* (http) was not asked yet');

  const now = env.clock.now().getTime();
  const { body } = await env.api('POST', '/api/v1/maintenances', {
    name: 'Certificates',
    service: web,
    scheduled_start_date: new Date(now + 3_600_000).toISOString(),
    scheduled_end_date: new Date(now + 7_200_000).toISOString(),
  });
  await env.jump();
  await waitFor(() => expect([...muted]).toEqual(['/checks/front']));
  await waitFor(async () =>
    expect((await env.api('GET', `/api/v1/checks/${created.body.id}`)).body).toMatchObject({
      enabled: false,
      muted_by: [body.id],
    }),
  );
  expect(await runCommand('/maintenance checks')).toContain(':large_green_circle: *ours* (http) answered');

  // It refuses to unmute: the thread reports the failure, and Lull retries until it succeeds.
  unreachable = true;
  await env.jump();
  await waitFor(async () => {
    const { mutes } = (await env.api('GET', `/api/v1/maintenances/${body.id}`)).body;
    const front = mutes.find(({ name }: { name: string }) => name === 'front door');
    expect(front).toMatchObject({ released: false, error: expect.stringContaining('closed for the night') });
  });
  expect(await runCommand('/maintenance checks')).toContain('closed for the night');
  unreachable = false;
  await waitFor(() => expect([...muted]).toEqual([]));
  for (const path of ['/api/v1/providers', '/api/v1/providers/ours']) {
    expect(JSON.stringify((await env.api('GET', path)).body)).not.toContain(SECRET);
  }
});

test('a check that fails some minutes after the window is reported, with a button to reopen', async () => {
  await ana().command('#deploys', '/maintenance web tomorrow 2am for 1h: New disks');
  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#deploys').at(-1));
  await ana().press(preview, 'draft.schedule');
  const announcement = await ana().waitFor('the announcement', () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes('New disks')),
  );
  await env.jump();
  await waitFor(() => expect([...muted]).toEqual(['/checks/front']));
  await env.jump();
  await waitFor(() => expect([...muted]).toEqual([]));
  failing.add('/checks/front');
  env.clock.moveTo(new Date(env.clock.now().getTime() + minutes(5)));
  await env.lull.timer.wake();
  // Slack accepts one message per second in a channel, and the thread has other notes to post first.
  const note = await ana().waitFor(
    'what fails',
    () =>
      ana()
        .thread(announcement)
        .find((message) => textOf(message).includes('is over, but')),
    60_000,
  );
  expect(textOf(note)).toContain('A check fails since the window: front door');
  expect(textOf(note)).toContain('maintenance.reopen');
  await ana().waitFor('the owner to be told', () =>
    ana()
      .dms()
      .some((message) => textOf(message).includes('A check fails since the window: front door')),
  );
});

test('the preview leaves out the checks of a disabled system', async () => {
  expect((await env.api('PATCH', '/api/v1/providers/ours', { enabled: false })).status).toBe(200);
  const details = await runCommand('/maintenance web tomorrow 2am for 1h: New racks');
  expect(details).toMatch(
    /\*Checks switched off\* {2}\d+: web [^;]*; 1 of a disabled system \(ours\) is left alone: front door/,
  );
  expect(await runCommand('/maintenance provider:ours tomorrow 5am for 1h: New doors')).toContain(
    '*Checks switched off*  none; 1 of a disabled system (ours) is left alone: front door',
  );

  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#ops').at(-1));
  await ana().press(preview, 'draft.schedule');
  const announcement = await ana().waitFor('the announcement', () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes('New doors')),
  );
  expect(textOf(announcement)).toContain('*Checks*\\nnone');
  const [created] = (await env.api('GET', '/api/v1/maintenances?order=-id&limit=1')).body.items;
  expect(await runCommand(`/maintenance show ${created.id}`)).toContain('*Checks*\\nnone');
  await ana().command('#ops', `/maintenance edit ${created.id}`);
  await ana().waitFor('what the form says of it', () =>
    JSON.stringify(ana().view() ?? {}).includes('1 of a disabled system (ours) is left alone: front door'),
  );
  await env.api('POST', `/api/v1/maintenances/${created.id}/start`, {});
  await ana().waitFor('the start', () =>
    ana()
      .messages('#ops')
      .some((message) => textOf(message).includes('New doors') && textOf(message).includes('In progress')),
  );
  expect((await env.api('GET', `/api/v1/maintenances/${created.id}`)).body).toMatchObject({
    status: 'in-progress',
    mutes: [],
  });
  expect([...muted]).toEqual([]);
});
