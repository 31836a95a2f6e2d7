import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { cases } from '../draws.ts';
import { HOSTILE_BODIES, HOSTILE_JSON, HOSTILE_YAML } from './hostile.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from './served.ts';
import { type Described, described, type Operation } from './v1/described.ts';

let at: TestServer;
let document: Described;
const logged: string[] = [];
beforeAll(async () => {
  const log = pino(
    { level: 'error', serializers: { error: pino.stdSerializers.err } },
    { write: (line) => void logged.push(line) },
  );
  at = await startTestServer({ log });
  document = await described(at);
});
afterAll(() => at.close());

const authorization = `Bearer ${ADMIN_TOKEN}`;

/** The short run sends every n-th of the requests of a table. */
const LONG = cases(0) > 0;
const sample = <T>(requests: readonly T[], every: number) => requests.filter((_, index) => LONG || index % every === 0);

/** The requests among these that are answered with a 5xx. */
async function failures(
  requests: readonly (readonly [method: string, path: string, type: string, body: string | Buffer])[],
) {
  const failed: string[] = [];
  for (const [method, path, type, body] of requests) {
    const { status } = await at.send(method, path, { headers: { authorization, 'content-type': type }, body });
    if (status >= 500)
      failed.push(`${status} ${method} ${path} ${String(body).slice(0, 200)} ${logged.at(-1)?.slice(0, 700)}`);
  }
  return failed;
}

const fields = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });

/** The names of the fields of a body. */
function fieldsOf({ requestBody }: Operation): string[] {
  const schema = requestBody?.content['application/json']?.schema;
  const name = typeof schema?.$ref === 'string' ? schema.$ref.replace(/.*\//, '') : '';
  return Object.keys(fields.parse(document.schemas[name] ?? schema ?? {}).properties);
}

const path = (operation: Operation) => `/api/v1${operation.path.replaceAll(/\{\w+\}/g, '1')}`;

test('no hostile value in any field of any operation is answered with a 5xx', async () => {
  const requests = document.operations.flatMap((operation) => {
    const names = fieldsOf(operation);
    return HOSTILE_JSON.flatMap((value) => {
      const chosen = names.slice(0, Math.max(1, Math.floor(200_000 / value.length)));
      const body = `{${chosen.map((name) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
      return names.length === 0 ? [] : [[operation.method, path(operation), 'application/json', body] as const];
    });
  });
  expect(requests.length).toBeGreaterThan(500);
  expect(await failures(sample(requests, 7))).toEqual([]);
}, 600_000);

test('no hostile body of any operation is answered with a 5xx', async () => {
  const requests = document.operations.flatMap((operation) =>
    operation.method === 'GET'
      ? []
      : [...HOSTILE_BODIES, ...HOSTILE_JSON.slice(0, 3)].map(
          (body) => [operation.method, path(operation), 'application/json', body] as const,
        ),
  );
  const yaml = HOSTILE_YAML.map((body) => ['PUT', '/api/v1/catalogue', 'application/yaml', body] as const);
  expect(await failures([...sample(requests, 11), ...sample(yaml, 3)])).toEqual([]);
}, 600_000);

test("no hostile value is answered with a 5xx in NodePing's interface", async () => {
  const names = [
    'id',
    'name',
    'enabled',
    'cron',
    'duration',
    'checklist',
    'customerid',
    'json',
    'label',
    'target',
    'type',
    'tags',
    'disableall',
    'token',
  ];
  const paths = ['/maintenance', '/maintenance/ad-hoc', '/maintenance/ABCDE', '/checks', '/checks/C1', '/accounts'];
  const requests = paths.flatMap((each) =>
    ['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
      HOSTILE_JSON.flatMap((value, index) => {
        const name = names[index % names.length];
        return [
          `{"${name}":${value}}`,
          `{"duration":60,"checklist":[],"type":"HTTP","cron":"0 3 * * *","${name}":${value}}`,
        ].map((body) => [method, `/api/1${each}?token=${ADMIN_TOKEN}`, 'application/json', body] as const);
      }),
    ),
  );
  const bodies = HOSTILE_BODIES.flatMap((body) =>
    ['application/json', 'application/x-www-form-urlencoded'].map(
      (type) => ['POST', `/api/1/checks?token=${ADMIN_TOKEN}`, type, body] as const,
    ),
  );
  expect(await failures(sample([...requests, ...bodies], 13))).toEqual([]);
}, 600_000);

test("no hostile value is answered with a 5xx in ProdManager's interface", async () => {
  const names = [
    'name',
    'description',
    'scope',
    'service',
    'service_status',
    'scheduled_start_date',
    'scheduled_end_date',
    'external_reference',
    'external_link',
    'comment',
    'internal',
    'status',
  ];
  const paths = [
    '/maintenance/create',
    '/maintenance/1/update',
    '/maintenance/1/comment',
    '/scope/create',
    '/scope/1/update',
    '/service/create',
    '/service/1/update',
  ];
  const requests = paths.flatMap((each) =>
    HOSTILE_JSON.flatMap((value, index) => {
      const name = names[index % names.length];
      const text = value.startsWith('"') ? value.slice(1, -1) : value;
      return [
        ['POST', `/api${each}`, 'application/json', `{"${name}":${value}}`] as const,
        ['POST', `/api${each}`, 'application/x-www-form-urlencoded', `${name}=${text}`] as const,
        [
          'POST',
          `/api${each}`,
          'multipart/form-data; boundary=b',
          `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n--b--`,
        ] as const,
      ];
    }),
  );
  const bodies = HOSTILE_BODIES.flatMap((body) =>
    [
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'multipart/form-data',
    ].map((type) => ['POST', '/api/scope/create', type, body] as const),
  );
  expect(await failures(sample([...requests, ...bodies], 5))).toEqual([]);
}, 600_000);
