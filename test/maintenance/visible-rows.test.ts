import { afterAll, beforeAll, expect, test } from 'vitest';
import { listServices } from '../../src/catalogue/services/repository.ts';
import { comment } from '../../src/comments/commands.ts';
import type { Reader } from '../../src/core/permissions.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import {
  isPublic,
  seesMaintenance,
  seesSeries,
  seesSeriesOf,
  visibleComments,
  visibleMaintenances,
  visibleScopes,
  visibleServices,
} from '../../src/maintenance/repository/visibility.ts';
import { VISIBILITIES } from '../../src/maintenance/rules/status.ts';
import { queryRows, sql } from '../../src/platform/sql.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { findSeries } from '../../src/series/repository.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
  const db = w.ctx.database;
  const accountId = w.account.id;
  const services: number[] = [];
  const scopes: (number | null)[] = [null];
  for (const visibility of VISIBILITIES) {
    scopes.push((await db.scope.create({ data: { accountId, name: visibility, visibility } })).id);
  }
  for (const scopeId of scopes) {
    for (const visibility of VISIBILITIES) {
      const service = await db.service.create({ data: { accountId, name: `${visibility}`, visibility, scopeId } });
      services.push(service.id);
    }
  }
  const { id: check } = await db.check.create({ data: { id: 'PROBE', accountId, name: 'probe', externalId: 'PROBE' } });
  const on = [[], ...services.map((id) => [id]), services];
  for (const scopeId of scopes) {
    for (const visibility of VISIBILITIES) {
      for (const covered of on) {
        const input = { ...w.input({ services: covered, checks: [check], visibility }) };
        const made = await schedule(w.ctx, w.ana, input);
        await comment(w.ctx, w.ana, made.id, { text: 'for all', internal: false });
        await comment(w.ctx, w.ana, made.id, { text: 'for us', internal: true });
        const cron = { cron: '0 3 1 1 *', durationMinutes: 60 };
        const series = await scheduleSeries(w.ctx, w.ana, { ...input, ...cron });
        // A scope that is not that of its services, or none.
        await db.maintenance.update({ where: { id: made.id }, data: { scopeId } });
        await db.series.update({ where: { id: series.id }, data: { scopeId } });
      }
    }
  }
});
afterAll(() => w.close());

const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b);

const seriesSeenBy = async (reader: Reader) =>
  ids(await queryRows<{ id: number }>(w.ctx.database, sql`select r.id from series r where ${seesSeries(reader)}`));

test('what is read for the public is what the rule says is public, and all of it', async () => {
  const db = w.ctx.database;
  const accountId = w.account.id;
  const maintenances = [];
  for (const { id } of await db.maintenance.findMany({ where: { accountId } })) {
    const found = await findMaintenance(db, accountId, id);
    if (found?.audience === 'public') maintenances.push(found);
  }
  expect(maintenances.length).toBeGreaterThan(5);
  const where = { accountId, AND: [visibleMaintenances('public')] };
  expect(ids(await db.maintenance.findMany({ where }))).toEqual(ids(maintenances));
  const bySql = await db.$queryRaw<{ id: number }[]>`select m.id from maintenances m where ${isPublic}`;
  expect(ids(bySql)).toEqual(ids(maintenances));

  const series = [];
  for (const { id } of await db.series.findMany({ where: { accountId } })) {
    const found = await findSeries(db, accountId, id);
    if (found?.audience === 'public') series.push(found);
  }
  expect(series.length).toBeGreaterThan(5);
  expect(await seriesSeenBy('public')).toEqual(ids(series));

  const services = (await listServices(db, accountId)).filter(({ audience }) => audience === 'public');
  expect(services).toHaveLength(2);
  expect(ids(await db.service.findMany({ where: { AND: [visibleServices('public')] } }))).toEqual(ids(services));

  const ofTheirOwn = maintenances.filter(({ run }) => run === null);
  const comments = await db.comment.findMany({ where: { AND: [visibleComments('public')] } });
  expect(comments.map(({ maintenanceId }) => maintenanceId).sort((a, b) => a - b)).toEqual(ids(ofTheirOwn));
  expect(comments.every(({ text }) => text === 'for all')).toBe(true);
  expect((await db.scope.findMany({ where: visibleScopes('public') })).map(({ name }) => name)).toEqual(['public']);
});

test('of the account everything is read', async () => {
  const db = w.ctx.database;
  for (const [all, some] of [
    [await db.maintenance.count(), await db.maintenance.count({ where: { AND: [visibleMaintenances('internal')] } })],
    [await db.comment.count(), await db.comment.count({ where: { AND: [visibleComments('internal')] } })],
    [await db.service.count(), await db.service.count({ where: { AND: [visibleServices('internal')] } })],
    [await db.scope.count(), await db.scope.count({ where: { AND: [visibleScopes('internal')] } })],
    [await db.series.count(), (await seriesSeenBy('internal')).length],
  ]) {
    expect(some).toBe(all);
  }
});

test('a reader limited to scopes is shown the same rows by hand-written SQL', async () => {
  const db = w.ctx.database;
  for (const { id } of await db.scope.findMany()) {
    const reader = { scopes: [id] };
    const expected = await db.maintenance.findMany({ where: { AND: [visibleMaintenances(reader)] } });
    const bySql = await queryRows<{ id: number }>(
      db,
      sql`select m.id from maintenances m where ${seesMaintenance(reader)}`,
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(ids(bySql)).toEqual(ids(expected));
    const service = { scopeId: id };
    const check = { check: { services: { some: { service } } } };
    const series = { OR: [{ scopeId: id }, { services: { some: { service } } }, { checks: { some: check } }] };
    expect(await seriesSeenBy(reader)).toEqual(ids(await db.series.findMany({ where: series })));
    const runs = await db.maintenance.findMany({ where: { series } });
    expect(
      ids(await queryRows<{ id: number }>(db, sql`select m.id from maintenances m where ${seesSeriesOf(reader)}`)),
    ).toEqual(ids(runs));
  }
});
