import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { call, callWith } from './calling.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

test('an address that tries many tokens has to wait, and gets an error; a valid token of it does not', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 30; n++) statuses.push((await call(at, 'GET', `/api/1/maintenance?token=guess-${n}`)).status);
  expect(new Set(statuses)).toEqual(new Set([403]));
  const refused = await call(at, 'GET', '/api/1/maintenance?token=guess-0');
  expect(refused).toEqual({ status: 429, body: { error: expect.stringContaining('tokens that are not valid') } });
  expect((await call(at, 'GET', `/api/1/maintenance?token=${ADMIN_TOKEN}`)).status).toBe(200);
});

test('a token counts as the same wherever a request has it, and not for its address', async () => {
  const limited = await startTestServer({ requestsPerMinute: 4 });
  try {
    const statuses = async (count: number, ask: () => Promise<{ status: number }>) => {
      const all: number[] = [];
      for (let n = 0; n < count; n++) all.push((await ask()).status);
      return all;
    };
    const [first, second] = [await limited.token('read'), await limited.token('read')];
    expect(await statuses(5, () => call(limited, 'GET', '/api/1/checks'))).toEqual([403, 403, 403, 403, 429]);
    const inQuery = () => call(limited, 'GET', `/api/1/checks?token=${first}`);
    expect(await statuses(2, inQuery)).toEqual([200, 200]);
    expect(await statuses(2, () => callWith(limited, 'GET', '/api/1/checks', { token: first }))).toEqual([200, 200]);
    expect((await inQuery()).status).toBe(429);
    const native = { headers: { authorization: `Bearer ${first}` } };
    expect((await limited.send('GET', '/api/v1/checks', native)).status).toBe(429);
    expect((await call(limited, 'GET', `/api/1/checks?token=${second}`)).status).toBe(200);
  } finally {
    await limited.close();
  }
});
