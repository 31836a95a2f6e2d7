import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { isAllowed, systemActor } from '../../core/permissions.ts';
import { findAnnouncementByMessage } from '../../maintenance/repository/announcements.ts';
import { claimKey, REPLY_KEY_TTL_MS, replyKey } from '../../platform/idempotency.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { escapeMrkdwn, successMessage } from '../../slack/blocks.ts';
import { call } from '../../slack/connection/call.ts';
import { slackError } from '../../slack/connection/client.ts';
import type { Workspaces } from '../../slack/connection/workspaces.ts';
import type { SlackContext } from '../../slack/context.ts';
import { toMessageRef } from '../../slack/ids.ts';
import type { Listeners } from '../../slack/listeners.ts';
import { slackErrorText } from '../../texts/slack-errors.ts';
import { commentMessages } from '../../texts/slack-messages.ts';
import { comment, deleteComment, editComment } from '../commands.ts';
import { findComment, listStoredReplies } from '../repository.ts';

interface Reply {
  readonly channel: string;
  readonly ts: string;
  /** The `ts` of the message that it answers. */
  readonly thread: string;
  /** Who wrote that message, where Slack says so. */
  readonly threadBy: string | undefined;
  readonly userId: string;
  /** mrkdwn, as Slack sends it. */
  readonly text: string;
}

/** What happened to a reply. `editedTs` identifies the edit. */
export type ReplyEvent =
  | { readonly kind: 'written'; readonly reply: Reply }
  | { readonly kind: 'edited'; readonly reply: Reply; readonly editedTs: string }
  | { readonly kind: 'deleted'; readonly reply: Omit<Reply, 'userId' | 'text'> };

/** The subtypes of messages by people; the others are by apps, or by Slack itself. */
const BY_PEOPLE: ReadonlySet<string | undefined> = new Set([undefined, 'thread_broadcast', 'file_share', 'me_message']);

/** A message in the answer to `conversations.replies`. */
const threadMessage = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  parent_user_id: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(''),
  edited: z.object({ ts: z.string() }).optional(),
});
export type ThreadMessage = z.infer<typeof threadMessage>;

const channel = z.string();
const changed = z.object({ subtype: z.literal('message_changed'), channel, message: threadMessage });
const deleted = z.object({ subtype: z.literal('message_deleted'), channel, previous_message: threadMessage });
const messageEvent = z.union([changed, deleted, threadMessage.extend({ channel })]);

/** A reply by a person, as it is in the thread now; undefined for other messages. */
function readThreadMessage(channel: string, message: ThreadMessage): ReplyEvent | undefined {
  const reply = toReply(channel, message);
  if (reply === undefined) return undefined;
  return message.edited ? { kind: 'edited', reply, editedTs: message.edited.ts } : { kind: 'written', reply };
}

/** A reply by a person in a `message` event; undefined for other events. */
export function readMessageEvent(event: unknown): ReplyEvent | undefined {
  const { data } = messageEvent.safeParse(event);
  if (data === undefined) return undefined;
  if ('message' in data) {
    // Without `edited` Slack itself changed the message, such as by unfurling a link.
    return data.message.edited && readThreadMessage(data.channel, data.message);
  }
  const reply = toReply(data.channel, 'previous_message' in data ? data.previous_message : data);
  return reply && { kind: 'previous_message' in data ? 'deleted' : 'written', reply };
}

function toReply(channel: string, message: ThreadMessage): Reply | undefined {
  const { ts, thread_ts: thread, parent_user_id: threadBy, user, bot_id, subtype, text } = message;
  if (thread === undefined || thread === ts || user === undefined || bot_id !== undefined) return undefined;
  return BY_PEOPLE.has(subtype) ? { channel, ts, thread, threadBy, userId: user, text } : undefined;
}

/** `<@U123>`, `<#C123|ops>`, `<!here>`, `<https://...|label>`: what Slack makes of what people type. */
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/** `keepChannels`: mentions of channels stay as Slack sends them, for callers that need the ids. */
interface TextOptions {
  readonly keepChannels?: boolean;
}

/** The people mentioned in a message as Slack sends it, by id, each once. */
export function listMentions(mrkdwn: string): string[] {
  const ids = [...mrkdwn.matchAll(MARKUP)].flatMap(([, sign, id = '']) => (sign === '@' ? [id] : []));
  return [...new Set(ids)];
}

/**
 * The text of a message as its writer saw it, without Slack's markup.
 * @param names of people, by id; where one is missing the label is used, or the id
 */
