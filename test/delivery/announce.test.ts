import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { editService } from '../../src/catalogue/services/commands.ts';
import { editCheck } from '../../src/checks/commands.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { comment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findBelongings } from '../../src/maintenance/repository/locked.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { Monitoring, only } from '../checks/monitoring.ts';
import { mortal } from '../checks/writes.ts';
import { countingStatements } from '../statements.ts';
import { minutes, silent, type World, world } from '../world.ts';
import { Channels, inSlack } from './channels.ts';

let w: World;
let life: Awaited<ReturnType<typeof mortal>>;
let channels: Channels;
let service: number;
const CHANNEL = 'C0DEFAULT';

beforeAll(async () => {
  w = await world();
  life = await mortal(w.ctx.database);
  service = (await w.service('api', ['secret-probe'])).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  channels = new Channels();
  await w.ctx.database.maintenance.deleteMany();
});
afterEach(() => w.ctx.database.subscription.deleteMany());

const scheduled = (values: Partial<Parameters<World['input']>[0]> = {}) =>
  schedule(w.ctx, w.ana, w.input({ services: [service], ...values }));
const tell = (channel = CHANNEL) => announce(w.ctx, channels, silent, { accountId: w.account.id, ...inSlack(channel) });
const row = (maintenanceId: number, channel = CHANNEL) =>
  w.ctx.database.announcement.findFirstOrThrow({ where: { maintenanceId, channel } });
const waiting = () =>
  w.ctx.database.$queryRaw<{ later: boolean }[]>`
    select run_at > now() + interval '20 seconds' as later from graphile_worker.jobs
    where split_part(key, '#', 1) = ${`announce:${w.account.id}:slack:${CHANNEL}`}`;

describe('a maintenance', () => {
  test('is one message per channel, updated in place, with each event once and in order in its thread', async () => {
    const { id } = await scheduled();
    await tell();
    await start(w.ctx, w.ana, id);
    await comment(w.ctx, w.ana, id, { text: 'Replicas are in sync', internal: false });
    await tell();
    await extend(w.ctx, w.ana, id, 30);
    await finish(w.ctx, w.ana, id, 'succeed');
    await tell();
    await tell();
    const [live, ...others] = channels.live(CHANNEL);
    expect(others).toEqual([]);
    expect(live?.message.text).toMatch(/Done/);
    expect(channels.notes(CHANNEL)).toEqual([
      expect.stringMatching(/Started by/),
      expect.stringMatching(/Replicas are in sync/),
      expect.stringMatching(/Extended by 30 min/),
      expect.stringMatching(/Ended by/),
    ]);
  });

  test('that is over shows the number of its checks even if its services changed since', async () => {
    const { id: own, checks } = await w.service('search', ['search answers', 'search is quick']);
    const { id } = await scheduled({ services: [own] });
    await start(w.ctx, w.ana, id);
    await finish(w.ctx, w.ana, id, 'succeed');
    const [first = ''] = checks.map((check) => check.id);
    await editCheck(w.ctx, w.lull, first, { services: [service] });
    await comment(w.ctx, w.ana, id, { text: 'All good', internal: false });
    await tell();
    expect(JSON.stringify(channels.live(CHANNEL)[0]?.message.blocks)).toContain('*Checks*\\n2 checks');
    await editCheck(w.ctx, w.lull, first, { services: [own] });
  });

  test('names only its public services in public, and is not announced there if it has none', async () => {
    const db = w.ctx.database;
    const accountId = w.account.id;
    const hidden = (await db.service.create({ data: { accountId, name: 'secret-ledger', visibility: 'internal' } })).id;
    await subscribe(w.ctx, w.lull, { channel: 'C0OPEN', audience: 'public' });
    await scheduled({ services: [service, hidden] });
    await tell('C0OPEN');
    await tell();
    expect(JSON.stringify(channels.in('C0OPEN'))).toContain('api');
    expect(JSON.stringify(channels.in('C0OPEN'))).not.toContain('secret-ledger');
    expect(JSON.stringify(channels.in(CHANNEL))).toContain('secret-ledger');

    const secret = await scheduled({ services: [hidden] });
    expect((await findBelongings(db, secret.id)).channels).toEqual([inSlack(CHANNEL)]);
  });

  test('that becomes public with its service does not show earlier events', async () => {
    const db = w.ctx.database;
    const hidden = await db.service.create({
      data: { accountId: w.account.id, name: 'ledger', visibility: 'internal' },
    });
    await subscribe(w.ctx, w.lull, { channel: 'C0LATER', audience: 'public' });
    const { id } = await scheduled({ services: [hidden.id] });
    await comment(w.ctx, w.ana, id, { text: 'said among ourselves', internal: false });
    await editService(w.ctx, w.lull, hidden.id, { visibility: 'public' });
    await comment(w.ctx, w.ana, id, { text: 'said to all', internal: false });
    await tell('C0LATER');
    expect(channels.live('C0LATER')).toHaveLength(1);
    expect(channels.notes('C0LATER')).toEqual([expect.stringContaining('said to all')]);

    await editService(w.ctx, w.lull, hidden.id, { visibility: 'internal' });
    await tell('C0LATER');
    expect(JSON.stringify(channels.live('C0LATER'))).not.toContain('ledger');
  });

  test('is not updated while its text is the same', async () => {
    const { id } = await scheduled();
    await tell();
    await comment(w.ctx, w.ana, id, { text: 'nothing that the message shows', internal: false });
    await tell();
    await tell();
    expect(channels.calls).toEqual([`post ${CHANNEL}`, `post ${CHANNEL}`]);
  });

  test('is announced in every subscribed channel, each with its own thread', async () => {
    await subscribe(w.ctx, w.lull, { channel: 'C1', audience: 'internal', serviceId: service });
    const { id } = await scheduled({ channels: ['C2'] });
    await start(w.ctx, w.ana, id);
    const all = (await findBelongings(w.ctx.database, id)).channels.map(({ channel }) => channel);
    expect(all).toEqual([CHANNEL, 'C1', 'C2']);
    for (const channel of all) await tell(channel);
    for (const channel of all) {
      expect(channels.live(channel)).toHaveLength(1);
      expect(channels.notes(channel)).toHaveLength(1);
    }
  });
});

