import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertProvider, recordCall, updateProvider } from '../../src/checks/provider-repository.ts';
import { comment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findDraft, saveDraft } from '../../src/maintenance/repository/changes.ts';
import { claimKey, REPLY_KEY_TTL_MS, replyKey } from '../../src/platform/idempotency.ts';
import { enqueue } from '../../src/platform/jobs.ts';
import { countJobsByState } from '../../src/platform/metrics.ts';
import { sweep } from '../../src/scheduler/sweeper.ts';
import { Channels, inSlack } from '../delivery/channels.ts';
import { recordingStatements } from '../statements.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());
/** Deletes every job, as if all were done or had failed permanently. */
const noJobs = () => w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
beforeEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await noJobs();
});

const jobs = async () => {
  const rows = await w.ctx.database.$queryRaw<
    { key: string | null }[]
  >`select split_part(key, '#', 1) as key from graphile_worker.jobs order by 1`;
  return rows.map((row) => row.key);
};
const inProgress = async () => {
  const service = await w.service(`service ${Math.random()}`, ['check']);
  const made = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  await start(w.ctx, w.ana, made.id);
  return made.id;
};

test('a provider with unsettled mutes is enqueued again', async () => {
  const id = await inProgress();
  await noJobs();
  await sweep(w.ctx);
  expect(await jobs()).toContain(`reconcile:${w.account.id}:builtin`);
  await finish(w.ctx, w.ana, id, 'succeed');
  await w.ctx.database.mute.updateMany({ data: { releasedAt: w.clock.now() } });
  await noJobs();
  await sweep(w.ctx);
  expect(await jobs()).not.toContain(`reconcile:${w.account.id}:builtin`);
});

test('the sweeper reads which providers have unsettled mutes, and not their checks', async () => {
  const service = await w.service(
    'with checks',
    Array.from({ length: 20 }, (_, at) => `check ${at}`),
  );
  await start(w.ctx, w.ana, (await schedule(w.ctx, w.ana, w.input({ services: [service.id] }))).id);
  const statements = await recordingStatements(() => sweep(w.ctx));
  const reads = statements.filter(({ text }) => /^\s*select/i.test(text) && /\bmutes"?\b/.test(text));
  expect(reads.length).toBeGreaterThan(0);
  const session = await w.session();
  for (const { text, values } of reads) expect((await session.query(text, [...values])).rows).toHaveLength(1);
});

test('a provider without a call for five minutes is tested unless it is disabled', async () => {
  const { database } = w.ctx;
  const provider = { name: 'icinga', kind: 'icinga2', settings: {}, credentials: null, enabled: true };
  await insertProvider(database, w.account.id, provider, w.clock.now());
  const looked = async () => {
    await noJobs();
    await sweep(w.ctx);
    return (await jobs()).includes(`prune-downtimes:${w.account.id}:icinga`);
  };
  const ago = (length: number) => new Date(w.clock.now().getTime() - length);
  expect(await looked()).toBe(true);
  await recordCall(database, w.account.id, 'icinga', 'answered', '', ago(minutes(4)));
  expect(await looked()).toBe(false);
  await recordCall(database, w.account.id, 'icinga', 'answered', '', ago(minutes(6)));
  expect(await looked()).toBe(true);
  await recordCall(database, w.account.id, 'icinga', 'refused', 'away', ago(minutes(1)));
  expect(await looked()).toBe(false);
  await recordCall(database, w.account.id, 'icinga', 'refused', 'away', ago(minutes(6)));
  await updateProvider(database, w.account.id, 'icinga', { enabled: false });
  expect(await looked()).toBe(false);
});

describe('a channel', () => {
  let channels: Channels;
  const C0DEFAULT = 'C0DEFAULT';
  const key = () => `announce:${w.account.id}:slack:${C0DEFAULT}`;
  const run = () => announce(w.ctx, channels, silent, { accountId: w.account.id, ...inSlack(C0DEFAULT) });
  const sweptJobs = async () => {
    await noJobs();
    await sweep(w.ctx);
    return jobs();
  };
  beforeEach(() => {
    channels = new Channels();
  });

  test('is enqueued again until its announcement and all notes are posted', async () => {
    const id = await inProgress();
    expect(await sweptJobs()).toContain(key());
    await run();
    expect(await sweptJobs()).not.toContain(key());
    await comment(w.ctx, w.ana, id, { text: 'more to tell', internal: false });
    expect(await sweptJobs()).toContain(key());
  });

  test('that refused an announcement permanently is not enqueued', async () => {
    await inProgress();
    channels.refuses.set(C0DEFAULT, { kind: 'final', error: 'is_archived', advice: 'Subscribe another one.' });
    await run();
    expect(await sweptJobs()).not.toContain(key());
  });

  test('is not enqueued for an announcement that its audience must not see', async () => {
    const id = await inProgress();
    const { database } = w.ctx;
    await database.announcement.updateMany({ where: { maintenanceId: id }, data: { audience: 'public' } });
    await database.maintenance.updateMany({ where: { id }, data: { visibility: 'internal' } });
    await run();
    expect(channels.in(C0DEFAULT)).toEqual([]);
    expect(await sweptJobs()).not.toContain(key());
  });

  test('is not enqueued for a window that ended a month ago without an announcement', async () => {
    const id = await inProgress();
    await finish(w.ctx, w.ana, id, 'succeed');
    expect(await sweptJobs()).toContain(key());
    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(31 * 24)));
    expect(await sweptJobs()).not.toContain(key());
  });
});

