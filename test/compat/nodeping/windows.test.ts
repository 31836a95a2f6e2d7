import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashToken } from '../../../src/access/token-repository.ts';
import { addScope, editScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { listMutes } from '../../../src/checks/mute-repository.ts';
import { findCheck } from '../../../src/checks/repository.ts';
import { addFreeze, removeFreeze } from '../../../src/freezes/commands.ts';
import { edit } from '../../../src/maintenance/commands/edit.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { deleteMaintenance } from '../../../src/maintenance/commands/transitions.ts';
import { editSeries, scheduleSeries } from '../../../src/series/commands.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { type Answer, call, callWith, checksCalled, entryIn } from './calling.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

let checks: readonly [string, string];
let named = 0;
beforeEach(async () => {
  const { database } = at.ctx;
  await database.adHoc.deleteMany();
  await database.mute.deleteMany();
  await database.maintenance.deleteMany();
  await database.series.deleteMany();
  named += 1;
  checks = [`A${named}`, `B${named}`];
  await checksCalled(at, at.lull, ...checks);
});

const ask = (method: string, path: string, body: Answer = {}) =>
  callWith(at, method, `/api/1/maintenance${path}`, { ...body, token: ADMIN_TOKEN });
const adHoc = async (values: Answer = {}) =>
  entryIn(await ask('POST', '/ad-hoc', { name: 'n', duration: 30, checklist: checks, enabled: false, ...values }))[0];
const series = async (values: Answer = {}) =>
  entryIn(await ask('POST', '', { cron: '0 3 * * *', duration: 60, checklist: checks, enabled: true, ...values }))[0];
const entry = async (id: string) => entryIn(await ask('GET', `/${id}`))[1];
const listed = async () => Object.keys((await ask('GET', '')).body.schedules as object);
const maintenance = async (id: string) => at.ctx.database.maintenance.findFirst({ where: { key: id } });
const isOn = async (externalId: string) => {
  const { id } = await at.ctx.database.check.findFirstOrThrow({ where: { externalId } });
  return (await findCheck(at.ctx.database, at.account.id, id))?.enabled;
};
/** Puts a check into a scope of its own. */
const ownScope = async (externalId: string) => {
  const { database } = at.ctx;
  const { id: scope } = await addScope(at.ctx, at.lull, { name: `Scope of ${externalId}` });
  const service = await addService(at.ctx, at.lull, { name: `service of ${externalId}`, scopeId: scope });
  const { id: check } = await database.check.findFirstOrThrow({ where: { externalId } });
  await database.serviceCheck.create({ data: { accountId: at.account.id, serviceId: service.id, checkId: check } });
  return { scope, check };
};
/** A token that is limited to one scope. */
const tokenFor = async (scope: number) => {
  const token = await at.token('write');
  await at.ctx.database.apiToken.updateMany({ where: { hash: hashToken(token) }, data: { scopes: [scope] } });
  return token;
};
const later = (milliseconds: number) => at.clock.moveTo(new Date(at.clock.now().getTime() + milliseconds));

describe('an ad-hoc maintenance', () => {
  test('waits until it is enabled', async () => {
    const id = await adHoc();
    later(hours(5));
    await at.settle();
    expect(await entry(id)).toMatchObject({ enabled: false, processing: false });
    expect(await maintenance(id)).toBeNull();
    expect(await isOn(checks[0])).toBe(true);
  });

  test('starts when it is enabled, ends after its duration, and leaves the list; its record stays', async () => {
    const id = await adHoc();
    await ask('PUT', `/${id}`, { enabled: true });
    await at.settle();
    expect(await entry(id)).toMatchObject({ enabled: true, processing: true, checklist: checks, duration: 30 });
    expect(Object.values((await entry(id)).history as object)).toEqual([
      { disabledchecklist: checks, skippedchecklist: [] },
    ]);
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([false, false]);
    expect(await listed()).toEqual([id]);

    later(minutes(30));
    await at.settle();
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([true, true]);
    expect(await listed()).toEqual([]);
    expect((await ask('GET', `/${id}`)).body).toHaveProperty('error');
    expect(await maintenance(id)).toMatchObject({ status: 'succeed', name: 'n', visibility: 'internal' });
  });

  test('can be changed while it runs: the duration counts from its start', async () => {
    const id = await adHoc({ enabled: true, duration: 10 });
    await at.settle();
    later(minutes(5));
    await ask('PUT', `/${id}`, { duration: 20, checklist: [checks[1]] });
    await at.settle();
    expect(await entry(id)).toMatchObject({ duration: 20, processing: true, checklist: [checks[1]] });
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([true, false]);
    later(minutes(6));
    await at.settle();
    expect(await listed()).toEqual([id]);
    later(minutes(9));
    await at.settle();
    expect(await listed()).toEqual([]);
  });

  test('ends when it is disabled while it runs', async () => {
    const id = await adHoc({ enabled: true });
    await at.settle();
    const { body } = await ask('PUT', `/${id}`, { enabled: false, duration: 30, checklist: checks });
    expect(body).toMatchObject({ [id]: { enabled: false, processing: false }, ok: true });
    await at.settle();
    expect(await isOn(checks[0])).toBe(true);
    expect(await maintenance(id)).toMatchObject({ status: 'succeed' });
    expect(await listed()).toEqual([]);
  });

  test('takes the values that disable it, but no duration: it ends now, and keeps the planned one', async () => {
    const id = await adHoc({ enabled: true, checklist: [checks[0]] });
    await at.settle();
    later(minutes(10));
    const sent = { enabled: false, name: 'done', checklist: [checks[1]], duration: 5 };
    const { body } = await ask('PUT', `/${id}`, sent);
    const shown = { name: 'done', enabled: false, processing: false, duration: 30, checklist: [checks[1]] };
    expect(body).toMatchObject({ [id]: shown, ok: true });
    await at.settle();
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([true, true]);
    expect(await maintenance(id)).toMatchObject({ status: 'succeed', name: 'done' });
    expect(await listed()).toEqual([]);
  });

  test('runs on unchanged when a value that disables it is wrong', async () => {
    const id = await adHoc({ enabled: true });
    await at.settle();
    const { body } = await ask('PUT', `/${id}`, { enabled: false, name: ' ' });
    expect(body).toEqual({ error: expect.stringContaining('needs a name') });
    expect(await entry(id)).toMatchObject({ name: 'n', enabled: true, processing: true });
  });

  test('ends in a freeze, whatever is sent back', async () => {
    const id = await adHoc({ enabled: true });
    await at.settle();
    const freeze = await addFreeze(at.ctx, at.lull, {
      ...{ ...at.soon(-hours(1), hours(2)), reason: 'Quarter end', effect: 'block', scopeId: null },
    });
    const { body } = await ask('PUT', `/${id}`, { enabled: false, name: 'n', duration: 30, checklist: checks });
    await removeFreeze(at.ctx, at.lull, freeze.id);
    expect(body).toMatchObject({ [id]: { enabled: false, processing: false }, ok: true });
  });

  test('is gone when it is removed, and its checks are unmuted', async () => {
    const [waits, runs] = [await adHoc(), await adHoc({ enabled: true })];
    await at.settle();
    await ask('DELETE', `/${waits}`);
    await ask('DELETE', `/${runs}`);
    await at.settle();
    expect(await listed()).toEqual([]);
    expect(await isOn(checks[0])).toBe(true);
    expect(await maintenance(runs)).toMatchObject({ status: 'canceled' });
  });

  test('starts once, however often it is enabled', async () => {
    const id = await adHoc();
    const all = await Promise.all([1, 2, 3].map(() => ask('PUT', `/${id}`, { enabled: true })));
    expect(all.map(({ body }) => body.ok)).toEqual([true, true, true]);
    expect(await at.ctx.database.maintenance.count()).toBe(1);
  });

  test('does not start in a freeze, nor where it needs approval; it keeps waiting', async () => {
    const scope = await addScope(at.ctx, at.lull, { name: 'Guarded' });
    const service = await addService(at.ctx, at.lull, { name: 'guarded', scopeId: scope.id });
    const { id: check } = await at.ctx.database.check.findFirstOrThrow({ where: { externalId: checks[0] } });
    const { database } = at.ctx;
    await database.serviceCheck.create({
      data: { accountId: at.account.id, serviceId: service.id, checkId: check },
    });
    const id = await adHoc();

    await editScope(at.ctx, at.lull, scope.id, { requiresApproval: true });
    const unapproved = await ask('PUT', `/${id}`, { enabled: true });
    expect(unapproved).toMatchObject({ status: 200, body: { error: expect.stringContaining('second person') } });
    await editScope(at.ctx, at.lull, scope.id, { requiresApproval: false });

    const { start, end } = at.soon(-hours(1), hours(2));
    const freeze = await addFreeze(at.ctx, at.lull, {
      ...{ start, end, reason: 'Quarter end', effect: 'block', scopeId: scope.id },
    });
    const frozen = await ask('PUT', `/${id}`, { enabled: true });
    expect(frozen).toMatchObject({ status: 200, body: { error: expect.stringContaining('Quarter end') } });
    expect(await entry(id)).toMatchObject({ enabled: false });
    await removeFreeze(at.ctx, at.lull, freeze.id);
    expect((await ask('PUT', `/${id}`, { enabled: true })).body).toMatchObject({ ok: true });
  });
});

describe('a scheduled maintenance', () => {
  test('shows no run in its history that was deleted', async () => {
    const id = await series();
    at.clock.moveTo(new Date(Number((await entry(id)).nextrun)));
    await at.settle();
    const run = await at.ctx.database.maintenance.findFirstOrThrow({ where: { status: 'in-progress' } });
    await deleteMaintenance(at.ctx, at.lull, run.id);
    expect(await entry(id)).toMatchObject({ processing: false, history: {} });
  });

  test('does not run while it is disabled, and does again when it is enabled', async () => {
    const id = await series();
    await ask('PUT', `/${id}`, { enabled: false });
    const { nextrun } = await entry(id);
    at.clock.moveTo(new Date(Number(nextrun)));
    await at.settle();
    expect(await entry(id)).toMatchObject({ enabled: false, processing: false, history: {} });
    expect(await isOn(checks[0])).toBe(true);

    await ask('PUT', `/${id}`, { enabled: true, duration: 30, checklist: checks });
    const again = await entry(id);
    expect(again).toMatchObject({ enabled: true, duration: 30, nextrun: Number(nextrun) + hours(24) });
  });

  test('makes no runs when it is created disabled', async () => {
    const id = await series({ enabled: false });
    expect(await entry(id)).toMatchObject({ enabled: false, nextrun: expect.any(Number) });
    expect(await at.ctx.database.maintenance.count()).toBe(0);
  });

  test('follows another cron line', async () => {
    const id = await series();
    await ask('PUT', `/${id}`, { name: 'later', cron: '30 4 * * *', duration: 60, checklist: checks });
    const changed = await entry(id);
    expect(changed).toMatchObject({ name: 'later', cron: '30 4 * * *', update: { user: 'admin' } });
    expect(new Date(Number(changed.nextrun)).toISOString()).toMatch(/T04:30:00/);
  });

  test('can be removed: its run in progress is canceled and its checks unmuted, past runs stay, no more follow', async () => {
    const id = await series();
    const other = await adHoc({ checklist: [checks[1]], duration: 180 });
    const run = async () => {
      at.clock.moveTo(new Date(Number((await entry(id)).nextrun)));
      await at.settle();
    };
    await run();
    later(hours(1));
    await at.settle();
    await run();
    await ask('PUT', `/${other}`, { enabled: true });
    await at.settle();
    expect(await entry(id)).toMatchObject({ processing: true });
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([false, false]);

    expect((await ask('DELETE', `/${id}`)).body).toEqual({ ok: true, message: 'Maintenance removed successfully.' });
    await at.settle();
    expect(await listed()).toEqual([other]);
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([true, false]);
    const left = await at.ctx.database.maintenance.findMany({
      where: { key: { not: other } },
      orderBy: { scheduledStart: 'asc' },
    });
    expect(left.map(({ status, seriesId }) => [status, seriesId])).toEqual([
      ['succeed', null],
      ['canceled', null],
      ['canceled', null],
    ]);
    const [ran] = left;
    expect(await listMutes(at.ctx.database, at.account.id, ran?.id ?? 0)).toHaveLength(2);
  });

  test('is removed with its run in progress or not at all', async () => {
    const id = await series({ checklist: [checks[0]] });
    at.clock.moveTo(new Date(Number((await entry(id)).nextrun)));
    await at.settle();
    const run = await at.ctx.database.maintenance.findFirstOrThrow({ where: { status: 'in-progress' } });
    const [theirs, guarded] = [await ownScope(checks[0]), await ownScope(checks[1])];
    await edit(at.ctx, at.lull, run.id, { checks: [theirs.check, guarded.check] });
    const token = await tokenFor(theirs.scope);
    const refused = await callWith(at, 'DELETE', `/api/1/maintenance/${id}`, { token });
    expect(refused).toMatchObject({ status: 403, body: { error: expect.any(String) } });
    expect(await entry(id)).toMatchObject({ enabled: true, processing: true });
  });

  test('keeps its run in progress when it is disabled or gets other checks, which its next runs mute', async () => {
    const id = await series({ checklist: [checks[0]] });
    at.clock.moveTo(new Date(Number((await entry(id)).nextrun)));
    await at.settle();
    const change = async (values: Answer): Promise<Answer> => {
      await ask('PUT', `/${id}`, values);
      await at.settle();
      return { ...(await entry(id)), on: [await isOn(checks[0]), await isOn(checks[1])] };
    };
    const other = await change({ checklist: [checks[1]] });
    expect(other).toMatchObject({ processing: true, checklist: [checks[1]], on: [false, true] });
    const disabled = await change({ enabled: false });
    expect(disabled).toMatchObject({ enabled: false, processing: true, on: [false, true] });
    const enabled = await change({ enabled: true });
    at.clock.moveTo(new Date(Number(enabled.nextrun)));
    await at.settle();
    expect([await isOn(checks[0]), await isOn(checks[1])]).toEqual([true, false]);
  });

  test('keeps every value when one part of a change fails', async () => {
    const id = await series();
    const before = await entry(id);
    await at.ctx.database.$executeRawUnsafe(`
      create function refuse_pause() returns trigger language plpgsql as $$
      begin if not new.enabled then raise exception 'no pause'; end if; return new; end $$`);
    await at.ctx.database.$executeRawUnsafe(
      'create trigger refuse_pause before update on series for each row execute function refuse_pause()',
    );
    const failed = await ask('PUT', `/${id}`, { name: 'renamed', duration: 30, enabled: false });
    await at.ctx.database.$executeRawUnsafe('drop function refuse_pause cascade');
    expect(failed.status).toBe(500);
    expect(await entry(id)).toEqual(before);
  });

  test('made elsewhere for services keeps covering their checks when its whole list is sent back', async () => {
    const service = await at.service(`service ${named}`, ['one', 'two']);
    const made = await scheduleSeries(at.ctx, at.lull, {
      ...{ name: 'Backups', cron: '0 3 * * 0', timezone: 'Europe/Berlin', durationMinutes: 60, scopeId: null },
      ...{ services: [service.id], checks: null, serviceStatus: 'down', visibility: 'public', description: '' },
      ...{ externalReference: null, externalLink: null, channels: [] },
    });
    // By name.
    const ids = service.checks.map(({ id }) => id);
    const shown = await entry(made.key);
    expect(shown).toMatchObject({ name: 'Backups', checklist: ids });
    await ask('PUT', `/${made.key}`, { duration: 90, checklist: ids.toReversed() });
    const stored = await at.ctx.database.series.findUniqueOrThrow({ where: { id: made.id } });
    expect(stored).toMatchObject({ durationMinutes: 90, namesChecks: false, timezone: 'Europe/Berlin' });
    await ask('PUT', `/${made.key}`, { duration: 90, checklist: [ids[0]] });
    expect(await entry(made.key)).toMatchObject({ checklist: [ids[0]] });
  });
});

describe('a checklist', () => {
  const reversed = () => checks.toReversed();
  const stored = async (id: string) => (await entry(id)).checklist;

  test.each([
    ['a series', () => series],
    ['an ad-hoc maintenance that waits', () => adHoc],
    ['an ad-hoc maintenance that runs', () => (values: Answer) => adHoc({ ...values, enabled: true })],
  ])('of %s keeps the order in which it was sent last, and has a check once', async (_, create) => {
    for (const order of [reversed(), checks]) {
      const id = await create()({ checklist: [...order, order[0]] });
      expect(await stored(id)).toEqual(order);
      const other = order.toReversed();
      const { body } = await ask('PUT', `/${id}`, { checklist: [...other, ...other] });
      expect(body).toMatchObject({ [id]: { checklist: other } });
      expect(await stored(id)).toEqual(other);
      await ask('PUT', `/${id}`, { name: 'renamed' });
      expect(await stored(id)).toEqual(other);
    }
  });

  test.each([
    ['a series', () => series],
    ['an ad-hoc maintenance that waits', () => adHoc],
    ['an ad-hoc maintenance that runs', () => (values: Answer) => adHoc({ ...values, enabled: true })],
  ])('of %s can be empty, be filled, and be emptied', async (_, create) => {
    const id = await create()({ checklist: [] });
    expect(await stored(id)).toEqual([]);
    for (const checklist of [[checks[0]], [], undefined]) {
      const { body } = await ask('PUT', `/${id}`, { name: 'renamed', checklist });
      expect(body).toMatchObject({ [id]: { name: 'renamed', checklist: checklist ?? [] }, ok: true });
    }
    await ask('PUT', `/${id}`, { enabled: true });
    await at.settle();
    expect(await entry(id)).toMatchObject({ enabled: true, checklist: [] });
  });

  test('that is empty can stay so in other interfaces, but not become so', async () => {
    const [empty, filled] = [await series({ checklist: [] }), await series()];
    const editIts = async (key: string, values: object) => {
      const { id } = await at.ctx.database.series.findFirstOrThrow({ where: { key } });
      return editSeries(at.ctx, at.ana, id, values);
    };
    expect(await editIts(empty, { name: 'renamed' })).toMatchObject({ name: 'renamed', checks: [] });
    const refused = { problems: [{ code: 'coverage-required' }] };
    await expect(editIts(filled, { checks: [] })).rejects.toMatchObject(refused);
    const input = { ...at.input({ services: [] }), checks: [] };
    await expect(schedule(at.ctx, at.ana, input)).rejects.toMatchObject(refused);
  });
});

describe('a series that was made elsewhere', () => {
  const inBerlin = (checklist: readonly string[]) =>
    scheduleSeries(at.ctx, at.lull, {
      ...{ name: 'Backups', cron: '0 3 * * *', timezone: 'Europe/Berlin', durationMinutes: 60, scopeId: null },
      ...{ services: [], checks: checklist, visibility: 'internal', channels: [] },
    });
  const ids = async () => {
    const found = await at.ctx.database.check.findMany({ where: { externalId: { in: [...checks] } } });
    return found.map(({ id }) => id);
  };

  test('in another time zone shows the zone of its cron line, and when it runs', async () => {
    const { key, nextRun } = await inBerlin(await ids());
    const shown = await entry(key);
    expect(Object.keys(shown).slice(0, 6)).toEqual(['name', 'enabled', 'processing', 'cron', 'timezone', 'duration']);
    expect(shown).toMatchObject({ cron: '0 3 * * *', timezone: 'Europe/Berlin', nextrun: nextRun?.start.getTime() });
    expect([1, 2]).toContain(new Date(Number(shown.nextrun)).getUTCHours());
    expect(await entry(await series())).not.toHaveProperty('timezone');
  });

  test('in another time zone keeps it, until it gets another cron line, which is in UTC', async () => {
    const { key } = await inBerlin(await ids());
    await ask('PUT', `/${key}`, { name: 'renamed', cron: '0 3 * * *', duration: 30, checklist: checks });
    expect(await entry(key)).toMatchObject({ name: 'renamed', cron: '0 3 * * *', timezone: 'Europe/Berlin' });
    await ask('PUT', `/${key}`, { cron: '0 4 * * *' });
    const changed = await entry(key);
    expect(changed).toMatchObject({ cron: '0 4 * * *' });
    expect(changed).not.toHaveProperty('timezone');
    expect(new Date(Number(changed.nextrun)).getUTCHours()).toBe(4);
  });

  test('and that no cron line expresses is absent', async () => {
    const id = await series({ enabled: false });
    await at.ctx.database.series.updateMany({ where: { key: id }, data: { cron: 'RRULE:FREQ=MONTHLY;BYDAY=-1SU' } });
    expect(await listed()).toEqual([]);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await ask(method, `/${id}`, { name: 'renamed' });
      expect(answer).toEqual({
        status: 200,
        body: { error: expect.stringContaining(`There is no maintenance ${id}`) },
      });
    }
    expect(await at.ctx.database.series.count({ where: { key: id, name: 'Scheduled maintenance' } })).toBe(1);
  });
});

