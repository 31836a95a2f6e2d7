import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
let service: number;
beforeAll(async () => {
  w = await world();
  at = calling(w);
  service = (await w.service('api')).id;
});
afterAll(() => w.close());

const window = (values: object = {}) => ({
  name: 'Reindex',
  service,
  scheduled_start_date: '2027-07-01T02:00:00Z',
  scheduled_end_date: '2027-07-01T04:00:00Z',
  ...values,
});
const count = () => w.ctx.database.maintenance.count();

describe('a request with an Idempotency-Key', () => {
  test('is processed once, and a repetition gets the same response', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const before = await count();
    const first = await at.post('/maintenances', window(), key);
    const again = await at.post('/maintenances', window(), key);
    expect(first).toMatchObject({ status: 201 });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('location')).toBe(`/api/v1/maintenances/${first.body.id}`);
    expect(await count()).toBe(before + 1);
  });

  test('that is reused with another body or path gets 422', async () => {
    const key = { 'idempotency-key': 'once-2' };
    await at.post('/maintenances', window(), key);
    const before = await count();
    expect(await at.post('/maintenances', window({ name: 'Other' }), key)).toMatchObject({ status: 422 });
    expect(await at.post('/scopes', window(), key)).toMatchObject({ status: 422 });
    expect(await count()).toBe(before);
  });

  test('is processed once among concurrent repetitions', async () => {
    const key = { 'idempotency-key': 'once-3' };
    const before = await count();
    const all = await Promise.all(Array.from({ length: 8 }, () => at.post('/maintenances', window(), key)));
    expect(all.some(({ status }) => status === 201)).toBe(true);
    expect(all.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(all.filter(({ status }) => status === 409).every(({ headers }) => headers.get('retry-after') === '1')).toBe(
      true,
    );
    expect(await count()).toBe(before + 1);
  });

  test('that was rejected does not use up the key', async () => {
    const key = { 'idempotency-key': 'once-4' };
    expect(await at.post('/maintenances', window({ name: '' }), key)).toMatchObject({ status: 400 });
    expect(await at.post('/maintenances', window(), key)).toMatchObject({ status: 201 });
  });

  test('is independent of the same key of another token', async () => {
    const key = { 'idempotency-key': 'once-5' };
    const token = await at.token('write');
    const mine = await at.post('/maintenances', window(), key);
    const theirs = await at.call('POST', '/maintenances', window(), { token, headers: key });
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('is processed again after a day', async () => {
    const key = { 'idempotency-key': 'once-6' };
    const first = await at.post('/maintenances', window(), key);
    await w.ctx.database.$executeRaw`
      update request_keys set claimed_at = now() - interval '25 hours' where key = 'once-6'`;
    expect((await at.post('/maintenances', window(), key)).body.id).not.toBe(first.body.id);
  });

  test('whose response was lost is processed by the next repetition, unless it was carried out', async () => {
    const stuck = async (key: string, done: boolean) => {
      await at.post('/maintenances', window(), { 'idempotency-key': key });
      await w.ctx.database.$executeRaw`
        update request_keys set claimed_at = now() - interval '2 minutes', done = ${done}, status = null, headers = null, body = null
        where key = ${key}`;
      return at.post('/maintenances', window(), { 'idempotency-key': key });
    };
    expect(await stuck('once-7', false)).toMatchObject({ status: 201 });
    const lost = await stuck('once-8', true);
    expect(lost.status).toBe(409);
    expect(lost.body.detail).toContain('was carried out');
  });

  test('that creates a secret is processed once, and its response is not stored', async () => {
    const key = { 'idempotency-key': 'once-9' };
    const made = await at.post('/tokens', { name: 'Deploys' }, key);
    expect(made).toMatchObject({ status: 201, body: { token: expect.any(String) } });
    const again = await at.post('/tokens', { name: 'Deploys' }, key);
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('was carried out') } });
    expect(JSON.stringify(again.body)).not.toContain(made.body.token);
    const rows = await w.ctx.database.requestKey.findMany({ where: { key: 'once-9' } });
    expect(rows).toMatchObject([{ done: true, status: null, body: null }]);
    const { items } = (await at.get('/tokens')).body;
    expect(items.filter(({ name }: { name: string }) => name === 'Deploys')).toHaveLength(1);
  });

  test('with an invalid key is rejected', async () => {
    for (const key of ['a b', 'x'.repeat(256)]) {
      expect(await at.post('/maintenances', window(), { 'idempotency-key': key })).toMatchObject({ status: 400 });
    }
  });
});

