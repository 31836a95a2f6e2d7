import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashToken } from '../../../src/access/token-repository.ts';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { addCheck, editCheck } from '../../../src/checks/commands.ts';
import { edit } from '../../../src/maintenance/commands/edit.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../../src/maintenance/commands/transitions.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { Client, type Values } from './client.ts';

let at: TestServer;
let client: Client;
let production: number;
let staging: number;
let api: number;
let web: number;
let lonely: number;

beforeAll(async () => {
  at = await startTestServer();
  client = new Client(at, ADMIN_TOKEN);
  production = (await addScope(at.ctx, at.lull, { name: 'Production' })).id;
  staging = (await addScope(at.ctx, at.lull, { name: 'Staging' })).id;
  const service = async (name: string, scopeId: number | null) =>
    (await addService(at.ctx, at.lull, { name, scopeId })).id;
  api = await service('api', production);
  web = await service('web', production);
  lonely = await service('lonely', null);
  const check = (name: string, services: readonly number[]) =>
    addCheck(at.ctx, at.lull, {
      name,
      services,
      provider: 'builtin',
      externalId: `${name} outside`,
      enabled: true,
      tags: [],
    });
  await check('api answers', [api]);
  await check('both', [api, web]);
  await check('elsewhere', [await service('stage', staging)]);
  await check('off', [lonely]);
  await check('unassigned', []);
  const [off] = await client.list('monitor', { service: lonely });
  await editCheck(at.ctx, at.lull, String(off?.id), { enabled: false });
});
afterAll(() => at.close());

const names = async (params: Values = {}, by = client) => (await by.list('monitor', params)).map(({ name }) => name);
const get = async (path: string, headers = { authorization: `Bearer ${ADMIN_TOKEN}` }) => {
  const { status, text } = await at.send('GET', `/api/${path}`, { headers });
  return { status, body: JSON.parse(text) };
};