describe('a message that somebody deleted', () => {
  const deleteLive = () => {
    for (const each of channels.live(CHANNEL)) each.deleted = true;
  };

  test('is posted again when the maintenance changes', async () => {
    const { id } = await scheduled();
    await tell();
    deleteLive();
    await start(w.ctx, w.ana, id);
    await tell();
    expect(channels.live(CHANNEL).map(({ message }) => message.text)).toEqual([expect.stringMatching(/In progress/)]);
    expect(channels.notes(CHANNEL)).toHaveLength(1);
  });

  test('is posted again when only its thread has something new', async () => {
    const { id } = await scheduled();
    await tell();
    deleteLive();
    await comment(w.ctx, w.ana, id, { text: 'still there?', internal: false });
    await tell();
    const [live] = channels.live(CHANNEL);
    expect(channels.in(CHANNEL).at(-1)).toMatchObject({ thread: live?.ts });
    expect(channels.notes(CHANNEL)).toEqual([expect.stringMatching(/still there/)]);
  });
});

describe('a process that is killed', () => {
  test('at any write, before or after the post, causes no duplicate and no missing message', async () => {
    for (let writes = 0; ; writes++) {
      channels = new Channels();
      const { id } = await scheduled();
      await start(w.ctx, w.ana, id);
      await life.dieAfter(writes);
      const died = await tell().then(
        () => false,
        () => true,
      );
      await life.live();
      await tell();
      expect({ writes, live: channels.live(CHANNEL).length, notes: channels.notes(CHANNEL).length }).toEqual({
        writes,
        live: 1,
        notes: 1,
      });
      await w.ctx.database.maintenance.deleteMany();
      if (!died) break;
    }
  });

  test('at any write after the post, before it is done, reads the replies that were written since', async () => {
    const { database } = w.ctx;
    const reads = (id: number) => database.$queryRaw<{ thread: string }[]>`
      select payload ->> 'thread' as thread from graphile_worker._private_jobs where key like ${`ingest-replies:${id}:%`}`;
    let deaths = 0;
    for (let writes = 0; ; writes++) {
      channels = new Channels();
      const { id } = await scheduled();
      await life.dieAfter(writes);
      const died = await tell().then(
        () => false,
        () => true,
      );
      await life.live();
      const posted = channels.live(CHANNEL).length > 0;
      await tell();
      const expected = died && posted ? [{ thread: (await row(id)).messageRef }] : [];
      expect({ writes, reads: await reads(id) }).toEqual({ writes, reads: expected });
      if (expected.length > 0) deaths++;
      await database.maintenance.deleteMany();
      if (!died) break;
    }
    expect(deaths).toBeGreaterThan(1);
  });

  test('before the post posts nothing, and the next process posts it', async () => {
    const { id } = await scheduled();
    channels.before = async () => {
      channels.before = async () => {};
      throw new Error('killed');
    };
    await expect(tell()).rejects.toThrow('killed');
    expect(await row(id)).toMatchObject({ messageRef: null, claimedAt: expect.any(Date) });
    await tell();
    expect(channels.calls.slice(1)).toEqual([`find ${CHANNEL}`, `post ${CHANNEL}`]);
    expect(channels.live(CHANNEL)).toHaveLength(1);
  });
});

