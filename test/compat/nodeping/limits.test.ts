import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { call } from './calling.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

test('an address that tries many tokens has to wait, and gets an error', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 31; n++) statuses.push((await call(at, 'GET', `/api/1/maintenance?token=guess-${n}`)).status);
  expect(new Set(statuses)).toEqual(new Set([403]));
  const right = await call(at, 'GET', `/api/1/maintenance?token=${ADMIN_TOKEN}`);
  expect(right).toEqual({ status: 429, body: { error: expect.stringContaining('tokens that are not valid') } });
});
