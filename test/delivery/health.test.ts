import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putPerson } from '../../src/access/people-repository.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import type { DeliveryError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { announce, retryChannel } from '../../src/delivery/announce.ts';
import { sendNotices } from '../../src/delivery/notify.ts';
import { reportOrphans } from '../../src/delivery/orphans.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { listChannelSubscriptions } from '../../src/subscriptions/repository.ts';
import { silent, type World, world } from '../world.ts';
import { Channels, inSlack } from './channels.ts';

const CHANNEL = 'C0DEFAULT';
const ANA = 'U0ANA';
const OWNER = 'U0OWNER';
const ADMIN = 'U0ADMIN';
const ARCHIVED: DeliveryError['reason'] = {
  kind: 'final',
  error: 'is_archived',
  advice: 'Unarchive it.',
  recipient: true,
};

let w: World;
let slack: Channels;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());
beforeEach(async () => {
  slack = new Channels();
  slack.admins = [ADMIN];
  await w.ctx.database.maintenance.deleteMany();
  await w.ctx.database.channelFailure.deleteMany();
  await w.ctx.database.subscription.deleteMany();
  await w.ctx.database.person.deleteMany();
  await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
});

let named = 0;
/** Schedules a window on a new service. @param owners of the service */
async function window(owners: readonly string[] = [], by: Actor = w.ana) {
  const { id } = await w.service(`service ${++named}`);
  if (owners.length > 0) await editService(w.ctx, w.lull, id, { owners });
  return schedule(w.ctx, by, w.input({ services: [id], name: `Work ${named}` }));
}
const post = () => announce(w.ctx, slack, silent, { accountId: w.account.id, ...inSlack(CHANNEL) });
/** Runs the jobs that send direct messages, those that they cause included. */
async function sendAll(): Promise<void> {
  for (;;) {
    const rows = await w.ctx.database.notice.findMany({
      where: { messageRef: null, failedAt: null },
      distinct: 'personId',
    });
    if (rows.length === 0) return;
    for (const { personId: person } of rows)
      await sendNotices(w.ctx, slack, silent, { accountId: w.account.id, person });
  }
}
const told = (person: string) => slack.in(person).map(({ message }) => message.text);
const deactivate = (id: string) =>
  putPerson(w.ctx.database, w.account.id, { id, name: id, standing: 'outside', deactivated: true, revision: 1 });
const jobs = () => w.ctx.database.$queryRaw`
  select distinct split_part(key, '#', 1) as key from graphile_worker.jobs where key like 'announce:%'`;

