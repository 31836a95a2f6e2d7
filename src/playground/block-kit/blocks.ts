import { z } from 'zod';
import {
  accessory,
  actionElement,
  anyText,
  contextElement,
  type InteractiveElement,
  inputElement,
  nonEmpty,
  plainText,
} from './elements.ts';

const textStyle = z
  .strictObject({
    bold: z.boolean().exactOptional(),
    italic: z.boolean().exactOptional(),
    strike: z.boolean().exactOptional(),
    underline: z.boolean().exactOptional(),
    highlight: z.boolean().exactOptional(),
    code: z.boolean().exactOptional(),
    client_highlight: z.boolean().exactOptional(),
    unlink: z.boolean().exactOptional(),
  })
  .exactOptional();

const textElement = z.strictObject({ type: z.literal('text'), text: z.string().min(1), style: textStyle });
const linkElement = z.strictObject({
  type: z.literal('link'),
  url: z.string().min(1),
  text: z.string().exactOptional(),
  unsafe: z.boolean().exactOptional(),
  style: textStyle,
});

const richTextElement = z.discriminatedUnion('type', [
  textElement,
  linkElement,
  z.strictObject({ type: z.literal('user'), user_id: z.string().min(1), style: textStyle }),
  z.strictObject({ type: z.literal('channel'), channel_id: z.string().min(1), style: textStyle }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string().min(1), style: textStyle }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style: textStyle }),
  z.strictObject({
    type: z.literal('emoji'),
    name: z.string().min(1),
    unicode: z.string().exactOptional(),
    url: z.string().exactOptional(),
    style: textStyle,
  }),
  z.strictObject({ type: z.literal('team'), team_id: z.string().min(1), style: textStyle }),
  z.strictObject({ type: z.literal('color'), value: z.string().min(1), style: textStyle }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.int(),
    format: z.string().min(1),
    url: z.string().exactOptional(),
    fallback: z.string().exactOptional(),
    style: textStyle,
  }),
]);

const border = z.union([z.literal(0), z.literal(1)]).exactOptional();
const richTextSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richTextElement) });

export const richTextPart = z.discriminatedUnion('type', [
  richTextSection,
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    indent: z.int().min(0).max(8).exactOptional(),
    offset: z.int().min(0).exactOptional(),
    border,
    elements: z.array(richTextSection).min(1),
  }),
  z.strictObject({ type: z.literal('rich_text_quote'), border, elements: z.array(richTextElement) }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    border,
    elements: z.array(z.discriminatedUnion('type', [textElement, linkElement])),
  }),
]);

export type RichTextElement = z.infer<typeof richTextElement>;
export type RichTextPart = z.infer<typeof richTextPart>;

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/blocks.

const block_id = nonEmpty(255).exactOptional();

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
  image_url: nonEmpty(3000),
  alt_text: nonEmpty(2000),
  title: plainText(2000).exactOptional(),
});

const richTextBlock = z.strictObject({
  type: z.literal('rich_text'),
  block_id,
  elements: z.array(richTextPart).min(1),
});

const tableCell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(richTextPart).min(1) }),
]);

const tableBlock = z.strictObject({
  type: z.literal('table'),
  block_id,
  rows: z.array(z.array(tableCell).min(1).max(20)).min(1).max(100),
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

/** The supported blocks. Slack's other blocks get the error `unsupported type`. */
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
/** A block with its `block_id`, and an `action_id` on every element, filled in if the app left them out. */
export type PlacedBlock = Block & { block_id: string };

// Lengths and counts are those of https://docs.slack.dev/reference/views.

const viewFields = {
  blocks: z.array(block).max(100),
  private_metadata: z.string().max(3000).exactOptional(),
  callback_id: z.string().max(255).exactOptional(),
  external_id: z.string().max(255).exactOptional(),
};

export const modalView = z
  .strictObject({
    type: z.literal('modal'),
    ...viewFields,
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

export const homeView = z.strictObject({ type: z.literal('home'), ...viewFields });

export type ModalView = z.infer<typeof modalView>;
export type HomeView = z.infer<typeof homeView>;

/** The interactive elements of a block, in order. */
export function listElements(block: Block): InteractiveElement[] {
  switch (block.type) {
    case 'actions':
      return block.elements;
    case 'input':
      return [block.element];
    case 'section':
      return block.accessory === undefined || block.accessory.type === 'image' ? [] : [block.accessory];
    default:
      return [];
  }
}

/** An interactive element and its block. */
export interface PlacedElement {
  block: PlacedBlock;
  element: InteractiveElement & { action_id: string };
}

export function* listPlacedElements(blocks: PlacedBlock[]): Generator<PlacedElement> {
  for (const block of blocks) {
    for (const element of listElements(block)) {
      if (element.action_id !== undefined) yield { block, element: { ...element, action_id: element.action_id } };
    }
  }
}

/** Without a block id, the first element with the action id. */
export function findElement(
  blocks: PlacedBlock[],
  blockId: string | undefined,
  actionId: string,
): PlacedElement | undefined {
  for (const placed of listPlacedElements(blocks)) {
    if (placed.element.action_id === actionId && (blockId === undefined || placed.block.block_id === blockId)) {
      return placed;
    }
  }
  return undefined;
}
