import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeCheck } from '../../src/checks/commands.ts';
import { listMutes } from '../../src/checks/mute-repository.ts';
import { comment } from '../../src/comments/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { announce } from '../../src/delivery/announce.ts';
import { edit, VersionConflict } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { Channels, inSlack } from '../delivery/channels.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';

let w: World;
let api: Awaited<ReturnType<World['service']>>;
let web: Awaited<ReturnType<World['service']>>;
beforeAll(async () => {
  w = await world();
  api = await w.service('api', ['api health']);
  web = await w.service('web', ['web health', 'web latency']);
});
afterAll(() => w.close());

const scheduled = (values: Partial<Parameters<World['input']>[0]> = {}) =>
  schedule(w.ctx, w.ana, w.input({ services: [api.id], ...values }));
const stored = async (id: number) => {
  const found = await findMaintenance(w.ctx.database, w.account.id, id);
  if (found === undefined) throw new Error('the maintenance is gone');
  return found;
};
const edits = (maintenanceId: number) =>
  w.ctx.database.auditEvent.findMany({ where: { maintenanceId, type: 'maintenance.changed' }, orderBy: { id: 'asc' } });
const held = async (id: number) =>
  (await listMutes(w.ctx.database, w.account.id, id)).filter((mute) => mute.endedAt === null).map((h) => h.checkName);
const enforcements = () => w.ctx.database.$queryRaw`
    select distinct split_part(key, '#', 1) as key from graphile_worker.jobs where key like 'reconcile:%'`;
const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
};

describe('an edit', () => {
  test('changes what it names and nothing else, and records before and after', async () => {
    const made = await scheduled({ description: 'as it was' });
    const edited = await edit(w.ctx, w.ana, made.id, { name: ' Postgres 18 ', serviceStatus: 'degraded' });
    expect(edited).toMatchObject({ name: 'Postgres 18', serviceStatus: 'degraded', description: 'as it was' });
    expect(edited?.version).toBe(made.version + 1);
    expect(await edits(made.id)).toMatchObject([
      {
        before: { name: 'Postgres upgrade', service_status: 'down' },
        after: { name: 'Postgres 18', service_status: 'degraded' },
      },
    ]);
  });

  test('that changes nothing leaves no trace', async () => {
    const made = await scheduled();
    await edit(w.ctx, w.ana, made.id, { name: made.name, services: [api.id, api.id] });
    expect((await stored(made.id)).version).toBe(made.version);
    expect(await edits(made.id)).toEqual([]);
  });

  test('of an older version is refused with what the maintenance is now, and overwrites nothing', async () => {
    const made = await scheduled();
    await edit(w.ctx, w.ana, made.id, { name: 'First' }, { version: made.version });
    const second = await refusal(edit(w.ctx, w.ana, made.id, { name: 'Second' }, { version: made.version }));
    expect(second).toBeInstanceOf(VersionConflict);
    expect(second instanceof VersionConflict && second.current.name).toBe('First');
    expect((await stored(made.id)).name).toBe('First');
  });

  test('made twice at once is made once', async () => {
    const made = await scheduled();
    const request = { version: made.version, once: 'view:1' };
    const results = await Promise.all([1, 2].map(() => edit(w.ctx, w.ana, made.id, { name: 'Once' }, request)));
    expect(results.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await edits(made.id)).toHaveLength(1);
  });

  test('says every field that is wrong', async () => {
    const made = await scheduled();
    const wrong = await refusal(edit(w.ctx, w.ana, made.id, { name: ' ', services: [999], end: made.scheduledStart }));
    expect(wrong.problems.map(({ field }) => field).sort()).toEqual(['name', 'scheduled_end_date', 'services']);
  });

  test.each(['viewer', 'none'] as const)('is not for a %s', async (role) => {
    const made = await scheduled();
    expect((await refusal(edit(w.ctx, w.person(role), made.id, { name: 'No' }))).kind).toBe('forbidden');
  });

  test('is not for what is over', async () => {
    const made = await scheduled();
    await start(w.ctx, w.ana, made.id);
    await finish(w.ctx, w.ana, made.id, 'succeed');
    expect((await refusal(edit(w.ctx, w.ana, made.id, { name: 'Late' }))).kind).toBe('conflict');
  });

  test('of the times moves the instant at which time acts', async () => {
    const made = await scheduled();
    const window = w.soon(hours(5), hours(1));
    await edit(w.ctx, w.ana, made.id, window);
    const row = await w.ctx.database.maintenance.findUniqueOrThrow({ where: { id: made.id } });
    // An hour before its start it is reminded of.
    expect(row.nextDueAt).toEqual(new Date(window.start.getTime() - hours(1)));
  });
});

