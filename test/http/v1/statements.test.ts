import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../../src/texts/openapi.ts';
import { countingStatements } from '../../statements.ts';
import { fillAccount, STOCK } from '../../stock.ts';
import { type World, world } from '../../world.ts';
import { type Calling, calling, type Reply } from './calling.ts';

/** A request, whose method and path the document has. */
interface Request {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: string;
  readonly body?: unknown;
}

interface Account {
  readonly w: World;
  readonly at: Calling;
  readonly count: number;
}

/** A page, unless the request asks for more. */
const MAX_ITEMS = 50;

let few: Account;
let many: Account;
let routes: Awaited<ReturnType<typeof readRoutes>>;
beforeAll(async () => {
  [few, many] = await Promise.all([stocked(3), stocked(60)]);
  routes = await readRoutes(few);
});
afterAll(async () => {
  await few.w.close();
  await many.w.close();
});

async function stocked(count: number): Promise<Account> {
  const w = await world();
  const listed = Array.from({ length: count }, (_, place) => ({
    externalId: `y${place}`,
    name: 'New',
    enabled: true,
    tags: [],
  }));
  await fillAccount(await w.session(), w.account.id, count);
  return { w, at: calling(w, { list: async () => listed }), count };
}

const ids = <T>({ count }: Account, id: (place: number) => T) =>
  Array.from({ length: count }, (_, place) => id(place + 1));
const one = { params: { id: 1 } };
const two = { params: { id: 2 } };
const on = (id: number, body?: unknown): Request => ({ params: { id }, body });
const window = (account: Account) => ({
  name: 'Reindex',
  scope: 1,
  services: ids(account, (place) => place),
  checks: ids(account, STOCK.check),
  scheduled_start_date: account.at.in(60),
  scheduled_end_date: account.at.in(120),
});
/** As those of the account: at an hour that no freeze covers. */
const DAILY = `0 ${(new Date().getUTCHours() + 6) % 24} * * *`;
const series = (account: Account) => ({
  name: 'Nightly',
  cron: DAILY,
  duration_minutes: 30,
  services: ids(account, (place) => place),
});

type Prepare = (account: Account) => Request | Promise<Request>;