test('a job scheduled for later is not run early', async () => {
  await inProgress();
  const { database } = w.ctx;
  await database.$executeRaw`update graphile_worker._private_jobs set run_at = now() + interval '1 hour'`;
  await sweep(w.ctx);
  const rows = await database.$queryRaw<{ waits: boolean }[]>`
    select run_at > now() + interval '50 minutes' as waits from graphile_worker.jobs where key like 'announce:%'`;
  expect(rows).toEqual([{ waits: true }]);
});

test('a failed job that was enqueued again is removed; the later one and a running one are not', async () => {
  const { database } = w.ctx;
  const ask = (channel: string) =>
    enqueue(database, 'announce', { accountId: w.account.id, channelKind: 'slack', channel });
  const [failed, inHand] = ['C0FAILED', 'C0HAND'];
  for (const channel of [failed, inHand]) {
    await ask(channel);
    await database.$executeRaw`
      update graphile_worker._private_jobs set locked_by = 'pool', locked_at = now() where split_part(key, '#', 1) = ${`announce:${w.account.id}:slack:${channel}`}`;
    await ask(channel);
  }
  // As the queue marks a permanently failed job.
  await database.$executeRaw`
    update graphile_worker._private_jobs as jobs set locked_by = null, locked_at = null
    from graphile_worker._private_job_queues as queues
    where jobs.job_queue_id = queues.id and queues.queue_name = ${`announce:${w.account.id}:slack:${failed}`}`;
  expect(await jobs()).toEqual([
    `announce:${w.account.id}:slack:${failed}`,
    `announce:${w.account.id}:slack:${inHand}`,
    null,
    null,
  ]);
  expect(await countJobsByState(database)).toEqual([{ job: 'announce', waiting: 2, failed: 0 }]);
  await sweep(w.ctx);
  expect(await jobs()).toEqual([
    `announce:${w.account.id}:slack:${failed}`,
    `announce:${w.account.id}:slack:${inHand}`,
    null,
  ]);
});

test('expired drafts and idempotency keys are deleted after a day', async () => {
  const { database } = w.ctx;
  const now = w.clock.now();
  const old = new Date(now.getTime() - hours(25));
  const [kept, gone] = [
    await saveDraft(database, w.account.id, 'U0ANA', { a: 1 }, now),
    await saveDraft(database, w.account.id, 'U0ANA', { a: 2 }, old),
  ];
  await claimKey(database, w.account.id, 'kept', now);
  await claimKey(database, w.account.id, 'gone', old);
  await sweep(w.ctx);
  expect(await findDraft(database, w.account.id, kept)).toEqual({ a: 1 });
  expect(await findDraft(database, w.account.id, gone)).toBeUndefined();
  expect(await claimKey(database, w.account.id, 'kept', now)).toBe(false);
  expect(await claimKey(database, w.account.id, 'gone', now)).toBe(true);
});

test('the keys of thread replies are kept for a month, because replies may be read again', async () => {
  const { database } = w.ctx;
  const kept = replyKey({ channelKind: 'slack', channel: 'C0OPS', messageRef: '1764000000.000100' });
  const gone = replyKey({ channelKind: 'slack', channel: 'C0OPS', messageRef: '1764000000.000200' });
  const now = w.clock.now();
  await claimKey(database, w.account.id, kept, new Date(now.getTime() - REPLY_KEY_TTL_MS + hours(1)));
  await claimKey(database, w.account.id, gone, new Date(now.getTime() - REPLY_KEY_TTL_MS - hours(1)));
  await sweep(w.ctx);
  expect(await claimKey(database, w.account.id, kept, now)).toBe(false);
  expect(await claimKey(database, w.account.id, gone, now)).toBe(true);
});
