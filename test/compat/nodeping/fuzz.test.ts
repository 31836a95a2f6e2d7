import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cases } from '../../draws.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { call, callWith, checksCalled, entryIn } from './calling.ts';

const CASES = cases(100);

let at: TestServer;
let keys: string[];
beforeAll(async () => {
  at = await startTestServer();
  await checksCalled(at, at.lull, 'C1', 'C2');
  const token = ADMIN_TOKEN;
  const series = { cron: '0 3 * * *', duration: 30, enabled: true, checklist: ['C1'], token };
  const waiting = { duration: 30, checklist: ['C1'], token };
  keys = [
    entryIn(await callWith(at, 'POST', '/api/1/maintenance', series))[0],
    entryIn(await callWith(at, 'POST', '/api/1/maintenance/ad-hoc', waiting))[0],
  ];
});
afterAll(() => at.close());

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'ad-hoc', 'C1', '0 * * * *', '@daily', 'true', 'inactive', '[', '(a+)+$', '[""]', '%00', null),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('C1', 'C2', '\0'), fc.integer()), { maxLength: 3 }),
  fc.object({ maxDepth: 1 }),
);
const members = fc.record(
  {
    ...{ id: anything, _id: anything, name: anything, enabled: anything, cron: anything, duration: anything },
    ...{ checklist: anything, customerid: anything, json: anything, action: anything, label: anything },
    ...{ target: anything, type: anything, tags: anything, disableall: anything },
  },
  { requiredKeys: [] },
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
const path = fc.oneof(
  fc.constantFrom('/maintenance', '/maintenance/ad-hoc', '/checks', '/checks/C1', '/accounts', '/maintenance/%00'),
  fc.nat({ max: 1 }).map((which) => ({ which })),
  fc.string({ unit: 'binary' }).map((text) => `/maintenance/${encodeURIComponent(text.toWellFormed())}`),
  fc.string().map((text) => `/checks/${encodeURIComponent(text.toWellFormed())}`),
);

test('any request is answered with a JSON object and a status that the clients accept', async () => {
  await fc.assert(
    fc.asyncProperty(method, path, members, fc.boolean(), async (method, path, members, inQuery) => {
      const where = `/api/1${typeof path === 'string' ? path : `/maintenance/${keys[path.which]}`}`;
      const query = new URLSearchParams({ token: ADMIN_TOKEN });
      if (inQuery) {
        for (const [name, value] of Object.entries(members))
          query.set(name, String(JSON.stringify(value)).toWellFormed());
      }
      const { status, body } = inQuery
        ? await call(at, method, `${where}?${query}`)
        : await callWith(at, method, `${where}?${query}`, members);
      expect(body).toBeTypeOf('object');
      if (status !== 200) expect(body).toEqual({ error: expect.stringMatching(/./) });
      expect([200, 403, ...(where.split('/').length > 5 || where.endsWith('/') ? [404] : [])]).toContain(status);
    }),
    { numRuns: CASES },
  );
}, 3_600_000);
