import { z } from 'zod';

const style = z
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

const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1), style });
const link = z.strictObject({
  type: z.literal('link'),
  url: z.string().min(1),
  text: z.string().exactOptional(),
  unsafe: z.boolean().exactOptional(),
  style,
});

const richTextElement = z.discriminatedUnion('type', [
  text,
  link,
  z.strictObject({ type: z.literal('user'), user_id: z.string().min(1), style }),
  z.strictObject({ type: z.literal('channel'), channel_id: z.string().min(1), style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string().min(1), style }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
  z.strictObject({
    type: z.literal('emoji'),
    name: z.string().min(1),
    unicode: z.string().exactOptional(),
    url: z.string().exactOptional(),
    style,
  }),
  z.strictObject({ type: z.literal('team'), team_id: z.string().min(1), style }),
  z.strictObject({ type: z.literal('color'), value: z.string().min(1), style }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.int(),
    format: z.string().min(1),
    url: z.string().exactOptional(),
    fallback: z.string().exactOptional(),
    style,
  }),
]);

const border = z.union([z.literal(0), z.literal(1)]).exactOptional();
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richTextElement) });

export const richTextPart = z.discriminatedUnion('type', [
  section,
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    indent: z.int().min(0).max(8).exactOptional(),
    offset: z.int().min(0).exactOptional(),
    border,
    elements: z.array(section).min(1),
  }),
  z.strictObject({ type: z.literal('rich_text_quote'), border, elements: z.array(richTextElement) }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    border,
    elements: z.array(z.discriminatedUnion('type', [text, link])),
  }),
]);

export type RichTextElement = z.infer<typeof richTextElement>;
export type RichTextPart = z.infer<typeof richTextPart>;
