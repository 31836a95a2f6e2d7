import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addCheck } from '../../src/checks/commands.ts';
import { findProvider, insertProvider } from '../../src/checks/provider-repository.ts';
import type { Provider } from '../../src/checks/providers/provider.ts';
import { pruneStaleDowntimes, reconcile } from '../../src/checks/reconcile.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { silent, type World, world } from '../world.ts';
import { Monitoring, only } from './monitoring.ts';

let w: World;
let service: number;
let checks: string[];
let monitoring: Monitoring;

beforeAll(async () => {
  w = await world();
  const row = { name: 'eu', kind: 'nodeping', settings: {}, credentials: null, enabled: true };
  await insertProvider(w.ctx.database, w.account.id, row, w.clock.now());
  service = (await w.service('api')).id;
  checks = [];
  for (const name of ['a', 'b', 'c']) {
    const services = name === 'a' ? [service] : [];
    const input = { name, services, provider: 'eu', externalId: name, enabled: true, tags: [] };
    checks.push((await addCheck(w.ctx, w.person('admin'), input)).id);
  }
});
afterAll(() => w.close());
beforeEach(async () => {
  monitoring = new Monitoring();
  await w.ctx.database.provider.updateMany({ data: { circuitOpenUntil: null, failures: 0, lastError: null } });
});

const of = () => ({ accountId: w.account.id, provider: 'eu' });
const look = (provider: Provider = monitoring) => pruneStaleDowntimes(w.ctx, only(provider, 'eu'), silent, of());
const health = async () => (await findProvider(w.ctx.database, w.account.id, 'eu'))?.health;

/** The same with downtimes: what is off is what lies under one. */
const withDowntimes = (over: Monitoring): Provider => ({
  form: 'downtime',
  read: (targets) => over.read(targets),
  switchOff: (targets) => over.switchOff(targets),
  switchOn: (targets) => over.switchOn(targets),
  present: async () => new Set(over.off),
});

test('a system with switches is asked for one check, which updates its health', async () => {
  const before = w.clock.now();
  await look();
  expect(monitoring.calls).toEqual([['read', 1]]);
  expect((await health())?.lastOkAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
});

test('a system that does not answer is unhealthy, and not called for a while after three failures', async () => {
  monitoring.broken = { error: 'Nothing answers at example.com.' };
  for (let times = 0; times < 5; times++) await look();
  expect(await health()).toMatchObject({ failures: 3, lastError: 'Nothing answers at example.com.' });
  expect(monitoring.calls).toHaveLength(3);
});

test('a system that was removed is no error', async () => {
  await pruneStaleDowntimes(w.ctx, only(undefined), silent, of());
});

test('stale downtimes are removed; those of windows and of others stay', async () => {
  const downtimes = withDowntimes(monitoring);
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
  await start(w.ctx, w.ana, id);
  await reconcile(w.ctx, only(downtimes, 'eu'), silent, of());
  const [held = '', unwanted = ''] = checks;
  expect([...monitoring.off]).toEqual([held]);
  monitoring.off.add(unwanted);
  monitoring.off.add('of another account');
  await look(downtimes);
  expect([...monitoring.off]).toEqual([held, 'of another account']);
});
