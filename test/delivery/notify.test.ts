import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/checks/reconcile.ts';
import { comment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import { sendNotices } from '../../src/delivery/notify.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { sweep } from '../../src/scheduler/sweeper.ts';
import { Monitoring, only } from '../checks/monitoring.ts';
import { mortal } from '../checks/writes.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';
import { Channels, inSlack } from './channels.ts';

let w: World;
let life: Awaited<ReturnType<typeof mortal>>;
let slack: Channels;
let monitoring: Monitoring;
let named = 0;
const CHANNEL = 'C0DEFAULT';
const ANA = 'U0ANA';

beforeAll(async () => {
  w = await world();
  life = await mortal(w.ctx.database);
});
afterAll(() => w.close());
beforeEach(() => {
  slack = new Channels();
  monitoring = new Monitoring();
});
afterEach(async () => {
  await w.ctx.database.mute.deleteMany();
  await w.ctx.database.maintenance.deleteMany();
});

/** Schedules a one-hour window of Ana that starts in an hour, over new checks with these names. */
async function window(
  checks: string[] = ['health'],
  values: Partial<Parameters<World['input']>[0]> = {},
  owner = w.ana,
) {
  const service = await w.service(`service ${++named}`, checks);
  const input = w.input({ services: [service.id], ...w.soon(hours(1), hours(1)), ...values });
  return { ...(await schedule(w.ctx, owner, input)), covers: service.checks.map(({ id }) => id) };
}
const switchChecks = () =>
  reconcile(w.ctx, only(monitoring), silent, {
    accountId: w.account.id,
    provider: 'builtin',
  }).catch(() => {});
const tellAna = () => sendNotices(w.ctx, slack, silent, { accountId: w.account.id, person: ANA });
const post = (channel = CHANNEL) => announce(w.ctx, slack, silent, { accountId: w.account.id, ...inSlack(channel) });
const told = () => slack.in(ANA).map(({ message }) => message.text);
const waiting = (key: string) =>
  w.ctx.database.$queryRaw`select queue_name from graphile_worker.jobs where split_part(key, '#', 1) = ${key}`;
async function advanceAll() {
  for (
    let advance = await advanceDueMaintenances(w.ctx);
    advance.moved.length + advance.failed.length > 0;
    advance = await advanceDueMaintenances(w.ctx)
  ) {
    if (advance.failed[0] !== undefined) throw advance.failed[0].error;
  }
}

describe('an owner is notified', () => {
  test('once about a check that cannot be muted, and once more if it cannot be unmuted', async () => {
    const { id, covers } = await window(['health', 'latency']);
    await start(w.ctx, w.ana, id);
    monitoring.refuses.set(covers[0] ?? '', 'locked by an admin');
    await switchChecks();
    expect(await waiting(`notify:${w.account.id}:${ANA}`)).toEqual([{ queue_name: `notify:${w.account.id}:${ANA}` }]);
    await tellAna();
    await switchChecks();
    await tellAna();
    expect(told()).toEqual([
      expect.stringMatching(/A check of \*Postgres upgrade\* could not be switched off[\s\S]*health: locked/),
    ]);
    expect(JSON.stringify(slack.in(ANA))).toMatch(/maintenance\.extend.*maintenance\.show/);

    monitoring.refuses.clear();
    await switchChecks();
    await finish(w.ctx, w.ana, id, 'succeed');
    monitoring.broken = { error: '503 Service Unavailable' };
    await switchChecks();
    await switchChecks();
    await tellAna();
    expect(told().slice(1)).toEqual([expect.stringMatching(/is over, but 2 checks could not be switched on again/)]);
  });

  test('about a channel that cannot be announced in, with advice; threads in other channels show it too', async () => {
    const { id } = await window([], { channels: ['C1OTHER'] });
    slack.refuses.set(CHANNEL, { kind: 'final', error: 'is_archived', advice: 'Subscribe another one.' });
    await post();
    await post();
    await post('C1OTHER');
    await tellAna();
    const sentence = /could not be announced in <#C0DEFAULT> \(is_archived\)\. Subscribe another one\./;
    expect(told()).toEqual([expect.stringMatching(sentence)]);
    expect(slack.notes('C1OTHER')).toEqual([expect.stringMatching(sentence)]);

    slack.refuses.clear();
    await comment(w.ctx, w.ana, id, { text: 'Anybody here?', internal: false });
    await post();
    expect(slack.live(CHANNEL)).toHaveLength(1);
    expect(slack.notes(CHANNEL)).toEqual([expect.stringMatching(/Anybody here/)]);
  });

  test('about a window that started late, ended late or was missed, and not about one that went as planned', async () => {
    const late = await window();
    const missed = await window([], w.soon(minutes(30), minutes(10)));
    w.clock.moveTo(new Date(late.scheduledStart.getTime() + minutes(5)));
    await advanceAll();
    w.clock.moveTo(new Date(late.scheduledEnd.getTime() + minutes(7)));
    await advanceAll();
    const punctual = await window();
    w.clock.moveTo(punctual.scheduledStart);
    await advanceAll();
    w.clock.moveTo(punctual.scheduledEnd);
    await advanceAll();
    await tellAna();
    expect(missed.id).toBeGreaterThan(0);
    expect(told()).toEqual([
      expect.stringMatching(/was missed: Lull was not running/),
      expect.stringMatching(/started 5 min late/),
      expect.stringMatching(/ended 7 min late/),
    ]);
  });

  test('in the channel only, if the maintenance was scheduled over HTTP', async () => {
    const tool = { ...w.ana, id: 'token:5', name: 'deployer', source: 'http' as const };
    const { id } = await window(['health'], {}, tool);
    await start(w.ctx, tool, id);
    monitoring.broken = { error: 'down' };
    await switchChecks();
    await post();
    expect(await w.ctx.database.notice.count()).toBe(0);
    expect(slack.in(CHANNEL).at(-1)?.message).toMatchObject({
      broadcast: true,
      text: expect.stringMatching(/1 check could not be switched/),
    });
  });
});

describe('a direct message', () => {
  test('is sent once, whenever the process is killed', async () => {
    await w.ctx.database.$executeRawUnsafe(
      'create trigger count_write before insert or update or delete on notices for each statement execute function count_write()',
    );
    for (let writes = 0; ; writes++) {
      slack = new Channels();
      const { id } = await window();
      await start(w.ctx, w.ana, id);
      monitoring.broken = { error: 'down' };
      await switchChecks();
      await life.dieAfter(writes);
      const died = await tellAna().then(
        () => false,
        () => true,
      );
      await life.live();
      await tellAna();
      await tellAna();
      expect({ writes, told: told().length }).toEqual({ writes, told: 1 });
      await w.ctx.database.maintenance.deleteMany();
      if (!died) break;
    }
  });

  test('that was being sent when the process was killed is searched for before it is sent again', async () => {
    const { id } = await window();
    await start(w.ctx, w.ana, id);
    monitoring.broken = { error: 'down' };
    await switchChecks();
    slack.after = async () => {
      slack.after = async () => {};
      throw new Error('killed');
    };
    await expect(tellAna()).rejects.toThrow('killed');
    await tellAna();
    expect(slack.calls).toEqual([`post ${ANA}`, `find ${ANA}`]);
  });

  test('that Slack limits is sent when it allows; one that fails permanently is not retried', async () => {
    const { id } = await window();
    await start(w.ctx, w.ana, id);
    monitoring.broken = { error: 'down' };
    await switchChecks();
    slack.refuses.set(ANA, { kind: 'later', retryAfterSeconds: 30 });
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await tellAna();
    expect(await waiting(`notify:${w.account.id}:${ANA}`)).toHaveLength(1);
    slack.refuses.set(ANA, { kind: 'final', error: 'user_disabled', advice: 'Gone.' });
    await tellAna();
    expect(await w.ctx.database.notice.findFirst()).toMatchObject({ messageRef: null, error: 'user_disabled: Gone.' });
    slack.refuses.clear();
    await tellAna();
    expect(told()).toEqual([]);
  });

  test('that cannot be sent because the workspace removed Lull waits until it installs Lull again', async () => {
    const { id } = await window();
    await start(w.ctx, w.ana, id);
    monitoring.broken = { error: 'down' };
    await switchChecks();
    slack.refuses.set(ANA, { kind: 'disconnected' });
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await tellAna();
    expect(await waiting(`notify:${w.account.id}:${ANA}`)).toEqual([]);
    slack.refuses.clear();
    await tellAna();
    expect(told()).toHaveLength(1);
  });

  test('that is not sent yet is enqueued by the sweeper', async () => {
    const { id } = await window();
    await start(w.ctx, w.ana, id);
    monitoring.broken = { error: 'down' };
    await switchChecks();
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await sweep(w.ctx);
    expect(await waiting(`notify:${w.account.id}:${ANA}`)).toHaveLength(1);
    await tellAna();
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await sweep(w.ctx);
    expect(await waiting(`notify:${w.account.id}:${ANA}`)).toHaveLength(0);
  });
});

describe('a reminder', () => {
  test('is shown in the thread and the channel, with a button before the end; a public channel shows the one before the start', async () => {
    const { id, scheduledStart } = await window([], { ...w.soon(hours(2), hours(1)) });
    await w.ctx.database.announcement.create({
      data: {
        id: '0d2f1f0e-8b1e-4d59-9d52-6b7f5cf6a001',
        accountId: w.account.id,
        maintenanceId: id,
        ...inSlack('C9'),
        audience: 'public',
      },
    });
    w.clock.moveTo(new Date(scheduledStart.getTime() - hours(1)));
    await advanceAll();
    for (const channel of [CHANNEL, 'C9']) await post(channel);
    w.clock.moveTo(scheduledStart);
    await advanceAll();
    w.clock.moveTo(new Date(scheduledStart.getTime() + minutes(50)));
    await advanceAll();
    for (const channel of [CHANNEL, 'C9']) await post(channel);
    const [before, , end] = slack.in(CHANNEL).filter(({ thread }) => thread !== undefined);
    expect(before?.message).toMatchObject({
      broadcast: true,
      text: expect.stringMatching(/\*Postgres upgrade\* starts /),
    });
    expect(end?.message).toMatchObject({ broadcast: true, text: expect.stringMatching(/\*Postgres upgrade\* ends /) });
    expect(JSON.stringify(end)).toContain('maintenance.extend');
    expect(slack.notes('C9')).toEqual([expect.stringMatching(/starts/), expect.stringMatching(/Started/)]);
    expect(JSON.stringify(slack.in('C9'))).not.toContain('maintenance.extend');
  });

  test('that could not be posted in time is not posted once the window has started', async () => {
    const { scheduledStart } = await window([], { ...w.soon(hours(2), hours(1)) });
    w.clock.moveTo(new Date(scheduledStart.getTime() - hours(1)));
    await advanceAll();
    w.clock.moveTo(new Date(scheduledStart.getTime() - minutes(15)));
    await advanceAll();
    await post();
    expect(slack.notes(CHANNEL)).toHaveLength(1);
    await w.ctx.database.maintenance.deleteMany();
    const other = await window([], { ...w.soon(hours(2), hours(1)) });
    w.clock.moveTo(new Date(other.scheduledStart.getTime() - minutes(15)));
    await advanceAll();
    w.clock.moveTo(other.scheduledStart);
    await advanceAll();
    await post();
    expect(slack.notes(CHANNEL).slice(1)).toEqual([expect.stringMatching(/Started/)]);
  });
});
