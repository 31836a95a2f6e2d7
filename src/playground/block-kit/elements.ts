import { z } from 'zod';
import {
  actionId,
  confirmDialog,
  conversationFilter,
  dispatchActionConfig,
  filled,
  mrkdwnText,
  optionGroup,
  plainOption,
  plainText,
  richOption,
} from './composition.ts';

// Lengths and counts are those of https://docs.slack.dev/reference/block-kit/block-elements.

const confirmable = { action_id: actionId, confirm: confirmDialog.exactOptional() };
const focusable = { focus_on_load: z.boolean().exactOptional() };
const placeholder = plainText(150).exactOptional();
const several = { max_selected_items: z.int().min(1).exactOptional() };
const id = filled(255);

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

const offered = {
  options: z.array(plainOption).min(1).max(100).exactOptional(),
  option_groups: z.array(optionGroup).min(1).max(100).exactOptional(),
};
const offersOnce = (element: { options?: unknown; option_groups?: unknown }): boolean =>
  (element.options === undefined) !== (element.option_groups === undefined);
type Options = readonly { value: string; text: { text: string } }[];
const initialMessage = 'the initial option must match one of the options';
/** An initial option has to be one of those offered, by value and by text. */
const among = (options: Options, initial: Options): boolean =>
  initial.every((one) => options.some((option) => option.value === one.value && option.text.text === one.text.text));
const offeredBy = (element: { options?: Options; option_groups?: readonly { options: Options }[] }): Options =>
  element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];

const offersOnceMessage = 'must define either `options` or `option_groups`, not both';

export const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plainText(75),
  url: filled(3000).exactOptional(),
  value: filled(2000).exactOptional(),
  style: z.enum(['primary', 'danger']).exactOptional(),
  accessibility_label: filled(75).exactOptional(),
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
    ...offered,
    placeholder,
    initial_option: plainOption.exactOptional(),
  })
  .refine(offersOnce, offersOnceMessage)
  .refine((select) => !select.initial_option || among(offeredBy(select), [select.initial_option]), initialMessage);

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...confirmable,
    ...focusable,
    ...several,
    ...offered,
    placeholder,
    initial_options: z.array(plainOption).min(1).max(100).exactOptional(),
  })
  .refine(offersOnce, offersOnceMessage)
  .refine((select) => among(offeredBy(select), select.initial_options ?? []), initialMessage);

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
  ...several,
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
  ...several,
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
  ...several,
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
  ...several,
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
  .refine((boxes) => among(boxes.options, boxes.initial_options ?? []), initialMessage);

const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.exactOptional(),
  })
  .refine((radio) => !radio.initial_option || among(radio.options, [radio.initial_option]), initialMessage);

const imageElement = z.strictObject({
  type: z.literal('image'),
  image_url: filled(3000),
  alt_text: filled(2000),
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

/** What may stand in an `actions` block. */
export const actionElement = z.discriminatedUnion('type', [
  button,
  overflow,
  dateTimePicker,
  ...selects,
  ...pickers,
  ...boxes,
]);

/** What may stand beside the text of a `section`. */
export const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  imageElement,
  ...selects,
  ...pickers,
  ...boxes,
]);

/** What may stand in an `input` block. */
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

/** What may stand in a `context` block: text, and small pictures. */
export const contextElement = z.discriminatedUnion('type', [plainText(3000), mrkdwnText(3000), imageElement]);

export type ActionElement = z.infer<typeof actionElement>;
export type InputElement = z.infer<typeof inputElement>;
export type Accessory = z.infer<typeof accessory>;
export type ContextElement = z.infer<typeof contextElement>;
export type ImageElement = z.infer<typeof imageElement>;
/** Every element a person can act on. */
export type InteractiveElement = ActionElement | InputElement;
