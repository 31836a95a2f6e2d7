import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cases } from '../../draws.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { Client } from './client.ts';

const CASES = cases(100);

let at: TestServer;
let whole: Record<string, unknown>;
beforeAll(async () => {
  at = await startTestServer();
  const client = new Client(at, ADMIN_TOKEN);
  const scope = await client.create('scope', { name: 'Production' });
  const service = await client.create('service', { name: 'api' });
  const date = (hours: number) => new Date(at.clock.now().getTime() + hours * 3_600_000).toISOString().slice(0, 16);
  whole = await client.create('maintenance', {
    ...{ name: 'Upgrade', scope: scope.id, service: service.id, service_status: 'down' },
    ...{ scheduled_start_date: date(1), scheduled_end_date: date(2) },
  });
});
afterAll(() => at.close());

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '99999999999',
    'scheduled',
    'in-progress',
    'down',
    '2027-01-09T22:00',
    '9999-12-31T23:59',
  ),
  fc.constantFrom('0001-01-01T00:00', '2026-02-30T10:00', '1900-01-01T00:00', 'https://a.example/', '\0'),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 2 }),
);
const fields = fc.record(
  {
    ...{ name: anything, description: anything, scope: anything, service: anything, service_status: anything },
    ...{ status: anything, scheduled_start_date: anything, scheduled_end_date: anything, start_date: anything },
    ...{ end_date: anything, external_reference: anything, external_link: anything, comment: anything },
    ...{ internal: anything, page: anything, per_page: anything, start_before: anything, end_after: anything },
    ...{ integration: anything },
  },
  { requiredKeys: [] },
);
const path = fc
  .tuple(
    fc.constantFrom('maintenance', 'scope', 'service', 'monitor', 'incident'),
    fc.constantFrom('', '/create', '/1', '/1/update', '/1/comment', '/1/delete', '/2147483648/update', '/1/calendar'),
  )
  .map((parts) => parts.join(''));
const type = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
);

test('any request is answered, and a failure has its reasons', async () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  await fc.assert(
    fc.asyncProperty(path, fields, fc.boolean(), type, async (path, fields, reads, type) => {
      const form = new URLSearchParams();
      const sent = path.endsWith('update') ? { ...whole, ...fields } : fields;
      for (const [name, value] of Object.entries(sent)) form.append(name, String(value).toWellFormed());
      const body = type === 'application/json' ? JSON.stringify(sent) : form.toString();
      const answer = reads
        ? await at.send('GET', `/api/${path}?${form}`, { headers })
        : await at.send('POST', `/api/${path}`, { headers: { ...headers, 'content-type': type }, body });
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 400) expect(JSON.parse(answer.text)).toMatchObject({ message: expect.stringMatching(/./) });
      else if (answer.status === 302) expect(answer.headers.location).toMatch(/^\/api\/(maintenance|scope|service)/);
    }),
    { numRuns: CASES },
  );
}, 3_600_000);
