import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/access/token-commands.ts';
import { editScope } from '../../../src/catalogue/scopes/commands.ts';
import { addFreeze, removeFreeze } from '../../../src/freezes/commands.ts';
import { STATUSES, type Status } from '../../../src/maintenance/rules/status.ts';
import { hours, minutes } from '../../world.ts';
import type { Resource } from './client.ts';
import { change, changesSince, expectRefused, type ProdManager, startProdManager, toDate } from './served.ts';

/* Of an update in the document of the maintenance API: its status, and what it means for the rows start_date and end_date. */

let at: ProdManager;
beforeAll(async () => {
  at = await startProdManager();
});
afterAll(() => at.close());
beforeEach(() => at.reset());

/** Changes between two answers, as events write them. */
const changesOf = (before: Resource, expected: Readonly<Record<string, unknown>>) =>
  Object.assign(
    {},
    ...Object.entries(expected).flatMap(([field, value]) =>
      value === before[field] ? [] : [change(field, before[field], value)],
    ),
  );

describe('start_date, end_date (string, required: true, which is not enforced): when it really began and ended', () => {
  /** Minutes after the start, which was half an hour ago; what is over ended after 20 minutes. */
  type Minute = number | null;
  const minute = (value: Minute) =>
    value === null ? null : toDate(new Date(at.clock.now().getTime() - minutes(30 - value)));

  async function createHalfAnHourAgo(status: Status): Promise<Resource> {
    const isOver = status === 'succeed' || status === 'failed';
    const first = await at.createWith(isOver ? 'in-progress' : status);
    at.wait(minutes(20));
    const resource = isOver ? await at.update(first, { status }) : first;
    at.wait(minutes(10));
    return resource;
  }

  test.each<readonly [Status, Status, Minute, Minute, string, Minute, Minute]>([
    // from, to, sent start_date and end_date, what they mean, answered start_date and end_date
    ['scheduled', 'in-progress', null, null, 'it starts now', 30, null],
    ['scheduled', 'in-progress', 10, null, 'the given start', 10, null],
    ['in-progress', 'in-progress', null, null, 'the recorded start', 0, null],
    ['in-progress', 'in-progress', 0, null, 'the recorded start', 0, null],
    ['in-progress', 'in-progress', 10, null, 'the given start', 10, null],
    ['succeed', 'in-progress', 0, 20, 'the recorded start, and no end', 0, null],
    ['succeed', 'in-progress', null, null, 'the recorded start, and no end', 0, null],
    ['in-progress', 'succeed', 5, 15, 'both as given', 5, 15],
    ['in-progress', 'succeed', 5, 5, 'both as given', 5, 5],
    ['in-progress', 'failed', 5, 15, 'both as given', 5, 15],
    ['in-progress', 'canceled', 5, 15, 'both as given', 5, 15],
    ['in-progress', 'succeed', null, null, 'it ends now', 0, 30],
    ['in-progress', 'failed', 0, null, 'it ends now', 0, 30],
    ['in-progress', 'canceled', null, null, 'it ends now', 0, 30],
    ['scheduled', 'succeed', null, null, 'it ends now and never started', null, 30],
    ['scheduled', 'failed', 5, 10, 'both as given', 5, 10],
    ['scheduled', 'canceled', 5, 10, 'both as given', 5, 10],
    ['succeed', 'succeed', null, null, 'what is recorded', 0, 20],
    ['succeed', 'succeed', 1, 19, 'both as given', 1, 19],
    ['succeed', 'failed', 0, 20, 'what is recorded', 0, 20],
    ['succeed', 'failed', null, null, 'it ends now', 0, 30],
    ['canceled', 'succeed', null, null, 'it ends now and never started', null, 30],
    ['failed', 'canceled', null, null, 'what is recorded', 0, 20],
    ['failed', 'canceled', 0, 20, 'what is recorded', 0, 20],
    ['in-progress', 'scheduled', 0, null, 'neither', null, null],
    ['succeed', 'scheduled', 0, 20, 'neither', null, null],
    ['failed', 'scheduled', null, null, 'neither', null, null],
    ['scheduled', 'scheduled', null, null, 'neither', null, null],
  ])('%s to %s with %s and %s: %s', async (from, to, start, end, _meaning, newStart, newEnd) => {
    const before = await createHalfAnHourAgo(from);
    const sent = { status: to, start_date: minute(start) ?? '', end_date: minute(end) ?? '' };
    const after = await at.update(before, sent);
    const expected = { status: to, start_date: minute(newStart), end_date: minute(newEnd) };
    expect(after).toEqual({ ...before, ...expected, events: expect.any(Array) });
    expect(changesSince(before, after)).toEqual(changesOf(before, expected));
    expect(await at.get(before.id)).toEqual(after);
    expect(await at.stored(before.id)).toMatchObject(expected);
  });

  test.each(STATUSES)('in-progress to %s without them is as with empty ones', async (status) => {
    const before = await at.createWith('in-progress');
    at.wait(minutes(10));
    const { start_date: _, end_date: __, ...rest } = before;
    const after = await at.update(rest as Resource, { status });
    const [started, ended] = [at.date(-minutes(10)), at.date(0)];
    const isOpen = status === 'scheduled' || status === 'in-progress';
    expect(after).toMatchObject({
      start_date: status === 'scheduled' ? null : started,
      end_date: isOpen ? null : ended,
    });
  });

  test.each<readonly [Status, Status, Minute, Minute, 'start_date' | 'end_date']>([
    ['in-progress', 'in-progress', 0, 20, 'end_date'],
    ['succeed', 'in-progress', 0, 25, 'end_date'],
    ['scheduled', 'scheduled', 5, null, 'start_date'],
    ['scheduled', 'scheduled', null, 5, 'end_date'],
    ['succeed', 'scheduled', 1, 20, 'start_date'],
    ['succeed', 'scheduled', 0, 21, 'end_date'],
    ['in-progress', 'succeed', 15, 5, 'end_date'],
    ['scheduled', 'canceled', 15, 5, 'end_date'],
    ['succeed', 'succeed', 25, 20, 'end_date'],
    ['succeed', 'succeed', 25, null, 'end_date'],
  ])('%s to %s with %s and %s is refused: %s', async (from, to, start, end, wrong) => {
    const before = await createHalfAnHourAgo(from);
    const dates = { start_date: minute(start), end_date: minute(end) };
    expectRefused(await at.tryUpdate(before, { status: to, name: 'Renamed', ...dates }), 'update', wrong);
    expect(await at.get(before.id)).toEqual(before);
  });

  test.each(['start_date', 'end_date'])('a %s that is no date is refused', async (field) => {
    const before = await at.createWith('in-progress');
    for (const value of ['tomorrow', '2027-02-30T10:00', '2027-01-01']) {
      expectRefused(await at.tryUpdate(before, { status: 'succeed', [field]: value }), 'update', field);
    }
    expect(await at.get(before.id)).toEqual(before);
  });

  test('a date with a space is accepted', async () => {
    const before = await createHalfAnHourAgo('in-progress');
    const [start, end] = [minute(5), minute(15)];
    const spaced = { start_date: start?.replace('T', ' '), end_date: end?.replace('T', ' ') };
    const after = await at.update(before, { status: 'succeed', ...spaced });
    expect(after).toMatchObject({ start_date: start, end_date: end });
  });

  test('the recorded minute keeps the recorded second', async () => {
    at.wait(30_000);
    const started = await at.createWith('in-progress');
    at.wait(minutes(7));
    const over = await at.update(started, { status: 'succeed' });
    const row = () => at.ctx.database.maintenance.findUniqueOrThrow({ where: { id: over.id } });
    const { startedAt, endedAt } = await row();
    expect([startedAt?.getUTCSeconds(), endedAt?.getUTCSeconds()]).toEqual([30, 30]);
    at.wait(minutes(7));
    const renamed = await at.update(over, { name: 'Renamed' });
    expect(changesSince(over, renamed)).toEqual({ name: ['Postgres upgrade', 'Renamed'] });
    expect(await row()).toMatchObject({ startedAt, endedAt });
  });
});

