import type { KnownBlock, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { LIMITS, shorten } from '../messages/blocks.ts';

/** Slack's inputs take no more than this. */
export const LONGEST_INPUT = 3000;

export const plain = (text: string) => ({ type: 'plain_text' as const, text: shorten(text, LIMITS.optionText) });
export const option = (value: string, text: string): PlainTextOption => ({ text: plain(text), value });

export type Element = Extract<KnownBlock, { type: 'input' }>['element'];

export interface InputMore {
  readonly optional?: boolean;
  readonly hint?: string;
  /** Lull is told of each change, to show at once what it means. */
  readonly tells?: boolean;
}

export function input(blockId: string, label: string, element: Element, more: InputMore = {}): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: { type: 'plain_text', text: label },
    element,
    optional: more.optional ?? false,
    ...(more.hint === undefined ? {} : { hint: { type: 'plain_text', text: more.hint } }),
    ...(more.tells === true ? { dispatch_action: true } : {}),
  };
}

/** Asks why a freeze should not hold. @param reason what was given so far */
export function overrideInput(blockId: string, reason = ''): KnownBlock {
  return input(
    blockId,
    'Why it cannot wait until after the freeze',
    {
      type: 'plain_text_input',
      action_id: 'value',
      max_length: 1000,
      ...(reason === '' ? {} : { initial_value: reason.toWellFormed() }),
    },
    { optional: true, hint: 'Kept in the record, and shown in internal threads.' },
  );
}

/**
 * The name of a field in a form that was drawn anew `generation` times. Slack keeps what was typed where the id stays the
 * same, so a field that shall show another value needs another id.
 */
export function blockId(field: string, generation: number): string {
  return generation === 0 ? field : `${field}.${generation}`;
}

/** The field that a block is, whichever generation it is of. */
export function fieldOf(id: string): string {
  return id.replace(/\.\d+$/, '');
}

const element = z.object({
  value: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).nullish(),
  selected_channel: z.string().nullish(),
  selected_option: z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() }).nullish(),
  selected_options: z.array(z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() })).nullish(),
});
/** What one element of a form holds. */
export type Held = z.infer<typeof element>;

const state = z.record(z.string(), z.record(z.string(), element));

/** What the fields of a form hold, by field. `values` is Slack's `view.state.values`; each block has one element. */
export function heldBy(values: unknown): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>();
  for (const [id, elements] of Object.entries(state.parse(values))) {
    const [only] = Object.values(elements);
    if (only !== undefined) held.set(fieldOf(id), only);
  }
  return held;
}

/** The options chosen, as they can be shown as chosen again. */
export function chosenOptions(held: Held | undefined): PlainTextOption[] {
  return (held?.selected_options ?? []).map(({ value, text }) => option(value, text?.text ?? value));
}
