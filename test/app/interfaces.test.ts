import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam, findAccountNamed, listSubaccounts } from '../../src/access/accounts.ts';
import { addSubaccount } from '../../src/access/commands.ts';
import { createApiToken, getVisibleToken } from '../../src/access/token-commands.ts';
import { findLastMaintenanceEdits, findLastSeriesEdits } from '../../src/audit/repository.ts';
import { createSecretCalendar, getVisibleCalendar } from '../../src/calendars/commands.ts';
import { findVisibleService, listNamedPage } from '../../src/catalogue/search.ts';
import { editCheck, switchChecksTogether } from '../../src/checks/commands.ts';
import { providerIds } from '../../src/checks/provider-repository.ts';
import { countRegister } from '../../src/checks/repository.ts';
import { addAdHoc, editAdHoc, removeAdHoc } from '../../src/compat/nodeping/ad-hoc-commands.ts';
import { listAdHocs } from '../../src/compat/nodeping/repository.ts';
import type { UserError } from '../../src/core/errors.ts';
import { type Actor, systemActor } from '../../src/core/permissions.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { deleteSeries, scheduleSeries } from '../../src/series/commands.ts';
import { listLastRuns } from '../../src/series/repository.ts';
import { readTimelines } from '../../src/status-page/timeline-repository.ts';
import { type World, world } from '../world.ts';

let w: World;
let other: Actor;
let theirs: { service: number; check: string; maintenance: number; series: number; adHoc: string; subaccount: string };

beforeAll(async () => {
  w = await world();
  const { ctx, ana, lull } = w;
  const service = await w.service('api', ['health']);
  const check = service.checks[0]?.id ?? '';
  const { id: maintenance } = await schedule(ctx, ana, w.input({ services: [service.id] }));
  await start(ctx, ana, maintenance);
  const series = await scheduleSeries(ctx, ana, {
    ...{ name: 'Backups', cron: '0 3 * * *', timezone: 'UTC', durationMinutes: 60, scopeId: null, services: [] },
    ...{ checks: [check], serviceStatus: 'down', visibility: 'internal', description: '', channels: [] },
    ...{ externalReference: null, externalLink: null },
  });
  const waiting = await addAdHoc(ctx, ana, { name: 'waits', durationMinutes: 5, checks: [check], enabled: false });
  const adHoc = 'waiting' in waiting ? waiting.waiting.key : '';
  const { key: subaccount } = await addSubaccount(ctx, lull, { name: 'Customer' });
  theirs = { service: service.id, check, maintenance, series: series.id, adHoc, subaccount };
  const defaults = { timezone: 'UTC', defaultChannel: null };
  other = systemActor((await findAccountByTeam(ctx.database, { id: 'T0OTHER', name: 'Other' }, defaults)).id);
});
afterAll(() => w.close());

describe('what is of another account is answered like what does not exist', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['to enable', () => editAdHoc(w.ctx, other, theirs.adHoc, { enabled: true })],
    ['to remove', () => removeAdHoc(w.ctx, other, theirs.adHoc)],
    ['to delete', () => deleteSeries(w.ctx, other, theirs.series)],
    ['to correct', () => correct(w.ctx, other, theirs.maintenance, () => ({ status: 'succeed' }))],
    ['to switch', () => editCheck(w.ctx, other, theirs.check, { enabled: false })],
  ])('%s', async (_, act) => {
    const before = await w.ctx.database.auditEvent.count();
    const refusal: UserError = await act().then(
      () => expect.unreachable('it was done'),
      (error: UserError) => error,
    );
    expect(refusal.kind).toBe('not-found');
    expect(await w.ctx.database.auditEvent.count()).toBe(before);
  });

  test('to cover', async () => {
    const asked = { name: 'n', durationMinutes: 5, checks: [theirs.check], enabled: false };
    await expect(addAdHoc(w.ctx, other, asked)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('to read', async () => {
    const { database } = w.ctx;
    const { accountId } = other;
    expect(await listAdHocs(database, accountId, 'internal')).toEqual([]);
    expect([...(await listLastRuns(database, accountId, [theirs.series], 10)).values()].flat()).toEqual([]);
    expect((await providerIds(database, accountId)).nameOf.size).toBe(0);
    expect(await countRegister(database, accountId)).toEqual({ enabled: 0, disabled: 0, together: 0 });
    expect(await listSubaccounts(database, accountId)).toEqual([]);
    expect(await findAccountNamed(database, theirs.subaccount, accountId)).toBeUndefined();
    const timelines = await readTimelines(
      database,
      accountId,
      [theirs.maintenance],
      ['maintenance.scheduled'],
      'internal',
    );
    expect(timelines.get(theirs.maintenance)).toEqual([]);
    expect((await findLastMaintenanceEdits(database, accountId, [theirs.maintenance])).size).toBe(0);
    const edits = await findLastSeriesEdits(database, accountId, [theirs.series], ['series.scheduled']);
    expect(edits.size).toBe(0);
    expect(await findVisibleService(database, accountId, 'internal', theirs.service)).toBeUndefined();
    const page = await listNamedPage(database, 'service', accountId, 'internal', { limit: 9, offset: 0 });
    expect(page).toEqual({ items: [], total: 0 });
    const { token } = await createApiToken(w.ctx, w.lull, { name: 'Deploys', rights: 'read', scopes: null });
    const { calendar } = await createSecretCalendar(w.ctx, w.lull, { name: 'On call', scopes: [], services: [] });
    expect(await getVisibleToken(database, other, token.id)).toBeUndefined();
    expect(await getVisibleToken(database, w.lull, token.id)).toEqual(token);
    expect(await getVisibleCalendar(database, other, calendar.id)).toBeUndefined();
    expect(await getVisibleCalendar(database, w.lull, calendar.id)).toEqual(calendar);
  });

  test('and is not switched together with its own', async () => {
    await switchChecksTogether(w.ctx, other, {}, false);
    const check = await w.ctx.database.check.findUniqueOrThrow({ where: { id: theirs.check } });
    expect(check).toMatchObject({ enabled: true, bulkDisabled: false });
  });
});

test('a sub-account of another account is out of reach, whatever its key', async () => {
  const { database } = w.ctx;
  expect(await findAccountNamed(database, theirs.subaccount, w.account.id)).toMatchObject({ name: 'Customer' });
  expect(await findAccountNamed(database, '\0', w.account.id)).toBeUndefined();
});
