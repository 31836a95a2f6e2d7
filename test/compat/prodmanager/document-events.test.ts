import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateSettings } from '../../../src/access/accounts.ts';
import { approve } from '../../../src/approvals/commands.ts';
import { editScope } from '../../../src/catalogue/scopes/commands.ts';
import { comment } from '../../../src/comments/commands.ts';
import { edit, extend, reschedule } from '../../../src/maintenance/commands/edit.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../../src/maintenance/commands/transitions.ts';
import { hours, minutes } from '../../world.ts';
import type { Resource } from './client.ts';
import { change, changesSince, eventsOf, type ProdManager, startProdManager } from './served.ts';

/* The events of a maintenance: the answers of the document have what happened to it, the newest first. */

let at: ProdManager;
beforeAll(async () => {
  at = await startProdManager();
});
afterAll(() => at.close());
beforeEach(() => at.reset());

describe('what is done elsewhere in Lull is shown as an update', () => {
  type Act = (id: number) => Promise<unknown>;
  const changesBy = async (before: Resource, act: Act) => {
    at.wait(minutes(1));
    await act(before.id);
    const after = await at.get(before.id);
    return { after, changes: changesSince(before, after) };
  };

  test.each<readonly [string, 'scheduled' | 'in-progress', Act, () => object]>([
    [
      'a start',
      'scheduled',
      (id) => start(at.ctx, at.ana, id),
      () => ({ ...change('status', 'scheduled', 'in-progress'), ...change('start_date', null, at.date(0)) }),
    ],
    [
      'an end',
      'in-progress',
      (id) => finish(at.ctx, at.ana, id, 'failed'),
      () => ({ ...change('status', 'in-progress', 'failed'), ...change('end_date', null, at.date(0)) }),
    ],
    [
      'a cancellation',
      'scheduled',
      (id) => cancel(at.ctx, at.ana, id, 'Not now'),
      () => ({ ...change('status', 'scheduled', 'canceled'), ...change('end_date', null, at.date(0)) }),
    ],
    [
      'another name',
      'scheduled',
      (id) => edit(at.ctx, at.ana, id, { name: 'Another', serviceStatus: 'down' }),
      () => ({ ...change('name', 'Postgres upgrade', 'Another'), ...change('service_status', 'degraded', 'down') }),
    ],
    [
      'another window',
      'scheduled',
      (id) => reschedule(at.ctx, at.ana, id, at.soon(hours(5), hours(1))),
      () => ({
        ...change('scheduled_start_date', at.date(hours(1) - minutes(1)), at.date(hours(5))),
        ...change('scheduled_end_date', at.date(hours(3) - minutes(1)), at.date(hours(6))),
      }),
    ],
    [
      'an extension',
      'scheduled',
      (id) => extend(at.ctx, at.ana, id, 30),
      () => change('scheduled_end_date', at.date(hours(3) - minutes(1)), at.date(hours(3) + minutes(29))),
    ],
  ])('%s', async (_what, status, act, expected) => {
    const { after, changes } = await changesBy(await at.createWith(status), act);
    expect(changes).toEqual(expected());
    expect(eventsOf(after)[0]).toMatchObject({ creation_date: at.date(0), internal: true, type: 'update' });
  });

  test('but not what ProdManager does not have', async () => {
    const boss = at.person('approver', 'U0BOSS');
    await editScope(at.ctx, at.lull, at.first.scope, { requiresApproval: true });
    const before = await at.create();
    for (const act of [
      (id: number) => approve(at.ctx, boss, id),
      (id: number) => edit(at.ctx, at.ana, id, { risk: 'high' }),
    ]) {
      const { after } = await changesBy(before, act);
      expect(after).toEqual(before);
    }
    await editScope(at.ctx, at.lull, at.first.scope, { requiresApproval: false });
  });

  test('a comment is a comment', async () => {
    const before = await at.create();
    await comment(at.ctx, at.ana, before.id, { text: 'From Slack', internal: true });
    const event = { content: 'From Slack', creation_date: at.date(0), internal: true, type: 'comment' };
    expect((await at.get(before.id)).events).toEqual([event, ...eventsOf(before)]);
  });
});