describe('a token that is limited to scopes', () => {
  test('sees and changes only what is in them', async () => {
    const { scope } = await ownScope(checks[0]);
    const inside = { checklist: [checks[0]] };
    const outside = { checklist: [checks[1]] };
    const theirs = [await series(inside), await adHoc(inside), await adHoc({ ...inside, enabled: true })];
    const others = [await series(outside), await adHoc(outside), await adHoc({ ...outside, enabled: true })];

    const token = await tokenFor(scope);
    const asked = (method: string, path: string, body: Answer = {}) =>
      callWith(at, method, `/api/1/maintenance${path}`, { ...body, token });
    const { schedules } = (await asked('GET', '')).body;
    expect(Object.keys(schedules as object).toSorted()).toEqual(theirs.toSorted());
    for (const key of theirs) expect((await asked('GET', `/${key}`)).body).toHaveProperty(key);
    for (const key of others) {
      const nothing = { status: 200, body: { error: expect.stringContaining(`There is no maintenance ${key}`) } };
      expect(await asked('GET', `/${key}`)).toEqual(nothing);
      expect(await asked('PUT', `/${key}`, { name: 'taken over' })).toEqual(nothing);
      expect(await asked('DELETE', `/${key}`)).toEqual(nothing);
    }
    const refused = await asked('POST', '/ad-hoc', { duration: 5, ...outside });
    const unknown = await asked('POST', '/ad-hoc', { duration: 5, checklist: ['NONE'] });
    expect(refused.body).toHaveProperty('error');
    const asNone = JSON.stringify(refused).replaceAll(String(checks[1]), 'NONE');
    expect(asNone).toBe(JSON.stringify(unknown));
    expect((await asked('POST', '/ad-hoc', { duration: 5, ...inside })).body).toMatchObject({ ok: true });
    const known = await call(at, 'GET', `/api/1/checks?token=${token}`);
    expect(Object.keys(known.body)).toEqual([checks[0]]);
    expect((await call(at, 'GET', `/api/1/checks/${checks[1]}?token=${token}`)).body).toHaveProperty('error');
  });
});
