import { inspectRoutes } from 'hono/dev';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from './served.ts';

/** A word in every internal text, and a word in no text. */
const MARKER = 'zebra';
const CONTROL = 'yucca';
/** An id that does not exist. */
const NONE = '999999';
/** The first id of internal rows, large enough to be recognized in any text. */
const FIRST = 777_000;

let at: TestServer;
/** Ids by the path segment before them. */
type Ids = Readonly<Record<string, string | number>>;

beforeAll(async () => {
  const readings = { read: async () => ({ text: `lull_things{name="${MARKER}"} 1\n`, type: 'text/plain' }) };
  at = await startTestServer({ readings, fetch: () => Promise.reject(new TypeError('There is no network.')) });
  // Responses may contain the current time, so it stands still.
  vi.spyOn(at.clock, 'now').mockReturnValue(new Date('2026-12-01T12:00:00.500Z'));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await at.close();
});

const made = z.looseObject({ id: z.union([z.string(), z.number()]).optional(), name: z.string().optional() });

/** Creates a resource with the admin token, and returns its id. */
async function make(path: string, body: object = {}): Promise<string | number> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const { status, text } = await at.send('POST', `/api/v1${path}`, { headers, body: JSON.stringify(body) });
  expect([path, status < 300 ? '' : text]).toEqual([path, '']);
  const { id, name } = made.parse(JSON.parse(text));
  return id ?? name ?? '';
}

/** Adds a sub-account, and returns its key. */
async function makeSubaccount(): Promise<string> {
  const body = JSON.stringify({ name: MARKER, token: ADMIN_TOKEN });
  const { text } = await at.send('POST', '/api/1/accounts', { body });
  return z.object({ _id: z.string() }).parse(JSON.parse(text))._id;
}

const time = (hours: number) => new Date(at.clock.now().getTime() + hours * 3_600_000).toISOString();
const times = (from: number, to: number) => ({ scheduled_start_date: time(from), scheduled_end_date: time(to) });

/** Creates public resources, some with internal parts. */
async function makePublic(): Promise<Ids> {
  const scope = await make('/scopes', { name: 'Production' });
  const service = await make('/services', { name: 'shop', scope, owners: ['U0ZEBRA'] });
  const inside = await make('/services', { name: `${MARKER} vault`, visibility: 'internal' });
  await make('/checks', { name: `${MARKER} check`, services: [service], tags: [MARKER] });
  const on = { services: [service, inside], service_status: 'degraded' };
  const running = await make('/maintenances', { name: 'Reindex', ...on, ...times(1, 5), external_reference: 'CHG-1' });
  await make(`/maintenances/${running}/comments`, { comment: 'For everybody' });
  await make(`/maintenances/${running}/comments`, { comment: MARKER, internal: true });
  await make(`/maintenances/${running}/start`);
  await at.settle();
  const maintenance = await make('/maintenances', { name: 'Upgrade', ...on, ...times(20, 22) });
  await make('/maintenances', { name: 'Later', service, ...times(300, 301) });
  const cron = { cron: '0 3 * * *', duration_minutes: 60 };
  const series = await make('/series', { name: 'Nightly', ...cron, services: [service, inside] });
  return { scope, scopes: scope, service, services: service, maintenance, maintenances: maintenance, series };
}