test('what Lull does by itself is shown, too: a window starts and ends as planned', async () => {
  const before = await at.create();
  at.wait(hours(1));
  await at.settle();
  const started = await at.get(before.id);
  expect(started).toMatchObject({ status: 'in-progress', start_date: before.scheduled_start_date });
  at.wait(hours(2));
  await at.settle();
  const over = await at.get(before.id);
  expect(over).toMatchObject({ status: 'succeed', end_date: before.scheduled_end_date });
  expect(changesSince(started, over)).toEqual({
    ...change('status', 'in-progress', 'succeed'),
    ...change('end_date', null, before.scheduled_end_date),
  });
});

test('a window that is scheduled again starts by itself, and one in progress again ends by itself', async () => {
  const [scheduled, started] = [await at.createWith('canceled'), await at.createWith('failed')];
  await at.update(scheduled, { status: 'scheduled' });
  await at.update(started, { status: 'in-progress' });
  at.wait(hours(1));
  await at.settle();
  expect(await at.get(scheduled.id)).toMatchObject({ status: 'in-progress', start_date: at.date(0) });
  expect(await at.get(started.id)).toMatchObject({ status: 'in-progress', end_date: null });
  at.wait(hours(2));
  await at.settle();
  for (const { id } of [scheduled, started]) expect(await at.get(id)).toMatchObject({ status: 'succeed' });
});

test('their dates are in the zone of the account, as those of the maintenance', async () => {
  const settings = { defaultRole: 'operator', defaultChannel: null } as const;
  await updateSettings(at.ctx.database, at.account.id, { ...settings, timezone: 'Pacific/Chatham' });
  at.clock.moveTo(new Date('2027-06-01T12:00:00Z'));
  const window = { scheduled_start_date: '2027-06-02T02:00', scheduled_end_date: '2027-06-02T03:00' };
  const made = await at.create(window);
  const started = await at.update(made, { status: 'in-progress' });
  await updateSettings(at.ctx.database, at.account.id, { ...settings, timezone: 'UTC' });
  expect(await at.stored(made.id)).toMatchObject({ scheduled_start_date: '2027-06-01T13:15' });
  expect(started).toMatchObject({ ...window, creation_date: '2027-06-02T00:45', start_date: '2027-06-02T00:45' });
  expect(JSON.parse(eventsOf(made)[0]?.content ?? '')).toMatchObject({ ...window, creation_date: '2027-06-02T00:45' });
  expect(changesSince(made, started)).toMatchObject(change('start_date', null, '2027-06-02T00:45'));
});

test('updates at the same time are shown in the order in which they changed the maintenance', async () => {
  const made = await at.create({ name: 'name 0' });
  await Promise.all(Array.from({ length: 8 }, (_, n) => at.update(made, { name: `name ${n + 1}` })));
  const after = await at.get(made.id);
  const renames = eventsOf(after)
    .filter(({ type }) => type === 'update')
    .map(({ content }) => JSON.parse(content).name);
  const names = [after.name, ...renames.map(([before]) => before)];
  expect(renames).toEqual(names.slice(1).map((before, n) => [before, names[n]]));
  expect(names.at(-1)).toBe('name 0');
});

test('the creation of a maintenance on several services names the one that is shown', async () => {
  const services = [at.first.service, (await at.service('admin', [])).id];
  const { id } = await schedule(at.ctx, at.ana, at.input({ services }));
  const shown = await at.get(id);
  expect(JSON.parse(eventsOf(shown).at(-1)?.content ?? '').service).toBe(shown.service);
});

test('a date with seconds is accepted', async () => {
  const made = await at.create({ scheduled_end_date: `${at.date(hours(3))}:30` });
  expect(made.scheduled_end_date).toBe(at.date(hours(3)));
});

test('a date that clocks leave out when they go forward is refused', async () => {
  const { database } = at.ctx;
  await updateSettings(database, at.account.id, { timezone: 'Europe/Berlin' });
  const dates = { scheduled_start_date: '2027-03-28T02:30', scheduled_end_date: '2027-03-28T04:00' };
  await expect(at.client.create('maintenance', { ...at.required(), ...dates })).rejects.toMatchObject({
    status: 400,
    body: { reasons: { scheduled_start_date: [expect.stringContaining('does not exist')] } },
  });
  await updateSettings(database, at.account.id, { timezone: 'UTC' });
});
