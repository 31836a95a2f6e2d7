import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { addSubaccount, grantRole } from '../../src/access/commands.ts';
import type { Rights } from '../../src/access/rules.ts';
import { createApiToken } from '../../src/access/token-commands.ts';
import { isAllowed, type Permission, type Role, systemActor } from '../../src/core/permissions.ts';
import { ADMIN, type Calling, calling, type Reply } from '../http/v1/calling.ts';
import { type World, world } from '../world.ts';

// Every operation of the OpenAPI document, by every kind of reader and token, on things of every visibility.

/** What each operation needs. A new operation that is not in this table fails. */
const OPERATIONS: Readonly<Partial<Record<Permission | 'public' | 'switch-check,edit-check', string>>> = {
  public: `listScopes getScope listServices getService listMaintenances getMaintenance getMaintenanceCalendar listComments
    listSeries getSeries listRuns getNow`,
  read: `listChecks getCheck listProviders listProvidersKinds getProviders listHistory previewSeries listFreezes
    getFreeze listSubscriptions getSubscription createParse`,
  schedule: 'createMaintenance',
  edit: 'replaceMaintenance updateMaintenance',
  start: 'startMaintenance reopenMaintenance',
  finish: 'finishMaintenance',
  extend: 'extendMaintenance',
  reschedule: 'moveMaintenance',
  cancel: 'cancelMaintenance',
  delete: 'deleteMaintenance',
  comment: 'createComment updateComment deleteComment',
  'schedule-series': 'createSeries',
  'edit-series': 'replaceSeries updateSeries',
  'delete-series': 'deleteSeries',
  'pause-series': 'pauseSeries',
  'resume-series': 'resumeSeries',
  'skip-run': 'skipRun',
  subscribe: 'createSubscription updateSubscription deleteSubscription',
  'add-service': 'createService',
  'edit-service': 'updateService',
  'remove-service': 'deleteService',
  'add-scope': 'createScope',
  'edit-scope': 'updateScope',
  'remove-scope': 'deleteScope',
  'add-check': 'createCheck',
  'switch-check,edit-check': 'updateCheck',
  'remove-check': 'deleteCheck',
  'add-provider': 'createProviders',
  'edit-provider': 'updateProviders',
  'remove-provider': 'deleteProviders',
  'sync-provider': 'listProvidersSync createProvidersSync',
  'add-freeze': 'createFreeze updateFreeze',
  'remove-freeze': 'deleteFreeze',
  'override-freeze': 'overrideFreezes',
  'make-token': 'listTokens makeToken getToken revokeToken',
  'make-calendar': 'listCalendars makeCalendar getCalendar revokeCalendar',
  'read-audit': 'listAudit',
  'apply-catalogue': 'getCatalogue applyCatalogue',
  'read-webhooks': 'listWebhooks getWebhook listDeliveries',
  'add-webhook': 'addWebhook',
  'edit-webhook': 'editWebhook rotateWebhookSecret pingWebhook resendDelivery',
  'remove-webhook': 'removeWebhook',
  'configure-account': 'getSettings updateSettings',
};

const TIMES = { scheduled_start_date: '2030-01-01T00:00:00Z', scheduled_end_date: '2030-01-01T01:00:00Z' };
const SERIES = { name: 'x', cron: '0 3 * * *', duration_minutes: 30, services: [1] };
/** Valid bodies of changes that need one to get to what they change. Others send an empty one. */
const BODIES: Readonly<Record<string, object>> = {
  updateCheck: { enabled: true },
  replaceMaintenance: { name: 'x', services: [1], ...TIMES },
  extendMaintenance: { minutes: 5 },
  moveMaintenance: TIMES,
  createComment: { comment: 'x' },
  updateComment: { comment: 'x' },
  replaceSeries: SERIES,
  updateSubscription: { audience: 'internal' },
  createProvidersSync: { seen: 'x' },
  overrideFreezes: { override_reason: 'x', until: '2030-01-02T00:00:00Z' },
};

/** The first part of the path of things that a scope holds. Of others, what belongs to nobody is named. */
const HELD = [
  'scopes',
  'services',
  'checks',
  'providers',
  'maintenances',
  'series',
  'freezes',
  'subscriptions',
] as const;
/** What anybody may see of it. */
const OPEN: readonly string[] = ['scopes', 'services', 'maintenances', 'series'];

interface Kind {
  readonly token: string | null;
  readonly role: Role;
  readonly headers?: Readonly<Record<string, string>>;
  readonly scopes?: readonly number[];
  /** The status of every request. */
  readonly refused?: number;
  /** Acts in another account. */
  readonly elsewhere?: true;
}

interface Place {
  readonly scope: string;
  readonly isPublic: boolean;
  readonly ids: Readonly<Partial<Record<(typeof HELD)[number], unknown>>>;
}

