import type { MessageShortcut } from '@slack/bolt';
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../../core/permissions.ts';
import { getMaintenance } from '../../maintenance/commands/find.ts';
import { findAnnouncementByMessage } from '../../maintenance/repository/announcements.ts';
import { findMaintenance, listMaintenances, type Maintenance } from '../../maintenance/repository/maintenances.ts';
import { ACTIONS, VIEWS } from '../../slack/action-ids.ts';
import { context, quote, SLACK_LIMITS, section, shorten } from '../../slack/blocks.ts';
import { createReply, type SlackContext } from '../../slack/context.ts';
import { toMessageRef } from '../../slack/ids.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { comment, editComment } from '../commands.ts';
import { type Comment, findComment } from '../repository.ts';
import { commentModal, readCommentModal } from './form.ts';
import { formatReply } from './reply.ts';

/** A message that somebody picked. `thread` is the `ts` of the one it answers; `text` is mrkdwn. */
export interface PickedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | undefined;
  readonly userId: string | undefined;
  readonly text: string;
}

/**
 * Opens the form that makes a message a comment. One that is a comment already can be shown to more people, or to fewer.
 * @throws UserError of kind `forbidden`
 */
export async function addAsComment(
  context: SlackContext,
  person: Person,
  message: PickedMessage,
  triggerId: string,
): Promise<void> {
  const { ctx, client } = context;
  authorize(person.actor, 'comment');
  const { accountId } = person.actor;
  const comment = await findComment(ctx.database, accountId, toMessageRef(message));
  if (comment !== undefined) {
    const maintenance = await getMaintenance(ctx, person.actor, comment.maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: audienceForm(comment, maintenance) });
    return;
  }
  // What Lull itself says is no comment; an announcement only says which maintenance is meant.
  const byLull = message.userId === context.workspace.botUserId;
  const text = byLull ? '' : await formatReply(context, message.text);
  const by = message.userId === undefined || message.userId === person.actor.id ? undefined : message.userId;
  const author = by === undefined ? '' : await formatReply(context, `<@${by}>`);
  // What somebody else said is told as theirs; who adds it can change that.
  const told = author === '' || text === '' ? text : `${author.slice(1)}: ${text}`;
  const view = commentForm(told, await likely(context, accountId, message));
  await client.views.open({ trigger_id: triggerId, view });
}

/** The maintenance whose thread the message stands in; else the one in progress, when there is no other. */
async function likely(
  { ctx: { database } }: SlackContext,
  accountId: number,
  { channel, ts, thread }: PickedMessage,
): Promise<Maintenance | undefined> {
  const place = await findAnnouncementByMessage(database, accountId, toMessageRef({ channel, ts: thread ?? ts }));
  if (place !== undefined) return findMaintenance(database, accountId, place.maintenanceId);
  const [active, other] = await listMaintenances(database, accountId, { statuses: ['in-progress'] }, { limit: 2 });
  return other === undefined ? active : undefined;
}

/** The open maintenances that have these words in their name, or the one that has this number. */
export async function maintenancesMatching(
  { ctx: { database }, workspace }: SlackContext,
  matching: string,
): Promise<Maintenance[]> {
  const accountId = workspace.account.id;
  const number = /^#?(\d+)$/.exec(matching.trim())?.[1];
  const numbered = number === undefined ? undefined : await findMaintenance(database, accountId, Number(number));
  const named = await listMaintenances(
    database,
    accountId,
    { statuses: ['scheduled', 'in-progress'], matching: matching.trim() },
    { limit: SLACK_LIMITS.options },
  );
  return [...(numbered === undefined ? [] : [numbered]), ...named.filter(({ id }) => id !== numbered?.id)].slice(
    0,
    SLACK_LIMITS.options,
  );
}

/** The action id by which Slack asks for the maintenances of the select. */
export const MAINTENANCES = 'options.maintenances';

/** Slack's inputs take no more. */
const LONGEST = 3000;

const plain = (text: string) => ({ type: 'plain_text' as const, text });

const INTERNAL: PlainTextOption = { value: 'internal', text: plain('Internal: not shown in public channels') };
const PUBLIC: PlainTextOption = { value: 'public', text: plain('Public: shown in public channels too') };

export function maintenanceOption({ id, name }: Pick<Maintenance, 'id' | 'name'>): PlainTextOption {
  return { text: plain(shorten(`${id}  ${name}`, SLACK_LIMITS.optionText)), value: String(id) };
}

const audience = (internal: boolean): KnownBlock => ({
  type: 'input',
  block_id: 'audience',
  label: plain('Who sees it'),
  element: {
    type: 'radio_buttons',
    action_id: 'value',
    options: [INTERNAL, PUBLIC],
    initial_option: internal ? INTERNAL : PUBLIC,
  },
});

