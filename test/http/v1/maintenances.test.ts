import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
let api: number;
let web: number;
beforeAll(async () => {
  w = await world();
  at = calling(w);
  api = (await w.service('api', ['health'])).id;
  web = (await w.service('web')).id;
});
afterAll(() => w.close());

const whole = (values: object = {}) => ({
  name: 'Reindex',
  service: api,
  scheduled_start_date: at.in(60),
  scheduled_end_date: at.in(120),
  ...values,
});
const scheduled = async (values: object = {}) => {
  const made = await at.post('/maintenances', whole(values));
  expect(made).toMatchObject({ status: 201 });
  return made.body;
};

describe('a list', () => {
  let ids: number[];
  beforeAll(async () => {
    ids = [];
    for (let i = 0; i < 5; i++) ids.push((await scheduled({ name: `Listed ${i}`, external_reference: 'LIST' })).id);
  });
  const pages = async (query: string, between: () => Promise<unknown> = async () => {}) => {
    const found: number[][] = [];
    let path: string | undefined = `/maintenances?${query}`;
    while (path !== undefined) {
      const page = await at.get(path);
      expect(page.status).toBe(200);
      found.push(page.body.items.map(({ id }: { id: number }) => id));
      const next: string | undefined = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      expect(next === undefined).toBe(page.body.next_cursor === null);
      path = next;
      await between();
    }
    return found;
  };

  test('is paginated, each row once, even while rows are added', async () => {
    expect(await pages('external_reference=LIST&limit=2&order=id')).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
    ]);
    // All start at the same instant: ties are broken by id.
    const start = at.in(600);
    const same = [];
    for (let i = 0; i < 6; i++) {
      const times = { scheduled_start_date: start, scheduled_end_date: at.in(700) };
      same.push((await scheduled({ external_reference: 'SAME', ...times })).id);
    }
    const earlier = { external_reference: 'SAME', scheduled_start_date: at.in(500), scheduled_end_date: at.in(700) };
    const walked = await pages('external_reference=SAME&limit=2&order=scheduled_start_date', () => scheduled(earlier));
    expect(walked.flat()).toEqual(same);
    const down = await pages('external_reference=SAME&start_after=2000-01-01T00:00&limit=3');
    expect(new Set(down.flat()).size).toBe(down.flat().length);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=many', 'limit'],
    ['order=name', 'order'],
    ['status=paused', 'status'],
    ['status=scheduled&status=paused', 'status'],
    ['service=api', 'service'],
    ['start_before=tomorrow', 'start_before'],
    ['start_before=2027-02-30T10:00', 'start_before'],
    ['cursor=abc', 'cursor'],
    ['cursor=W10.xx', 'cursor'],
    ['timezone=Mars/Base', 'timezone'],
    ['colour=red', 'colour'],
  ])('with %s gets 400 with the name of the parameter', async (query, field) => {
    const { status, body, headers } = await at.get(`/maintenances?${query}`);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors.map((error: { field: string }) => error.field.split('.')[0])).toContain(field);
  });

  test('rejects a cursor that belongs to other filters', async () => {
    const { body } = await at.get('/maintenances?external_reference=LIST&limit=2');
    const cursor = encodeURIComponent(body.next_cursor);
    expect(await at.get(`/maintenances?external_reference=LIST&limit=1&cursor=${cursor}`)).toMatchObject({
      status: 200,
    });
    expect(await at.get(`/maintenances?external_reference=OTHER&limit=2&cursor=${cursor}`)).toMatchObject({
      status: 400,
    });
    expect(await at.get(`/maintenances?external_reference=LIST&order=id&cursor=${cursor}`)).toMatchObject({
      status: 400,
    });
  });

  test('filters: repeated parameters are combined with "or", different ones with "and"', async () => {
    const found = async (query: string) =>
      (await at.get(`/maintenances?external_reference=FIND&order=id&${query}`)).body.items.map(
        ({ name }: { name: string }) => name,
      );
    const scope = (await at.post('/scopes', { name: 'Found' })).body.id;
    const inside = (await at.post('/services', { name: 'inside', scope })).body.id;
    await scheduled({ name: 'One', external_reference: 'FIND', service: api, service_status: 'up' });
    await scheduled({
      name: 'Two 100%',
      external_reference: 'FIND',
      service: web,
      scheduled_start_date: at.in(1440),
      scheduled_end_date: at.in(1500),
      description: 'with a Needle in it',
    });
    const three = await scheduled({ name: 'Three', external_reference: 'FIND', service: inside });
    await at.post(`/maintenances/${three.id}/cancel`, { reason: 'no' });

    expect(await found('')).toEqual(['One', 'Two 100%', 'Three']);
    expect(await found(`service=${api}&service=${web}`)).toEqual(['One', 'Two 100%']);
    expect(await found(`service=${api}&service_status=down`)).toEqual([]);
    expect(await found('status=canceled')).toEqual(['Three']);
    expect(await found(`scope=${scope}`)).toEqual(['Three']);
    expect(await found('service_status=up')).toEqual(['One']);
    expect(await found('q=needle')).toEqual(['Two 100%']);
    expect(await found('q=0%25')).toEqual(['Two 100%']);
    expect(await found('q=%25')).toEqual(['Two 100%']);
    expect(await found(`q=${three.key.toLowerCase()}`)).toEqual(['Three']);
    expect(await found('q=one&q=three')).toEqual(['One', 'Three']);
    expect(await found('q=%00')).toEqual([]);
    const later = encodeURIComponent(at.in(1000));
    expect(await found(`start_after=${later}`)).toEqual(['Two 100%']);
    expect(await found(`end_before=${later}`)).toEqual(['One', 'Three']);
    expect(await found(`start_before=${later}&start_before=2000-01-01T00:00`)).toEqual(['One', 'Three']);
    expect(await found(`updated_after=${encodeURIComponent(at.in(10))}`)).toEqual([]);
    expect(await found('service=99999999999&service=7')).toEqual([]);
  });
});

