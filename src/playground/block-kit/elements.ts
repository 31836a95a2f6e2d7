import { z } from 'zod';

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/composition-objects.

/** A string of 1 to `max` characters. */
export const nonEmpty = (max: number) => z.string().min(1).max(max);

/** A `plain_text` object of 1 to `max` characters. */
export const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: nonEmpty(max), emoji: z.boolean().exactOptional() });

/** A `mrkdwn` object of 1 to `max` characters. */
export const mrkdwnText = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: nonEmpty(max), verbatim: z.boolean().exactOptional() });

/** Either kind of text object of 1 to `max` characters. */
export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwnText(max)]);

export const actionId = nonEmpty(255).exactOptional();

/** An option of a select or an overflow menu, with plain text. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: nonEmpty(150),
  description: plainText(75).exactOptional(),
  url: nonEmpty(3000).exactOptional(),
});

/** An option of checkboxes or radio buttons, with plain text or mrkdwn. */
export const richOption = z.strictObject({
  text: anyText(75),
  value: nonEmpty(150),
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

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/block-elements.

const confirmable = { action_id: actionId, confirm: confirmDialog.exactOptional() };
const focusable = { focus_on_load: z.boolean().exactOptional() };
const placeholder = plainText(150).exactOptional();
const multiple = { max_selected_items: z.int().min(1).exactOptional() };
const id = nonEmpty(255);

const date = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be a date of the form YYYY-MM-DD');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the form HH:mm');
const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a number');

const optionSources = {
  options: z.array(plainOption).min(1).max(100).exactOptional(),
  option_groups: z.array(optionGroup).min(1).max(100).exactOptional(),
};
const hasOneSource = (element: { options?: unknown; option_groups?: unknown }): boolean =>
  (element.options === undefined) !== (element.option_groups === undefined);
type Options = readonly { value: string; text: { text: string } }[];
const INITIAL_OPTION_MESSAGE = 'the initial option must match one of the options';
/** An initial option must match one of the options, by value and by text. */
const areOffered = (options: Options, initial: Options): boolean =>
  initial.every((one) => options.some((option) => option.value === one.value && option.text.text === one.text.text));
const listOffered = (element: { options?: Options; option_groups?: readonly { options: Options }[] }): Options =>
  element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];

const ONE_SOURCE_MESSAGE = 'must define either `options` or `option_groups`, not both';

export const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plainText(75),
  url: nonEmpty(3000).exactOptional(),
  value: nonEmpty(2000).exactOptional(),
  style: z.enum(['primary', 'danger']).exactOptional(),
  accessibility_label: nonEmpty(75).exactOptional(),
});

export const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(plainOption).min(1).max(5),
});

const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...confirmable,
    ...focusable,
    ...optionSources,
    placeholder,
    initial_option: plainOption.exactOptional(),
  })
  .refine(hasOneSource, ONE_SOURCE_MESSAGE)
  .refine(
    (select) => !select.initial_option || areOffered(listOffered(select), [select.initial_option]),
    INITIAL_OPTION_MESSAGE,
  );

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...confirmable,
    ...focusable,
    ...multiple,
    ...optionSources,
    placeholder,
    initial_options: z.array(plainOption).min(1).max(100).exactOptional(),
  })
  .refine(hasOneSource, ONE_SOURCE_MESSAGE)
  .refine((select) => areOffered(listOffered(select), select.initial_options ?? []), INITIAL_OPTION_MESSAGE);

const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_option: plainOption.exactOptional(),
  min_query_length: z.int().min(0).exactOptional(),
});

const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...confirmable,
  ...focusable,
  ...multiple,
  placeholder,
  initial_options: z.array(plainOption).min(1).max(100).exactOptional(),
  min_query_length: z.int().min(0).exactOptional(),
});

const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_user: id.exactOptional(),
});

const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  ...confirmable,
  ...focusable,
  ...multiple,
  placeholder,
  initial_users: z.array(id).exactOptional(),
});

const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_conversation: id.exactOptional(),
  default_to_current_conversation: z.boolean().exactOptional(),
  response_url_enabled: z.boolean().exactOptional(),
  filter: conversationFilter.exactOptional(),
});

