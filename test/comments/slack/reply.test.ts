import { expect, test } from 'vitest';
import { readMessageEvent } from '../../../src/comments/slack/replies.ts';

const reply = { ts: '2.0', thread_ts: '1.0', user: 'U0ANA', text: 'Half done' };
const read = { channel: 'C0OPS', ts: '2.0', thread: '1.0', threadBy: undefined, userId: 'U0ANA', text: 'Half done' };
const inOps = (event: object) => readMessageEvent({ type: 'message', channel: 'C0OPS', ...event });

test('a reply by a person is read, also one that was sent to the channel as well', () => {
  expect(inOps(reply)).toEqual({ kind: 'written', reply: read });
  expect(inOps({ ...reply, subtype: 'thread_broadcast' })).toEqual({ kind: 'written', reply: read });
});

test.each([
  ['a message of its own', { ...reply, thread_ts: undefined }],
  ['the message that a thread hangs on', { ...reply, ts: '1.0' }],
  ['a reply by an app', { ...reply, bot_id: 'B0LULL' }],
  ['a line of Slack itself', { ...reply, subtype: 'channel_join' }],
  ['what Slack shows of a link', { subtype: 'message_changed', message: reply }],
  ['an edit by an app', { subtype: 'message_changed', message: { ...reply, bot_id: 'B0', edited: { ts: '3.0' } } }],
  ['a deletion in the channel', { subtype: 'message_deleted', previous_message: { ...reply, thread_ts: undefined } }],
  ['nothing known', { subtype: 'message_changed' }],
])('%s is not a reply', (_, event) => {
  expect(inOps(event)).toBeUndefined();
});

test('an edit carries its stamp, a deletion the message that is gone', () => {
  const edited = { ...reply, edited: { user: 'U0ANA', ts: '3.0' } };
  expect(inOps({ subtype: 'message_changed', message: edited, previous_message: reply, ts: '3.1' })).toEqual({
    kind: 'edited',
    reply: read,
    editedTs: '3.0',
  });
  expect(inOps({ subtype: 'message_deleted', deleted_ts: '2.0', previous_message: reply, ts: '3.1' })).toEqual({
    kind: 'deleted',
    reply: read,
  });
});