test('named checks keep the order in which they were named, also after one of them was removed', async () => {
  const { checks } = await w.service('db', ['one', 'two', 'three', 'four']);
  const [added = '', removed = '', ...others] = checks.map(({ id }) => id).sort();
  const { id } = await scheduled({ checks: [removed, ...others] });
  await removeCheck(w.ctx, w.lull, removed);
  await edit(w.ctx, w.ana, id, { checks: [...others, added] });
  expect((await stored(id)).checks).toEqual([...others, added]);
});

describe('a running window', () => {
  test('mutes what it covers after the edit, and lets go of what it does not cover any more', async () => {
    const made = await scheduled();
    await start(w.ctx, w.ana, made.id);
    expect(await held(made.id)).toEqual(['api health']);
    await edit(w.ctx, w.ana, made.id, { services: [api.id, web.id] });
    expect(await held(made.id)).toEqual(['api health', 'web health', 'web latency']);
    await edit(w.ctx, w.ana, made.id, { services: [web.id], checks: [web.checks[0]?.id ?? ''] });
    expect(await held(made.id)).toEqual(['web health']);
  });

  test('keeps its start, and its end stays ahead', async () => {
    const made = await scheduled();
    const begun = await start(w.ctx, w.ana, made.id);
    if (begun === undefined) throw new Error('not begun');
    const earlier = new Date(begun.scheduledStart.getTime() + minutes(5));
    expect((await refusal(edit(w.ctx, w.ana, made.id, { start: earlier }))).problems[0]?.field).toBe(
      'scheduled_start_date',
    );
    w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(30)));
    const past = new Date(w.clock.now().getTime() - minutes(1));
    expect((await refusal(edit(w.ctx, w.ana, made.id, { end: past }))).problems[0]?.field).toBe('scheduled_end_date');
    const later = new Date(begun.scheduledEnd.getTime() + hours(1));
    expect(await edit(w.ctx, w.ana, made.id, { end: later })).toMatchObject({
      endsAt: later,
      scheduledEnd: begun.scheduledEnd,
    });
  });
});

describe('the checks of a running window', () => {
  test.each([
    ['later', hours(4)],
    ['sooner', minutes(30)],
  ])('are told to their monitoring system anew when its end is edited to be %s', async (_, length) => {
    const made = await scheduled();
    await start(w.ctx, w.ana, made.id);
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await edit(w.ctx, w.ana, made.id, { name: 'Postgres 18' });
    expect(await enforcements()).toEqual([]);
    await edit(w.ctx, w.ana, made.id, { end: new Date(w.clock.now().getTime() + length) });
    expect(await enforcements()).toEqual([{ key: `reconcile:${w.account.id}:builtin` }]);
  });
});

describe('a window that turns internal', () => {
  test('leaves one neutral line in public channels, and what happens meanwhile is never told there', async () => {
    const channels = new Channels();
    const tell = () => announce(w.ctx, channels, silent, { accountId: w.account.id, ...inSlack('CPUBLIC') });
    await subscribe(w.ctx, w.lull, { channel: 'CPUBLIC', audience: 'public', serviceId: api.id });
    const made = await scheduled({ name: 'Secret migration' });
    await tell();
    expect(JSON.stringify(channels.live('CPUBLIC'))).toContain('Secret migration');

    await edit(w.ctx, w.ana, made.id, { visibility: 'internal' });
    await comment(w.ctx, w.ana, made.id, { text: 'said while it was internal', internal: false });
    await tell();
    expect(JSON.stringify(channels.live('CPUBLIC'))).not.toContain('Secret migration');
    expect(channels.live('CPUBLIC')[0]?.message.text).toContain('not announced in this channel any more');

    await edit(w.ctx, w.ana, made.id, { visibility: 'public', name: 'Migration' });
    await comment(w.ctx, w.ana, made.id, { text: 'said after', internal: false });
    await tell();
    expect(JSON.stringify(channels.live('CPUBLIC'))).toContain('Migration');
    expect(channels.notes('CPUBLIC')).toEqual([expect.stringContaining('said after')]);
  });
});
