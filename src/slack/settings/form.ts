import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Visibility } from '../../domain/maintenance.ts';
import { LONGEST_NAME } from '../../domain/window.ts';
import { actions, button, section } from '../messages/blocks.ts';
import { type Held, input, LONGEST_INPUT, option, plain } from '../modals/form.ts';
import { SETTINGS } from './ids.ts';

/** The dialog that a form stands on, which is drawn anew once something changed. */
export const origin = z.object({ view: z.string(), generation: z.number() });
export type Origin = z.infer<typeof origin>;

/** How what a form changes was when it was opened. */
export const opened = z.object({
  /** A digest of each field. */
  seen: z.record(z.string(), z.string()),
  /** The newest event of then. */
  event: z.number(),
  /** How often others changed it meanwhile. */
  generation: z.number(),
});
export type Opened = z.infer<typeof opened>;

/** What a form carries along, unseen. Without an id it adds something, or is of all of the account. */
export const formMetadata = z.object({ origin, id: z.string().optional(), opened: opened.optional() });
export type FormMetadata = z.infer<typeof formMetadata>;

export function form(
  callbackId: string,
  title: string,
  metadata: FormMetadata,
  blocks: readonly KnownBlock[],
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Back' },
    private_metadata: JSON.stringify(metadata),
    blocks: [...blocks],
  };
}

export function nameInput(name: string, placeholder: string): KnownBlock {
  return input('name', 'Name', {
    type: 'plain_text_input',
    action_id: 'value',
    max_length: LONGEST_NAME,
    placeholder: plain(placeholder),
    ...(name === '' ? {} : { initial_value: name.toWellFormed() }),
  });
}

/** A description that is longer than an input takes stays as it is. */
export function descriptionInput(description: string): KnownBlock {
  if (description.length > LONGEST_INPUT) {
    return section('*Description*\nToo long for a form; it stays as it is. Change it over HTTP.');
  }
  return input(
    'description',
    'Description',
    {
      type: 'plain_text_input',
      action_id: 'value',
      multiline: true,
      max_length: LONGEST_INPUT,
      ...(description === '' ? {} : { initial_value: description.toWellFormed() }),
    },
    { optional: true },
  );
}

const PUBLIC = option('public', 'Everybody: the status page and public channels, too');
const INTERNAL = option('internal', 'Internal: people of this workspace');

export function visibilityInput(visibility: Visibility): KnownBlock {
  return input('visibility', 'Who may know of it', {
    type: 'radio_buttons',
    action_id: 'value',
    options: [PUBLIC, INTERNAL],
    initial_option: visibility === 'public' ? PUBLIC : INTERNAL,
  });
}

/** What the fields of the above hold, those that are given. */
export function readCommon(held: ReadonlyMap<string, Held>) {
  const [name, description, visibility] = [held.get('name'), held.get('description'), held.get('visibility')];
  const isInternal = visibility?.selected_option?.value === INTERNAL.value;
  return {
    ...(name === undefined ? {} : { name: name.value?.trim() ?? '' }),
    ...(description === undefined ? {} : { description: description.value ?? '' }),
    ...(visibility === undefined ? {} : { visibility: isInternal ? ('internal' as const) : ('public' as const) }),
  };
}

/** What is to be removed, as its button carries it. */
export const removed = z.object({ kind: z.enum(['scope', 'service', 'check', 'provider']), id: z.string() });
export type Removed = z.infer<typeof removed>;

export const KIND_WORDS = {
  scope: 'scope',
  service: 'service',
  check: 'check',
  provider: 'monitoring system',
} as const;

export function removeButton(what: Removed, name: string): KnownBlock {
  return actions('remove', [
    button(SETTINGS.remove, `Remove this ${KIND_WORDS[what.kind]}`, JSON.stringify(what), {
      style: 'danger',
      confirm: {
        title: `Remove this ${KIND_WORDS[what.kind]}?`,
        text: `"${name}" leaves the catalogue. What is past still names it.`,
        yes: 'Remove',
        no: 'Keep',
      },
    }),
  ]);
}