describe('times', () => {
  test('are read in the given zone, and returned in UTC', async () => {
    const made = await scheduled({
      timezone: 'Europe/Berlin',
      scheduled_start_date: '2027-07-01T02:00',
      scheduled_end_date: '2027-07-01T04:30:00+02:00',
    });
    expect(made).toMatchObject({
      timezone: 'Europe/Berlin',
      scheduled_start_date: '2027-07-01T00:00:00Z',
      scheduled_end_date: '2027-07-01T02:30:00Z',
    });
    const moved = await at.post(`/maintenances/${made.id}/move`, { scheduled_start_date: '2027-07-02T03:00' });
    expect(moved.body).toMatchObject({
      scheduled_start_date: '2027-07-02T01:00:00Z',
      scheduled_end_date: '2027-07-02T03:30:00Z',
    });
    const edited = await at.call('PATCH', `/maintenances/${made.id}`, { scheduled_end_date: '2027-07-02T10:00' });
    expect(edited.body).toMatchObject({ scheduled_end_date: '2027-07-02T08:00:00Z' });
  });

  test('in the gap of a clock change move to its end', async () => {
    const made = await scheduled({
      timezone: 'Europe/Berlin',
      scheduled_start_date: '2027-03-28T02:30',
      scheduled_end_date: '2027-03-28T05:00',
    });
    expect(made).toMatchObject({
      scheduled_start_date: '2027-03-28T01:00:00Z',
      scheduled_end_date: '2027-03-28T03:00:00Z',
    });
  });

  test.each([
    '2027-03-28',
    '2027-02-30T10:00',
    '2027-03-28T25:00',
    '+275760-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    'now',
    '',
  ])('%j is not a time', async (time) => {
    const { status, body } = await at.post('/maintenances', whole({ scheduled_start_date: time }));
    expect(status).toBe(400);
    expect(body.errors).toContainEqual(expect.objectContaining({ field: 'scheduled_start_date' }));
  });
});

