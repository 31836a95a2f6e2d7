import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { comment, deleteComment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import type { ChannelMessage } from '../../src/delivery/channel.ts';
import { extend } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { findBelongings } from '../../src/maintenance/repository/locked.ts';
import { silent, type World, world } from '../world.ts';
import { RecordingChannel } from './channels.ts';

/** A minimal channel kind for plain text, with its own form of addresses. */
const PAGER = { channelKind: 'pager', channel: 'room 7/α' };

function show(message: ChannelMessage): string | undefined {
  switch (message.type) {
    case 'announcement':
      return `${message.maintenance.name}: ${message.maintenance.status}`;
    case 'event':
      return message.event.type === 'maintenance.scheduled' ? undefined : message.event.type;
    case 'comment':
      return message.comment.text;
    case 'withdrawn-comment':
      return 'withdrawn';
    default:
      return undefined;
  }
}

let w: World;
let pager: RecordingChannel<string>;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api')).id;
  await w.ctx.database.subscription.create({ data: { accountId: w.account.id, ...PAGER } });
});
afterAll(() => w.close());
beforeEach(async () => {
  pager = new RecordingChannel(show);
  await w.ctx.database.maintenance.deleteMany();
});

const scheduled = () => schedule(w.ctx, w.ana, w.input({ name: 'Index rebuild', services: [service] }));
const deliver = () => announce(w.ctx, pager, silent, { accountId: w.account.id, ...PAGER });
const live = () => pager.live(PAGER.channel).map(({ message }) => message);
const thread = () => pager.in(PAGER.channel).flatMap((each) => (each.thread === undefined ? [] : [each.message]));

test('a maintenance is announced in channels of every kind', async () => {
  const { id } = await scheduled();
  expect((await findBelongings(w.ctx.database, id)).channels).toEqual([
    PAGER,
    { channelKind: 'slack', channel: 'C0DEFAULT' },
  ]);
});

test('its message is updated in place, and its thread shows each event once', async () => {
  const { id } = await scheduled();
  await deliver();
  expect(live()).toEqual(['Index rebuild: scheduled']);
  await start(w.ctx, w.ana, id);
  await extend(w.ctx, w.ana, id, 30);
  await deliver();
  await deliver();
  expect(live()).toEqual(['Index rebuild: in-progress']);
  expect(thread()).toEqual(['maintenance.started', 'maintenance.extended']);
  expect(pager.calls.filter((call) => call.startsWith('update'))).toHaveLength(1);
});

test('a comment follows its edits and its deletion', async () => {
  const { id } = await scheduled();
  const { id: made } = await comment(w.ctx, w.ana, id, { text: 'Half done', internal: false });
  await deliver();
  expect(thread()).toEqual(['Half done']);
  await deleteComment(w.ctx, w.ana, made);
  await deliver();
  expect(thread()).toEqual(['withdrawn']);
});

test('a comment that was written there is marked, also if another kind has a channel of the same address', async () => {
  const { id } = await scheduled();
  const written = { ...PAGER, messageRef: 'reply 1', revision: null, writtenAt: w.clock.now() };
  await comment(w.ctx, w.ana, id, { text: 'Here', internal: true, message: written });
  const elsewhere = { ...written, channelKind: 'slack', messageRef: '7.1' };
  await comment(w.ctx, w.ana, id, { text: 'There', internal: true, message: elsewhere });
  await deliver();
  expect(thread()).toEqual(['There']);
  expect(pager.calls).toContain(`mark ${PAGER.channel} reply 1`);
});

test('a message posted before a crash is found by its key, and not posted again', async () => {
  const { id } = await scheduled();
  await start(w.ctx, w.ana, id);
  const crash = async () => {
    throw new Error('the process died');
  };
  // Crash once after the announcement, and once after the note in its thread.
  for (const posts of [1, 2]) {
    pager.after = crash;
    await expect(deliver()).rejects.toThrow('the process died');
    expect(pager.in(PAGER.channel)).toHaveLength(posts);
  }
  pager.after = async () => {};
  await deliver();
  expect(live()).toHaveLength(1);
  expect(thread()).toEqual(['maintenance.started']);
  expect(pager.calls.filter((call) => call.startsWith('find'))).toHaveLength(2);
});

test('a channel that fails permanently is reported to the channels of other kinds', async () => {
  const { id } = await scheduled();
  pager.refuses.set(PAGER.channel, { kind: 'final', error: 'room_closed', advice: 'Open the room.' });
  await deliver();
  const { failedAt, error } = await w.ctx.database.announcement.findFirstOrThrow({
    where: { maintenanceId: id, ...PAGER },
  });
  expect(failedAt).not.toBeNull();
  expect(error).toBe('room_closed: Open the room.');
  const jobs = await w.ctx.database.$queryRaw`
    select 1 from graphile_worker.jobs where split_part(key, '#', 1) = ${`announce:${w.account.id}:slack:C0DEFAULT`}`;
  expect(jobs).toHaveLength(1);
});
