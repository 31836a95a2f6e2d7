import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureAccount } from '../../../src/settings/commands.ts';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
beforeAll(async () => {
  w = await world();
  at = calling(w);
});
afterAll(() => w.close());

const change = (body: object, headers: Record<string, string> = {}) => at.call('PATCH', '/settings', body, { headers });

test('settings of the account are read and changed; omitted settings keep their values', async () => {
  const first = await at.get('/settings');
  expect(first).toMatchObject({ status: 200, body: { post_check_after: 5, default_role: 'operator' } });
  const wanted = {
    timezone: 'Europe/Berlin',
    default_channel: 'C0OPS',
    default_role: 'viewer',
    post_check_after: 0,
    anonymous_reads: false,
  };
  expect(await change(wanted)).toMatchObject({ status: 200, body: wanted });
  expect(await change({ default_channel: null })).toMatchObject({
    status: 200,
    body: { ...wanted, default_channel: null },
  });
  expect((await at.get('/settings')).body).toEqual({
    ...wanted,
    default_channel: null,
    failing_channels: [],
  });
  // Times without an offset are now in this zone.
  const { body: freeze } = await at.post('/freezes', {
    start: '2027-07-01T02:00',
    end: '2027-07-01T03:00',
    reason: 'Quiet',
  });
  expect(freeze.start).toBe('2027-07-01T00:00:00Z');
});

test('invalid settings are rejected by name, and nothing changes', async () => {
  const before = (await at.get('/settings')).body;
  const wrong = { timezone: 'Mars/Base', default_channel: '#ops', default_role: 'admin', post_check_after: 100_000 };
  for (const [field, value] of Object.entries(wrong)) {
    const refused = await change({ [field]: value });
    expect([field, refused.status]).toEqual([field, 400]);
    expect([field, refused.body.errors]).toEqual([field, [expect.objectContaining({ field })]]);
  }
  expect(await change({ default_channel: '#ops', post_check_after: -1 })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'default_channel' }, { field: 'post_check_after' }] },
  });
  expect((await at.get('/settings')).body).toEqual(before);
});

test('settings that somebody else changed in between are not overwritten', async () => {
  const tag = (await at.get('/settings')).headers.get('etag') ?? '';
  const first = await change({ post_check_after: 20 }, { 'if-match': tag });
  expect(first).toMatchObject({ status: 200, body: { post_check_after: 20 } });
  expect(await change({ post_check_after: 30 }, { 'if-match': tag })).toMatchObject({ status: 412 });
  expect((await at.get('/settings')).body.post_check_after).toBe(20);
  expect(await change({ post_check_after: 30 }, { 'if-match': first.headers.get('etag') ?? '' })).toMatchObject({
    status: 200,
  });
});

test('concurrent changes of different settings all apply', async () => {
  const admin = w.person('admin');
  await Promise.all([
    configureAccount(w.ctx, admin, { timezone: 'Asia/Tokyo' }),
    configureAccount(w.ctx, admin, { postCheckAfter: 7 }),
    configureAccount(w.ctx, admin, { defaultChannel: 'C0ALL' }),
  ]);
  expect((await at.get('/settings')).body).toMatchObject({
    timezone: 'Asia/Tokyo',
    post_check_after: 7,
    default_channel: 'C0ALL',
  });
});

test('settings are for admins of the whole account only', async () => {
  for (const rights of ['read', 'write'] as const) {
    const token = await at.token(rights);
    expect(await at.call('GET', '/settings', undefined, { token })).toMatchObject({ status: 403 });
    expect(await at.call('PATCH', '/settings', { post_check_after: 1 }, { token })).toMatchObject({ status: 403 });
  }
  const scope = (await at.post('/scopes', { name: 'Shop' })).body.id;
  const { token } = (await at.post('/tokens', { name: 'limited', rights: 'admin', scopes: [scope] })).body;
  expect(await at.call('GET', '/settings', undefined, { token })).toMatchObject({ status: 403 });
  expect(await at.call('PATCH', '/settings', { post_check_after: 1 }, { token })).toMatchObject({ status: 403 });
  expect(await at.anonymous('/settings')).toMatchObject({ status: 401 });
});
