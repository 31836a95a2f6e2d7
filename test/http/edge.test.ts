import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from './served.ts';

const FRIEND = 'https://status.example.com';
let at: TestServer;
beforeAll(async () => {
  at = await startTestServer({ corsOrigins: [FRIEND] });
});
afterAll(() => at.close());

const authorization = `Bearer ${ADMIN_TOKEN}`;

test('scripts of allowed origins can read responses, and others cannot', async () => {
  const asked = (origin: string) => at.send('GET', '/api/v1/services', { headers: { origin, authorization } });
  const friend = await asked(FRIEND);
  expect(friend.headers['access-control-allow-origin']).toBe(FRIEND);
  expect(friend.headers['access-control-expose-headers']).toContain('ETag');
  expect((await asked('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  const preflight = await at.send('OPTIONS', '/api/v1/maintenances', {
    headers: {
      origin: FRIEND,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([204, 'authorization']);
});

test('a long response is compressed for clients that accept it, with the same content', async () => {
  const plain = await at.send('GET', '/api/v1/openapi.json');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const response = await fetch(`${at.url}/api/v1/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(await response.text()).toBe(plain.text);
});

test('each request has an id: its own, or the one that the client sent', async () => {
  const first = (await at.send('GET', '/healthz')).headers['x-request-id'];
  expect(first).toMatch(/^[\w-]{20,}$/);
  expect((await at.send('GET', '/healthz')).headers['x-request-id']).not.toBe(first);
  const named = await at.send('GET', '/healthz', { headers: { 'x-request-id': 'deploy-17' } });
  expect(named.headers['x-request-id']).toBe('deploy-17');
  const wild = await at.send('GET', '/healthz', { headers: { 'x-request-id': 'a b <script>' } });
  expect(wild.headers['x-request-id']).not.toContain('<');
});

test('a proxy that is not configured is reported once, with what to set, in the log and by /readyz', async () => {
  const lines: string[] = [];
  const unaware = await startTestServer({ log: pino({}, { write: (line) => void lines.push(JSON.parse(line).msg) }) });
  const aware = await startTestServer({ proxies: 1 });
  try {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const readiness = async (at: TestServer) => JSON.parse((await at.send('GET', '/readyz')).text);
    expect(await readiness(unaware)).toEqual({ ok: true });
    for (let n = 0; n < 3; n++) await unaware.send('GET', '/api/v1/services', { headers });
    expect(lines).toEqual([expect.stringContaining('Set LULL_PROXIES to the number of proxies')]);
    expect(await readiness(unaware)).toEqual({ ok: true, warnings: lines });
    await aware.send('GET', '/api/v1/services', { headers });
    expect(await readiness(aware)).toEqual({ ok: true });
  } finally {
    await Promise.all([unaware.close(), aware.close()]);
  }
});
