import type { MessageShortcut } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { type Audience, authorize } from '../../core/permissions.ts';
import { getMaintenance, resolveMaintenance } from '../../maintenance/commands/find.ts';
import { findAnnouncementByMessage } from '../../maintenance/repository/announcements.ts';
import { findMaintenance, listMaintenances } from '../../maintenance/repository/list.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import type { Message } from '../../slack/blocks.ts';
import { context, mentionPerson, quote, SLACK_LIMITS, section, shorten, successMessage } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run, subcommand, TEXT } from '../../slack/command.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import {
  input,
  MAX_INPUT_CHARS,
  modal,
  option,
  plain,
  radioInput,
  readInput,
  readText,
  textInput,
} from '../../slack/form.ts';
import { toMessageRef } from '../../slack/ids.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { commentForms as texts } from '../../texts/slack-forms.ts';
import { commentMessages } from '../../texts/slack-messages.ts';
import { comment, editComment } from '../commands.ts';
import { type Comment, findComment } from '../repository.ts';
import { formatReply } from './replies.ts';

function commentOn(internal: boolean): Run {
  return async (context, person, [ref, text = ''], request) => {
    const { id } = await resolveMaintenance(context.ctx, person.actor, ref);
    const added = await comment(context.ctx, person.actor, id, { text, internal }, idempotencyKey(request));
    return added && successMessage(commentMessages.added(id, internal));
  };
}

export const commentCommands: readonly Entry[] = [
  { form: subcommand('comment', TEXT), run: commentOn(false) },
  { form: subcommand('internal', TEXT), run: commentOn(true) },
];

const MAINTENANCES = 'options.maintenances';
const COMMENT_SHORTCUT = 'add_as_comment';

/** Listens for the Comment button, for "Add as comment" in the menu of a message, and for the forms that they open. */
export function listenToComments(on: Listeners): void {
  const { context } = on;
  const { client, ctx, log } = context;

  on.button(ACTIONS.comment, async ({ actor }, { value, triggerId }) => {
    authorize(actor, 'comment');
    const maintenance = await getMaintenance(ctx, actor, Number(value));
    await client.views.open({ trigger_id: triggerId, view: commentModal(maintenance) });
  });
  on.app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: COMMENT_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const { message, channel, trigger_id: triggerId } = body;
    const thread: unknown = message.thread_ts;
    const picked = {
      channel: channel.id,
      ts: message.ts,
      thread: typeof thread === 'string' ? thread : undefined,
      userId: message.user,
      text: message.text ?? '',
    };
    on.run(body.user.id, createReply(body.response_url, log), (person) =>
      addAsComment(context, person, picked, triggerId),
    );
  });
  on.options(MAINTENANCES, async (typed) => (await findMaintenances(context, typed)).map(maintenanceOption));
  on.submission(VIEWS.comment, async ({ actor }, view) => {
    await comment(ctx, actor, Number(view.private_metadata), readCommentModal(view.state.values), `view:${view.id}`);
  });
  on.submission(VIEWS.addComment, async ({ actor }, view) => {
    const { maintenanceId, text, internal } = readCommentForm(view.state.values);
    await comment(ctx, actor, maintenanceId, { text, internal }, `view:${view.id}`);
  });
  on.submission(VIEWS.audience, async ({ actor }, view) => {
    const internal = readAudience(readInput(view.state.values));
    await editComment(ctx, actor, Number(view.private_metadata), { internal });
  });
}

/** `thread` is the `ts` of the message that this one answers; `text` is mrkdwn. */
interface PickedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | undefined;
  readonly userId: string | undefined;
  readonly text: string;
}

/**
 * Opens the form that makes a message a comment. For one that is a comment already, its audience can be changed.
 * @throws UserError of kind `forbidden`
 */
async function addAsComment(
  context: SlackContext,
  { actor }: Person,
  message: PickedMessage,
  triggerId: string,
): Promise<void> {
  const { ctx, client } = context;
  authorize(actor, 'comment');
  const existing = await findComment(ctx.database, actor.accountId, toMessageRef(message));
  if (existing !== undefined) {
    const maintenance = await getMaintenance(ctx, actor, existing.maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: audienceForm(existing, maintenance) });
    return;
  }
  // Messages of Lull are no comments; an announcement only points to its maintenance.
  const byLull = message.userId === context.workspace.botUserId;
  const text = byLull ? '' : await formatReply(context, message.text);
  const by = message.userId === undefined || message.userId === actor.id ? undefined : message.userId;
  const author = by === undefined ? '' : await formatReply(context, `<@${by}>`);
  // The words of somebody else are attributed to them; who adds it can change that.
  const attributed = author === '' || text === '' ? text : `${author.slice(1)}: ${text}`;
  const view = commentForm(attributed, await findLikelyMaintenance(context, actor.accountId, message));
  await client.views.open({ trigger_id: triggerId, view });
}