describe('status (string, required: true): any from any other', () => {
  const pairs = STATUSES.flatMap((from) => STATUSES.filter((to) => to !== from).map((to) => [from, to] as const));
  test.each(pairs)('%s to %s', async (from, to) => {
    const before = await at.createWith(from);
    at.wait(minutes(10));
    const after = await at.update(before, { status: to, name: 'Renamed', description: '' });
    const isOpen = to === 'scheduled' || to === 'in-progress';
    const expected = {
      ...{ status: to, name: 'Renamed', description: null },
      start_date:
        to === 'scheduled' ? null : to === 'in-progress' ? (before.start_date ?? at.date(0)) : before.start_date,
      end_date: isOpen ? null : (before.end_date ?? at.date(0)),
    };
    expect(after).toEqual({ ...before, ...expected, events: expect.any(Array) });
    expect(changesSince(before, after)).toEqual(changesOf(before, expected));
    expect(await at.stored(before.id)).toMatchObject(expected);
    // Sent back as it is, it stays as it is.
    expect(await at.update(after, {})).toEqual(after);
    // Its checks are muted while it is in progress, and only then.
    const muted = await at.ctx.database.mute.count({ where: { maintenanceId: before.id, endedAt: null } });
    expect(muted).toBe(to === 'in-progress' ? 1 : 0);
  });

  test.each<readonly [Status, Status, string]>([
    ['in-progress', 'scheduled', 'scheduled_start_date'],
    ['succeed', 'scheduled', 'scheduled_start_date'],
    ['canceled', 'scheduled', 'scheduled_start_date'],
  ])('%s to %s after its plan needs a new plan: %s', async (from, to, field) => {
    const before = await at.createWith(from);
    at.wait(hours(5));
    expectRefused(await at.tryUpdate(before, { status: to }), 'update', field);
    expect(await at.get(before.id)).toEqual(before);
    const window = { scheduled_start_date: at.date(hours(1)), scheduled_end_date: at.date(hours(2)) };
    expect(await at.update(before, { status: to, ...window })).toMatchObject({ status: to, ...window });
  });

  test.each(['succeed', 'failed', 'canceled'] as const)(
    '%s to in-progress after its plan lasts as long as planned',
    async (from) => {
      const before = await at.createWith(from);
      at.wait(hours(5));
      expect(await at.update(before, { status: 'in-progress' })).toMatchObject({
        status: 'in-progress',
        end_date: null,
      });
      const { endsAt } = await at.ctx.database.maintenance.findUniqueOrThrow({ where: { id: before.id } });
      // The clock of the tests runs on.
      const left = (endsAt?.getTime() ?? 0) - at.clock.now().getTime();
      expect(left).toBeGreaterThan(hours(2) - minutes(1));
      expect(left).toBeLessThanOrEqual(hours(2));
    },
  );

  test.each(['in-progress', 'succeed', 'failed'])(
    'scheduled to %s is a conflict without its approval',
    async (status) => {
      const { ctx, lull, other } = at;
      await editScope(ctx, lull, other.scope, { requiresApproval: true });
      const before = await at.create({ scope: other.scope });
      const answer = await at.tryUpdate(before, { status, name: 'Renamed' });
      const shown = await at.get(before.id);
      await editScope(ctx, lull, other.scope, { requiresApproval: false });
      expect([answer.status, answer.body]).toEqual([
        409,
        { message: 'Maintenance update failed', reasons: { maintenance: [expect.stringContaining('approved')] } },
      ]);
      expect(shown).toEqual(before);
    },
  );

  test.each<readonly [Status, Status]>([
    ['failed', 'scheduled'],
    ['failed', 'in-progress'],
    ['canceled', 'scheduled'],
  ])('%s to %s is a conflict in a freeze', async (from, to) => {
    const before = await at.createWith(from);
    const boss = at.person('admin');
    const freeze = { ...at.soon(0, hours(9)), scopeId: null, reason: 'Holidays', effect: 'block' } as const;
    const { id } = await addFreeze(at.ctx, boss, freeze);
    const answer = await at.tryUpdate(before, { status: to, name: 'Renamed' });
    await removeFreeze(at.ctx, boss, id);
    expect([answer.status, answer.body]).toEqual([
      409,
      {
        message: 'Maintenance update failed',
        reasons: { scheduled_start_date: [expect.stringContaining('Holidays')] },
      },
    ]);
    expect(await at.get(before.id)).toEqual(before);
  });

  test.each(STATUSES)('%s, with a token that is limited to a scope, only in that scope', async (status) => {
    const { first, other } = at;
    const input = { name: 'staging', rights: 'write', scopes: [other.scope] } as const;
    const { text } = await createApiToken(at.ctx, at.person('admin'), input);
    const outside = await at.create();
    const inside = await at.create({ scope: other.scope });
    expect((await at.tryUpdate(outside, { status }, text)).status).toBe(404);
    expect(await at.tryUpdate(inside, { status, scope: first.scope }, text)).toMatchObject({
      status: 400,
      body: { reasons: { scope: [`There is no scope with id ${first.scope}.`] } },
    });
    expect([await at.get(outside.id), await at.get(inside.id)]).toEqual([outside, inside]);
    expect(await at.tryUpdate(inside, { status }, text)).toMatchObject({ status: 200, body: { status } });
  });
});

