import { afterEach, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';

let at: TestServer;
afterEach(() => at.close());

const send = async (path: string, token?: string) => {
  const { status, headers, text } = await at.send('GET', path, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const quota = (name: string) => headers[`x-ratelimit-${name}`];
  const numbers = ['limit', 'remaining', 'used'].map((name) => Number(quota(name)));
  return {
    status,
    headers,
    body: JSON.parse(text),
    client: String(quota('client')),
    reset: Number(quota('reset')),
    numbers,
  };
};

test('every response has the quota of its client, and a client over it must wait', async () => {
  at = await startTestServer({ requestsPerMinute: 3 });
  const first = await send('/api/maintenance');
  expect(first).toMatchObject({ status: 200, numbers: [3, 2, 1] });
  expect(first.client).toMatch(/^[0-9a-f]{64}$/);
  const now = Date.now() / 1_000;
  expect(first.reset).toBeGreaterThan(now + 50);
  expect(first.reset).toBeLessThanOrEqual(now + 61);
  expect(await send('/api/monitor/NOTHING')).toMatchObject({ status: 404, numbers: [3, 1, 2] });
  expect(await send('/api/maintenance/create')).toMatchObject({
    status: 405,
    numbers: [3, 0, 3],
    client: first.client,
  });
  const refused = await send('/api/scope');
  expect(refused).toMatchObject({
    status: 429,
    body: { message: expect.stringContaining('3 requests a minute') },
    numbers: [3, 0, 3],
    client: first.client,
  });
  expect(refused.headers['content-type']).toBe('application/json');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  expect(Math.abs(refused.reset - first.reset)).toBeLessThanOrEqual(1);
  const other = await send('/api/maintenance', ADMIN_TOKEN);
  expect(other).toMatchObject({ status: 200, numbers: [3, 2, 1] });
  expect(other.client).not.toBe(first.client);
});

test('an address with many wrong tokens must wait, too', async () => {
  at = await startTestServer();
  for (let n = 0; n < 30; n++) expect((await send('/api/maintenance', `guess-${n}`)).status).toBe(401);
  const refused = await send('/api/maintenance', 'guess-31');
  expect(refused).toMatchObject({
    status: 429,
    body: { message: expect.stringContaining('tokens that are not valid') },
    numbers: [30, 0, 30],
  });
});

test('without limits, and outside of this interface, there are no such headers', async () => {
  at = await startTestServer({ requestsPerMinute: 0 });
  expect((await send('/api/maintenance')).headers).not.toHaveProperty('x-ratelimit-limit');
  await at.close();
  at = await startTestServer();
  const { headers } = await send('/api/v1/maintenances');
  expect(headers).toHaveProperty('ratelimit');
  expect(headers).not.toHaveProperty('x-ratelimit-limit');
});