describe('the monitors', () => {
  test('are the checks, by name, in the form of ProdManager', async () => {
    const [first] = await client.list('monitor');
    expect(first).toEqual({
      description: null,
      external_link: null,
      external_reference: 'api answers outside',
      id: expect.any(String),
      integration: 'builtin',
      links: {
        scope: `${at.url}/api/scope/${production}`,
        self: `${at.url}/api/monitor/${first?.id}`,
        service: `${at.url}/api/service/${api}`,
      },
      name: 'api answers',
      scope: production,
      service: api,
      status: 'ok',
    });
    expect((await get(`monitor/${first?.id}`)).body).toEqual(first);
    expect(Object.keys(first ?? {})).toEqual(Object.keys(first ?? {}).toSorted());
    const all = ['api answers', 'both', 'elsewhere', 'off', 'unassigned'];
    expect(await names()).toEqual(all);
    expect(await names({ per_page: 2 })).toEqual(all);
    expect(await client.count('monitor')).toBe(5);
    const [unassigned] = (await client.list('monitor')).slice(-1);
    expect(unassigned).toMatchObject({ scope: null, service: null, links: { scope: null, service: null } });
  });

  test('are limited by filters', async () => {
    expect(await names({ service: web })).toEqual(['both']);
    expect(await names({ service: [api, lonely] })).toEqual(['api answers', 'both', 'off']);
    expect(await names({ scope: production })).toEqual(['api answers', 'both']);
    expect(await names({ scope: production, service: lonely })).toEqual([]);
    expect(await names({ integration: 'builtin', status: 'warning' })).toEqual(['off']);
    expect(await names({ integration: 'nodeping' })).toEqual([]);
    expect(await names({ status: 'ok' })).toEqual(['api answers', 'both', 'elsewhere', 'unassigned']);
    expect(await names({ status: ['ok', 'warning'] })).toHaveLength(5);
    expect(await names({ status: 'alert' })).toEqual([]);
    for (const query of ['status=down', 'scope=x', 'service=0', 'page=x']) {
      const { status, body } = await get(`monitor?${query}`);
      expect([status, body.message, Object.keys(body.reasons)]).toEqual([
        400,
        'Monitor list failed',
        [query.split('=')[0]],
      ]);
    }
  });

  test('are a warning while a maintenance mutes them, and their scopes and services count them', async () => {
    const counts = async (kind: string, id: number) => (await client.get(kind, id)).monitors_count;
    expect(await counts('scope', production)).toEqual({ alert: 0, ok: 2, warning: 0 });
    const { id } = await schedule(at.ctx, at.ana, at.input({ services: [web] }));
    await start(at.ctx, at.ana, id);
    expect(await names({ status: 'warning' })).toEqual(['both', 'off']);
    expect(await names({ scope: production, status: 'ok' })).toEqual(['api answers']);
    expect(await counts('scope', production)).toEqual({ alert: 0, ok: 1, warning: 1 });
    expect(await counts('service', api)).toEqual({ alert: 0, ok: 1, warning: 1 });
    expect(await counts('service', web)).toEqual({ alert: 0, ok: 0, warning: 1 });
    expect(await counts('service', lonely)).toEqual({ alert: 0, ok: 0, warning: 1 });
    expect(await counts('scope', staging)).toEqual({ alert: 0, ok: 1, warning: 0 });
    await at.settle();
    // A maintenance in progress that no longer mutes the check.
    await edit(at.ctx, at.ana, id, { services: [lonely] });
    await at.settle();
    expect(await names({ status: 'warning' })).toEqual(['off']);
    expect(await counts('service', web)).toEqual({ alert: 0, ok: 1, warning: 0 });
    await finish(at.ctx, at.ana, id, 'succeed');
    await at.settle();
    expect(await counts('scope', production)).toEqual({ alert: 0, ok: 2, warning: 0 });
  });

  test('are not shown without a token, and to a limited one only those in its scopes', async () => {
    const anonymous = new Client(at);
    const [first] = await client.list('monitor');
    expect(await names({}, anonymous)).toEqual([]);
    expect(await anonymous.count('monitor')).toBe(0);
    await expect(anonymous.get('monitor', first?.id ?? 0)).rejects.toMatchObject({ status: 404 });
    expect((await anonymous.get('scope', production)).monitors_count).toEqual({ alert: 0, ok: 0, warning: 0 });

    const accountId = at.account.id;
    const hash = hashToken('limited');
    const data = { accountId, name: 'limited', hash, rights: 'read', purpose: 'Tests', scopes: [staging] };
    await at.ctx.database.apiToken.create({ data });
    const limited = new Client(at, 'limited');
    expect(await names({}, limited)).toEqual(['elsewhere']);
    expect(await names({ service: api }, limited)).toEqual([]);
    expect((await limited.list('scope')).map((each) => each.monitors_count)).toEqual([{ alert: 0, ok: 1, warning: 0 }]);
    await expect(limited.get('monitor', first?.id ?? 0)).rejects.toMatchObject({ status: 404 });
  });

  test('that do not exist are 404', async () => {
    for (const id of ['NOTHING', '1', '99999999999999999999999']) {
      expect(await get(`monitor/${id}`)).toEqual({
        status: 404,
        body: { message: 'Monitor show failed', reasons: { monitor: [`Resource not found : ${id}`] } },
      });
    }
  });

  test('cannot be changed here, and the answer says where', async () => {
    const [first] = await client.list('monitor');
    for (const [method, path, allow] of [
      ['POST', '', 'GET, HEAD, OPTIONS'],
      ['POST', '/create', 'OPTIONS'],
      ['POST', `/${first?.id}/update`, 'OPTIONS'],
      ['POST', `/${first?.id}/delete`, 'OPTIONS'],
      ['DELETE', `/${first?.id}`, 'GET, HEAD, OPTIONS'],
    ] as const) {
      const { status, headers, text } = await at.send(method, `/api/monitor${path}`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      });
      expect([status, headers.allow]).toEqual([405, allow]);
      expect(JSON.parse(text).message).toContain('/api/v1/checks');
    }
  });
});

describe.each(['incident', 'announcement'])('of an %s', (kind) => {
  test('there is none: the list is empty, with the headers of a page', async () => {
    const { status, headers, text } = await at.send('GET', `/api/${kind}?scope=${production}&per_page=7`);
    expect([status, JSON.parse(text)]).toEqual([200, { items: [] }]);
    expect(headers).toMatchObject({
      ...{ 'x-page': '1', 'x-per-page': '7', 'x-total': '0', 'x-total-pages': '0' },
      ...{ 'x-prev-page': 'None', 'x-next-page': 'None' },
    });
    expect(await client.count(kind)).toBe(0);
    expect(await get(`${kind}/1`)).toMatchObject({
      status: 404,
      body: { reasons: { [kind]: ['Resource not found : 1'] } },
    });
    expect((await get(`${kind}?page=x`)).status).toBe(400);
    expect(await at.send('POST', `/api/${kind}/create`)).toMatchObject({
      status: 405,
      text: expect.stringContaining(`Lull keeps no ${kind}s`),
    });
  });
});

test.each(['monitor', 'maintenance', 'incident', 'announcement'])(
  'the weather of %s is not supported',
  async (kind) => {
    expect(await get(`weather/${kind}?scope=1`)).toEqual({
      status: 404,
      body: { message: expect.stringContaining('does not support weather') },
    });
  },
);
