import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
beforeAll(async () => {
  w = await world();
  at = calling(w);
});
afterAll(() => w.close());

const names = (reply: { body: { items: { name: string }[] } }) => reply.body.items.map(({ name }) => name);

describe('the catalogue', () => {
  test('scopes and services can be added, changed and removed', async () => {
    const scope = await at.post('/scopes', { name: 'Production', description: 'Everything real' });
    expect(scope).toMatchObject({
      status: 201,
      body: { name: 'Production', visibility: 'public', requires_approval: false },
    });
    const path = `/scopes/${scope.body.id}`;
    const edited = await at.call('PATCH', path, { visibility: 'internal', reminders: [30, 60] });
    expect(edited.body).toMatchObject({ name: 'Production', visibility: 'internal', reminders: [60, 30] });
    expect((await at.get(path)).body).toEqual(edited.body);

    const service = await at.post('/services', { name: 'ledger', scope: scope.body.id, owners: ['U0ANA'] });
    expect(service).toMatchObject({
      status: 201,
      body: { name: 'ledger', status: 'up', owners: ['U0ANA'], checks: [] },
    });
    const check = await at.post('/checks', { name: 'ledger answers', services: [service.body.id], tags: ['a'] });
    const there = `/services/${service.body.id}`;
    expect((await at.call('PATCH', there, { description: 'Books' })).body).toMatchObject({
      description: 'Books',
      checks: [check.body.id],
    });
    expect(await at.call('DELETE', path)).toMatchObject({ status: 409 });
    expect(await at.call('DELETE', there)).toMatchObject({ status: 200, body: { name: 'ledger' } });
    expect(await at.get(there)).toMatchObject({ status: 404 });
    expect(await at.call('DELETE', path)).toMatchObject({ status: 200 });
    expect(await at.call('PATCH', path, { name: 'x' })).toMatchObject({ status: 404 });
  });

  test('checks can be changed, switched manually, and removed', async () => {
    const { body: check } = await at.post('/checks', { name: 'web answers', tags: ['web'] });
    const path = `/checks/${check.id}`;
    expect(await at.call('PATCH', path, { enabled: false })).toMatchObject({ status: 200, body: { enabled: false } });
    const edited = await at.call('PATCH', path, { name: 'web', tags: ['web', 'eu'], enabled: true });
    expect(edited.body).toMatchObject({ name: 'web', tags: ['web', 'eu'], enabled: true });
    expect(names(await at.get('/checks?tag=eu'))).toEqual(['web']);
    expect(names(await at.get('/checks?q=WEB&enabled=true'))).toEqual(['web']);
    expect(names(await at.get('/checks?provider=other'))).toEqual([]);
    expect(names(await at.get('/checks?q=%00&tag=%00&provider=%00'))).toEqual([]);
    const stale = { headers: { 'if-match': '"nothing"' } };
    expect(await at.call('PATCH', path, { name: 'y' }, stale)).toMatchObject({ status: 412 });
    expect(await at.call('DELETE', path, undefined, stale)).toMatchObject({ status: 412 });
    const fresh = { headers: { 'if-match': (await at.get(path)).headers.get('etag') ?? '' } };
    expect(await at.call('DELETE', path, undefined, fresh)).toMatchObject({ status: 200 });
    expect(await at.get(path)).toMatchObject({ status: 404 });
    expect(await at.get('/checks/%00')).toMatchObject({ status: 404 });
    expect(await at.call('PATCH', '/checks/%00', { name: 'y' })).toMatchObject({ status: 404 });
  });

  test('a check is updated completely or not at all; the write role may only enable or disable it', async () => {
    const { body: check } = await at.post('/checks', { name: 'one', tags: ['web'] });
    const path = `/checks/${check.id}`;
    expect(await at.call('PATCH', path, { enabled: false, services: [999_999] })).toMatchObject({ status: 400 });
    expect((await at.get(path)).body).toEqual(check);
    const held = { headers: { 'if-match': (await at.get(path)).headers.get('etag') ?? '' } };
    expect(await at.call('PATCH', path, { enabled: false, name: 'two' }, held)).toMatchObject({
      status: 200,
      body: { enabled: false, name: 'two' },
    });
    expect(await at.call('PATCH', path, { enabled: true, name: 'three' }, held)).toMatchObject({ status: 412 });

    const write = { token: await at.token('write') };
    expect(await at.call('PATCH', path, { enabled: true, name: 'three' }, write)).toMatchObject({ status: 403 });
    expect((await at.get(path)).body).toMatchObject({ enabled: false, name: 'two' });
    expect(await at.call('PATCH', path, { enabled: true }, write)).toMatchObject({
      status: 200,
      body: { enabled: true },
    });
    const read = { token: await at.token('read') };
    expect(await at.call('PATCH', path, { enabled: false }, read)).toMatchObject({ status: 403 });
  });

  test('a check of a monitoring system cannot be enabled or disabled in Lull, and the error leaves it unchanged', async () => {
    const elsewhere = { id: 'ELSEWHERE1', name: 'db', provider: 'icinga', externalId: 'db1' };
    await w.ctx.database.check.create({ data: { ...elsewhere, accountId: w.account.id } });
    const path = `/checks/${elsewhere.id}`;
    const refused = await at.call('PATCH', path, { enabled: false, name: 'other' });
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('icinga. Switch it there') },
    });
    expect((await at.get(path)).body).toMatchObject({ enabled: true, name: 'db' });
    expect(await at.call('PATCH', path, { name: 'other' })).toMatchObject({ status: 200, body: { name: 'other' } });
    await at.call('DELETE', path);
  });

  test('lists are paged by name, with each row once', async () => {
    for (const name of ['b', 'a', 'C', 'd']) await at.post('/services', { name: `page ${name}` });
    const seen: string[] = [];
    let path: string | undefined = '/services?q=page&limit=2';
    while (path !== undefined) {
      const page = await at.get(path);
      seen.push(...names(page));
      path = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen.toSorted()).toEqual(['page C', 'page a', 'page b', 'page d']);
    expect(names(await at.get('/services?q=page&limit=200'))).toEqual(seen);
    expect(names(await at.get('/services?q=page&order=-name'))).toEqual(seen.toReversed());
  });
});

