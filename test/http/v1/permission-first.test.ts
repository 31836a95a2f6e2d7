import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../served.ts';
import { type Described, described, type Operation } from './described.ts';

let at: TestServer;
let document: Described;
beforeAll(async () => {
  at = await startTestServer();
  document = await described(at);
});
afterAll(() => at.close());

const isPublic = ({ security }: Operation) => JSON.stringify(security).includes('{}');
const path = (operation: Operation) => `/api/v1${operation.path.replaceAll(/\{\w+\}/g, '1')}`;

const statusOfUnfinished = (operation: Operation, token: string, length?: number) =>
  statusWhileUnfinished(operation.method, path(operation), token, length);

/** The status of the answer to a request of whose body only the first byte is sent. */
async function statusWhileUnfinished(method: string, path: string, token: string, length = 1_000): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'content-length': String(length),
    authorization: `Bearer ${token}`,
  };
  const sent = request(`${at.url}${path}`, { method, headers, agent: false });
  sent.on('error', () => {}).write('{');
  const [answer] = await once(sent, 'response');
  sent.destroy();
  return answer.statusCode;
}

test('every operation says who may call it, and with which role', () => {
  const undeclared = document.operations.filter((each) => !isPublic(each) && each['x-permission'] === undefined);
  expect(undeclared.map(({ operationId }) => operationId)).toEqual([]);
  const security = (id: string) => document.operations.find(({ operationId }) => operationId === id)?.security;
  expect(security('createScope')).toEqual([{ token: ['admin'] }]);
  expect(security('createMaintenance')).toEqual([{ token: ['operator'] }]);
  expect(security('listMaintenances')).toEqual([{ token: [] }, {}]);
});

test('without the permission, an operation refuses a request of which it has not read the body', async () => {
  const token = await at.token('read');
  const withBody = document.operations.filter(({ requestBody, security }) => {
    return requestBody !== undefined && !JSON.stringify(security).includes('viewer');
  });
  expect(withBody.length).toBeGreaterThan(25);
  const statuses = await Promise.all(withBody.map((each) => statusOfUnfinished(each, token)));
  expect(withBody.filter((_, n) => statuses[n] !== 403).map(({ operationId }) => operationId)).toEqual([]);
});

test('a body that says that it is too large is refused before it is read; only the catalogue takes more', async () => {
  const token = await at.token('admin');
  const large = document.operations.filter(({ method }) => method !== 'GET');
  const sized = (length: number) => Promise.all(large.map((each) => statusOfUnfinished(each, token, length)));
  expect(new Set(await sized(1_000_001))).toEqual(new Set([413]));
  const others = large.filter(({ operationId }) => operationId !== 'applyCatalogue');
  const statuses = await Promise.all(others.map((each) => statusOfUnfinished(each, token, 256_001)));
  expect(new Set(statuses)).toEqual(new Set([413]));
});

test("NodePing's and ProdManager's interfaces refuse a request of which they have not read the body, too", async () => {
  const token = await at.token('read');
  const refused = await Promise.all([
    statusWhileUnfinished('POST', '/api/1/maintenance', token),
    statusWhileUnfinished('POST', `/api/1/checks?token=${token}`, token),
    statusWhileUnfinished('DELETE', `/api/1/checks/C1?token=${token}`, token),
    statusWhileUnfinished('PUT', '/api/1/maintenance/ad-hoc?token=wrong', token),
    statusWhileUnfinished('POST', '/api/maintenance/create', token),
    statusWhileUnfinished('POST', '/api/scope/1/update', token),
  ]);
  expect(refused).toEqual([403, 403, 403, 403, 403, 403]);
});