/** The maintenance of the message's thread; else the one in progress, when there is no other. */
async function findLikelyMaintenance(
  { ctx: { database } }: SlackContext,
  accountId: number,
  { channel, ts, thread }: PickedMessage,
): Promise<Maintenance | undefined> {
  const place = await findAnnouncementByMessage(database, accountId, toMessageRef({ channel, ts: thread ?? ts }));
  if (place !== undefined) return findMaintenance(database, accountId, place.maintenanceId);
  const [active, other] = await listMaintenances(database, accountId, { statuses: ['in-progress'] }, { limit: 2 });
  return other === undefined ? active : undefined;
}

async function findMaintenances({ ctx, workspace }: SlackContext, typed: string): Promise<Maintenance[]> {
  const { database } = ctx;
  const accountId = workspace.account.id;
  const matching = typed.trim();
  const number = /^#?(\d+)$/.exec(matching)?.[1];
  const numbered = number === undefined ? undefined : await findMaintenance(database, accountId, Number(number));
  const limit = SLACK_LIMITS.options;
  const filter = { statuses: ['scheduled', 'in-progress'], matching } as const;
  const named = await listMaintenances(database, accountId, filter, { limit });
  const others = named.filter(({ id }) => id !== numbered?.id);
  return [...(numbered === undefined ? [] : [numbered]), ...others].slice(0, limit);
}

type NamedMaintenance = Pick<Maintenance, 'id' | 'name'>;

const maintenanceOption = ({ id, name }: NamedMaintenance) => option(String(id), `${id}  ${name}`);
const INTERNAL = option('internal', texts.internal);
const PUBLIC = option('public', texts.public);

const commentInput = (value = '') => textInput('comment', texts.commentLabel, { value, multiline: true });
const audienceInput = (internal: boolean): KnownBlock =>
  radioInput('audience', texts.visibility, [INTERNAL, PUBLIC], internal ? INTERNAL : PUBLIC);

function readAudience(held: ReturnType<typeof readInput>): boolean {
  return held.get('audience')?.selected_option?.value !== PUBLIC.value;
}

export function commentModal({ id, name }: NamedMaintenance): ModalView {
  return modal(VIEWS.comment, texts.comment, id, [
    section(`*${quote(name, 250)}*`),
    commentInput(),
    input(
      'internal',
      texts.visibility,
      { type: 'checkboxes', action_id: 'value', options: [INTERNAL] },
      { optional: true },
    ),
  ]);
}

export function readCommentModal(values: unknown): { text: string; internal: boolean } {
  const held = readInput(values);
  return {
    text: readText(held, 'comment'),
    internal: (held.get('internal')?.selected_options ?? []).length > 0,
  };
}

/**
 * Asks which maintenance a message is a comment on, and who may see it. It is internal by default, as it was not written
 * for everybody.
 * @param text of the message, to be changed before it is kept
 * @param maintenance the likely one
 */
export function commentForm(text: string, maintenance: NamedMaintenance | undefined): ModalView {
  return modal(VIEWS.addComment, texts.addComment, {}, [
    input('maintenance', texts.maintenance, {
      type: 'external_select',
      action_id: MAINTENANCES,
      min_query_length: 0,
      placeholder: plain(texts.maintenanceSearch),
      ...(maintenance === undefined ? {} : { initial_option: maintenanceOption(maintenance) }),
    }),
    commentInput(shorten(text, MAX_INPUT_CHARS)),
    audienceInput(true),
  ]);
}

export function readCommentForm(values: unknown): { maintenanceId: number; text: string; internal: boolean } {
  const held = readInput(values);
  return {
    maintenanceId: Number(held.get('maintenance')?.selected_option?.value),
    text: readText(held, 'comment'),
    internal: readAudience(held),
  };
}

export function audienceForm({ id, text, internal }: Comment, maintenance: NamedMaintenance): ModalView {
  return modal(VIEWS.audience, texts.audience, id, [
    section(texts.isComment(quote(maintenance.name, 250), maintenance.id)),
    context([quote(text, 1000)]),
    audienceInput(internal),
  ]);
}

/** A comment in the thread of an announcement; undefined when it is not for this audience. Public channels see no names. */
export function commentNote({ author, text, internal, edited }: Comment, audience: Audience): Message | undefined {
  if (audience === 'public' && internal) return undefined;
  const by = audience === 'public' ? '' : mentionPerson(author);
  return successMessage(commentMessages.note(by, { internal, edited }, quote(text, 2800)));
}

/** Takes the place of a comment that was deleted, or that this audience may no longer read. */
export const withdrawnComment: Message = successMessage(commentMessages.withdrawn);
