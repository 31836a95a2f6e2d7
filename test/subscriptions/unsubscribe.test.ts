import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { subscribe, unsubscribe } from '../../src/subscriptions/commands.ts';
import { listChannelSubscriptions } from '../../src/subscriptions/repository.ts';
import { type World, world } from '../world.ts';

let w: World;
let api: number;
let web: number;
beforeAll(async () => {
  w = await world();
  api = (await w.service('api')).id;
  web = (await w.service('web')).id;
});
afterAll(() => w.close());
afterEach(() => w.ctx.database.subscription.deleteMany());

const heard = async (channel = 'C1') =>
  (await listChannelSubscriptions(w.ctx.database, w.account.id, channel)).map(
    ({ service }) => service?.name ?? 'everything',
  );

test('a channel stops hearing of a service, and of nothing else', async () => {
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal' });
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'public', serviceId: api });
  await subscribe(w.ctx, w.ana, { channel: 'C2', audience: 'public', serviceId: api });
  const ended = await unsubscribe(w.ctx, w.ana, { channel: 'C1', serviceId: api });
  expect(ended).toMatchObject([{ audience: 'public', service: { name: 'api' } }]);
  expect(await heard()).toEqual(['everything']);
  expect(await heard('C2')).toEqual(['api']);
  expect(await unsubscribe(w.ctx, w.ana, { channel: 'C1', serviceId: web })).toEqual([]);
});

test('without more a channel stops hearing of all, and each is on record', async () => {
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal', serviceId: api });
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal', serviceId: web });
  await w.ctx.database.auditEvent.deleteMany();
  await unsubscribe(w.ctx, w.ana, { channel: 'C1' });
  expect(await heard()).toEqual([]);
  const events = await w.ctx.database.auditEvent.findMany({ orderBy: { id: 'asc' } });
  expect(events).toMatchObject([
    { type: 'channel.unsubscribed', subjectId: 'C1', before: { service: api, audience: 'internal' } },
    { type: 'channel.unsubscribed', subjectId: 'C1', before: { service: web, audience: 'internal' } },
  ]);
});

test('is not for a viewer', async () => {
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal' });
  await expect(unsubscribe(w.ctx, w.person('viewer'), { channel: 'C1' })).rejects.toThrow('role-required');
  expect(await heard()).toEqual(['everything']);
});
