import { describe, expect, test } from 'vitest';
import type { ThreadMessage } from '../../../src/comments/slack/replies.ts';
import { findMissedReplies, lastTs, type ThreadPage } from '../../../src/comments/slack/replies.ts';

const THREAD = '1764000000.000000';
const at = (second: number) => `17640000${String(second).padStart(2, '0')}.000000`;
const root: ThreadMessage = { ts: THREAD, thread_ts: THREAD, user: 'U0LULL', bot_id: 'B0LULL', text: 'Scheduled' };
const reply = (second: number, more: Partial<ThreadMessage> = {}): ThreadMessage => ({
  ts: at(second),
  thread_ts: THREAD,
  user: 'U0ANA',
  text: `Said at ${second}`,
  ...more,
});
const note = (second: number) => reply(second, { user: 'U0LULL', bot_id: 'B0LULL' });

/** The first and only page of a thread, unless something else is said. */
const page = (messages: ThreadMessage[], more: Partial<ThreadPage> = {}): ThreadPage => ({
  channel: 'C0OPS',
  thread: THREAD,
  messages,
  after: THREAD,
  isLast: true,
  ...more,
});
const kept = (...seconds: number[]) => new Map<string, string | null>(seconds.map((second) => [at(second), null]));
const found = (of: ThreadPage, known = kept(), since = '1763000000') =>
  findMissedReplies(of, known, since).map(({ kind, reply: { ts } }) => `${kind} ${Number(ts.slice(8, 10))}`);

describe('of the replies in a thread', () => {
  test('those by people that are no comments yet were missed, oldest first', () => {
    expect(found(page([root, reply(3), note(4), reply(1)]), kept())).toEqual(['written 1', 'written 3']);
    expect(found(page([root, reply(1), reply(2)]), kept(1, 2))).toEqual([]);
  });

  test('one that was edited was missed as it stands now', () => {
    const edited = reply(1, { edited: { ts: at(5) } });
    expect(found(page([root, edited]))).toEqual(['edited 1']);
    expect(found(page([root, edited]), kept(1))).toEqual(['edited 1']);
    expect(found(page([root, edited]), new Map([[at(1), at(4)]]))).toEqual(['edited 1']);
    expect(found(page([root, edited]), new Map([[at(1), at(5)]]))).toEqual([]);
  });

  test('one so old that nobody knows any more what came of it is no new comment, but its comment follows its edits', () => {
    const edited = reply(1, { edited: { ts: at(5) } });
    expect(found(page([root, reply(1), edited, reply(3)]), kept(), at(2))).toEqual(['written 3']);
    expect(found(page([root, edited]), kept(1), at(2))).toEqual(['edited 1']);
  });

  test('a comment whose reply is not there any more was deleted', () => {
    expect(found(page([root, reply(1), reply(3)]), kept(1, 2, 3, 4))).toEqual(['deleted 2', 'deleted 4']);
    expect(found(page([root]), kept(1))).toEqual(['deleted 1']);
    expect(found(page([root, reply(1, { subtype: 'tombstone', user: 'USLACKBOT' })]), kept(1))).toEqual(['deleted 1']);
  });

  test('a comment from the thread of an earlier announcement in the channel is left', () => {
    expect(findMissedReplies(page([root]), new Map([['1763999999.000000', null]]), '0')).toEqual([]);
  });

  test('of a page between others only what lies between its ends was deleted', () => {
    const between = page([reply(4), reply(6)], { after: at(3), isLast: false });
    expect(found(between, kept(2, 4, 5, 6, 7))).toEqual(['deleted 5']);
    expect(lastTs(between)).toBe(at(6));
    expect(found(page([reply(8)], { after: at(6) }), kept(2, 7, 8, 9))).toEqual(['deleted 7', 'deleted 9']);
  });

  test('nothing was deleted where that cannot be said', () => {
    const unknown = [
      // Replies may have grown too old to be kept.
      page([reply(1), reply(3)]),
      page([{ ...root, subtype: 'tombstone' }, reply(1), reply(3)]),
      // Not all before it was read.
      page([reply(1), reply(3)], { after: null }),
      // In an order that Slack does not promise.
      page([root, reply(3), reply(1)]),
    ];
    for (const each of unknown) {
      expect(lastTs(each)).toBeNull();
      expect(found(each, kept(1, 2, 3))).toEqual([]);
    }
  });
});