const schema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});
type Operation = { id: string; method: string; path: string; hasBody: boolean; permission: string };

let w: World;
let at: Calling;
let operations: Operation[];
const kinds: Record<string, Kind> = {};
const places: Record<string, Place> = {};
const scopeIds: Record<string, number> = {};

async function fill(token: string, name: string, isPublic: boolean, scopeName = name): Promise<Place> {
  const make = async (path: string, body: object) => {
    const { status, body: made } = await at.call('POST', path, body, { token });
    expect([path, status < 300 ? '' : made]).toEqual([path, '']);
    return made.id;
  };
  const visibility = isPublic ? 'public' : 'internal';
  scopeIds[scopeName] ??= await make('/scopes', { name: scopeName });
  const scope = scopeIds[scopeName];
  const service = await make('/services', { name: `${name}-api`, scope, visibility });
  const settings = { url: `https://${name}.example/` };
  await make('/providers', {
    name: `${name}-hook`,
    kind: 'webhook',
    settings,
    credentials: { secret: 'x'.repeat(32) },
  });
  const hooked = { provider: `${name}-hook`, external_id: name };
  const maintenance = { name, ...TIMES, visibility, services: [service] };
  const freeze = { scope, start: '2031-01-01T00:00Z', end: '2031-01-02T00:00Z', reason: name, effect: 'warn' };
  const ids = {
    services: service,
    providers: `${name}-hook`,
    checks: await make('/checks', { name, services: [service], ...hooked }),
    maintenances: await make('/maintenances', maintenance),
    series: await make('/series', { ...SERIES, services: [service], visibility }),
    freezes: await make('/freezes', freeze),
    subscriptions: await make('/subscriptions', { channel: `C0${name.toUpperCase()}`, service }),
  };
  // The scope itself is public.
  return { scope: scopeName, isPublic, ids: isPublic ? { ...ids, scopes: scope } : ids };
}

beforeAll(async () => {
  w = await world();
  at = calling(w);
  const { paths } = schema.parse((await at.get('/openapi.json')).body);
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => {
      const { operationId: id, 'x-permission': permission = 'public', requestBody } = one;
      return {
        id,
        method: method.toUpperCase(),
        path,
        hasBody: requestBody !== undefined,
        permission: String(permission),
      };
    }),
  );
  places.public = await fill(ADMIN, 'shop', true);
  places.internal = await fill(ADMIN, 'vault', false, 'shop');
  places['other scope'] = await fill(ADMIN, 'ledger', true);

  const service = async (rights: Rights, scopes: readonly number[] | null = null, accountId = w.account.id) => {
    const made = await createApiToken(w.ctx, systemActor(accountId), {
      name: rights,
      rights,
      scopes,
      purpose: 'A tool',
    });
    return made.text;
  };
  const shop = [scopeIds.shop ?? 0];
  const roles = { read: 'viewer', write: 'operator', admin: 'admin' } as const;
  for (const rights of ['read', 'write', 'admin'] as const) {
    kinds[`a service token (${rights})`] = { token: await service(rights), role: roles[rights] };
    const token = await service(rights, shop);
    kinds[`a token limited to a scope (${rights})`] = { token, role: roles[rights], scopes: shop };
  }
  for (const role of ['viewer', 'operator', 'approver', 'admin'] as const) {
    const owner = w.person('admin', `U0${role.toUpperCase()}`);
    await w.describe(owner.id, { name: role });
    await grantRole(w.ctx, w.lull, owner.id, 'admin');
    const { text } = await createApiToken(w.ctx, owner, { name: role, rights: 'admin', scopes: null });
    await grantRole(w.ctx, w.lull, owner.id, role);
    // Tokens do not approve.
    kinds[`a token of somebody with the role ${role}`] = { token: text, role: role === 'approver' ? 'operator' : role };
  }
  const gone = w.person('admin', 'U0GONE');
  await w.describe(gone.id, { name: 'Gone' });
  await grantRole(w.ctx, w.lull, gone.id, 'admin');
  const { text: suspended } = await createApiToken(w.ctx, gone, { name: 'gone', rights: 'admin', scopes: null });
  await w.describe(gone.id, { standing: 'outside', deactivated: true, revision: 1 });
  kinds['a suspended token'] = { token: suspended, role: 'none', refused: 403 };
  kinds['an unknown token'] = { token: 'wrong', role: 'none', refused: 401 };
  kinds['the admin token'] = { token: ADMIN, role: 'admin' };
  kinds.nobody = { token: null, role: 'none' };

  const { key } = await addSubaccount(w.ctx, w.lull, { name: 'Customer' });
  const inside = { token: await service('admin'), headers: { 'lull-account': key } };
  kinds['a token in a sub-account'] = { ...inside, role: 'admin', elsewhere: true };
  const team = { id: 'T0OTHER', name: 'Other' };
  const other = await findAccountByTeam(w.ctx.database, team, { timezone: 'UTC', defaultChannel: null });
  const theirs = await service('admin', null, other.id);
  kinds['a token of another account'] = { token: theirs, role: 'admin', elsewhere: true };
});
afterAll(() => w.close());

