import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backfillReplies, ingestReplies } from '../../src/comments/commands.ts';
import { DeliveryError } from '../../src/core/errors.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, deleteMaintenance, finish, start } from '../../src/maintenance/commands/transitions.ts';
import type { Jobs } from '../../src/platform/jobs.ts';
import { hours, silent, type World, world } from '../world.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api')).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ctx.database.maintenance.deleteMany();
  await noJobs();
});

const noJobs = () => w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
const days = (count: number) => hours(24 * count);
const THREAD = '1764000000.000100';

/** A window that begins so much later, announced in the default channel. Returns its id. */
async function announced(from: number): Promise<number> {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(from, hours(1)) }));
  await w.ctx.database.announcement.updateMany({
    where: { maintenanceId: id },
    data: { messageRef: THREAD, claimedAt: new Date() },
  });
  return id;
}
/** What waits to be read: where its queue is, which page, and whether it is put off for at least half a minute. */
const waiting = () =>
  w.ctx.database.$queryRaw<{ queue: string; key: string; later: boolean }[]>`
    select queue_name as queue, split_part(key, '#', 1) as key, run_at > now() + interval '30 seconds' as later from graphile_worker.jobs
    where task_identifier = 'ingest-replies' order by id`;
const keys = async () => (await waiting()).map(({ key }) => key);
const keyOf = (id: number, cursor = '') => `ingest-replies:${id}:slack:C0DEFAULT:${cursor}`;
const page = (maintenanceId: number, more: Partial<Jobs['ingest-replies']> = {}): Jobs['ingest-replies'] => ({
  accountId: w.account.id,
  maintenanceId,
  channelKind: 'slack',
  channel: 'C0DEFAULT',
  thread: THREAD,
  cursor: '',
  after: THREAD,
  ...more,
});
const refused = (reason: DeliveryError['reason']) => ({
  ingestReplies: async () => {
    throw new DeliveryError(reason);
  },
});

describe('the threads that are read again', () => {
  test('are those of windows in progress, that begin within two weeks, or that ended within a day', async () => {
    const later = await announced(days(13));
    const soon = await announced(days(1));
    const running = await announced(days(2));
    await start(w.ctx, w.ana, running);
    const canceled = await announced(days(3));
    await cancel(w.ctx, w.ana, canceled, 'Not today');
    await announced(days(17));
    const gone = await announced(days(1));
    await deleteMaintenance(w.ctx, w.person('admin'), gone);
    await schedule(w.ctx, w.ana, w.input({ services: [service], name: 'Not posted yet' }));
    await noJobs();
    await backfillReplies(w.ctx);
    expect(await keys()).toEqual([running, soon, later, canceled].map((id) => keyOf(id)));

    const now = w.clock.now();
    w.clock.moveTo(new Date(now.getTime() + days(1) + hours(1)));
    await finish(w.ctx, w.ana, running, 'succeed');
    await noJobs();
    await backfillReplies(w.ctx);
    w.clock.moveTo(now);
    expect((await keys()).toSorted()).toEqual([soon, later, running].map((id) => keyOf(id)).toSorted());
  });

  test('are read once when Lull was away twice in a row', async () => {
    const id = await announced(hours(1));
    await backfillReplies(w.ctx);
    await backfillReplies(w.ctx);
    expect(await keys()).toEqual([keyOf(id)]);
  });

  test('are not those of a workspace that removed Lull', async () => {
    const { database } = w.ctx;
    await announced(hours(1));
    const installation = { accountId: w.account.id, botUserId: 'U0', scopes: [], installedById: 'U0ANA' };
    await database.installation.create({
      data: { ...installation, token: null, installedAt: w.clock.now(), removedAt: w.clock.now() },
    });
    await noJobs();
    await backfillReplies(w.ctx);
    expect(await keys()).toEqual([]);
    await database.installation.deleteMany();
  });
});

describe('a thread', () => {
  test('is read page by page', async () => {
    const id = await announced(hours(1));
    const second = page(id, { cursor: 'next', after: '1764000009.000000' });
    const asked: Jobs['ingest-replies'][] = [];
    const threads = {
      ingestReplies: async (of: Jobs['ingest-replies']) => {
        asked.push(of);
        return of.cursor === '' ? second : undefined;
      },
    };
    await ingestReplies(w.ctx, threads, silent, page(id));
    expect(await keys()).toEqual([keyOf(id, 'next')]);
    await noJobs();
    await ingestReplies(w.ctx, threads, silent, second);
    expect(await keys()).toEqual([]);
    expect(asked).toEqual([page(id), second]);
  });

  test('that Slack wants a pause for waits, and with it all others of the workspace', async () => {
    const [first, second] = [await announced(hours(1)), await announced(hours(2))];
    await noJobs();
    await backfillReplies(w.ctx);
    await ingestReplies(w.ctx, refused({ kind: 'later', retryAfterSeconds: 60 }), silent, page(first));
    const queue = `threads:${w.account.id}:slack`;
    const all = [first, second].map((id) => ({ queue, key: keyOf(id), later: true }));
    expect((await waiting()).toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(all);
    // Nor does another start hurry them.
    await backfillReplies(w.ctx);
    expect((await waiting()).every(({ later }) => later)).toBe(true);
  });

  test.each([
    ['is gone', { kind: 'gone' }],
    ['is in a workspace that removed Lull', { kind: 'disconnected' }],
    ['may not be read', { kind: 'final', error: 'missing_scope', advice: 'Install it again.' }],
  ] as const)('that %s is left', async (_, reason) => {
    await ingestReplies(w.ctx, refused(reason), silent, page(await announced(hours(1))));
    expect(await keys()).toEqual([]);
  });

  test('that cannot be read for the moment is tried again by the queue', async () => {
    const away = {
      ingestReplies: async () => {
        throw new Error('the network is away');
      },
    };
    await expect(ingestReplies(w.ctx, away, silent, page(1))).rejects.toThrow('the network is away');
  });
});