describe('scheduled_start_date, scheduled_end_date (string, required: true) of one that has begun', () => {
  test('change nothing when they are sent back, also after the planned start', async () => {
    const resources = [];
    for (const status of STATUSES) resources.push(await at.createWith(status));
    at.wait(minutes(90));
    for (const before of resources) {
      const after = await at.update(before, { name: 'Late' });
      expect(after).toEqual({ ...before, name: 'Late', events: expect.any(Array) });
      expect(changesSince(before, after)).toEqual({ name: ['Postgres upgrade', 'Late'] });
    }
    const [, started] = resources;
    expect(await at.update(started as Resource, { status: 'succeed' })).toMatchObject({ end_date: at.date(0) });
  });

  test('move a window in progress and when it ends, but not to an end in the past', async () => {
    const before = await at.createWith('in-progress', { scheduled_start_date: at.date(-minutes(1)) });
    at.wait(minutes(30));
    const window = { scheduled_start_date: at.date(-minutes(50)), scheduled_end_date: at.date(minutes(10)) };
    const after = await at.update(before, window);
    expect(after).toEqual({ ...before, ...window, events: expect.any(Array) });
    expect(changesSince(before, after)).toEqual(changesOf(before, window));
    expectRefused(
      await at.tryUpdate(after, { scheduled_end_date: at.date(-minutes(1)) }),
      'update',
      'scheduled_end_date',
    );
    expect(await at.get(before.id)).toEqual(after);
    at.wait(minutes(10));
    await at.settle();
    expect(await at.get(before.id)).toMatchObject({ status: 'succeed', end_date: window.scheduled_end_date });
  });

  test('move one that is over to where it was', async () => {
    for (const status of ['succeed', 'failed', 'canceled'] as const) {
      const before = await at.createWith(status);
      const window = { scheduled_start_date: at.date(-hours(9)), scheduled_end_date: at.date(-hours(8)) };
      expect(await at.update(before, window)).toEqual({ ...before, ...window, events: expect.any(Array) });
    }
  });
});