const isHeld = (path: string) =>
  HELD.find((kind) => new RegExp(`^/${kind}/\\{\\w+\\}`).test(path) && !path.endsWith('/sync'));

/** Names a thing of a place, or one that does not exist. Nothing is changed: `If-Match` never holds. */
async function send({ id, method, path, hasBody }: Operation, kind: Kind, place?: Place): Promise<Reply> {
  const held = isHeld(path);
  const named = (held && place?.ids[held]) ?? 999_999;
  const others: Readonly<Record<string, string>> = { '{comment}': '999999', '{delivery}': crypto.randomUUID() };
  const address = path.replaceAll(/\{\w+\}/g, (part) => others[part] ?? String(named));
  const query = kind.token === null ? '?account=T0TEST' : '';
  const headers = { ...kind.headers, ...(method === 'GET' ? {} : { 'if-match': '"999"' }) };
  return at.call(method, `${address}${query}`, hasBody ? (BODIES[id] ?? {}) : undefined, {
    token: kind.token,
    headers,
  });
}

function sees(kind: Kind, { path }: Operation, place: Place): boolean {
  const held = isHeld(path);
  if (held === undefined || place.ids[held] === undefined || kind.elsewhere) return false;
  if (kind.token === null) return OPEN.includes(held) && place.isPublic;
  return kind.scopes === undefined || place.scope === 'shop';
}

/** 401, 403, 404, or `served`: the permission is enough, and what is named exists. */
function expected(kind: Kind, operation: Operation, place?: Place): number | 'served' {
  if (kind.refused !== undefined) return kind.refused;
  const { permission, path } = operation;
  const actor = { ...w.lull, source: 'http' as const, role: kind.role, ...(kind.scopes && { scopes: kind.scopes }) };
  const may = permission === 'public' || permission.split(',').some((each) => isAllowed(actor, each as Permission));
  if (kind.token === null && (operation.method !== 'GET' || !may)) return 401;
  if (!may) return 403;
  // Of two things that are named, the second does not exist.
  const exists = place !== undefined && sees(kind, operation, place) && path.split('{').length === 2;
  return path.includes('{') && !exists ? 404 : 'served';
}

const outcome = ({ status }: Reply) => ([401, 403, 404].includes(status) || status >= 500 ? status : 'served');

test('the table has every operation of the document, with its permission', () => {
  const table = Object.entries(OPERATIONS).flatMap(([permission, ids]) =>
    ids.split(/\s+/).map((id) => `${id}: ${permission}`),
  );
  expect(table.toSorted()).toEqual(operations.map(({ id, permission }) => `${id}: ${permission}`).toSorted());
});

test('whoever may not is refused, whatever is named, and everybody else is answered', async () => {
  expect(Object.keys(kinds)).toHaveLength(16);
  const [answers, wanted]: [string[], string[]] = [[], []];
  for (const [name, kind] of Object.entries(kinds)) {
    for (const operation of operations) {
      const reply = await send(operation, kind);
      answers.push(`${operation.id} by ${name}: ${outcome(reply)}`);
      wanted.push(`${operation.id} by ${name}: ${expected(kind, operation)}`);
    }
  }
  expect(answers.filter((each) => !wanted.includes(each))).toEqual([]);
  expect(answers).toEqual(wanted);
});

describe('things of another scope, another account or hidden from the public are like those that do not exist', () => {
  test.each(['nobody', 'a token limited to a scope (admin)', 'a token in a sub-account', 'a token of another account'])(
    'to %s',
    async (name) => {
      const kind = kinds[name] ?? expect.unreachable();
      const wrong: unknown[] = [];
      for (const operation of operations.filter(({ path }) => isHeld(path) !== undefined)) {
        const missing = await send(operation, kind);
        for (const [of, place] of Object.entries(places)) {
          const reply = await send(operation, kind, place);
          const wanted = expected(kind, operation, place);
          if (outcome(reply) !== wanted) wrong.push([operation.id, of, outcome(reply), wanted]);
          if (wanted !== 404 || sees(kind, operation, place)) continue;
          const id = String(place.ids[isHeld(operation.path) ?? 'scopes'] ?? 999_999);
          const neutral = ({ body }: Reply, sent: string) =>
            JSON.stringify(body).replaceAll(new RegExp(`\\b${sent}\\b`, 'g'), 'ID');
          if (neutral(reply, id) !== neutral(missing, '999999'))
            wrong.push([operation.id, of, reply.body, missing.body]);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