describe('a channel', () => {
  const jobs = () => w.ctx.database.$queryRaw<{ key: string }[]>`
    select distinct split_part(key, '#', 1) as key from graphile_worker.jobs where key like 'announce:%' order by 1`;
  const kinds = () => channels.in(CHANNEL).map(({ thread }) => (thread === undefined ? 'post' : 'note'));

  test('has one job for everything that many windows have to show there', async () => {
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    for (let i = 0; i < 3; i++) await scheduled({ channels: ['C1'] });
    const keys = [CHANNEL, 'C1'].map((channel) => `announce:${w.account.id}:slack:${channel}`);
    expect((await jobs()).map(({ key }) => key)).toEqual(keys);
    await tell();
    expect(channels.live(CHANNEL)).toHaveLength(3);
  });

  test('costs a few statements for each of many windows that start together', async () => {
    const count = async (windows: number) => {
      await w.ctx.database.maintenance.deleteMany();
      const made = [];
      for (let i = 0; i < windows; i++) made.push(await scheduled());
      await tell();
      for (const { id } of made) await start(w.ctx, w.ana, id);
      const texts = await countingStatements(() => tell());
      expect(channels.notes(CHANNEL)).toHaveLength(windows);
      channels.posted.clear();
      return texts.length;
    };
    const [one, many] = [await count(1), await count(15)];
    // The claim of a note, its reference, and the version that is shown.
    expect(many - one).toBe(14 * 3);
    expect(one).toBeLessThanOrEqual(8);
  });

  test('gets new announcements first, then notes, then updates', async () => {
    const old = [await scheduled(), await scheduled()];
    await tell();
    for (const { id } of old) await start(w.ctx, w.ana, id);
    await scheduled();
    channels.calls.length = 0;
    await tell();
    expect(channels.calls).toEqual([...Array(3).fill(`post ${CHANNEL}`), ...Array(2).fill(`update ${CHANNEL}`)]);
    expect(kinds()).toEqual(['post', 'post', 'post', 'note', 'note']);
  });

  test('gets what one run leaves undone from further runs, each after what is more urgent', async () => {
    for (let i = 0; i < 25; i++) {
      const { id } = await scheduled();
      if (i >= 15) await start(w.ctx, w.ana, id);
    }
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await tell();
    expect(kinds()).toEqual(Array(20).fill('post'));
    expect(await jobs()).toHaveLength(1);
    await tell();
    await tell();
    expect(kinds()).toEqual([...Array(25).fill('post'), ...Array(10).fill('note')]);
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await tell();
    expect(await jobs()).toEqual([]);
  });

  test('gets the other announcements although one of them fails, which comes last from then on', async () => {
    const { id } = await scheduled({ name: 'Unlucky' });
    await scheduled();
    let posts = 0;
    channels.before = async () => {
      if (++posts === 1) throw new Error('internal_error');
    };
    await expect(tell()).rejects.toThrow('internal_error');
    expect(channels.live(CHANNEL)).toHaveLength(1);
    expect(await row(id)).toMatchObject({ attempts: 1, messageRef: null });
    await scheduled();
    await tell();
    const posted = channels.live(CHANNEL).map(({ message }) => JSON.stringify(message));
    expect(posted.map((text) => text.includes('Unlucky'))).toEqual([false, false, true]);
    expect(await row(id)).toMatchObject({ attempts: 0 });
  });

  test('that limits the rate is retried when it allows', async () => {
    const { id } = await scheduled();
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    channels.refuses.set(CHANNEL, { kind: 'later', retryAfterSeconds: 30 });
    await tell();
    expect(await waiting()).toEqual([{ later: true }]);
    expect(await row(id)).toMatchObject({ failedAt: null, error: null });
    channels.refuses.clear();
    await tell();
    expect(channels.live(CHANNEL)).toHaveLength(1);
  });

  test('of a workspace that removed Lull gets nothing, and everything when it installs Lull again', async () => {
    const { id } = await scheduled();
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    channels.refuses.set(CHANNEL, { kind: 'disconnected' });
    await tell();
    expect(await waiting()).toEqual([]);
    expect(await row(id)).toMatchObject({ failedAt: null, error: null });
    channels.refuses.clear();
    await tell();
    expect(channels.live(CHANNEL)).toHaveLength(1);
  });

  test('that fails permanently is recorded with advice, and retried with the next change', async () => {
    const { id } = await scheduled();
    channels.refuses.set(CHANNEL, { kind: 'final', error: 'is_archived', advice: 'Subscribe another one.' });
    await tell();
    expect(await row(id)).toMatchObject({ failedAt: expect.any(Date), error: 'is_archived: Subscribe another one.' });
    channels.refuses.clear();
    await tell();
    expect(channels.calls).toHaveLength(1);
    await extend(w.ctx, w.ana, id, 30);
    await tell();
    expect(await row(id)).toMatchObject({ failedAt: null, error: null });
    expect(channels.live(CHANNEL)).toHaveLength(1);
  });

  test('that is down for the moment is left to the job queue', async () => {
    await scheduled();
    channels.before = async () => {
      throw new Error('socket hang up');
    };
    await expect(tell()).rejects.toThrow('socket hang up');
  });
});