/** Each operation with the most statements that it needs, and a request that it carries out. They are sent in this order. */
const OPERATIONS: Readonly<Record<OperationId, readonly [most: number, prepare: Prepare]>> = {
  listMaintenances: [1, () => ({})],
  getMaintenance: [1, () => on(STOCK.running(1))],
  listHistory: [2, () => on(STOCK.running(1))],
  listComments: [2, () => on(STOCK.running(1))],
  getMaintenanceCalendar: [1, () => on(STOCK.running(1))],
  getNow: [5, () => ({ query: 'service=service-2&scope=scope-1' })],
  createParse: [2, () => ({ body: { text: 'service-2 tomorrow 2am for 2h: Reindex' } })],
  createMaintenance: [4, (account) => ({ body: window(account) })],
  replaceMaintenance: [8, (account) => on(STOCK.scheduled(1), { ...window(account), name: 'Replaced' })],
  updateMaintenance: [7, (account) => on(STOCK.scheduled(1), { services: ids(account, (place) => place).slice(1) })],
  startMaintenance: [6, () => on(STOCK.scheduled(1), {})],
  extendMaintenance: [6, () => on(STOCK.running(1), { minutes: 5 })],
  finishMaintenance: [6, () => on(STOCK.running(1), {})],
  moveMaintenance: [6, ({ at }) => on(STOCK.scheduled(2), { scheduled_start_date: at.in(2000) })],
  cancelMaintenance: [6, () => on(STOCK.scheduled(2), {})],
  reopenMaintenance: [18, () => on(STOCK.over(1), {})],
  deleteMaintenance: [9, () => on(STOCK.over(2))],
  createComment: [6, () => on(STOCK.running(2), { comment: 'Half done' })],
  updateComment: [9, ({ w }) => comment(w, { comment: 'Nearly done' })],
  deleteComment: [9, ({ w }) => comment(w)],

  listSeries: [1, () => ({})],
  getSeries: [1, () => one],
  listRuns: [2, () => one],
  previewSeries: [0, () => ({ body: { cron: DAILY, duration_minutes: 30, timezone: 'UTC' } })],
  createSeries: [8, (account) => ({ body: series(account) })],
  replaceSeries: [12, (account) => ({ ...one, body: { ...series(account), name: 'Replaced' } })],
  updateSeries: [10, (account) => ({ ...one, body: { services: ids(account, (place) => place).slice(1) } })],
  skipRun: [9, async (account) => on((await account.at.post('/series', series(account))).body.id, {})],
  overrideFreezes: [
    11,
    async ({ at }) => {
      // Months ahead, so that no run that is scheduled already is moved or skipped.
      const [start, end, until] = [200, 203, 210].map((days) => at.in(days * 24 * 60));
      await at.post('/freezes', { scope: 1, reason: 'Sale', start, end, effect: 'block' });
      return { ...one, body: { override_reason: 'Agreed', until } };
    },
  ],
  pauseSeries: [9, () => ({ ...one, body: { runs: 'cancel' } })],
  resumeSeries: [9, () => ({ ...one, body: {} })],
  deleteSeries: [11, () => one],

  listScopes: [1, () => ({})],
  getScope: [1, () => one],
  createScope: [5, () => ({ body: { name: 'Staging' } })],
  updateScope: [8, () => ({ ...one, body: { name: 'Renamed', reminders: [30] } })],
  deleteScope: [8, () => two],
  listServices: [1, () => ({})],
  getService: [1, () => one],
  createService: [6, () => ({ body: { name: 'search', scope: 1 } })],
  updateService: [14, (account) => ({ ...two, body: { name: 'Renamed', checks: ids(account, STOCK.check) } })],
  deleteService: [8, async ({ at }) => ({ params: { id: (await at.post('/services', { name: 'unused' })).body.id } })],
  listChecks: [1, () => ({})],
  getCheck: [1, () => ({ params: { id: STOCK.check(1) } })],
  createCheck: [10, (account) => ({ body: { name: 'latency', services: ids(account, (place) => place) } })],
  updateCheck: [
    11,
    (account) => ({ params: { id: STOCK.check(1) }, body: { services: ids(account, (place) => place) } }),
  ],
  deleteCheck: [14, () => ({ params: { id: STOCK.check(3) } })],
  getCatalogue: [4, () => ({})],
  applyCatalogue: [
    11,
    async ({ at }) => {
      const { scopes, services, ...document } = (await at.get('/catalogue')).body;
      const [renamed, ...others] = services;
      return { body: { ...document, scopes, services: [{ ...renamed, description: 'New' }, ...others] } };
    },
  ],

  listProviders: [2, () => ({})],
  listProvidersKinds: [0, () => ({})],
  getProviders: [2, () => ({ params: { name: STOCK.provider(1) } })],
  createProviders: [
    6,
    () => ({
      body: {
        name: 'more',
        kind: 'webhook',
        settings: { url: 'https://checks.example/' },
        credentials: { secret: Buffer.alloc(32).toString('base64') },
        enabled: false,
      },
    }),
  ],
  listProvidersSync: [3, () => ({ params: { name: STOCK.provider(1) } })],
  createProvidersSync: [
    19,
    async ({ at }) => {
      const { seen } = (await at.get(`/providers/${STOCK.provider(1)}/sync`)).body;
      return { params: { name: STOCK.provider(1) }, body: { seen } };
    },
  ],
  updateProviders: [12, () => ({ params: { name: STOCK.provider(2) }, body: { enabled: false } })],
  deleteProviders: [18, () => ({ params: { name: STOCK.provider(2) } })],

  listFreezes: [1, () => ({})],
  getFreeze: [1, () => one],
  createFreeze: [
    6,
    ({ at }) => ({
      body: { scope: 1, reason: 'Sale', start: at.in(9000), end: at.in(9100), effect: 'warn' },
    }),
  ],
  updateFreeze: [9, () => ({ ...one, body: { reason: 'Renamed' } })],
  deleteFreeze: [6, () => one],
  listSubscriptions: [1, () => ({})],
  getSubscription: [1, () => one],
  createSubscription: [6, () => ({ body: { channel: 'C0NEW', scope: 1 } })],
  updateSubscription: [8, () => ({ ...one, body: { audience: 'public' } })],
  deleteSubscription: [6, () => one],
  listTokens: [1, () => ({})],
  getToken: [1, () => one],
  makeToken: [5, (account) => ({ body: { name: 'Deploys', scopes: ids(account, (place) => place).slice(2) } })],
  revokeToken: [5, () => one],
  listCalendars: [1, () => ({})],
  getCalendar: [1, () => one],
  makeCalendar: [5, (account) => ({ body: { name: 'On call', services: ids(account, (place) => place) } })],
  revokeCalendar: [5, () => one],
  listWebhooks: [1, () => ({})],
  getWebhook: [1, () => one],
  addWebhook: [5, () => ({ body: { url: 'https://hooks.example/new' } })],
  editWebhook: [7, () => ({ ...one, body: { description: 'Renamed' } })],
  rotateWebhookSecret: [7, () => ({ ...one, body: {} })],
  pingWebhook: [5, () => ({ ...one, body: {} })],
  listDeliveries: [2, () => one],
  resendDelivery: [6, () => ({ params: { id: 1, delivery: STOCK.delivery(1) }, body: {} })],
  removeWebhook: [7, () => one],
  getSettings: [1, () => ({})],
  updateSettings: [7, () => ({ body: { timezone: 'Europe/Berlin' } })],
  listAudit: [2, () => ({})],
};