/** Creates an internal resource of each kind, on public ones where possible. */
async function makeInternal(open: Ids): Promise<Ids> {
  const session = await at.session();
  await session.query(
    `select setval(format('%I.%I', schemaname, sequencename)::regclass, $1)
    from pg_sequences where schemaname = 'public'`,
    [FIRST],
  );
  const internal = { visibility: 'internal' };
  const { service } = open;
  const scope = await make('/scopes', { name: `${MARKER} scope`, description: MARKER, ...internal });
  const vault = await make('/services', { name: `${MARKER} ledger`, scope: open.scope, ...internal });
  const hosted = await make('/services', { name: `${MARKER} site`, scope });
  const words = { name: `${MARKER} work`, description: MARKER, external_reference: MARKER, service_status: 'down' };
  const maintenance = await make('/maintenances', { ...words, ...internal, service, ...times(1, 9) });
  await make(`/maintenances/${maintenance}/start`);
  for (const on of [{ service: vault }, { service: hosted }, { services: [vault, hosted] }, { service, scope }]) {
    await make('/maintenances', { ...words, ...on, ...times(2, 4) });
  }
  const canceled = await make('/maintenances', { ...words, ...internal, service, ...times(2, 4) });
  await make(`/maintenances/${canceled}/cancel`, { reason: MARKER });
  const comments = await make(`/maintenances/${maintenance}/comments`, { comment: MARKER });
  await make(`/maintenances/${open.maintenance}/comments`, { comment: MARKER, internal: true });
  const recurring = { name: `${MARKER} series`, cron: '0 4 * * *', duration_minutes: 30 };
  const series = await make('/series', { ...recurring, ...internal, services: [service] });
  await make('/series', { ...recurring, services: [vault] });
  const freeze = { start: time(500), end: time(501), reason: MARKER, effect: 'warn' };
  const freezes = await make('/freezes', freeze);
  await make('/freezes', { ...freeze, scope });
  const checks = await make('/checks', { name: `${MARKER} probe`, services: [service, vault], tags: [MARKER] });
  const webhooks = await make('/webhooks', { url: `https://${MARKER}.example/`, description: MARKER });
  const credentials = { token: MARKER };
  await at.settle();
  const accounts = await makeSubaccount();
  return {
    ...{ accounts, monitor: checks, incident: FIRST, announcement: FIRST },
    ...{ scope, scopes: scope, service: vault, services: vault, maintenance, maintenances: maintenance },
    ...{ series, comments, freezes, checks, webhooks, deliveries: await make(`/webhooks/${webhooks}/ping`) },
    subscriptions: await make('/subscriptions', { channel: 'C0ZEBRA', audience: 'internal' }),
    providers: await make('/providers', { name: `${MARKER}-eu`, kind: 'nodeping', credentials }),
    tokens: await make('/tokens', { name: MARKER }),
    calendars: await make('/calendars', { name: MARKER }),
  };
}

/** Every route of the app that is not middleware. */
function routes() {
  const answering = inspectRoutes(at.app).filter(({ isMiddleware }) => !isMiddleware);
  return answering.flatMap(({ method, path }) =>
    (method === 'ALL' ? ['GET', 'POST', 'PUT', 'DELETE'] : [method]).map((each) => ({ method: each, path })),
  );
}

const PARAMETER = /\/([\w.-]+)\/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g;
/** Values for parameters that are secrets. */
const UNGUESSED = { calendar: 'a'.repeat(43) };

/** Paths of a route with the ids of public resources, and with `{kind}` as a placeholder for those of internal ones. */
function addresses(path: string, open: Ids): string[] {
  const filled = (of: (kind: string) => string | number) =>
    path
      .replace(PARAMETER, (whole, kind: string) => `/${kind}/${of(kind)}${whole.includes('.ics') ? '.ics' : ''}`)
      .replace('*', 'nothing');
  const some = { ...UNGUESSED, ...open };
  const known = filled((kind) => Reflect.get(some, kind) ?? `{${kind}}`);
  return [...new Set([known, filled((kind) => Reflect.get(UNGUESSED, kind) ?? `{${kind}}`)])];
}

