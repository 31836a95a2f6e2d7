import { type ReplyEvent, readThreadMessage, type ThreadMessage } from './message.ts';

/** One page of a thread. */
export interface ThreadPage {
  readonly channel: string;
  /** The `ts` of the message that the thread hangs on. */
  readonly thread: string;
  /** As Slack answers them. */
  readonly messages: readonly ThreadMessage[];
  /** The `ts` of the last message on the page before, or of the thread; null where not all before it was read. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/**
 * What happened to the replies on a page that is not known yet, oldest reply first.
 * @param kept the replies in the channel that are comments, from before the page was read: the edit that each shows, by `ts`
 * @param since a `ts`: what came of an older reply is not known any more, so it is made no comment
 */
export function missed(page: ThreadPage, kept: ReadonlyMap<string, string | null>, since: string): ReplyEvent[] {
  const { channel, messages } = page;
  const found = messages
    .flatMap((message) => readThreadMessage(channel, message) ?? [])
    .filter((event) => {
      const shown = kept.get(event.reply.ts);
      if (shown === undefined) return event.reply.ts > since;
      return event.kind === 'edited' && (shown === null || event.editedTs > shown);
    });
  return [...found, ...deleted(page, kept)].toSorted((a, b) => (a.reply.ts < b.reply.ts ? -1 : 1));
}

/**
 * Where the page before ended, so that what is missing on the next one is known to be deleted; null where that cannot be
 * said. Slack answers threads oldest first. Where the message that the thread hangs on is gone, replies may be gone because
 * they grew old, which does not take back what was said.
 */
export function endOf({ thread, messages, after }: ThreadPage): string | null {
  const first = messages.find(({ ts }) => ts === thread);
  const isFirstPage = after === thread;
  if (after === null || (isFirstPage && (first === undefined || first.subtype === 'tombstone'))) return null;
  const stamps = messages.map(({ ts }) => ts).filter((ts) => ts !== thread);
  const inOrder = stamps.every((ts, index) => ts > (stamps[index - 1] ?? after));
  return inOrder ? (stamps.at(-1) ?? after) : null;
}

function deleted(page: ThreadPage, kept: ReadonlyMap<string, string | null>): ReplyEvent[] {
  const { channel, thread, messages, after, isLast } = page;
  const end = endOf(page);
  if (after === null || end === null) return [];
  const there = new Set(messages.filter(({ subtype }) => subtype !== 'tombstone').map(({ ts }) => ts));
  const gone = [...kept.keys()].filter((ts) => ts > after && (isLast || ts <= end) && !there.has(ts));
  return gone.map((ts) => ({ kind: 'deleted', reply: { channel, ts, thread, threadBy: undefined } }));
}
