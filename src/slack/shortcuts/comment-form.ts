import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import type { Comment } from '../../store/comments.ts';
import type { Maintenance } from '../../store/maintenances.ts';
import { VIEWS } from '../messages/action-ids.ts';
import { context, LIMITS, quote, section, shorten } from '../messages/blocks.ts';

/** The action id by which Slack asks for the maintenances of the select. */
export const MAINTENANCES = 'options.maintenances';

/** Slack's inputs take no more. */
const LONGEST = 3000;

const plain = (text: string) => ({ type: 'plain_text' as const, text });

const INTERNAL: PlainTextOption = { value: 'internal', text: plain('Internal: not shown in public channels') };
const PUBLIC: PlainTextOption = { value: 'public', text: plain('Public: shown in public channels too') };

export function maintenanceOption({ id, name }: Pick<Maintenance, 'id' | 'name'>): PlainTextOption {
  return { text: plain(shorten(`${id}  ${name}`, LIMITS.optionText)), value: String(id) };
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
