import { z } from 'zod';

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/composition-objects.

/** A string of 1 to `max` characters. */
export const filled = (max: number) => z.string().min(1).max(max);

/** A `plain_text` object of 1 to `max` characters. */
export const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: filled(max), emoji: z.boolean().exactOptional() });

/** A `mrkdwn` object of 1 to `max` characters. */
export const mrkdwnText = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: filled(max), verbatim: z.boolean().exactOptional() });

/** Either kind of text object of 1 to `max` characters. */
export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwnText(max)]);

export const actionId = filled(255).exactOptional();

/** The option of a select or an overflow menu: its text is plain. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: filled(150),
  description: plainText(75).exactOptional(),
  url: filled(3000).exactOptional(),
});

/** The option of checkboxes or radio buttons: its text may carry mrkdwn. */
export const richOption = z.strictObject({
  text: anyText(75),
  value: filled(150),
  description: anyText(75).exactOptional(),
});

export const optionGroup = z.strictObject({
  label: plainText(75),
  options: z.array(plainOption).min(1).max(100),
});

export const confirmDialog = z.strictObject({
  title: plainText(100).exactOptional(),
  text: anyText(300),
  confirm: plainText(30).exactOptional(),
  deny: plainText(30).exactOptional(),
  style: z.enum(['primary', 'danger']).exactOptional(),
});

export const conversationFilter = z
  .strictObject({
    include: z
      .array(z.enum(['im', 'mpim', 'private', 'public']))
      .min(1)
      .exactOptional(),
    exclude_external_shared_channels: z.boolean().exactOptional(),
    exclude_bot_users: z.boolean().exactOptional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, 'must not be empty');

export const dispatchActionConfig = z.strictObject({
  trigger_actions_on: z
    .array(z.enum(['on_enter_pressed', 'on_character_entered']))
    .min(1)
    .exactOptional(),
});

export type PlainText = z.infer<ReturnType<typeof plainText>>;
export type MrkdwnText = z.infer<ReturnType<typeof mrkdwnText>>;
export type TextObject = PlainText | MrkdwnText;
export type PlainOption = z.infer<typeof plainOption>;
export type RichOption = z.infer<typeof richOption>;
export type OptionGroup = z.infer<typeof optionGroup>;
export type ConfirmDialog = z.infer<typeof confirmDialog>;
