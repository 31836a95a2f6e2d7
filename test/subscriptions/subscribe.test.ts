import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { listDestinations, toCoverage } from '../../src/maintenance/commands/announce.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { findAnnouncement } from '../../src/maintenance/repository/announcements.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
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

/** Where a window on web would be announced, and for whom; `named` for it alone. */
async function audiences(named: readonly string[] = [], visibility: 'public' | 'internal' = 'public') {
  const about = { visibility, scopeId: null, services: [web], checks: null };
  const all = await listDestinations(w.ctx.database, w.account.id, about, named);
  return Object.fromEntries(all.map(({ channel, audience }) => [channel, audience]));
}

test('a channel that is public for one service is public for all it hears of', async () => {
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'internal' });
  await subscribe(w.ctx, w.ana, { channel: 'C1', audience: 'public', serviceId: api });
  expect(await audiences()).toMatchObject({ C1: 'public' });
  expect(await audiences([], 'internal')).not.toHaveProperty('C1');
});

test('a channel named for a window, and the default one, are public where they are subscribed as such', async () => {
  expect(await audiences(['C2'])).toEqual({ C0DEFAULT: 'internal', C2: 'internal' });
  await subscribe(w.ctx, w.ana, { channel: 'C2', audience: 'public', serviceId: api });
  await subscribe(w.ctx, w.ana, { channel: 'C0DEFAULT', audience: 'public', serviceId: api });
  expect(await audiences(['C2'])).toEqual({ C0DEFAULT: 'public', C2: 'public' });
  expect(await audiences(['C2'], 'internal')).toEqual({});
});

test('what is announced already in a channel that turns public is public from then on', async () => {
  await subscribe(w.ctx, w.ana, { channel: 'C3', audience: 'internal' });
  const made = await schedule(w.ctx, w.ana, w.input({ services: [web] }));
  const told = () => findAnnouncement(w.ctx.database, w.account.id, made.id, { channelKind: 'slack', channel: 'C3' });
  expect(await told()).toMatchObject({ audience: 'internal' });
  await subscribe(w.ctx, w.ana, { channel: 'C3', audience: 'public', serviceId: api });
  expect(await told()).toMatchObject({ audience: 'public' });
  expect(await listDestinations(w.ctx.database, w.account.id, toCoverage(made))).toContainEqual({
    channelKind: 'slack',
    channel: 'C3',
    audience: 'public',
  });
});
