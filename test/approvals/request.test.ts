import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve, decline, notifyApprovers } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import type { Channel } from '../../src/delivery/channel.ts';
import { sendNotices } from '../../src/delivery/notify.ts';
import { reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { Channels } from '../delivery/channels.ts';
import { hours, silent, type World, world } from '../world.ts';

const [ANA, BEN, CLEO] = ['U0ANA', 'U0BEN', 'U0CLEO'] as const;
let w: World;
let slack: Channels;
let service: number;
beforeAll(async () => {
  w = await world();
  const { id } = await addScope(w.ctx, w.lull, { name: 'vault' });
  await editScope(w.ctx, w.lull, id, { requiresApproval: true });
  service = (await addService(w.ctx, w.lull, { name: 'ledger', scopeId: id })).id;
});
afterAll(() => w.close());
beforeEach(() => {
  slack = new Channels();
});

const everybody: Pick<Channel, 'listApprovers'> = { listApprovers: async () => [ANA, BEN, CLEO] };
const asked = (name = 'Key rotation') =>
  schedule(w.ctx, w.ana, w.input({ name, services: [service], ...w.soon(hours(1), hours(1)) }));
/** What is enqueued for a maintenance, done. */
async function told(maintenanceId: number, approvers = everybody) {
  const accountId = w.account.id;
  const [job] = await w.ctx.database.$queryRaw<{ key: string }[]>`
    delete from graphile_worker._private_jobs where split_part(key, '#', 1) = ${`ask-approvers:${accountId}:${maintenanceId}`} returning key`;
  if (job === undefined) return;
  await notifyApprovers(w.ctx, [approvers], { accountId, maintenanceId });
  for (const person of [ANA, BEN, CLEO]) await sendNotices(w.ctx, slack, silent, { accountId, person });
}
const askedPeople = async (maintenanceId: number) =>
  (await w.ctx.database.notice.findMany({ where: { maintenanceId, asks: true } })).map(({ personId }) => personId);
const says = (person: string) => slack.in(person).map(({ message }) => message.text);
const buttons = (person: string) => JSON.stringify(slack.in(person).at(-1)?.message.blocks).match(/maintenance\.\w+/g);
const boss = () => w.person('admin', 'U0BOSS');

describe('those who may approve', () => {
  test('are asked, each once, and whoever asked for it is not', async () => {
    const { id } = await asked();
    await told(id);
    expect(says(BEN)).toEqual([':hourglass: <@U0ANA> asks for approval of *Key rotation*.']);
    expect(buttons(CLEO)).toEqual(['maintenance.approve', 'maintenance.decline', 'maintenance.show']);
    expect(says(ANA)).toEqual([]);
    await notifyApprovers(w.ctx, [everybody], { accountId: w.account.id, maintenanceId: id });
    await sendNotices(w.ctx, slack, silent, { accountId: w.account.id, person: BEN });
    expect(slack.calls.filter((call) => call.endsWith(BEN))).toEqual([`post ${BEN}`]);
  });

  test('are asked up to twenty, the first of them', async () => {
    const many = Array.from({ length: 25 }, (_, index) => `U0MANY${String(index).padStart(2, '0')}`);
    const { id } = await asked();
    await told(id, { listApprovers: async () => [ANA, ...many] });
    expect((await askedPeople(id)).toSorted()).toEqual(many.slice(0, 20));
  });

  test('see who decided, and nothing more to press', async () => {
    const { id } = await asked();
    await told(id);
    await approve(w.ctx, boss(), id);
    await told(id);
    expect(says(BEN)).toEqual([':white_check_mark: *Key rotation* was approved by <@U0BOSS>.']);
    expect(buttons(BEN)).toBeNull();
  });

  test('are asked anew when it is changed after that, and only then', async () => {
    const { id } = await asked();
    await told(id);
    await reschedule(w.ctx, w.ana, id, { ...w.soon(hours(3), hours(1)), timezone: 'UTC' });
    await told(id);
    expect(says(BEN)).toHaveLength(1);
    await decline(w.ctx, boss(), id, 'Not today');
    await reschedule(w.ctx, w.ana, id, { ...w.soon(hours(5), hours(1)), timezone: 'UTC' });
    // Both happened before anybody was told.
    await told(id);
    expect(says(BEN)).toEqual([
      ':pencil2: *Key rotation* was changed, and is asked for again below.',
      ':hourglass: <@U0ANA> asks for approval of *Key rotation*.',
    ]);
  });

  test('are not asked of what was canceled before they could be, and see it where they were', async () => {
    const [early, late] = [await asked('Early'), await asked('Late')];
    await cancel(w.ctx, w.ana, early.id, undefined);
    await told(late.id);
    await cancel(w.ctx, w.ana, late.id, undefined);
    await told(early.id);
    await told(late.id);
    expect(says(BEN)).toEqual([':no_entry_sign: *Late* was canceled.']);
  });

  test('see who decided also where Lull stopped as it asked them', async () => {
    const { id } = await asked();
    let stops = true;
    slack.after = async () => {
      if (!stops) return;
      stops = false;
      throw new Error('stopped');
    };
    await expect(told(id)).rejects.toThrow('stopped');
    await approve(w.ctx, boss(), id);
    await told(id);
    expect(says(BEN)).toEqual([':white_check_mark: *Key rotation* was approved by <@U0BOSS>.']);
    expect(says(CLEO)).toEqual([]);
  });

  test('who deleted the message are left alone', async () => {
    const { id } = await asked();
    await told(id);
    const [message] = slack.in(BEN);
    if (message !== undefined) message.deleted = true;
    await approve(w.ctx, boss(), id);
    await told(id);
    expect(slack.in(BEN)).toEqual([]);
    expect(await w.ctx.database.notice.count({ where: { maintenanceId: id, asks: true } })).toBe(0);
  });
});

test('a maintenance that needs no approval asks nobody', async () => {
  const free = await w.service('free');
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [free.id], ...w.soon(hours(1), hours(1)) }));
  const listApprovers = () => Promise.reject(new Error('nobody is to be asked'));
  await told(id, { listApprovers });
  expect(slack.calls).toEqual([]);
});
