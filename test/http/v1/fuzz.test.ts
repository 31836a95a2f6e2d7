import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Rights } from '../../../src/access/rules.ts';
import { cases } from '../../draws.ts';
import { ADMIN_TOKEN, startTestServer, type TestResponse, type TestServer } from '../served.ts';
import { type Described, described } from './described.ts';
import { type Asking, requests, Seen } from './requests.ts';

const CASES = cases(600);
/** Number of concurrent requests. */
const TOGETHER = 4;
/** Timeout of a response, in milliseconds. */
const SILENCE = 120_000;

let at: TestServer;
let document: Described;
const logged: string[] = [];
const tokens = new Map<string, string>();
const seen = new Seen();

beforeAll(async () => {
  const log = pino(
    { level: 'error', serializers: { error: pino.stdSerializers.err } },
    { write: (line) => void logged.push(line) },
  );
  const fetch = () => Promise.reject(new TypeError('There is no way to any monitoring system here.'));
  at = await startTestServer({ fetch, proxies: 1, log });
  document = await described(at);
  await seed();
});
afterAll(() => at.close());

/** Creates a resource of each kind, for the requests to refer to. */
async function seed() {
  const time = (hours: number) => new Date(at.clock.now().getTime() + hours * 3_600_000).toISOString();
  const window = { service: 1, scheduled_start_date: time(1), scheduled_end_date: time(3) };
  for (const [path, body] of [
    ['/scopes', { name: 'Production' }],
    ['/services', { name: 'shop', scope: 1 }],
    ['/checks', { name: 'shop check', services: [1] }],
    ['/maintenances', { name: 'Upgrade', ...window }],
    ['/maintenances', { name: 'Reindex', ...window }],
    ['/maintenances/1/comments', { comment: 'Soon' }],
    ['/series', { name: 'Nightly', cron: '0 3 * * *', duration_minutes: 30, services: [1] }],
    ['/freezes', { reason: 'Holidays', start: time(3000), end: time(3100), effect: 'warn' }],
    ['/subscriptions', { channel: 'C0DEFAULT' }],
    ['/webhooks', { url: 'https://a.example/hook' }],
    ['/providers', { name: 'pings', kind: 'nodeping', credentials: { token: 'abc' } }],
  ] as const) {
    const answer = await sent(asking('POST', path, body));
    expect([path, answer.status, answer.status === 201 ? '' : answer.text]).toEqual([path, 201, '']);
  }
}

function asking(method: string, path: string, body: object): Asking {
  const operation = document.operations.find(
    (each) => each.method === method && each.path === path.replace(/\/\d+/, '/{id}'),
  );
  const headers = { 'content-type': 'application/json' };
  return { operation, method, path: `/api/v1${path}`, headers, body: JSON.stringify(body), as: 'admin' };
}

async function tokenOf(rights: Rights): Promise<string> {
  const known = tokens.get(rights) ?? (await at.token(rights));
  tokens.set(rights, known);
  return known;
}

async function sent(asking: Asking): Promise<TestResponse> {
  const { method, path, body, as } = asking;
  const token = as === 'admin' ? ADMIN_TOKEN : as === 'write' || as === 'read' ? await tokenOf(as) : 'no-token';
  const headers = {
    ...asking.headers,
    ...(as === 'nobody' ? {} : { authorization: `Bearer ${token}` }),
    // Each request has its own client address, so guessed tokens do not hit the rate limit.
    'x-forwarded-for': `10.${sentSoFar >> 16}.${(sentSoFar >> 8) & 255}.${sentSoFar++ & 255}`,
  };
  const answer = await at.send(method, path, body === undefined ? { headers } : { headers, body }, SILENCE);
  // An earlier request may have revoked the token.
  if (answer.status === 401 && (as === 'write' || as === 'read')) tokens.delete(as);
  remember(asking, answer);
  return answer;
}
let sentSoFar = 0;

const item = z.looseObject({ id: z.union([z.string(), z.number()]).optional(), name: z.string().optional() });
const answered = item.extend({
  items: z.array(item).optional(),
  next_cursor: z.string().nullish(),
  seen: z.string().optional(),
});

/** Remembers ids, cursors and tags of a response for later requests. */
function remember({ operation }: Asking, { status, headers, text }: TestResponse): void {
  if (operation === undefined || status >= 300 || !/json/.test(headers['content-type'] ?? '')) return;
  if (typeof headers.etag === 'string') seen.add('tag', headers.etag);
  const body = answered.parse(JSON.parse(text));
  if (body.next_cursor != null) seen.add('cursor', body.next_cursor);
  if (body.seen !== undefined) seen.add('difference', body.seen);
  const kind = operation.path
    .replace(/\/\{[^/]*$/, '')
    .replace(/.*\//, '')
    .replace('runs', 'maintenances');
  for (const { id, name } of [body, ...(body.items ?? [])]) {
    if (kind === 'providers' && name !== undefined) seen.add(kind, name);
    else if (id !== undefined && operation.method !== 'DELETE') seen.add(kind, id);
  }
}

/** Everything that is wrong with a response. */
function complaintsOf({ operation, method }: Asking, answer: TestResponse): string[] {
  const wrong = answer.status >= 500 ? [`${answer.status} ${logged.at(-1)?.slice(0, 1500)}`] : [];
  if (operation !== undefined) return [...wrong, ...document.complaints(operation, answer)];
  if (
    answer.status < 400 ||
    method === 'HEAD' ||
    answer.headers['content-type']?.startsWith('application/problem+json')
  )
    return wrong;
  return [...wrong, `${answer.status} with ${answer.headers['content-type']}`];
}

test('every response to a random request is described by the document', async () => {
  const complaints = new Map<string, string>();
  const statuses = new Map<string, Set<number>>();
  const several = fc.array(requests(document, seen, at.clock.now()), { minLength: TOGETHER, maxLength: TOGETHER });
  // Responses depend on all earlier requests, so a failure cannot be shrunk to a smaller case.
  await fc.assert(
    fc.asyncProperty(several, async (askings) => {
      await Promise.all(
        askings.map(async (asking) => {
          const { operation, method, path, headers, body, as } = asking;
          const answer = await sent(asking);
          const called = operation === undefined ? '' : `${operation.method} ${operation.path}`;
          statuses.set(called, (statuses.get(called) ?? new Set()).add(answer.status));
          for (const each of complaintsOf(asking, answer)) {
            const request = { method, path, as, headers, body: String(body).slice(0, 1000) };
            complaints.set(`${called}: ${each}`, `${JSON.stringify(request)} -> ${answer.text.slice(0, 1000)}`);
          }
        }),
      );
    }),
    { numRuns: Math.ceil(CASES / TOGETHER), endOnFailure: true },
  );
  expect([...complaints].slice(0, 20)).toEqual([]);
  // The random requests reach about half of the operations in the short run.
  const reached = document.operations.filter(({ method, path }) => {
    const known = statuses.get(`${method} ${path}`) ?? [];
    return [...known].some((status) => status < 300);
  });
  expect(reached.length).toBeGreaterThan(document.operations.length / 4);
}, 7_200_000);
