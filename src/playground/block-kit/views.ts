import { z } from 'zod';
import { block } from './blocks.ts';
import { plainText } from './composition.ts';

// Lengths and counts are those of https://docs.slack.dev/reference/views.

const shared = {
  blocks: z.array(block).max(100),
  private_metadata: z.string().max(3000).exactOptional(),
  callback_id: z.string().max(255).exactOptional(),
  external_id: z.string().max(255).exactOptional(),
};

export const modalView = z
  .strictObject({
    type: z.literal('modal'),
    ...shared,
    title: plainText(24),
    submit: plainText(24).exactOptional(),
    close: plainText(24).exactOptional(),
    clear_on_close: z.boolean().exactOptional(),
    notify_on_close: z.boolean().exactOptional(),
    submit_disabled: z.boolean().exactOptional(),
  })
  .refine(
    (view) => view.submit !== undefined || !view.blocks.some((each) => each.type === 'input'),
    'must define `submit` to use an `input` block in modals',
  );

export const homeView = z.strictObject({ type: z.literal('home'), ...shared });

export type ModalView = z.infer<typeof modalView>;
export type HomeView = z.infer<typeof homeView>;
