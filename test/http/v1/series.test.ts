import { afterAll, beforeAll, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
let service: number;
beforeAll(async () => {
  w = await world();
  at = calling(w);
  service = (await w.service('api', ['health'])).id;
});
afterAll(() => w.close());

const input = (values: object = {}) => ({
  name: 'Backups',
  cron: '0 3 * * 0',
  timezone: 'Europe/Berlin',
  duration_minutes: 120,
  services: [service],
  ...values,
});

test('a series is created, updated, replaced and deleted, with version checks', async () => {
  const made = await at.post('/series', input());
  expect(made).toMatchObject({ status: 201, body: { name: 'Backups', enabled: true, version: 1 } });
  const path = `/series/${made.body.id}`;
  expect(made.headers.get('location')).toBe(`/api/v1${path}`);
  const tag = { 'if-match': made.headers.get('etag') ?? '' };
  const longer = await at.call('PATCH', path, { duration_minutes: 180 }, { headers: tag });
  expect(longer).toMatchObject({ status: 200, body: { duration_minutes: 180, name: 'Backups', version: 2 } });
  expect(await at.call('PATCH', path, { name: 'x' }, { headers: tag })).toMatchObject({
    status: 412,
    body: { version: 2 },
  });
  expect(await at.call('PATCH', path, { name: 'x', version: 1 })).toMatchObject({ status: 409 });
  const { body: read } = await at.get(path);
  const whole = await at.call('PUT', path, { ...read, name: 'Nightly', description: null });
  expect(whole).toMatchObject({ status: 200, body: { name: 'Nightly', duration_minutes: 180, version: 3 } });
  expect(await at.call('PUT', path, { name: 'x' })).toMatchObject({ status: 400 });

  expect(await at.call('DELETE', path)).toMatchObject({ status: 200, body: { name: 'Nightly' } });
  expect(await at.get(path)).toMatchObject({ status: 404 });
  expect((await at.get('/maintenances?status=scheduled')).body.items).toEqual([]);
});

test('runs are paginated, and a series is paused, resumed and skipped with or without a request body', async () => {
  const { body: made } = await at.post('/series', input({ cron: '0 3 * * *' }));
  const path = `/series/${made.id}`;
  const runs = async () => (await at.get(`${path}/runs?order=scheduled_start_date&limit=1`)).body.items;
  const [first] = await runs();
  expect(first).toMatchObject({ series: made.id, run: 'following' });
  expect(await at.call('POST', `${path}/skip`)).toMatchObject({ status: 200, body: { id: first.id, run: 'skipped' } });
  const empty = { headers: { 'content-type': 'application/json' } };
  expect(await at.call('POST', `${path}/pause`, '', empty)).toMatchObject({ status: 409 });
  expect(await at.post(`${path}/pause`, { runs: 'cancel' })).toMatchObject({ status: 200, body: { enabled: false } });
  expect((await at.get('/series?enabled=false')).body.items).toMatchObject([{ id: made.id }]);
  expect(await at.call('POST', `${path}/resume`, '', empty)).toMatchObject({ status: 200, body: { enabled: true } });
  expect(await at.post(`${path}/resume`)).toMatchObject({ status: 409 });
});

test('series are paginated by name and filtered by service', async () => {
  const other = (await at.post('/services', { name: 'other' })).body.id;
  for (const name of ['C', 'A', 'B', 'A']) await at.post('/series', input({ name, services: [other] }));
  const names: string[] = [];
  let path: string | undefined = `/series?service=${other}&limit=3`;
  while (path !== undefined) {
    const page = await at.get(path);
    names.push(...page.body.items.map(({ name }: { name: string }) => name));
    path = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
  }
  expect(names).toEqual(['A', 'A', 'B', 'C']);
});

test('a preview reads times in its zone', async () => {
  const recurrence = { cron: '30 2 * * *', timezone: 'Europe/Berlin', duration_minutes: 60 };
  const shown = await at.post('/series/preview', { ...recurrence, after: '2027-03-27T12:00', count: 2 });
  expect(shown).toMatchObject({
    status: 200,
    body: { occurrences: [{ start: '2027-03-28T01:00:00Z' }, { start: '2027-03-29T00:30:00Z' }] },
  });
  expect(await at.post('/series/preview', { ...recurrence, after: '2027-02-30T12:00' })).toMatchObject({ status: 400 });
});