const QUERIES = [
  ...['', '?account=T0TEST', '?account=T0ZEBRA', '?limit=1', '?limit=zebra', '?per_page=1', '?page=2', '?page=zebra'],
  ...['?q=zebra', '?external_reference=zebra', '?service=zebra', '?scope=zebra', '?cursor=zebra', '?order=zebra'],
  ...[
    '?scope={scope}',
    '?service={service}',
    '?series={series}',
    '?maintenance={maintenance}',
    '?service=1&service={service}',
  ],
  ...['?status=in-progress', '?status=canceled', '?service_status=down', '?enabled=true', '?exit=true', '?order=-id'],
  ...[
    '?start_after=2026-12-01T12:00Z',
    '?tag=zebra',
    '?channel=C0ZEBRA',
    '?actor=zebra',
    '?token=zebra',
    '?customerid=zebra',
  ],
];

interface Seen {
  readonly status: number;
  /** JSON. */
  readonly headers: string;
  readonly text: string;
}

/** Sends a request from another machine without a token. Leaves out what differs between requests. */
async function read(address: string, hidden: Ids): Promise<Seen> {
  const sent = filledIn(address, hidden);
  const { status, headers, text } = await at.send('GET', sent, { headers: { 'x-forwarded-for': '203.0.113.7' } });
  const same = Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !/^(date|x-request-id|(x-)?ratelimit|connection|keep-alive|content-length)/.test(name),
    ),
  );
  const plain = (is: string) => is.replaceAll(new RegExp(Object.values(hidden).join('|') || '(?!)', 'g'), NONE);
  const asked = status < 400 ? {} : { etag: undefined };
  return { status, headers: plain(JSON.stringify({ ...same, ...asked })), text: plain(text) };
}

const filledIn = (address: string, hidden: Ids) =>
  address.replaceAll(/\{(\w+)\}/g, (_, kind: string) => String(hidden[kind] ?? NONE));

/** Every response to requests without a token, by path. */
async function walk(open: Ids, hidden: Ids): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const { method, path } of routes()) {
    if (method !== 'GET') continue;
    for (const address of addresses(path, open)) {
      // Lists take every query, single resources only a few.
      const queries = /\{|\/\d+/.test(address) ? QUERIES.slice(0, 4) : QUERIES;
      const answers = await Promise.all(queries.map((query) => read(address + query, hidden)));
      for (const [index, query] of queries.entries()) seen.set(address + query, answers[index] ?? expect.unreachable());
    }
  }
  return seen;
}