describe('a public channel', () => {
  const PUBLIC = 'C9PUBLIC';
  const all = () => JSON.stringify(channels.in(PUBLIC));
  beforeEach(() => subscribe(w.ctx, w.lull, { channel: PUBLIC, audience: 'public' }));

  test('shows events, and never checks, owners, internal comments or buttons', async () => {
    const monitoring = new Monitoring();
    const enforced = () =>
      reconcile(w.ctx, only(monitoring), silent, {
        accountId: w.account.id,
        provider: 'builtin',
      }).catch(() => {});
    const step = async (work: () => Promise<unknown>) => {
      await work();
      await enforced();
      await tell(PUBLIC);
    };
    for (const last of ['succeed', 'failed', 'canceled'] as const) {
      const { id } = await scheduled();
      monitoring.broken = { error: 'secret-error' };
      await step(() => start(w.ctx, w.ana, id));
      monitoring.broken = undefined;
      await step(() => comment(w.ctx, w.ana, id, { text: 'secret-comment', internal: true }));
      await step(() => comment(w.ctx, w.ana, id, { text: 'said aloud', internal: false }));
      await step(() => extend(w.ctx, w.ana, id, 30));
      await step(() =>
        last === 'canceled' ? cancel(w.ctx, w.ana, id, 'for a reason') : finish(w.ctx, w.ana, id, last),
      );
    }
    const late = await scheduled(w.soon(minutes(1), minutes(30)));
    w.clock.moveTo(late.scheduledStart);
    await step(() => advanceDueMaintenances(w.ctx));
    w.clock.moveTo(late.scheduledEnd);
    await step(() => advanceDueMaintenances(w.ctx));
    const missed = await scheduled(w.soon(minutes(1), minutes(1)));
    w.clock.moveTo(missed.scheduledEnd);
    await step(() => advanceDueMaintenances(w.ctx));

    expect(all()).toMatch(/said aloud/);
    expect(all()).toMatch(/Started/);
    for (const secret of [/secret/, /\bchecks?\b/, /Ana\b/, /U0ANA/, /maintenance\.finish/, /nternal/]) {
      expect(all()).not.toMatch(secret);
    }
  });

  test('shows nothing of a maintenance that is or became internal', async () => {
    const hidden = await scheduled({ visibility: 'internal', name: 'Hidden work' });
    expect((await findBelongings(w.ctx.database, hidden.id)).channels).toEqual([inSlack(CHANNEL)]);
    const turned = await scheduled({ name: 'Public so far' });
    await tell(PUBLIC);
    await w.ctx.database.maintenance.update({ where: { id: turned.id }, data: { visibility: 'internal' } });
    await start(w.ctx, w.ana, turned.id);
    await tell(PUBLIC);
    expect(channels.in(PUBLIC).map(({ message }) => message.text)).toEqual([
      'A maintenance that was announced here is not announced in this channel any more.',
    ]);
  });
});