describe('a channel that cannot be posted to', () => {
  test('is reported once, however many windows it does not announce, and again once it worked in between', async () => {
    await window();
    await window();
    slack.refuses.set(CHANNEL, ARCHIVED);
    await post();
    expect(slack.calls).toEqual([`post ${CHANNEL}`]);
    await window();
    await post();
    await sendAll();
    expect(told(ANA)).toEqual([
      expect.stringMatching(/could not be announced in <#C0DEFAULT> \(is_archived\)\. Unarchive it\./),
    ]);

    slack.refuses.clear();
    await window();
    await post();
    slack.refuses.set(CHANNEL, ARCHIVED);
    await window();
    await post();
    await sendAll();
    expect(told(ANA)).toHaveLength(2);
  });

  test('is reported again with another cause', async () => {
    await window();
    slack.refuses.set(CHANNEL, ARCHIVED);
    await post();
    slack.refuses.set(CHANNEL, { ...ARCHIVED, error: 'restricted_action' });
    await window();
    await post();
    await sendAll();
    expect(told(ANA)).toEqual([expect.stringContaining('is_archived'), expect.stringContaining('restricted_action')]);
  });

  test('gets what is still current once it takes messages again', async () => {
    const over = await window();
    await window();
    slack.refuses.set(CHANNEL, ARCHIVED);
    await post();
    await cancel(w.ctx, w.ana, over.id);
    await post();
    slack.refuses.clear();
    await w.ctx.database.$executeRaw`delete from graphile_worker._private_jobs`;
    await retryChannel(w.ctx, w.account.id, inSlack(CHANNEL));
    expect(await jobs()).toEqual([{ key: `announce:${w.account.id}:slack:${CHANNEL}` }]);
    await post();
    expect(slack.live(CHANNEL).map(({ message }) => message.text)).toEqual([expect.stringContaining('Scheduled')]);
    expect(await w.ctx.database.channelFailure.count()).toBe(0);
  });

  test('is shown with its subscriptions until it works again', async () => {
    await subscribe(w.ctx, w.lull, { channel: CHANNEL, audience: 'internal' });
    const failure = async () => (await listChannelSubscriptions(w.ctx.database, w.account.id, CHANNEL))[0]?.failure;
    expect(await failure()).toBeNull();
    await window();
    slack.refuses.set(CHANNEL, ARCHIVED);
    await post();
    expect(await failure()).toEqual({ reason: 'is_archived', since: expect.any(Date) });
    slack.refuses.clear();
    await retryChannel(w.ctx, w.account.id, inSlack(CHANNEL));
    await post();
    expect(await failure()).toBeNull();
  });
});

describe('whoever can act is notified', () => {
  const fail = async (owners: readonly string[], by?: Actor) => {
    await window(owners, by);
    slack.refuses.set(CHANNEL, ARCHIVED);
    await post();
    await sendAll();
    return [ANA, OWNER, ADMIN].filter((person) => told(person).length > 0);
  };
  const tool = (): Actor => ({ ...w.ana, id: 'token:999', name: 'deployer', source: 'http' });

  test('the owner', async () => {
    expect(await fail([OWNER])).toEqual([ANA]);
  });

  test('the owners of the services, if the owner was deactivated or cannot be written to', async () => {
    await deactivate(ANA);
    expect(await fail([OWNER])).toEqual([OWNER]);
    expect(JSON.stringify(slack.in(OWNER))).toContain(`its owner, <@${ANA}>, can't be reached`);
    await w.ctx.database.person.deleteMany();
    await w.ctx.database.channelFailure.deleteMany();
    slack = new Channels();
    slack.refuses.set(ANA, { kind: 'final', error: 'user_disabled', advice: 'Gone.', recipient: true });
    expect(await fail([OWNER])).toEqual([OWNER]);
  });

  test('the owners of the services, if the maintenance belongs to a tool', async () => {
    expect(await fail([OWNER], tool())).toEqual([OWNER]);
  });

  test('the admins, if nobody else can be reached', async () => {
    await deactivate(OWNER);
    expect(await fail([OWNER], tool())).toEqual([ADMIN]);
    await w.ctx.database.channelFailure.deleteMany();
    slack.posted.clear();
    slack.refuses.set(ANA, { kind: 'final', error: 'user_not_found', advice: 'Gone.', recipient: true });
    expect(await fail([])).toEqual([ADMIN]);
  });

  test('nobody, if no admin can be reached either, and the notice is not tried for ever', async () => {
    for (const person of [ANA, ADMIN]) await deactivate(person);
    slack.refuses.set(ADMIN, { kind: 'final', error: 'user_disabled', advice: 'Gone.', recipient: true });
    expect(await fail([])).toEqual([]);
  });
});

describe('the open maintenances of somebody who was deactivated', () => {
  test('are reported once to the owners of the services, and the next one once the first is over', async () => {
    const first = await window([OWNER]);
    await window([OWNER]);
    await reportOrphans(w.ctx);
    expect(await w.ctx.database.notice.count()).toBe(0);
    await deactivate(ANA);
    for (let round = 1; round <= 2; round++) {
      await reportOrphans(w.ctx);
      await sendAll();
      expect(told(OWNER)).toEqual([
        expect.stringMatching(/who owns \*Work \d+\*, is deactivated\. They own 1 more open maintenance\./),
      ]);
    }
    expect(told(ANA)).toEqual([]);
    await post();
    expect(slack.notes(CHANNEL)).toEqual([expect.stringContaining(`its owner, <@${ANA}>, is deactivated`)]);

    await cancel(w.ctx, w.lull, first.id);
    await reportOrphans(w.ctx);
    await sendAll();
    expect(told(OWNER)).toHaveLength(2);
  });
});