export function plainText(
  mrkdwn: string,
  names: ReadonlyMap<string, string> = new Map(),
  { keepChannels = false }: TextOptions = {},
): string {
  return mrkdwn
    .replace(MARKUP, (markup: string, sign: string, what: string, label = '') => {
      if (sign === '@') return `@${names.get(what) ?? (label || what)}`;
      if (sign === '#') return keepChannels ? markup : `#${label || what}`;
      if (sign === '!') return label || `@${what.split('^', 1)[0]}`;
      const address = what.replace(/^mailto:|^tel:/, '');
      return label === '' || label === address || label === what ? address : `${label} (${address})`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** People rarely mention more in one message; the others keep their label or their id. */
const MAX_NAMES = 20;

/** The text of a message as people read it, with the names of the people it mentions. */
export async function formatReply(
  { people, workspace }: SlackContext,
  mrkdwn: string,
  options: TextOptions = {},
): Promise<string> {
  const names = new Map<string, string>();
  await Promise.all(
    listMentions(mrkdwn)
      .slice(0, MAX_NAMES)
      .map(async (id) => {
        const found = await people.find(workspace, id).catch(() => undefined);
        if (found !== undefined) names.set(id, found.actor.name);
      }),
  );
  return plainText(mrkdwn, names, options).trim();
}

/** Listens for replies in threads. @param missed called when one could not be kept, but may be later */
export function listenToReplies({ app, context, track }: Listeners, missed: () => void): void {
  const { log } = context;

  app.event('message', async ({ event }) => {
    const reply = readMessageEvent(event);
    if (reply === undefined) return;
    track(
      handleReply(context, reply).catch((error: unknown) => {
        const { channel, ts } = reply.reply;
        // The reply goes without its mark, which shows that it was not kept.
        log.error({ error, channel, ts }, 'a reply in a thread could not be kept as a comment');
        // Slack's refusals are permanent; other failures pass.
        if (slackError(error) === undefined) missed();
      }),
    );
  });
}

/** The announcement of a moment ago may not be stored yet, so it is looked for again after these pauses (milliseconds). */
const ANNOUNCEMENT_PAUSES_MS = [100, 400, 1_500];

/**
 * A reply in the thread of an announcement becomes a comment: internal where the channel is, so that it does not reach
 * another audience unless its author says so. Its edits and its deletion follow. Where the writer may not comment, the reply
 * is only a reply.
 */
async function handleReply(context: SlackContext, event: ReplyEvent): Promise<void> {
  const { ctx, workspace } = context;
  const ref = toMessageRef(event.reply);
  const accountId = workspace.account.id;
  const announcement = await findAnnouncement(context, event.reply);
  const existing = announcement === undefined ? await findComment(ctx.database, accountId, ref) : undefined;
  const maintenanceId = announcement?.maintenanceId ?? existing?.maintenanceId;
  if (maintenanceId === undefined) return;

  if (event.kind === 'deleted') {
    // Slack does not say who deleted it: an admin may have, long after its author left.
    await deleteComment(ctx, systemActor(accountId), ref, replyKey(ref));
    return;
  }
  const { reply } = event;
  const { actor } = await context.people.find(workspace, reply.userId);
  if (!isAllowed(actor, 'comment')) {
    // Nor does it become one later, when it is read again and its writer may comment by then.
    await claimKey(ctx.database, accountId, replyKey(ref), ctx.clock.now());
    return;
  }
  const text = await formatReply(context, reply.text);
  const editedTs = event.kind === 'edited' ? event.editedTs : null;
  try {
    if (text === '') {
      if (editedTs !== null) await deleteComment(ctx, systemActor(accountId), ref, replyKey(ref));
      return;
    }
    if (announcement !== undefined) {
      const message = { ...ref, revision: editedTs, writtenAt: new Date(Number(reply.ts) * 1000) };
      const written = { text, internal: announcement.audience === 'internal', message };
      if ((await comment(ctx, actor, maintenanceId, written, replyKey(ref))) !== undefined) return;
    }
    if (editedTs !== null) await editComment(ctx, actor, ref, { text, revision: editedTs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const refusalKey = `${replyKey(ref)}:refused:${editedTs ?? ''}`;
    if (await claimKey(ctx.database, accountId, refusalKey, ctx.clock.now()))
      await answerRefusal(context, reply, error);
  }
}

async function findAnnouncement({ ctx, workspace }: SlackContext, { channel, thread, threadBy }: ReplyEvent['reply']) {
  const ref = toMessageRef({ channel, ts: thread });
  for (const pause of [...ANNOUNCEMENT_PAUSES_MS, undefined]) {
    const announcement = await findAnnouncementByMessage(ctx.database, workspace.account.id, ref);
    if (announcement !== undefined || threadBy !== workspace.botUserId || pause === undefined) return announcement;
    await sleep(pause);
  }
  return undefined;
}

async function answerRefusal({ client }: SlackContext, reply: Reply, error: UserError): Promise<void> {
  const { text, blocks } = successMessage(commentMessages.refused(escapeMrkdwn(slackErrorText(error))));
  const { channel, userId, thread } = reply;
  await client.chat.postEphemeral({ channel, user: userId, thread_ts: thread, text, blocks: [...blocks] });
}

/** Messages per request. Slack gives 15 to apps that are distributed outside its Marketplace, whatever is asked for. */
const PAGE_SIZE = 200;
/** Keys of replies expire by Lull's clock, and replies are dated by Slack's (milliseconds). */
const CLOCK_TOLERANCE_MS = 24 * 3_600_000;

const repliesAnswer = z.object({
  messages: z.array(threadMessage),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Reads one page of a thread in Slack, and turns the replies that were missed into comments. See `Channel.ingestReplies`. */
export async function ingestMissedReplies(
  workspaces: Workspaces,
  page: Jobs['ingest-replies'],
): Promise<Jobs['ingest-replies'] | undefined> {
  const { accountId, maintenanceId, channel, thread, cursor, after } = page;
  const { context } = await workspaces.forAccount(accountId);
  const { database, clock } = context.ctx;
  // Read before the page, so that a reply posted in between is not taken for a deleted one.
  const stored = await listStoredReplies(database, accountId, maintenanceId, page);
  const request = { channel, ts: thread, limit: PAGE_SIZE, ...(cursor === '' ? {} : { cursor }) };
  const what = { method: 'conversations.replies', caller: `${channel} ${thread}`, rank: 1 } as const;
  const { messages, response_metadata } = repliesAnswer.parse(
    await call(workspaces, accountId, what, (client) => client.conversations.replies(request)),
  );
  const next = response_metadata?.next_cursor ?? '';
  const read = { channel, thread, messages, after, isLast: next === '' };
  const since = String((clock.now().getTime() - REPLY_KEY_TTL_MS + CLOCK_TOLERANCE_MS) / 1000);
  const failures: unknown[] = [];
  for (const event of findMissedReplies(read, stored, since)) {
    try {
      await handleReply(context, event);
    } catch (error) {
      const { ts } = event.reply;
      context.log.warn({ error, channel, ts }, 'a reply that was missed could not be kept as a comment');
      // Slack's refusals are permanent; after other failures the page is read again.
      if (slackError(error) === undefined) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return next === '' ? undefined : { ...page, cursor: next, after: lastTs(read) };
}

export interface ThreadPage {
  readonly channel: string;
  /** The `ts` of the root message. */
  readonly thread: string;
  /** As Slack answers them. */
  readonly messages: readonly ThreadMessage[];
  /** The `ts` of the last message on the page before, or of the thread; null where not all before it was read. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/**
 * What happened to the replies on a page that Lull does not know yet, oldest reply first.
 * @param stored the comments that are replies in the channel, from before the page was read: the edit of each, by `ts`
 * @param since a `ts`: the outcome of an older reply is not known any more, so it becomes no comment
 */
export function findMissedReplies(
  page: ThreadPage,
  stored: ReadonlyMap<string, string | null>,
  since: string,
): ReplyEvent[] {
  const { channel, messages } = page;
  const written = messages
    .flatMap((message) => readThreadMessage(channel, message) ?? [])
    .filter((event) => {
      const editedTs = stored.get(event.reply.ts);
      if (editedTs === undefined) return event.reply.ts > since;
      return event.kind === 'edited' && (editedTs === null || event.editedTs > editedTs);
    });
  return [...written, ...findDeleted(page, stored)].toSorted((a, b) => (a.reply.ts < b.reply.ts ? -1 : 1));
}

/**
 * Where a page ended, so that a reply missing on the next one is known to be deleted; null where that cannot be known. Slack
 * answers threads oldest first. Where the root message is gone, replies may have expired, which deletes no comment.
 */
export function lastTs({ thread, messages, after }: ThreadPage): string | null {
  const root = messages.find(({ ts }) => ts === thread);
  const isFirstPage = after === thread;
  if (after === null || (isFirstPage && (root === undefined || root.subtype === 'tombstone'))) return null;
  const stamps = messages.map(({ ts }) => ts).filter((ts) => ts !== thread);
  const inOrder = stamps.every((ts, index) => ts > (stamps[index - 1] ?? after));
  return inOrder ? (stamps.at(-1) ?? after) : null;
}

function findDeleted(page: ThreadPage, stored: ReadonlyMap<string, string | null>): ReplyEvent[] {
  const { channel, thread, messages, after, isLast } = page;
  const end = lastTs(page);
  if (after === null || end === null) return [];
  const present = new Set(messages.filter(({ subtype }) => subtype !== 'tombstone').map(({ ts }) => ts));
  const gone = [...stored.keys()].filter((ts) => ts > after && (isLast || ts <= end) && !present.has(ts));
  return gone.map((ts) => ({ kind: 'deleted', reply: { channel, ts, thread, threadBy: undefined } }));
}
