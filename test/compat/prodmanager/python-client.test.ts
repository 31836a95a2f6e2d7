import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { Client, exchange, type Resource, type Values } from './client.ts';
import { MISSING, type ProdManager, startProdManager } from './served.ts';

/*
 * The calls of ProdManager's published Python client, prod-manager 0.2.0, and what Lull answers. A test is named after its
 * call; `pm` has a token, `anon` has none and `bad` a wrong one.
 *
 * | call | works |
 * | --- | --- |
 * | scope and service: create, list, get, count, update, delete | yes |
 * | maintenance: create, list, get, count, delete, and update from any status to any other | yes |
 * | maintenance.get(id).comment.create(...) | yes; ProdManager's server does not have the path that the client uses |
 * | create(name='abc'), and dates with a space | yes; ProdManager's server refuses them |
 * | monitor: list, get, count | yes: the checks of Lull |
 * | incident, announcement: list, count | yes: there are none |
 * | a wrong value, a missing field, an id that does not exist, no token or a wrong one | no, as on ProdManager's server |
 * | scope.delete(), service.delete() of one that is in use | no, as on ProdManager's server |
 * | maintenance.create(...) without planned dates | no: the document requires them; ProdManager's server takes now |
 * | maintenance.create(...), update(...) that ends at its start, or before it | no: it would be no window |
 * | maintenance.create(...) with a planned start more than five minutes ago | no: nothing could be announced or muted |
 * | maintenance.update(...) with an end_date before its start_date | no: it cannot have been so |
 * | maintenance.update(start_date=...) of a scheduled one, (end_date=...) of an open one | no: it has no such date |
 * | list(status='junk') and other filters whose value is wrong | no: ProdManager's server leaves the filter out |
 * | weather.monitor(), maintenance(), incident(), announcement() | no: not supported |
 * | monitor: create, update, delete | no: checks are changed in Lull's own API |
 * | incident, announcement: create, get, update, delete | no: Lull has none |
 */

let at: ProdManager;
let pm: Client;
let anon: Client;
let bad: Client;
beforeAll(async () => {
  at = await startProdManager();
  pm = at.client;
  anon = at.anonymous;
  bad = new Client(at, 'aa.bb.cc');
});
afterAll(() => at.close());
beforeEach(() => at.reset());

const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
const TEXT = expect.stringMatching(/./);

/** Expects the exception that the client raises: the status and the body of an answer that is not 200. */
async function expectFailed(call: Promise<unknown>, status: number, message: string, reasons?: Values) {
  const body = { message, ...(reasons && { reasons }) };
  await expect(call).rejects.toMatchObject({ status, body });
}
const notFound = (resource: string, id: unknown) => ({ [resource]: [`Resource not found : ${id}`] });

