import { z } from 'zod';
import type { SlackContext } from '../../slack/context.ts';

export interface Reply {
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

const content = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  parent_user_id: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(''),
  edited: z.object({ ts: z.string() }).optional(),
});
type Content = z.infer<typeof content>;

const changed = z.object({ subtype: z.literal('message_changed'), channel: z.string(), message: content });
const deleted = z.object({ subtype: z.literal('message_deleted'), channel: z.string(), previous_message: content });
const written = content.extend({ channel: z.string() });

/** A message in the answer to `conversations.replies`. */
export const threadMessage = content;
export type ThreadMessage = Content;

/** A reply by a person, as it is in the thread now; undefined for other messages. */
export function readThreadMessage(channel: string, message: ThreadMessage): ReplyEvent | undefined {
  const reply = toReply(channel, message);
  if (reply === undefined) return undefined;
  return message.edited ? { kind: 'edited', reply, editedTs: message.edited.ts } : { kind: 'written', reply };
}

/** A reply by a person in a `message` event; undefined for other events. */
export function readMessageEvent(event: unknown): ReplyEvent | undefined {
  const change = changed.safeParse(event);
  if (change.success) {
    const { channel, message } = change.data;
    const reply = toReply(channel, message);
    // Without `edited` Slack itself changed the message, such as by unfurling a link.
    return reply && message.edited ? { kind: 'edited', reply, editedTs: message.edited.ts } : undefined;
  }
  const deletion = deleted.safeParse(event);
  if (deletion.success) {
    const reply = toReply(deletion.data.channel, deletion.data.previous_message);
    return reply && { kind: 'deleted', reply };
  }
  const message = written.safeParse(event);
  if (!message.success) return undefined;
  const reply = toReply(message.data.channel, message.data);
  return reply && { kind: 'written', reply };
}

function toReply(channel: string, message: Content): Reply | undefined {
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