test('freezes can be added with wall-clock times, changed and removed', async () => {
  const freeze = await at.post('/freezes', {
    start: '2027-12-24T08:00',
    end: '2027-12-27T08:00',
    timezone: 'Europe/Berlin',
    reason: 'Holidays',
  });
  expect(freeze).toMatchObject({ status: 201, body: { start: '2027-12-24T07:00:00Z', effect: 'block' } });
  const path = `/freezes/${freeze.body.id}`;
  expect((await at.call('PATCH', path, { effect: 'warn' })).body).toEqual({ ...freeze.body, effect: 'warn' });
  expect(await at.call('PATCH', path, { end: '2027-12-01T00:00Z' })).toMatchObject({ status: 400 });
  expect((await at.get('/freezes')).body.items).toMatchObject([{ reason: 'Holidays', effect: 'warn' }]);
  expect(await at.call('DELETE', path)).toMatchObject({ status: 200 });
  expect(await at.get(path)).toMatchObject({ status: 404 });
});

test('subscriptions can be added, changed and ended', async () => {
  const made = await at.post('/subscriptions', { channel: 'C0OPEN', audience: 'public' });
  expect(made).toMatchObject({
    status: 201,
    body: { channel: 'C0OPEN', audience: 'public', scope: null, service: null },
  });
  const again = await at.post('/subscriptions', { channel: 'C0OPEN' });
  expect(again.body).toEqual({ ...made.body, audience: 'internal' });
  const path = `/subscriptions/${made.body.id}`;
  expect((await at.call('PATCH', path, { audience: 'public' })).body).toEqual(made.body);
  expect((await at.get('/subscriptions?channel=C0OPEN')).body.items).toEqual([made.body]);
  expect(await at.post('/subscriptions', { channel: 'general' })).toMatchObject({ status: 400 });
  expect(await at.call('DELETE', path)).toMatchObject({ status: 200 });
  expect(await at.call('DELETE', path)).toMatchObject({ status: 404 });
});

test('a deploy script can check whether there is maintenance now', async () => {
  const service = (await at.post('/services', { name: 'Deployed' })).body.id;
  const quiet = await at.get('/now?service=deployed&exit=true');
  expect(quiet).toMatchObject({
    status: 200,
    body: { in_maintenance: false, until: null, maintenances: [], next: null },
  });
  const made = await at.post('/maintenances', {
    name: 'Reindex',
    service,
    scheduled_start_date: at.in(60),
    scheduled_end_date: at.in(120),
  });
  expect((await at.get(`/now?service=${service}`)).body).toMatchObject({
    in_maintenance: false,
    next: { id: made.body.id },
  });
  const { body: begun } = await at.post(`/maintenances/${made.body.id}/start`);
  const on = {
    in_maintenance: true,
    until: begun.ends_at,
    maintenances: [{ id: made.body.id }],
    next: null,
  };
  expect(await at.get('/now?service=deployed')).toMatchObject({ status: 200, body: on });
  expect(await at.get('/now?service=deployed&exit=true')).toMatchObject({ status: 423, body: on });
  expect(await at.get('/now?exit=true')).toMatchObject({ status: 423 });
  expect(await at.get('/now?service=nothing')).toMatchObject({ status: 404 });
  expect(await at.get('/now?scope=nothing')).toMatchObject({ status: 404 });
});
