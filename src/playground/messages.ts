import type { PlacedBlock } from './block-kit/blocks.ts';
import { blocksTooLong, checkMessageBlocks } from './block-kit/check.ts';

/** A message that cannot be taken: Slack's word, and what was wrong with its blocks. */
export interface MessageRefusal {
  error: string;
  errors?: string[];
}

const MOST_TEXT = 40_000;

export interface MessageContent {
  text: string | undefined;
  blocks: PlacedBlock[] | undefined;
  attachments: unknown[] | undefined;
}

/**
 * The content of a message as an app sends it, checked against what Slack takes.
 *
 * @param needed whether there must be something to show.
 */
export function messageContent(
  input: { text?: string | undefined; blocks?: unknown; attachments?: unknown },
  needed: boolean,
): { ok: true; content: MessageContent } | ({ ok: false } & MessageRefusal) {
  if (input.text !== undefined && input.text.length > MOST_TEXT) return { ok: false, error: 'msg_too_long' };
  let blocks: PlacedBlock[] | undefined;
  if (input.blocks !== undefined && input.blocks !== null) {
    if (!Array.isArray(input.blocks)) return { ok: false, error: 'invalid_blocks_format' };
    const checked = checkMessageBlocks(input.blocks);
    if (!checked.ok) return { ok: false, error: 'invalid_blocks', errors: checked.errors };
    if (blocksTooLong(checked.value)) return { ok: false, error: 'msg_blocks_too_long' };
    blocks = checked.value;
  }
  let attachments: unknown[] | undefined;
  if (input.attachments !== undefined && input.attachments !== null) {
    if (!Array.isArray(input.attachments)) return { ok: false, error: 'invalid_attachments' };
    if (input.attachments.length > 100) return { ok: false, error: 'too_many_attachments' };
    attachments = input.attachments;
  }
  const nothing = (input.text ?? '') === '' && (blocks ?? []).length === 0 && (attachments ?? []).length === 0;
  if (needed && nothing) return { ok: false, error: 'no_text' };
  return { ok: true, content: { text: input.text, blocks, attachments } };
}