async function comment(w: World, body?: unknown): Promise<Request> {
  const id = STOCK.running(2);
  const added = await w.ctx.database.comment.findFirstOrThrow({
    where: { maintenanceId: id },
    orderBy: { id: 'desc' },
  });
  return { params: { id, comment: added.id }, body };
}

type Methods = Readonly<Record<string, { readonly operationId: string }>>;

/** The method and the path of each operation. */
async function readRoutes({ at }: Account): Promise<ReadonlyMap<string, readonly [method: string, path: string]>> {
  const { paths } = (await at.get('/openapi.json')).body;
  return new Map(
    Object.entries<Methods>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, [method.toUpperCase(), path]]),
    ),
  );
}

async function count(account: Account, id: OperationId) {
  const [method, path] = routes.get(id) ?? [];
  if (method === undefined || path === undefined) throw new Error(`the document has no ${id}`);
  const { params = {}, query = '', body = method === 'GET' ? undefined : {} } = await OPERATIONS[id][1](account);
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
  let reply: Reply | undefined;
  const statements = await countingStatements(async () => {
    reply = await account.at.call(method, `${target}${query && `?${query}`}`, body);
  });
  expect([id, reply?.status, reply && reply.status < 300 ? '' : reply?.body]).toEqual([id, reply?.status, '']);
  return { statements, reply };
}

test('every operation of the document is here', () => {
  expect([...routes.keys()].sort()).toEqual(Object.keys(OPERATIONS).sort());
});

/** How a statement begins: Prisma's texts have a place for each parameter. */
const beginnings = (statements: readonly string[]) => statements.map((text) => text.trim().slice(0, 40)).sort();

describe('the number of statements does not grow with the data', () => {
  test.each(Object.keys(OPERATIONS) as OperationId[])('of %s', async (id) => {
    const [small, large] = [await count(few, id), await count(many, id)];
    expect(beginnings(large.statements)).toEqual(beginnings(small.statements));
    expect(large.statements.length).toBeLessThanOrEqual(OPERATIONS[id][0]);
    const { items } = large.reply?.body ?? {};
    if (Array.isArray(items)) expect(items.length).toBeLessThanOrEqual(MAX_ITEMS);
  });
});
