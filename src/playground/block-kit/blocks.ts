import { z } from 'zod';
import { anyText, filled, plainText } from './composition.ts';
import { accessory, actionElement, contextElement, inputElement } from './elements.ts';
import { richTextPart } from './rich-text.ts';

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/blocks.

const block_id = filled(255).exactOptional();

const sectionBlock = z
  .strictObject({
    type: z.literal('section'),
    block_id,
    text: anyText(3000).exactOptional(),
    fields: z.array(anyText(2000)).min(1).max(10).exactOptional(),
    accessory: accessory.exactOptional(),
    expand: z.boolean().exactOptional(),
  })
  .refine(
    (section) => section.text !== undefined || section.fields !== undefined,
    'must define either `text` or `fields`',
  );

const headerBlock = z.strictObject({ type: z.literal('header'), block_id, text: plainText(150) });

const dividerBlock = z.strictObject({ type: z.literal('divider'), block_id });

const contextBlock = z.strictObject({
  type: z.literal('context'),
  block_id,
  elements: z.array(contextElement).min(1).max(10),
});

const actionsBlock = z.strictObject({
  type: z.literal('actions'),
  block_id,
  elements: z.array(actionElement).min(1).max(25),
});

const inputBlock = z.strictObject({
  type: z.literal('input'),
  block_id,
  label: plainText(2000),
  element: inputElement,
  hint: plainText(2000).exactOptional(),
  optional: z.boolean().exactOptional(),
  dispatch_action: z.boolean().exactOptional(),
});

const imageBlock = z.strictObject({
  type: z.literal('image'),
  block_id,
  image_url: filled(3000),
  alt_text: filled(2000),
  title: plainText(2000).exactOptional(),
});

const richTextBlock = z.strictObject({
  type: z.literal('rich_text'),
  block_id,
  elements: z.array(richTextPart).min(1),
});

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(richTextPart).min(1) }),
]);

const tableBlock = z.strictObject({
  type: z.literal('table'),
  block_id,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).exactOptional(),
          is_wrapped: z.boolean().exactOptional(),
        })
        .nullable(),
    )
    .max(20)
    .exactOptional(),
});

/** The blocks this workspace can draw. Slack knows more; those are answered `unsupported type`. */
export const block = z.discriminatedUnion('type', [
  sectionBlock,
  headerBlock,
  dividerBlock,
  contextBlock,
  actionsBlock,
  inputBlock,
  imageBlock,
  richTextBlock,
  tableBlock,
]);

export type Block = z.infer<typeof block>;
export type BlockOf<Type extends Block['type']> = Extract<Block, { type: Type }>;
/** A block as kept by the workspace, which fills in what was left out: every element has its `action_id` too. */
export type PlacedBlock = Block & { block_id: string };