describe('a conditional request', () => {
  test('If-Match prevents overwriting a change', async () => {
    const made = await at.post('/maintenances', window());
    const path = `/maintenances/${made.body.id}`;
    const seen = (await at.get(path)).headers.get('etag') ?? '';
    expect(seen).toMatch(/^"1-/);
    const change = (name: string, tag: string) => at.call('PATCH', path, { name }, { headers: { 'if-match': tag } });
    const first = await change('First', seen);
    expect(first).toMatchObject({ status: 200, body: { name: 'First' } });
    expect(await change('Second', seen)).toMatchObject({ status: 412, body: { version: 2, title: 'Changed since' } });
    expect((await at.get(path)).body.name).toBe('First');
    expect(await change('Third', `W/${first.headers.get('etag')}`)).toMatchObject({ status: 200 });
    expect(await change('Any', '*')).toMatchObject({ status: 200 });
    expect(await change('None', 'nonsense')).toMatchObject({ status: 400 });
    expect(await at.post(`${path}/start`, {}, { 'if-match': seen })).toMatchObject({ status: 412 });
    expect(await at.call('DELETE', path, undefined, { headers: { 'if-match': seen } })).toMatchObject({ status: 412 });
    expect((await at.get(path)).body.status).toBe('scheduled');
  });

  test('If-Match lets only one of several concurrent changes through', async () => {
    const made = await at.post('/maintenances', window());
    const tag = made.headers.get('etag') ?? '';
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        at.call('PATCH', `/maintenances/${made.body.id}`, { name: `Name ${i}` }, { headers: { 'if-match': tag } }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412]);
  });

  test('If-Match prevents restoring an outdated catalogue', async () => {
    const read = await at.get('/catalogue');
    const held = { headers: { 'if-match': read.headers.get('etag') ?? '' } };
    expect(await at.call('PUT', '/catalogue?dry_run=true', read.body, held)).toMatchObject({ status: 200 });
    const { id } = (await at.post('/services', { name: 'added meanwhile' })).body;
    expect(await at.call('PUT', '/catalogue', read.body, held)).toMatchObject({ status: 412 });
    expect(await at.get(`/services/${id}`)).toMatchObject({ status: 200 });
    expect(await at.call('PUT', '/catalogue', read.body)).toMatchObject({ status: 200 });
    expect(await at.get(`/services/${id}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['tokens', { name: 'Deploys' }],
    ['calendars', { name: 'On call' }],
    ['webhooks', { url: 'https://hooks.example/' }],
  ] as const)('If-Match applies to %s, with an ETag that does not depend on the secret', async (kind, values) => {
    const made = await at.post(`/${kind}`, values);
    const path = `/${kind}/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1${path}`);
    const tag = made.headers.get('etag') ?? '';
    expect((await at.get(path)).headers.get('etag')).toBe(tag);
    const removed = (held: string) => at.call('DELETE', path, undefined, { headers: { 'if-match': held } });
    expect(await removed('"7-other"')).toMatchObject({ status: 412 });
    expect(await at.get(path)).toMatchObject({ status: 200 });
    expect(await removed(tag)).toMatchObject({ status: 200, body: { id: made.body.id } });
    expect(await removed(tag)).toMatchObject({ status: 404 });
  });

  test('If-Match prevents changing, rotating or pinging a webhook with an outdated ETag', async () => {
    const made = await at.post('/webhooks', { url: 'https://hooks.example/' });
    const path = `/webhooks/${made.body.id}`;
    const seen = { 'if-match': made.headers.get('etag') ?? '' };
    const rotated = await at.post(`${path}/rotate`, {}, seen);
    expect(rotated).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await at.call('PATCH', path, { description: 'x' }, { headers: seen })).toMatchObject({
      status: 412,
      body: { version: 2 },
    });
    for (const verb of ['rotate', 'ping'])
      expect(await at.post(`${path}/${verb}`, {}, seen)).toMatchObject({ status: 412 });
    const headers = { 'if-match': rotated.headers.get('etag') ?? '' };
    const changes = Array.from({ length: 5 }, (_, i) => at.call('PATCH', path, { description: `${i}` }, { headers }));
    expect((await Promise.all(changes)).map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  test('If-Match prevents revoking a token that was used since it was read', async () => {
    const made = await at.post('/tokens', { name: 'Unused, it seems', rights: 'read' });
    const path = `/tokens/${made.body.id}`;
    expect(await at.call('GET', '/services', undefined, { token: made.body.token })).toMatchObject({ status: 200 });
    const held = { headers: { 'if-match': made.headers.get('etag') ?? '' } };
    expect(await at.call('DELETE', path, undefined, held)).toMatchObject({ status: 412 });
    expect(await at.call('DELETE', path)).toMatchObject({ status: 200 });
  });

  test('If-Match does not reveal whether the token or calendar of somebody else exists', async () => {
    const other = { token: await at.token('read') };
    for (const kind of ['tokens', 'calendars'] as const) {
      const path = `/${kind}/${(await at.post(`/${kind}`, { name: 'Not theirs' })).body.id}`;
      expect(await at.call('GET', path, undefined, other)).toMatchObject({ status: 404 });
      const headers = { 'if-match': '"other"' };
      expect(await at.call('DELETE', path, undefined, { ...other, headers })).toMatchObject({ status: 404 });
      expect(await at.get(path)).toMatchObject({ status: 200 });
    }
  });

  test('If-None-Match answers 304 if the client has the current version', async () => {
    const made = await at.post('/maintenances', window());
    for (const path of [`/maintenances/${made.body.id}`, '/maintenances?limit=2', '/services']) {
      const first = await at.get(path);
      const tag = first.headers.get('etag') ?? '';
      const again = await at.get(path, { 'if-none-match': `"other", ${tag}` });
      expect(again).toMatchObject({ status: 304, body: undefined });
      expect(again.headers.get('etag')).toBe(tag);
      expect(await at.get(path, { 'if-none-match': '"other"' })).toMatchObject({ status: 200, body: first.body });
    }
    const tag = (await at.get('/maintenances?limit=2')).headers.get('etag') ?? '';
    await at.call('PATCH', `/maintenances/${made.body.id}`, { name: 'Changed' });
    expect(await at.get('/maintenances?limit=2', { 'if-none-match': tag })).toMatchObject({ status: 200 });
  });
});
