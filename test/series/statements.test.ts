import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import { saveHomeViewed } from '../../src/home/repository.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import {
  deleteSeries,
  editSeries,
  pauseSeries,
  resumeSeries,
  type SeriesEdit,
  scheduleSeries,
  skipRun,
} from '../../src/series/commands.ts';
import { findSeries, type Series } from '../../src/series/repository.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { countingStatements } from '../statements.ts';
import { type World, world } from '../world.ts';
import { seriesInput } from './a-series.ts';

let w: World;
let services: number[];
beforeAll(async () => {
  w = await world();
  w.clock.moveTo(new Date('2027-03-01T12:30:00Z'));
  const admin = w.person('admin', 'U0ROOT');
  services = [(await w.service('api', ['health', 'latency'])).id, (await w.service('db', ['replicas'])).id];
  const scope = (await addScope(w.ctx, admin, { name: 'EU' })).id;
  for (const service of services) await editService(w.ctx, admin, service, { scopeId: scope });
  await subscribe(w.ctx, admin, { channel: 'C1', audience: 'public', scopeId: scope });
  await saveHomeViewed(w.ctx.database, w.account.id, 'U0ANA');
});
afterAll(() => w.close());

/** Those between `begin` and `commit`. */
async function inTransaction(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements = await countingStatements(work);
  expect(statements.filter((each) => each === 'begin')).toHaveLength(1);
  return statements.slice(statements.indexOf('begin') + 1, statements.indexOf('commit'));
}

let requests = 0;
const once = () => `request:${++requests}`;

const input = (cron: string) => seriesInput({ services, cron, timezone: 'UTC', durationMinutes: 20, channels: ['C3'] });
const scheduled = async (cron: string) => {
  const { id } = await scheduleSeries(w.ctx, w.ana, input(cron));
  return id;
};
const paused = async (cron: string) => {
  const id = await scheduled(cron);
  await pauseSeries(w.ctx, w.ana, id, 'cancel');
  return id;
};

type Act = (id: number, cron: string) => Promise<Series | Maintenance | undefined>;

const edit =
  (change: SeriesEdit): Act =>
  (id) =>
    editSeries(w.ctx, w.ana, id, change, once());

test.each<[most: number, what: string, prepare: (cron: string) => Promise<number>, act: Act]>([
  [6, 'scheduled', async () => 0, (_, cron) => scheduleSeries(w.ctx, w.ana, input(cron), once())],
  [8, 'renamed', scheduled, edit({ name: 'Reindex' })],
  [8, 'given other services', scheduled, (id) => edit({ services: services.slice(1) })(id, '')],
  [8, 'made longer', scheduled, edit({ durationMinutes: 25 })],
  [10, 'made internal', scheduled, edit({ visibility: 'internal' })],
  [10, 'moved', scheduled, (id, cron) => edit({ cron: cron.replace('0', '5') })(id, cron)],
  [8, 'paused', scheduled, (id) => pauseSeries(w.ctx, w.ana, id, 'cancel', once())],
  [8, 'resumed', paused, (id) => resumeSeries(w.ctx, w.ana, id, once())],
  [8, 'skipped once', scheduled, (id) => skipRun(w.ctx, w.ana, id)],
  [9, 'deleted', scheduled, (id) => deleteSeries(w.ctx, w.ana, id)],
])('at most %i statements for a series that is %s, whether it has one run or many', async (most, _, prepare, act) => {
  const counts: number[] = [];
  for (const cron of ['0 3 * * *', '*/30 * * * *']) {
    const id = await prepare(cron);
    let result: Series | Maintenance | undefined;
    const statements = await inTransaction(async () => {
      result = await act(id, cron);
    });
    counts.push(statements.length);
    if (result === undefined) throw new Error('nothing was done');
    // What the command returns is what it stored.
    const stored = 'cron' in result && (await findSeries(w.ctx.database, w.account.id, result.id));
    if (stored) expect(result).toEqual(stored);
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[1]).toBeLessThanOrEqual(most);
});