/**
 * Asks which maintenance a message is a comment on, and who may see it. Internal unless it is chosen otherwise, for what
 * was said elsewhere was not said to everybody.
 * @param text of the message, to be changed before it is kept
 * @param maintenance the likely one
 */
export function commentForm(text: string, maintenance: Pick<Maintenance, 'id' | 'name'> | undefined): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.addComment,
    title: plain('Add as comment'),
    submit: plain('Add'),
    close: plain('Close'),
    blocks: [
      {
        type: 'input',
        block_id: 'maintenance',
        label: plain('Maintenance'),
        element: {
          type: 'external_select',
          action_id: MAINTENANCES,
          min_query_length: 0,
          placeholder: plain('Search by name or number'),
          ...(maintenance === undefined ? {} : { initial_option: maintenanceOption(maintenance) }),
        },
      },
      {
        type: 'input',
        block_id: 'comment',
        label: plain('Comment'),
        element: {
          type: 'plain_text_input',
          action_id: 'value',
          multiline: true,
          max_length: LONGEST,
          ...(text === '' ? {} : { initial_value: shorten(text, LONGEST) }),
        },
      },
      audience(true),
    ],
  };
}

/** For a reply that is a comment already, all that is left to say is who may see it. */
export function audienceForm(comment: Comment, maintenance: Pick<Maintenance, 'id' | 'name'>): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.audience,
    title: plain('Comment'),
    submit: plain('Save'),
    close: plain('Close'),
    private_metadata: String(comment.id),
    blocks: [
      section(`This reply is a comment on *${quote(maintenance.name, 250)}* (${maintenance.id}).`),
      context([quote(comment.text, 1000)]),
      audience(comment.internal),
    ],
  };
}

const chosenAudience = z
  .object({ value: z.object({ selected_option: z.object({ value: z.enum(['internal', 'public']) }) }) })
  .transform(({ value }) => value.selected_option.value === 'internal');

const submitted = z.object({
  maintenance: z
    .object({ [MAINTENANCES]: z.object({ selected_option: z.object({ value: z.coerce.number().int() }) }) })
    .transform((block) => block[MAINTENANCES].selected_option.value),
  comment: z.object({ value: z.object({ value: z.string().nullish() }) }).transform(({ value }) => value.value ?? ''),
  audience: chosenAudience,
});

/** `values` is Slack's `view.state.values`. */
export function readCommentForm(values: unknown): { maintenanceId: number; text: string; internal: boolean } {
  const { maintenance, comment, audience: internal } = submitted.parse(values);
  return { maintenanceId: maintenance, text: comment, internal };
}

/** Whether the comment is internal from now on. `values` is Slack's `view.state.values`. */
export function readAudienceForm(values: unknown): boolean {
  return z.object({ audience: chosenAudience }).parse(values).audience;
}

/** Its callback id in the manifest. */
const COMMENT_SHORTCUT = 'add_as_comment';

/** Listens for the Comment button, for "Add as comment" in the menu of a message, and for the forms that they open. */
export function listenToComments(on: Listeners): void {
  const { context } = on;
  const { client, ctx, log } = context;

  on.app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: COMMENT_SHORTCUT }, async ({ ack, body }) => {
    await ack();
    const { message, channel } = body;
    const thread: unknown = message.thread_ts;
    const picked = {
      channel: channel.id,
      ts: message.ts,
      thread: typeof thread === 'string' ? thread : undefined,
      userId: message.user,
      text: message.text ?? '',
    };
    on.run(body.user.id, createReply(body.response_url, log), (person) =>
      addAsComment(context, person, picked, body.trigger_id),
    );
  });

  on.options(MAINTENANCES, async (typed) => (await maintenancesMatching(context, typed)).map(maintenanceOption));
  on.button(ACTIONS.comment, async ({ actor }, { value, triggerId }) => {
    authorize(actor, 'comment');
    const maintenance = await getMaintenance(ctx, actor, Number(value));
    await client.views.open({ trigger_id: triggerId, view: commentModal(maintenance) });
  });
  on.submission(VIEWS.comment, async ({ actor }, view) => {
    await comment(ctx, actor, Number(view.private_metadata), readCommentModal(view.state.values), `view:${view.id}`);
  });
  on.submission(VIEWS.addComment, async ({ actor }, view) => {
    const { maintenanceId, text, internal } = readCommentForm(view.state.values);
    await comment(ctx, actor, maintenanceId, { text, internal }, `view:${view.id}`);
  });
  on.submission(VIEWS.audience, async ({ actor }, view) => {
    await editComment(ctx, actor, Number(view.private_metadata), { internal: readAudienceForm(view.state.values) });
  });
}