test('internal data is in no response to a reader without a token, and changes none', async () => {
  const open = await makePublic();
  const before = await walk(open, {});
  const hidden = await makeInternal(open);
  // makeInternal must create a resource for each new route parameter.
  const kinds = routes().flatMap(({ path }) => [...path.matchAll(PARAMETER)].map(([, kind = '']) => kind));
  expect(kinds.filter((kind) => !(kind in hidden) && !(kind in UNGUESSED))).toEqual([]);

  const after = await walk(open, hidden);
  const wrong: string[] = [];
  for (const [address, answer] of after) {
    const asksForIt = /zebra/i.test(address);
    if (!asksForIt && /zebra/i.test(JSON.stringify(answer)))
      wrong.push(`${address} contains internal data: ${answer.text}`);
    if (JSON.stringify(answer) !== JSON.stringify(before.get(address))) {
      wrong.push(`${address} was ${JSON.stringify(before.get(address))}\nand is ${JSON.stringify(answer)}`);
    }
    if (asksForIt) {
      const other = await read(address.replaceAll(MARKER, CONTROL).replaceAll('0ZEBRA', '0YUCCA'), hidden);
      const plain = (is: Seen) => [is.status, is.text.replaceAll(/zebra|yucca/gi, 'word')];
      if (JSON.stringify(plain(other)) !== JSON.stringify(plain(answer))) {
        wrong.push(`${address} is ${JSON.stringify(answer)}\nbut for a word in nothing ${JSON.stringify(other)}`);
      }
    }
    if (answer.status >= 500) wrong.push(`${address} is ${answer.status}`);
    const isOne = /\{(\w+)\}(\.ics)?$/.test(address) && !address.includes('?');
    if (isOne && ![401, 403, 404].includes(answer.status)) wrong.push(`${address} is ${answer.status}`);
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  // The public resources were visible.
  for (const path of ['/', '/status.json', '/feed.atom', '/calendar.ics', '/api/v1/maintenances', '/api/maintenance']) {
    expect([path, after.get(path)?.text]).toEqual([path, expect.stringContaining('Upgrade')]);
  }

  const other = await findAccountByTeam(
    at.ctx.database,
    { id: 'T0ZEBRA', name: MARKER },
    { timezone: 'UTC', defaultChannel: null },
  );
  const named = [...after].filter(([address]) => address.endsWith('?account=T0TEST'));
  for (const [address, answer] of named) expect([address, await read(address, hidden)]).toEqual([address, answer]);
  await at.ctx.database.account.delete({ where: { id: other.id } });
}, 600_000);

test('a request without a token changes nothing', async () => {
  const events = () => at.ctx.database.auditEvent.count();
  const before = await events();
  const headers = { 'content-type': 'application/json' };
  for (const { method, path } of routes()) {
    if (method === 'GET') continue;
    for (const address of addresses(path, { maintenance: 1, maintenances: 1, scopes: 1, services: 1, series: 1 })) {
      const { status, text } = await at.send(method, filledIn(address, {}), { headers, body: '{}' });
      const refused = path.endsWith('*') ? [401, 403, 404, 405] : [401, 403, 405];
      expect([method, path, refused.includes(status) ? 'refused' : `${status} ${text}`]).toEqual([
        method,
        path,
        'refused',
      ]);
    }
  }
  expect(await events()).toBe(before);
});

test('a token limited to a scope reads nothing of another scope', async () => {
  const word = 'quagga';
  const internal = { visibility: 'internal' };
  const scope = await make('/scopes', { name: `${word} scope`, ...internal });
  const service = await make('/services', { name: `${word} service`, scope, ...internal });
  const checks = await make('/checks', { name: `${word} check`, services: [service], tags: [word] });
  const words = { name: `${word} work`, external_reference: word, service_status: 'down', ...internal };
  const maintenance = await make('/maintenances', { ...words, service, ...times(1, 9) });
  await make(`/maintenances/${maintenance}/start`);
  const comments = await make(`/maintenances/${maintenance}/comments`, { comment: word });
  const recurring = { name: `${word} series`, cron: '0 4 * * *', duration_minutes: 30, ...internal };
  const series = await make('/series', { ...recurring, services: [service] });
  const freezes = await make('/freezes', { start: time(500), end: time(501), reason: word, scope, effect: 'warn' });
  const subscriptions = await make('/subscriptions', { channel: 'C0QUAGGA', scope });
  await at.settle();
  const hidden = { scope, service, checks, maintenance, comments, series, freezes, subscriptions };
  const others = { scopes: scope, services: service, maintenances: maintenance, tokens: 1, webhooks: 1 };

  const home = await make('/scopes', { name: 'Home' });
  const body = JSON.stringify({ name: 'limited', rights: 'admin', scopes: [home] });
  const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const { text } = await at.send('POST', '/api/v1/tokens', { headers: asAdmin, body });
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(text));
  await make('/services', { name: 'own', scope: home });

  const wrong: string[] = [];
  const headers = { authorization: `Bearer ${token}` };
  for (const { method, path } of routes()) {
    if (method !== 'GET') continue;
    for (const address of addresses(path, {})) {
      for (const query of ['', '?q=quag', `?service=${service}`, '?status=in-progress']) {
        const sent = filledIn(address, { ...hidden, ...others }) + query;
        const answer = await at.send('GET', sent, { headers });
        if (answer.text.includes(word)) wrong.push(`${sent} contains internal data: ${answer.text}`);
        if (answer.status >= 500) wrong.push(`${sent} is ${answer.status}`);
      }
    }
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  const own = await at.send('GET', '/api/v1/services', { headers });
  expect(own.text).toContain('"own"');
}, 600_000);