describe('what is sent', () => {
  test('is what the published client sends', async () => {
    const requests: string[][] = [];
    const recorder = createServer(async (received, response) => {
      const { host: _, ...headers } = received.headers;
      const body = await text(received);
      const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      requests.push([`${received.method} ${received.url}`, ...shown.toSorted(), ...(body === '' ? [] : [body])]);
      if (received.method === 'POST') response.writeHead(302, { location: '/api/maintenance/7' }).end();
      else
        response
          .writeHead(200, { 'x-total': '1', 'x-total-pages': '2', 'content-type': 'application/json' })
          .end(JSON.stringify({ id: 7, items: [] }));
    });
    recorder.listen(0, '127.0.0.1');
    await once(recorder, 'listening');
    const url = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`;
    const client = new Client({ url }, 'TOK');
    await client.list('maintenance', { status: ['scheduled', 'failed'], scope: 3, start_before: '2027-01-01 10:00' });
    await client.count('maintenance');
    await client.get('maintenance', 7);
    await new Client({ url }).get('maintenance', 7);
    await client.create('maintenance', {
      ...{ name: 'Ü a+b', scope: 3, internal: 0, flag: true, description: null },
      external_link: 'https://a.example/1?x=1&y=2',
    });
    await client.create('maintenance', {});
    const event = { content: '{}', creation_date: '2027-01-01T10:00', internal: true, type: 'create' };
    const whole = {
      ...{ creation_date: '2027-01-01T10:00', description: null, end_date: null, events: [event, event] },
      ...{ external_link: null, external_reference: '', id: 7 },
      links: { calendar: 'http://h/c', scope: 'http://h/s', self: 'http://h/m', service: 'http://h/v' },
      ...{ name: 'Ü pgrade & co', scope: 3, service: 4, flag: true, empty: [] },
    };
    await client.update('maintenance', whole, { status: 'in-progress' });
    await client.create('maintenance/7/comment', { comment: 'hello', internal: 1 });
    await client.delete('maintenance', whole);
    await client.call('weather/monitor');
    recorder.close();
    recorder.closeAllConnections();

    // As they were recorded from the published client over requests 2.34.2.
    const common = ['accept-encoding: gzip, deflate', 'accept: */*'];
    const rest = ['connection: keep-alive', 'user-agent: python-requests/2.34.2'];
    const get = (path: string) => [`GET ${path}`, ...common, 'authorization: Bearer TOK', ...rest];
    const post = (path: string, body: string) => {
      const content = ['content-length: ', 'content-type: application/x-www-form-urlencoded'];
      const headers = body === '' ? ['content-length: 0'] : [`${content[0]}${body.length}`, String(content[1])];
      const sent = [...common, 'authorization: Bearer TOK', rest[0], ...headers, rest[1]];
      return [[`POST ${path}`, ...sent, ...(body === '' ? [] : [body])], get('/api/maintenance/7')];
    };
    expect(requests).toEqual([
      get('/api/maintenance?status=scheduled&status=failed&scope=3&start_before=2027-01-01+10%3A00&page=1'),
      get('/api/maintenance?status=scheduled&status=failed&scope=3&start_before=2027-01-01+10%3A00&page=2'),
      get('/api/maintenance?per_page=0'),
      get('/api/maintenance/7'),
      ['GET /api/maintenance/7', ...common, ...rest],
      ...post(
        '/api/maintenance/create',
        'name=%C3%9C+a%2Bb&scope=3&internal=0&flag=True&external_link=https%3A%2F%2Fa.example%2F1%3Fx%3D1%26y%3D2',
      ),
      ...post('/api/maintenance/create', ''),
      ...post(
        '/api/maintenance/7/update',
        'creation_date=2027-01-01T10%3A00&events=content&events=creation_date&events=internal&events=type' +
          '&events=content&events=creation_date&events=internal&events=type&external_reference=&id=7' +
          '&links=calendar&links=scope&links=self&links=service' +
          '&name=%C3%9C+pgrade+%26+co&scope=3&service=4&flag=True&status=in-progress',
      ),
      ...post('/api/maintenance/7/comment/create', 'comment=hello&internal=1'),
      ...post('/api/maintenance/7/delete', ''),
      get('/api/weather/monitor'),
    ]);
  });
});

describe.each(['scope', 'service'] as const)('%s', (kind) => {
  const title = kind === 'scope' ? 'Scope' : 'Service';
  let count = 0;
  const newName = () => `${title} ${++count}`;
  const document = (values: Values) => ({
    description: null,
    incidents_count: 0,
    links: {
      incidents: `${at.url}/api/incident?${kind}=${values.id}`,
      maintenances: `${at.url}/api/maintenance?${kind}=${values.id}`,
      monitors: `${at.url}/api/monitor?${kind}=${values.id}`,
      self: `${at.url}/api/${kind}/${values.id}`,
    },
    maintenances_count: 0,
    monitors_count: { alert: 0, ok: 0, warning: 0 },
    ...values,
  });

  test(`pm.${kind}.create(name='...', description='d')`, async () => {
    const name = newName();
    const made = await pm.create(kind, { name, description: 'd' });
    expect(made).toEqual(document({ id: made.id, name, description: 'd' }));
    expect(Object.keys(made)).toEqual(Object.keys(made).toSorted());
  });

  test(`pm.${kind}.create(name='...')`, async () => {
    const name = newName();
    const made = await pm.create(kind, { name });
    expect(made).toEqual(document({ id: made.id, name }));
  });

  test(`pm.${kind}.create(name='s1'): short names are accepted here`, async () => {
    expect(await pm.create(kind, { name: 's1' })).toMatchObject({ name: 's1' });
  });

  test(`pm.${kind}.create(name=...) of one that exists`, async () => {
    const name = newName();
    await pm.create(kind, { name });
    const reason = expect.stringContaining(`There is a ${kind} named ${name} already.`);
    await expectFailed(pm.create(kind, { name }), 409, `${title} creation failed`, { name: [reason] });
    // Case makes no difference.
    await expect(pm.create(kind, { name: name.toUpperCase() })).rejects.toMatchObject({ status: 409 });
  });

  test(`pm.${kind}.create(description='x'), pm.${kind}.create()`, async () => {
    for (const values of [{ description: 'x' }, {}]) {
      await expectFailed(pm.create(kind, values), 400, `${title} creation failed`, { name: MISSING });
    }
  });

  test(`pm.${kind}.list(), pm.${kind}.list(per_page=2), pm.${kind}.count()`, async () => {
    for (let n = 0; n < 3; n++) await pm.create(kind, { name: newName() });
    const all = await pm.list(kind);
    expect(all.length).toBeGreaterThanOrEqual(5);
    for (const item of all) expect(item).toEqual(await pm.get(kind, item.id));
    expect(await pm.list(kind, { per_page: 2 })).toEqual(all);
    expect(await pm.count(kind)).toBe(all.length);
    expect(await anon.list(kind)).toEqual(all.map((item) => ({ ...item, monitors_count: expect.anything() })));
    expect(await anon.count(kind)).toBe(all.length);
  });

  test(`pm.${kind}.get(id): incidents_count, maintenances_count, monitors_count['ok'] and links`, async () => {
    const id = at.first[kind];
    await at.create();
    const where = kind === 'scope' ? { scopeId: id } : { services: { some: { serviceId: id } } };
    const maintenances = await at.ctx.database.maintenance.count({ where: { ...where, deletedAt: null } });
    expect(await pm.get(kind, id)).toEqual(
      document({
        ...{ id, name: kind === 'scope' ? 'Production' : 'api', maintenances_count: maintenances },
        monitors_count: { alert: 0, ok: kind === 'scope' ? 0 : 1, warning: 0 },
      }),
    );
  });

  test(`pm.${kind}.get(99999)`, async () => {
    await expectFailed(pm.get(kind, 99_999), 404, `${title} show failed`, notFound(kind, 99_999));
  });

  test(`pm.${kind}.get(id).update(description='new'), and name='...'`, async () => {
    const made = await pm.create(kind, { name: newName(), description: 'd' });
    const described = await pm.update(kind, made, { description: 'new' });
    expect(described).toEqual({ ...made, description: 'new' });
    const name = newName();
    expect(await pm.update(kind, described, { name })).toEqual({ ...described, name });
    const cleared = { ...described, name, description: null };
    expect(await pm.update(kind, described, { name, description: '' })).toEqual(cleared);
    await pm.update(kind, made, { description: 'new' });
    // The client does not send what is null.
    expect(await pm.update(kind, cleared, {})).toEqual(cleared);
    await expectFailed(pm.update(kind, made, { name: '' }), 400, `${title} update failed`, { name: MISSING });
    const missing = pm.update(kind, { ...made, id: 99_999 }, {});
    await expectFailed(missing, 404, `${title} update failed`, notFound(kind, 99_999));
  });

  test(`pm.${kind}.get(id).delete()`, async () => {
    const made = await pm.create(kind, { name: newName() });
    await pm.delete(kind, made);
    await expectFailed(pm.get(kind, made.id), 404, `${title} show failed`, notFound(kind, made.id));
    await expectFailed(pm.delete(kind, made), 404, `${title} deletion failed`, notFound(kind, made.id));
  });

  test(`pm.${kind}.get(id).delete() of one in use`, async () => {
    await at.create();
    const used = pm.delete(kind, { id: at.first[kind] });
    await expectFailed(used, 403, `${title} deletion failed`, { [kind]: [expect.stringContaining('still needed')] });
    expect(await pm.get(kind, at.first[kind])).toMatchObject({ maintenances_count: 1 });
  });

  test(`anon.${kind}.create(name='...'), bad.${kind}.list()`, async () => {
    const token = { token: [TEXT] };
    await expectFailed(anon.create(kind, { name: newName() }), 403, `${title} creation failed`, token);
    await expectFailed(bad.create(kind, { name: newName() }), 401, 'Token validation failed', token);
    await expectFailed(bad.list(kind), 401, 'Token validation failed', token);
  });
});

describe('maintenance', () => {
  const create = (more: Values) => pm.create('maintenance', { ...at.required(), ...more });
  const fails = (more: Values, reasons: Values) =>
    expectFailed(create(more), 400, 'Maintenance creation failed', reasons);

  test('pm.maintenance.create(...) with every field', async () => {
    const made = await create(at.optional);
    expect(made).toEqual({
      creation_date: at.date(0),
      description: 'To 18',
      end_date: null,
      events: [
        {
          content: JSON.stringify({
            name: 'Postgres upgrade',
            description: 'To 18',
            external_reference: 'CHG-1',
            external_link: 'https://a.example/1',
            status: 'scheduled',
            scope: at.first.scope,
            service: at.first.service,
            service_status: 'degraded',
            creation_date: at.date(0),
            scheduled_start_date: at.date(hours(1)),
            scheduled_end_date: at.date(hours(3)),
            start_date: null,
            end_date: null,
          }),
          creation_date: at.date(0),
          internal: true,
          type: 'create',
        },
      ],
      external_link: 'https://a.example/1',
      external_reference: 'CHG-1',
      id: made.id,
      links: {
        calendar: `${at.url}/api/maintenance/${made.id}/calendar`,
        scope: `${at.url}/api/scope/${at.first.scope}`,
        self: `${at.url}/api/maintenance/${made.id}`,
        service: `${at.url}/api/service/${at.first.service}`,
      },
      name: 'Postgres upgrade',
      scheduled_end_date: at.date(hours(3)),
      scheduled_start_date: at.date(hours(1)),
      scope: at.first.scope,
      service: at.first.service,
      service_status: 'degraded',
      start_date: null,
      status: 'scheduled',
    });
    expect(Object.keys(made)).toEqual(Object.keys(made).toSorted());
    expect(await pm.get('maintenance', made.id)).toEqual(made);
    expect(await anon.get('maintenance', made.id)).toEqual({ ...made, events: [] });
  });

  test('pm.maintenance.create(...) with the required fields', async () => {
    expect(await create({})).toMatchObject({ description: null, external_reference: null, external_link: null });
  });

  test("pm.maintenance.create(name='abc', ...): short names are accepted here", async () => {
    expect(await create({ name: 'abc' })).toMatchObject({ name: 'abc' });
  });

  test('pm.maintenance.create(...) without dates', async () => {
    await fails(
      { scheduled_start_date: undefined, scheduled_end_date: undefined },
      { scheduled_start_date: MISSING, scheduled_end_date: MISSING },
    );
  });

  test('pm.maintenance.create(...) of no length, and in the past', async () => {
    await fails(
      { scheduled_end_date: at.date(hours(1)) },
      { scheduled_end_date: [expect.stringContaining('not after')] },
    );
    await fails(
      { scheduled_end_date: at.date(hours(0)) },
      { scheduled_end_date: [expect.stringContaining('not after')] },
    );
    const past = { scheduled_start_date: at.date(-hours(3)), scheduled_end_date: at.date(-hours(1)) };
    await fails(past, { scheduled_start_date: [expect.stringContaining('in the past')] });
  });

  test("pm.maintenance.create(scheduled_start_date='2027-01-01 10:00', ...): accepted here", async () => {
    const made = await create({ scheduled_start_date: at.date(hours(1)).replace('T', ' ') });
    expect(made).toMatchObject({ scheduled_start_date: at.date(hours(1)) });
  });

  test.each([
    ["scheduled_start_date='tomorrow'", { scheduled_start_date: 'tomorrow' }],
    ['scope=99999', { scope: 99_999 }],
    ["scope='x'", { scope: 'x' }],
    ["service='x'", { service: 'x' }],
    ["service_status='broken'", { service_status: 'broken' }],
    ["external_link='nope'", { external_link: 'nope' }],
  ])('pm.maintenance.create(%s, ...)', async (_call, wrong) => {
    const [[field, value] = []] = Object.entries(wrong);
    await fails(wrong, { [String(field)]: [expect.stringContaining(String(value))] });
  });

  test('pm.maintenance.create()', async () => {
    const reasons = Object.fromEntries(Object.keys(at.required()).map((field) => [field, MISSING]));
    await expectFailed(pm.create('maintenance', {}), 400, 'Maintenance creation failed', reasons);
  });

  test('anon.maintenance.create(...), bad.maintenance.create(...), bad.maintenance.list()', async () => {
    const token = { token: [TEXT] };
    await expectFailed(anon.create('maintenance', at.required()), 403, 'Maintenance creation failed', token);
    await expectFailed(bad.create('maintenance', at.required()), 401, 'Token validation failed', token);
    await expectFailed(bad.list('maintenance'), 401, 'Token validation failed', token);
  });

  test('pm.maintenance.list(...), pm.maintenance.count()', async () => {
    const [one, two] = [
      await create({ external_reference: 'CHG-7' }),
      await create({ ...at.other, service_status: 'up' }),
    ];
    const ids = async (params: Values) => (await pm.list('maintenance', params)).map(({ id }) => id);
    const all = await ids({});
    expect(all).toEqual(expect.arrayContaining([one.id, two.id]));
    expect(await pm.count('maintenance')).toBe(all.length);
    expect(await ids({ per_page: 3 })).toEqual(all);
    expect(await anon.count('maintenance')).toBe(all.length);
    expect(await ids({ status: ['scheduled', 'failed'] })).toEqual(all);
    expect(await ids({ status: 'canceled' })).toEqual([]);
    expect(await ids({ scope: at.other.scope })).toEqual([two.id]);
    expect(await ids({ service: at.other.service, service_status: 'up' })).toEqual([two.id]);
    expect(await ids({ external_reference: 'CHG-7' })).toEqual([one.id]);
    const scope = at.other.scope;
    for (const [start, end] of [
      [at.date(hours(1)), at.date(hours(3))],
      [at.date(hours(1)).replace('T', ' '), at.date(hours(3)).replace('T', ' ')],
    ]) {
      expect(await ids({ scope, start_before: start })).toEqual([]);
      expect(await ids({ scope, start_after: start })).toEqual([two.id]);
      expect(await ids({ scope, end_before: end })).toEqual([]);
      expect(await ids({ scope, end_after: end })).toEqual([two.id]);
    }
    expect(await ids({ scope, start_before: [at.date(-hours(5)), at.date(hours(9))] })).toEqual([two.id]);
    expect(await ids({ scope, start_before: at.date(hours(30)).slice(0, 10) })).toEqual([two.id]);
    expect(await ids({ scope, start_after: at.date(0).slice(0, 10) })).toEqual([two.id]);
    expect(await ids({ scope, start_before: `${at.date(hours(1))}:30` })).toEqual([two.id]);
  });

  test.each([
    ['status', 'junk'],
    ['scope', 'x'],
    ['start_before', 'junk'],
  ])("pm.maintenance.list(%s='%s')", async (name, value) => {
    const reasons = { [name]: [expect.stringContaining(value)] };
    await expectFailed(pm.list('maintenance', { [name]: value }), 400, 'Maintenance list failed', reasons);
  });

  test('pm.maintenance.get(99999), and its update, comment and delete', async () => {
    const reasons = notFound('maintenance', 99_999);
    const missing = { ...at.required(), status: 'scheduled', id: 99_999 };
    await expectFailed(pm.get('maintenance', 99_999), 404, 'Maintenance show failed', reasons);
    await expectFailed(pm.update('maintenance', missing, {}), 404, 'Maintenance update failed', reasons);
    const comment = pm.create('maintenance/99999/comment', { comment: 'x' });
    await expectFailed(comment, 404, 'Maintenance comment failed', reasons);
    await expectFailed(pm.delete('maintenance', missing), 404, 'Maintenance deletion failed', reasons);
    await expect(anon.update('maintenance', missing, {})).rejects.toMatchObject({ status: 403 });
    await expect(anon.delete('maintenance', missing)).rejects.toMatchObject({ status: 403 });
  });

  test('pm.maintenance.get(id).update(...), without a change and with some', async () => {
    const made = await at.create();
    expect(await at.update(made, {})).toEqual(made);
    const renamed = await at.update(made, { name: 'Upgrade 2', description: 'Line 2' });
    expect(renamed).toEqual({
      ...made,
      ...{ name: 'Upgrade 2', description: 'Line 2' },
      events: [
        {
          content: expect.any(String),
          ...{ creation_date: at.date(0), internal: true, type: 'update' },
        },
        ...(made.events as object[]),
      ],
    });
    const [event] = renamed.events as { content: string }[];
    expect(JSON.parse(event?.content ?? '')).toEqual({
      name: ['Postgres upgrade', 'Upgrade 2'],
      description: ['To 18', 'Line 2'],
    });
    const { description: _, external_reference: __, external_link: ___, ...required } = renamed;
    const cleared = await at.update(required as Resource, {});
    expect(cleared).toMatchObject({ description: null, external_reference: null, external_link: null });
    const { name: ____, ...nameless } = renamed;
    const refused = at.update(nameless as Resource, {});
    await expectFailed(refused, 400, 'Maintenance update failed', { name: MISSING });
    const moved = await at.update(cleared, at.other);
    const [change] = moved.events as { content: string }[];
    expect(JSON.parse(change?.content ?? '')).toEqual({
      scope_id: [at.first.scope, at.other.scope],
      service_id: [at.first.service, at.other.service],
    });
  });

  test('pm.maintenance.get(id).update(status=...), one after another', async () => {
    const { id } = await at.create();
    // What is changed in the whole object, and what the answer has then; or the field that is refused.
    const steps: readonly (readonly [Values, Values | string])[] = [
      [{ status: 'in-progress' }, { start_date: at.date(0), end_date: null }],
      [{}, { status: 'in-progress', start_date: at.date(0) }],
      [{ start_date: at.date(-minutes(7)) }, { start_date: at.date(-minutes(7)) }],
      [{ scheduled_start_date: at.date(minutes(30)) }, { scheduled_start_date: at.date(minutes(30)) }],
      [{ scheduled_end_date: at.date(hours(4)) }, { scheduled_end_date: at.date(hours(4)) }],
      [
        { status: 'succeed', start_date: at.date(-minutes(6)), end_date: at.date(-minutes(1)) },
        { start_date: at.date(-minutes(6)), end_date: at.date(-minutes(1)) },
      ],
      [{ name: 'Finished name' }, { status: 'succeed', end_date: at.date(-minutes(1)) }],
      [{ status: 'failed' }, { start_date: at.date(-minutes(6)), end_date: at.date(-minutes(1)) }],
      [{ status: 'in-progress' }, { start_date: at.date(-minutes(6)), end_date: null }],
      [{ status: 'scheduled' }, { start_date: null, end_date: null }],
      [{ start_date: at.date(-minutes(1)) }, 'start_date'],
      [{ status: 'succeed' }, { start_date: null, end_date: at.date(0) }],
      [{ status: 'scheduled' }, { start_date: null, end_date: null }],
      [{ status: 'failed' }, { start_date: null, end_date: at.date(0) }],
      [{ status: 'canceled' }, { start_date: null, end_date: at.date(0) }],
      [{ status: 'scheduled' }, { start_date: null, end_date: null }],
      [{ status: 'canceled' }, { start_date: null, end_date: at.date(0) }],
      [{ status: 'in-progress' }, { start_date: at.date(0), end_date: null }],
      [{ status: 'canceled' }, { start_date: at.date(0), end_date: at.date(0) }],
      [{ status: 'succeed', start_date: at.date(-minutes(1)), end_date: at.date(-minutes(9)) }, 'end_date'],
      [
        { scheduled_start_date: at.date(-hours(9)), scheduled_end_date: at.date(-hours(8)) },
        { status: 'canceled', scheduled_start_date: at.date(-hours(9)) },
      ],
      [{ scheduled_start_date: at.date(hours(9)), scheduled_end_date: at.date(hours(8)) }, 'scheduled_end_date'],
      [
        { status: 'succeed', start_date: '', end_date: '' },
        { start_date: at.date(0), end_date: at.date(0) },
      ],
    ];
    for (const [changes, expected] of steps) {
      const before = await pm.get('maintenance', id);
      const title = JSON.stringify(changes);
      if (typeof expected === 'string') {
        await expectFailed(at.update(before, changes), 400, 'Maintenance update failed', { [expected]: [TEXT] });
        expect(await pm.get('maintenance', id), title).toEqual(before);
      } else {
        const after = await at.update(before, changes);
        expect(after, title).toEqual({ ...before, ...changes, ...expected, events: expect.any(Array) });
      }
    }
  });

  test("pm.maintenance.get(id).comment.create(comment='hello', internal=1)", async () => {
    const made = await at.create();
    const event = { content: 'hello', creation_date: DATE, internal: true, type: 'comment' };
    const path = `maintenance/${made.id}/comment`;
    const answer = await pm.create(path, { comment: 'hello', internal: 1 });
    expect(answer).toEqual({ ...made, events: [event, ...(made.events as object[])] });
    // The path of the document.
    for (const form of [{ comment: 'hello', internal: 0 }, { comment: 'hello' }]) {
      const { via, body } = await pm.request('POST', path, form);
      expect(via).toBe(`/api/maintenance/${made.id}`);
      expect(((body as Resource).events as object[])[0]).toEqual({ ...event, internal: false });
    }
    await expectFailed(pm.create(path, { comment: '' }), 400, 'Maintenance comment failed', { comment: MISSING });
  });

  test('pm.maintenance.get(id).delete()', async () => {
    const made = await at.create();
    const count = await pm.count('maintenance');
    await pm.delete('maintenance', made);
    const gone = pm.get('maintenance', made.id);
    await expectFailed(gone, 404, 'Maintenance show failed', notFound('maintenance', made.id));
    expect(await pm.count('maintenance')).toBe(count - 1);
  });

  test("pm.maintenance.get(id).links['calendar']", async () => {
    const made = await at.create();
    const path = new URL((made.links as { calendar: string }).calendar).pathname;
    const { status, headers, body } = await exchange(at, undefined, 'GET', path);
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'application/ics',
      'attachment; filename="Postgres upgrade.ics"',
    ]);
    expect(body).toContain('SUMMARY:Postgres upgrade');
  });
});

describe('monitor', () => {
  let service: number;
  let monitor: Resource;
  beforeAll(async () => {
    service = (await at.service('payments', ['POST /pay', 'POST /refund (off)'])).id;
    [monitor] = (await pm.list('monitor', { service })) as [Resource];
  });

  test('pm.monitor.list(), pm.monitor.get(id), pm.monitor.count()', async () => {
    expect(monitor).toEqual({
      description: null,
      external_link: null,
      external_reference: monitor.id,
      id: expect.stringMatching(/^[0-9A-Z]+$/),
      integration: 'builtin',
      links: { scope: null, self: `${at.url}/api/monitor/${monitor.id}`, service: `${at.url}/api/service/${service}` },
      name: 'POST /pay',
      scope: null,
      service,
      status: 'ok',
    });
    expect(await pm.get('monitor', monitor.id)).toEqual(monitor);
    expect((await pm.list('monitor')).map(({ name }) => name)).toEqual([
      'GET /health',
      'POST /pay',
      'POST /refund (off)',
    ]);
    expect(await pm.count('monitor')).toBe(3);
    expect(await anon.list('monitor')).toEqual([]);
    await expectFailed(anon.get('monitor', monitor.id), 404, 'Monitor show failed', notFound('monitor', monitor.id));
    await expectFailed(pm.get('monitor', 99_999), 404, 'Monitor show failed', notFound('monitor', 99_999));
  });

  test("pm.monitor.list(status='ok'), and with service, scope and integration", async () => {
    const names = async (params: Values) => (await pm.list('monitor', { service, ...params })).map(({ name }) => name);
    expect(await names({ status: 'ok' })).toEqual(['POST /pay']);
    expect(await names({ status: ['warning', 'alert'] })).toEqual(['POST /refund (off)']);
    expect(await names({ service: at.first.service })).toEqual(['GET /health']);
    expect(await names({ scope: at.first.scope })).toEqual([]);
    expect(await names({ integration: 'builtin' })).toEqual(['POST /pay', 'POST /refund (off)']);
    expect(await names({ integration: 'datadog' })).toEqual([]);
    const reasons = { status: [expect.stringContaining('junk')] };
    await expectFailed(pm.list('monitor', { status: 'junk' }), 400, 'Monitor list failed', reasons);
  });

  test('pm.monitor.create(...), update(...), delete()', async () => {
    const values = { name: 'My monitor', ...at.first };
    const calls = [
      pm.create('monitor', values),
      pm.update('monitor', monitor, { status: 'warning' }),
      pm.delete('monitor', monitor),
    ];
    await Promise.all(calls.map((call) => expectFailed(call, 405, TEXT)));
    expect(await pm.get('monitor', monitor.id)).toEqual(monitor);
  });
});

test.each(['monitor', 'maintenance', 'incident', 'announcement'])('pm.weather.%s()', async (what) => {
  await expectFailed(pm.call(`weather/${what}`), 404, expect.stringContaining('does not support weather'));
});

describe.each(['incident', 'announcement'] as const)('%s', (kind) => {
  const title = kind === 'incident' ? 'Incident' : 'Announcement';

  test(`pm.${kind}.list(), pm.${kind}.count()`, async () => {
    expect(await pm.list(kind)).toEqual([]);
    expect(await pm.count(kind)).toBe(0);
    expect(await anon.list(kind)).toEqual([]);
  });

  test(`pm.${kind}.get(1), and create, update and delete`, async () => {
    await expectFailed(pm.get(kind, 1), 404, `${title} show failed`, notFound(kind, 1));
    const calls = [pm.create(kind, { name: 'x' }), pm.update(kind, { id: 1 }, {}), pm.delete(kind, { id: 1 })];
    await Promise.all(calls.map((call) => expectFailed(call, 405, TEXT)));
  });
});

describe('other requests', () => {
  test.each([
    ['GET', '/api/maintenance/create', 'POST'],
    ['PUT', '/api/maintenance/1', 'GET'],
    ['DELETE', '/api/maintenance', 'GET'],
    ['GET', '/api/maintenance/1/update', 'POST'],
    ['PATCH', '/api/scope/1', 'GET'],
  ])('%s %s is not allowed', async (method, path, allowed) => {
    const { status, headers, body } = await exchange(at, ADMIN_TOKEN, method, path);
    expect([status, body]).toEqual([405, { message: TEXT }]);
    expect(String(headers.allow).split(', ')).toContain(allowed);
  });

  test('POST /api/maintenance creates, too', async () => {
    const { body } = await exchange(at, ADMIN_TOKEN, 'POST', '/api/maintenance');
    expect(body).toMatchObject({ message: 'Maintenance creation failed', reasons: { name: MISSING } });
  });

  test.each(['/api/maintenance/1/nothing', '/api/maintenance/abc'])('GET %s is not there', async (path) => {
    const { status, body } = await exchange(at, ADMIN_TOKEN, 'GET', path);
    expect([status, body]).toEqual([404, { message: expect.stringContaining(path) }]);
  });
});
