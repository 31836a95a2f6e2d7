import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { comment, deleteComment, editComment } from '../../src/comments/commands.ts';
import { announce } from '../../src/delivery/announce.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { Channels, inSlack } from '../delivery/channels.ts';
import { silent, type World, world } from '../world.ts';

const [INTERNAL, PUBLIC] = ['C0DEFAULT', 'C0PUBLIC'];
let w: World;
let channels: Channels;
let id: number;
beforeAll(async () => {
  w = await world();
  await subscribe(w.ctx, w.ana, { channel: PUBLIC, audience: 'public' });
  await w.service('api');
});
afterAll(() => w.close());
beforeEach(async () => {
  channels = new Channels();
  await w.ctx.database.maintenance.deleteMany();
  const service = await w.ctx.database.service.findFirstOrThrow();
  id = (await schedule(w.ctx, w.ana, w.input({ services: [service.id] }))).id;
  await tell();
});

async function tell(...where: string[]): Promise<void> {
  for (const channel of where.length === 0 ? [INTERNAL, PUBLIC] : where) {
    await announce(w.ctx, channels, silent, { accountId: w.account.id, ...inSlack(channel) });
  }
}
const said = (text: string, internal = false, channel?: string) =>
  comment(w.ctx, w.ana, id, {
    text,
    internal,
    ...(channel === undefined
      ? {}
      : {
          message: {
            ...inSlack(channel),
            messageRef: `7.00${Math.floor(Math.random() * 1e6)}`,
            revision: null,
            writtenAt: w.clock.now(),
          },
        }),
  });
/** What the thread of a channel says of comments. */
const notes = (channel: string) => channels.notes(channel).filter((text) => text.startsWith(':speech_balloon:'));

test('a comment is told once in each thread, and changed where it stands', async () => {
  const { id: comment } = await said('Half done');
  await tell();
  await editComment(w.ctx, w.ana, comment, { text: 'All done' });
  await tell();
  await tell();
  expect(notes(INTERNAL)).toEqual([':speech_balloon: <@U0ANA> (edited): All done']);
  expect(notes(PUBLIC)).toEqual([':speech_balloon: (edited): All done']);
});

test('a reply is marked where it was written, and told elsewhere', async () => {
  const { message } = await said('Checkout works', false, PUBLIC);
  await tell();
  await tell();
  expect(channels.calls.filter((call) => call.startsWith('mark'))).toEqual([`mark ${PUBLIC} ${message?.messageRef}`]);
  expect(notes(PUBLIC)).toEqual([]);
  expect(notes(INTERNAL)).toHaveLength(1);
});

test('a comment that turns internal is withdrawn from public threads, and told there when it turns public', async () => {
  const { id: comment } = await said('The vault key', true);
  await tell();
  expect(notes(PUBLIC)).toEqual([]);
  await editComment(w.ctx, w.ana, comment, { internal: false });
  await tell();
  expect(notes(PUBLIC)).toEqual([':speech_balloon: The vault key']);
  await editComment(w.ctx, w.ana, comment, { internal: true });
  await tell();
  expect(notes(PUBLIC)).toEqual([':speech_balloon: _This comment was withdrawn._']);
  expect(notes(INTERNAL)).toEqual([':speech_balloon: <@U0ANA> (internal): The vault key']);
});

test('a comment that was changed or deleted before it was told is told as it is, or not at all', async () => {
  const { id: changed } = await said('Draft');
  const { id: deleted } = await said('Mistake');
  await editComment(w.ctx, w.ana, changed, { text: 'Final' });
  await deleteComment(w.ctx, w.ana, deleted);
  await tell();
  expect(notes(INTERNAL)).toEqual([':speech_balloon: <@U0ANA> (edited): Final']);
});

test('a comment that was posted by a process that died, and then deleted, is withdrawn', async () => {
  channels.after = async () => {
    channels.after = async () => {};
    throw new Error('the process died');
  };
  const { id: comment } = await said('A secret');
  await expect(tell(INTERNAL)).rejects.toThrow('the process died');
  await deleteComment(w.ctx, w.ana, comment);
  await tell();
  expect(notes(INTERNAL)).toEqual([':speech_balloon: _This comment was withdrawn._']);
});

test('a note that somebody deleted stays deleted', async () => {
  const { id: comment } = await said('Said');
  await tell();
  const posted = channels.in(INTERNAL).find(({ message }) => message.text.includes('Said'));
  if (posted) posted.deleted = true;
  await editComment(w.ctx, w.ana, comment, { text: 'Said again' });
  await tell();
  expect(notes(INTERNAL)).toEqual([]);
});
