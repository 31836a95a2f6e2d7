import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type LimitOptions, limits } from '../../src/http/limits.ts';
import { onTelemetry } from '../../src/platform/telemetry.ts';
import { silent } from '../world.ts';

/** A rate-limited app with the valid token `right`. `from` is the X-Forwarded-For header that one proxy adds. */
function rateLimitedApp(options: Partial<LimitOptions> = {}, log = silent) {
  const app = new Hono();
  app.use(limits({ requestsPerMinute: 3, proxies: 1, ...options }, log));
  app.get('/', (c) => {
    const authorization = c.req.header('authorization');
    return authorization === undefined || authorization === 'Bearer right' ? c.text('yes') : c.text('no', 401);
  });
  return async (from: string, token?: string) => {
    const headers = new Headers({ 'x-forwarded-for': from });
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return app.request('/', { headers });
  };
}
const statuses = async (count: number, ask: (n: number) => Promise<Response>) => {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await ask(n)).status);
  return all;
};

test('an address that sends too many requests must wait, and is told how long; others are not affected', async () => {
  const ask = rateLimitedApp();
  const first = await ask('192.0.2.1');
  expect(first.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"default";r=2;t=(59|60)$/);
  expect(await statuses(2, () => ask('192.0.2.1'))).toEqual([200, 200]);
  const refused = await ask('192.0.2.1');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ status: 429, title: 'Too many requests' });
  expect((await ask('192.0.2.2')).status).toBe(200);
});

test('requests with a token count against the token, not against its address', async () => {
  const ask = rateLimitedApp();
  expect(await statuses(4, (n) => ask(`192.0.2.${n}`, 'right'))).toEqual([200, 200, 200, 429]);
  expect((await ask('192.0.2.0')).status).toBe(200);
});

test('an address that sends many wrong tokens is refused those, and its valid tokens are not', async () => {
  const ask = rateLimitedApp({ requestsPerMinute: 1_000 });
  const tried = await statuses(32, (n) => ask('192.0.2.1', `guess-${n}`));
  expect(tried).toEqual([...Array(30).fill(401), 429, 429]);
  expect((await ask('192.0.2.1', 'right')).status).toBe(200);
  expect((await ask('192.0.2.1')).status).toBe(200);
  expect((await ask('192.0.2.1', 'guess-0')).status).toBe(429);
  expect((await ask('192.0.2.2', 'guess-0')).status).toBe(401);
});

test('the hosts of an IPv6 network count as one address', async () => {
  const ask = rateLimitedApp();
  expect(await statuses(4, (n) => ask(`2001:db8:1:2::${n}`))).toEqual([200, 200, 200, 429]);
  expect((await ask('2001:db8:1:3::1')).status).toBe(200);
});

test('wrong tokens are logged without the token, a few of each address, and counted', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const counted: string[] = [];
  const stop = onTelemetry('wrong-token', ({ interface: where }) => counted.push(where));
  const ask = rateLimitedApp({ requestsPerMinute: 1_000 }, log);
  await statuses(40, (n) => ask('192.0.2.1', `guess-${n}`));
  await ask('192.0.2.2', 'guess-41');
  await ask('192.0.2.2', 'right');
  stop();
  expect(counted).toHaveLength(41);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatchObject({ address: '192.0.2.1', interface: 'pages', msg: 'a token is not valid' });
  expect(JSON.stringify(lines)).not.toMatch(/guess|right/);
});

test('X-Forwarded-For is trusted for as many entries as there are own proxies', async () => {
  const ask = rateLimitedApp();
  expect(await statuses(4, (n) => ask(`198.51.100.${n}, 192.0.2.1`))).toEqual([200, 200, 200, 429]);
  const bare = rateLimitedApp({ proxies: 0 });
  expect(await statuses(4, (n) => bare(`198.51.100.${n}`))).toEqual([200, 200, 200, 429]);
});

test('a limit of 0 turns limits off', async () => {
  const ask = rateLimitedApp({ requestsPerMinute: 0 });
  expect(await statuses(50, (n) => ask('192.0.2.1', `guess-${n}`))).toEqual(Array(50).fill(401));
});
