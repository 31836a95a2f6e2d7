import { afterAll, beforeAll, expect, test } from 'vitest';
import { approve, decline } from '../../../src/approvals/commands.ts';
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

const scheduled = async (values: object = {}) => {
  const times = { scheduled_start_date: at.in(60), scheduled_end_date: at.in(120) };
  return (await at.post('/maintenances', { name: 'Reindex', service, ...times, ...values })).body;
};

test('an early start during a freeze is rejected, except for an admin who gives a reason', async () => {
  const { id } = await scheduled();
  const { body: freeze } = await at.post('/freezes', { start: at.in(0), end: at.in(30), reason: 'Quiet week' });
  const write = { token: await at.token('write') };
  const refused = await at.call('POST', `/maintenances/${id}/start`, {}, write);
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Quiet week') } });
  const reason = { override_reason: 'Agreed with the release team' };
  expect(await at.call('POST', `/maintenances/${id}/start`, reason, write)).toMatchObject({ status: 403 });
  expect(await at.post(`/maintenances/${id}/start`, reason)).toMatchObject({
    status: 200,
    body: { status: 'in-progress' },
  });
  await at.call('DELETE', `/freezes/${freeze.id}`);
});

test('no token approves or declines: over HTTP there is no such operation, and no token has the permission', async () => {
  const scope = (await at.post('/scopes', { name: 'Guarded' })).body.id;
  await at.call('PATCH', `/scopes/${scope}`, { requires_approval: true });
  const { id, approval } = await scheduled({ scope });
  expect(approval).toBe('pending');
  const admin = { token: await at.token('admin') };
  for (const verb of ['approve', 'decline']) {
    expect(await at.call('POST', `/maintenances/${id}/${verb}`, {}, admin)).toMatchObject({ status: 404 });
  }
  const { paths } = (await at.get('/openapi.json')).body;
  expect(Object.keys(paths).filter((path) => /approve|decline/.test(path))).toEqual([]);
  const { id: _, ...tokens } = w.person('admin', 'token:5');
  for (const token of ['token:5', 'admin-token'].map((name) => ({ ...tokens, id: name, source: 'http' as const }))) {
    await expect(approve(w.ctx, token, id)).rejects.toThrow('person-required');
    await expect(decline(w.ctx, token, id)).rejects.toThrow('person-required');
  }
  expect((await at.get(`/maintenances/${id}`)).body.approval).toBe('pending');
  const start = await at.post(`/maintenances/${id}/start`);
  expect(start).toMatchObject({ status: 409, body: { detail: expect.stringContaining('approve it in Slack') } });
});

test('an extension until a time can be repeated: the second request changes nothing', async () => {
  const { id, version } = await scheduled();
  const path = `/maintenances/${id}/extend`;
  const until = at.in(180).replace(/\.\d+Z$/, 'Z');
  for (let request = 1; request <= 2; request++) {
    expect(await at.post(path, { until })).toMatchObject({
      status: 200,
      body: { scheduled_end_date: until, version: version + 1 },
    });
  }
  expect((await at.get(`/audit?maintenance=${id}&type=maintenance.extended`)).body.items).toHaveLength(1);
  expect(await at.post(path, { until: at.in(150) })).toMatchObject({ status: 400 });
  for (const body of [{}, { until, minutes: 30 }]) expect(await at.post(path, body)).toMatchObject({ status: 400 });
  expect((await at.get(`/maintenances/${id}`)).body).toMatchObject({ version: version + 1 });
});

test('a finished maintenance is reopened as a new one that refers to it; requests without a token do not see the reference', async () => {
  const over = (await scheduled()).id;
  expect(await at.post(`/maintenances/${over}/reopen`)).toMatchObject({ status: 409 });
  await at.post(`/maintenances/${over}/start`);
  await at.post(`/maintenances/${over}/finish`);
  const reopened = await at.post(`/maintenances/${over}/reopen`);
  expect(reopened).toMatchObject({ status: 200, body: { status: 'in-progress', reopens: over } });
  const path = `/maintenances/${reopened.body.id}`;
  expect((await at.get(path)).body.reopens).toBe(over);
  expect((await at.get(`/maintenances/${over}`)).body.reopens).toBeNull();
  expect((await at.anonymous(path)).body.reopens).toBeNull();
  expect(await at.call('PUT', path, (await at.get(path)).body)).toMatchObject({ status: 200, body: { reopens: over } });
});

test('a read token changes nothing', async () => {
  const { id } = await scheduled();
  const read = { token: await at.token('read') };
  for (const verb of ['start', 'finish', 'cancel']) {
    expect(await at.call('POST', `/maintenances/${id}/${verb}`, undefined, read)).toMatchObject({ status: 403 });
  }
  expect(await at.call('GET', `/maintenances/${id}`, undefined, read)).toMatchObject({
    status: 200,
    body: { status: 'scheduled', version: 1 },
  });
});