const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  ...confirmable,
  ...focusable,
  ...multiple,
  placeholder,
  initial_conversations: z.array(id).exactOptional(),
  default_to_current_conversation: z.boolean().exactOptional(),
  filter: conversationFilter.exactOptional(),
});

const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_channel: id.exactOptional(),
  response_url_enabled: z.boolean().exactOptional(),
});

const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  ...confirmable,
  ...focusable,
  ...multiple,
  placeholder,
  initial_channels: z.array(id).exactOptional(),
});

const datePicker = z.strictObject({
  type: z.literal('datepicker'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_date: date.exactOptional(),
});

const timePicker = z.strictObject({
  type: z.literal('timepicker'),
  ...confirmable,
  ...focusable,
  placeholder,
  initial_time: time.exactOptional(),
  timezone: z.string().refine(isZone, 'must be a time zone of the IANA list').exactOptional(),
});

const dateTimePicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...confirmable,
  ...focusable,
  /** Seconds since 1970: Slack asks for ten digits. */
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).exactOptional(),
});

const dispatchable = { dispatch_action_config: dispatchActionConfig.exactOptional() };

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  ...focusable,
  ...dispatchable,
  placeholder,
  initial_value: z.string().max(3000).exactOptional(),
  multiline: z.boolean().exactOptional(),
  min_length: z.int().min(0).max(3000).exactOptional(),
  max_length: z.int().min(1).max(3000).exactOptional(),
});

const numberInput = z.strictObject({
  type: z.literal('number_input'),
  action_id: actionId,
  ...focusable,
  ...dispatchable,
  placeholder,
  is_decimal_allowed: z.boolean(),
  initial_value: decimal.exactOptional(),
  min_value: decimal.exactOptional(),
  max_value: decimal.exactOptional(),
});

const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  action_id: actionId,
  ...focusable,
  ...dispatchable,
  placeholder,
  initial_value: z.string().max(3000).exactOptional(),
});

const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  action_id: actionId,
  ...focusable,
  ...dispatchable,
  placeholder,
  initial_value: z.string().max(3000).exactOptional(),
});

export const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).exactOptional(),
  })
  .refine((boxes) => areOffered(boxes.options, boxes.initial_options ?? []), INITIAL_OPTION_MESSAGE);

const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.exactOptional(),
  })
  .refine(
    (radio) => !radio.initial_option || areOffered(radio.options, [radio.initial_option]),
    INITIAL_OPTION_MESSAGE,
  );

const imageElement = z.strictObject({
  type: z.literal('image'),
  image_url: nonEmpty(3000),
  alt_text: nonEmpty(2000),
});

const selects = [
  staticSelect,
  externalSelect,
  usersSelect,
  conversationsSelect,
  channelsSelect,
  multiStaticSelect,
  multiExternalSelect,
  multiUsersSelect,
  multiConversationsSelect,
  multiChannelsSelect,
] as const;
const pickers = [datePicker, timePicker] as const;
const boxes = [checkboxes, radioButtons] as const;

/** The elements of an `actions` block. */
export const actionElement = z.discriminatedUnion('type', [
  button,
  overflow,
  dateTimePicker,
  ...selects,
  ...pickers,
  ...boxes,
]);

/** The accessory of a `section` block. */
export const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  imageElement,
  ...selects,
  ...pickers,
  ...boxes,
]);

/** The element of an `input` block. */
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  urlInput,
  emailInput,
  dateTimePicker,
  ...selects,
  ...pickers,
  ...boxes,
]);

/** The elements of a `context` block. */
export const contextElement = z.discriminatedUnion('type', [plainText(3000), mrkdwnText(3000), imageElement]);

export type ActionElement = z.infer<typeof actionElement>;
export type InputElement = z.infer<typeof inputElement>;
export type Accessory = z.infer<typeof accessory>;
export type ContextElement = z.infer<typeof contextElement>;
export type ImageElement = z.infer<typeof imageElement>;
/** All elements that a person can act on. */
export type InteractiveElement = ActionElement | InputElement;