describe('a maintenance', () => {
  test('is replaced by PUT with a changed response, or with new values only', async () => {
    const made = await scheduled({ description: 'before', external_reference: 'CHG-1', visibility: 'internal' });
    const path = `/maintenances/${made.id}`;
    const { body: read } = await at.get(path);
    const back = await at.call('PUT', path, { ...read, name: 'Renamed', services: [web] });
    expect(back).toMatchObject({
      status: 200,
      body: { ...made, name: 'Renamed', service: web, services: [web], version: 2, update_date: expect.any(String) },
    });
    const scope = (await at.post('/scopes', { name: 'Put' })).body.id;
    const anew = await at.call('PUT', path, whole({ scope }));
    expect(anew.body).toMatchObject({
      name: 'Reindex',
      services: [api],
      scope,
      description: '',
      external_reference: null,
      visibility: 'public',
    });
    expect(await at.call('PUT', path, { name: 'x' })).toMatchObject({ status: 400 });
    expect(await at.call('PUT', path, whole({ version: 1 }))).toMatchObject({ status: 409, body: { version: 3 } });
  });

  test('goes from start to end, with or without a request body', async () => {
    const { id } = await scheduled();
    const path = `/maintenances/${id}`;
    expect(await at.call('POST', `${path}/start`)).toMatchObject({ status: 200, body: { status: 'in-progress' } });
    expect(await at.post(`${path}/start`)).toMatchObject({ status: 409 });
    const { body: before } = await at.get(path);
    expect(before.mutes).toHaveLength(1);
    const extended = await at.post(`${path}/extend`, { minutes: 30 });
    expect(Date.parse(extended.body.ends_at) - Date.parse(before.ends_at)).toBe(30 * 60_000);
    const empty = { 'content-type': 'application/json' };
    expect(await at.call('POST', `${path}/finish`, '', { headers: empty })).toMatchObject({
      status: 200,
      body: { status: 'succeed' },
    });
    const failed = await scheduled();
    await at.post(`/maintenances/${failed.id}/start`, {});
    expect(await at.post(`/maintenances/${failed.id}/finish`, { status: 'failed', note: 'Rolled back' })).toMatchObject(
      {
        body: { status: 'failed' },
      },
    );
  });

  test('has a history, and comments that can be edited and deleted', async () => {
    const { id } = await scheduled();
    const path = `/maintenances/${id}/comments`;
    const first = await at.post(path, { comment: 'Half done', internal: true });
    expect(first).toMatchObject({ status: 201, body: { comment: 'Half done', internal: true, edited: false } });
    await at.post(path, { comment: 'All done' });
    const edited = await at.call('PATCH', `${path}/${first.body.id}`, { comment: 'A third done', internal: false });
    expect(edited.body).toMatchObject({ comment: 'A third done', internal: false, edited: true });
    const page = await at.get(`${path}?limit=1`);
    expect(page.body.items).toMatchObject([{ comment: 'A third done' }]);
    expect((await at.get(page.headers.get('link')?.match(/<(.*)>/)?.[1] ?? '')).body).toMatchObject({
      items: [{ comment: 'All done' }],
      next_cursor: null,
    });
    expect(await at.call('DELETE', `${path}/${first.body.id}`)).toMatchObject({ status: 200 });
    expect(await at.call('DELETE', `${path}/${first.body.id}`)).toMatchObject({ status: 404 });
    const other = await scheduled();
    const [left] = (await at.get(path)).body.items;
    expect(await at.call('PATCH', `/maintenances/${other.id}/comments/${left.id}`, { comment: 'x' })).toMatchObject({
      status: 404,
    });
    const history = await at.get(`/maintenances/${id}/history`);
    expect(history.body.items.map(({ type }: { type: string }) => type)).toEqual([
      'maintenance.scheduled',
      'maintenance.commented',
      'maintenance.commented',
      'maintenance.comment_changed',
      'maintenance.comment_deleted',
    ]);
  });

  test('that is deleted no longer exists', async () => {
    const { id } = await scheduled({ external_reference: 'GONE' });
    expect(await at.call('DELETE', `/maintenances/${id}`)).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await at.get(`/maintenances/${id}`)).toMatchObject({ status: 404 });
    expect(await at.call('DELETE', `/maintenances/${id}`)).toMatchObject({ status: 404 });
    expect((await at.get('/maintenances?external_reference=GONE')).body.items).toEqual([]);
  });
});

describe('a body', () => {
  test('that is not JSON, or has another content type, is rejected', async () => {
    const as = (type: string) => ({ headers: { 'content-type': type } });
    expect(await at.call('POST', '/maintenances', '{"name":', as('application/json'))).toMatchObject({ status: 400 });
    expect(await at.call('POST', '/maintenances', 'name=x', as('application/x-www-form-urlencoded'))).toMatchObject({
      status: 415,
    });
    expect(await at.call('POST', '/maintenances', '', as('application/json'))).toMatchObject({ status: 400 });
    expect(await at.call('POST', '/maintenances', '[]', as('application/json'))).toMatchObject({ status: 400 });
  });
});

test('the selector of checks can be set on its own or with other fields, and is returned', async () => {
  const made = await at.post('/maintenances', {
    name: 'Reindex',
    services: [],
    selector: 'tag:db -tag:canary',
    scheduled_start_date: at.in(60),
    scheduled_end_date: at.in(120),
  });
  expect(made).toMatchObject({ status: 201, body: { selector: 'tag:db -tag:canary', selector_follows: false } });
  const patch = (body: object) => at.call('PATCH', `/maintenances/${made.body.id}`, body);
  expect((await patch({ selector_follows: true })).body).toMatchObject({
    selector: 'tag:db -tag:canary',
    selector_follows: true,
  });
  const wrong = await patch({ selector: '-tag:db' });
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'selector' }] } });
});

test('an empty or blank external reference is stored as null', async () => {
  const made = await scheduled({ external_reference: ' ' });
  expect(made.external_reference).toBeNull();
  const path = `/maintenances/${made.id}`;
  expect((await at.call('PATCH', path, { external_reference: ' CHG-7 ' })).body.external_reference).toBe('CHG-7');
  expect((await at.call('PATCH', path, { external_reference: '' })).body.external_reference).toBeNull();
});

test('a filter with a null character finds nothing, also in the audit log', async () => {
  await scheduled({ name: 'Audited' });
  expect((await at.get('/maintenances?external_reference=%00')).body.items).toEqual([]);
  expect((await at.get('/audit?type=maintenance.scheduled&limit=1')).body.items).toHaveLength(1);
  for (const query of ['actor=%00', 'subject=check:a%00b']) {
    expect(await at.get(`/audit?${query}`)).toMatchObject({ status: 200, body: { items: [] } });
  }
  for (const query of ['type=schedule', 'type=%00', 'subject=4', 'subject=planet:4']) {
    expect(await at.get(`/audit?${query}`)).toMatchObject({ status: 400 });
  }
});
