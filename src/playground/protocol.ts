/**
 * The protocol between the page in the browser and the playground's server.
 *
 * The page opens one WebSocket at {@link FEED_PATH} and then:
 *
 * 1. sends `{ id, request: { type: 'choose_person', person } }`. The server sends a `snapshot` of everything that person
 *    sees, then the `reply`. Before that it sends only `welcome`, which lists the people.
 * 2. applies each following `change` to the snapshot. Changes replace whole objects (a message, a channel, the modal),
 *    so applying one twice does no harm.
 * 3. sends further requests. Each gets exactly one `reply` with its `id`, after the changes it caused up to the app's ack.
 *    `error` of a failed reply is a sentence to show to the person.
 *
 * After reconnecting, the page chooses its person again and starts from the new snapshot.
 *
 * `ts` is Slack's: a string of seconds with six decimals. It is unique in its channel and orders messages.
 * Every other instant is an ISO 8601 string in UTC on the playground's clock unless it says "real time".
 */
import { z } from 'zod';
import type { HomeView, ModalView, PlacedBlock } from './block-kit/blocks.ts';
import type { PlainOption, RichOption } from './block-kit/elements.ts';

export type {
  Block,
  BlockOf,
  HomeView,
  ModalView,
  PlacedBlock,
  RichTextElement,
  RichTextPart,
} from './block-kit/blocks.ts';
export type {
  Accessory,
  ActionElement,
  ConfirmDialog,
  ContextElement,
  ImageElement,
  InputElement,
  InteractiveElement,
  MrkdwnText,
  OptionGroup,
  PlainOption,
  PlainText,
  RichOption,
  TextObject,
} from './block-kit/elements.ts';

/** Path of the page's WebSocket, on the playground's own origin. */
export const FEED_PATH = '/page/feed';

// ---------------------------------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------------------------------

/** A member of the workspace, including the app's bot user and Slackbot. */
export interface Person {
  id: string;
  kind: 'person' | 'app' | 'slackbot';
  /** Handle, as in `@ana`. */
  name: string;
  realName: string;
  title: string;
  /** IANA zone. */
  timeZone: string;
  /** Slack's form, such as `en-US`. */
  locale: string;
  admin: boolean;
  guest: boolean;
  /** Color of the avatar, `#rrggbb`. */
  color: string;
}

export interface SlashCommand {
  /** With its slash. */
  command: string;
  description: string;
  /** Such as `[service] [when]`; may be empty. */
  usageHint: string;
}

export interface Shortcut {
  type: 'global' | 'message';
  callbackId: string;
  name: string;
  description: string;
}

/** A workflow step of the app. */
export interface WorkflowStep {
  callbackId: string;
  title: string;
  description: string;
  /** Without the inputs that Slack fills in. */
  inputs: {
    name: string;
    /** Slack's type name, such as `string` or `slack#/types/channel_id`. */
    type: string;
    title: string;
    hint: string;
    required: boolean;
  }[];
}

/** The app under test. */
export interface AppInfo {
  id: string;
  name: string;
  description: string;
  botUserId: string;
  /** False if the app has no open connection (Socket Mode) or its tokens are revoked. */
  connected: boolean;
  installed: boolean;
  delivery: 'socket' | 'http';
  homeTab: boolean;
  commands: SlashCommand[];
  shortcuts: Shortcut[];
  steps: WorkflowStep[];
}

export interface Channel {
  id: string;
  kind: 'public' | 'private' | 'dm';
  /** Without `#`. For a DM, the name of the other person. */
  name: string;
  topic: string;
  /** Id of the other person of a DM. */
  with?: string;
  archived: boolean;
  /** Ids, in order of joining. */
  members: string[];
  /** Whether the viewer is a member. */
  joined: boolean;
  /** Messages after `lastRead`, except the viewer's own. */
  unread: number;
  /** Unread messages that mention the viewer; in a DM, all unread messages. */
  mentions: number;
  /** `ts` of the last message read; `0` for none. */
  lastRead: string;
}

export interface Reaction {
  /** Without colons. */
  name: string;
  users: string[];
}

export interface Message {
  channel: string;
  ts: string;
  /** Id of a {@link Person}. */
  author: string;
  /** The name to show; an app may post under another name than its own. */
  authorName: string;
  /** mrkdwn. If there are blocks, it is only shown in notifications. */
  text: string;
  blocks: PlacedBlock[];
  /** `ts` of the thread's first message, also on that message itself. Absent outside threads. */
  threadTs?: string;
  /** A reply that is also shown in the channel. */
  broadcast: boolean;
  /** Only on a thread's first message; `latest` is the newest reply's `ts`. */
  thread?: { replies: number; users: string[]; latest: string };
  /** Visible only to the viewer, and gone when the playground restarts. */
  ephemeral: boolean;
  edited?: { by: string; at: string };
  reactions: Reaction[];
  /** Set on messages of the workspace itself. */
  subtype?: 'channel_join' | 'channel_leave' | 'channel_archive' | 'channel_topic';
  /** The viewer's values in selects, pickers and inputs. */
  values: ElementValues;
}

/**
 * The value of one element.
 *
 * - text, number, url and email inputs: a string
 * - static and external selects, radio buttons: the value of the option; multi-selects and checkboxes: an array of them
 * - users, channels and conversations selects: an id, or an array of ids
 * - datepicker: `YYYY-MM-DD`; timepicker: `HH:mm`; datetimepicker: seconds since 1970 as a number
 * - empty: `null`
 *
 * To press a button, send `null`; for an overflow menu, the option's value.
 */
export type ElementValue = string | number | string[] | null;

/** By `block_id`, then `action_id`. */
export type ElementValues = Record<string, Record<string, ElementValue>>;

export interface ModalState {
  id: string;
  hash: string;
  view: Omit<ModalView, 'blocks'> & { blocks: PlacedBlock[] };
  values: ElementValues;
  /** Options of external selects that the app has sent, by `block_id/action_id`. */
  options: Record<string, (PlainOption | RichOption)[]>;
  /** By `block_id`. Cleared by the next submit. */
  errors: Record<string, string>;
  /** Submitted, without ack yet. */
  busy: boolean;
}

/** Root first, at most three. The last one is shown. */
export type ModalStack = ModalState[];

export interface HomeState {
  id: string;
  hash: string;
  view: Omit<HomeView, 'blocks'> & { blocks: PlacedBlock[] };
  values: ElementValues;
  options: Record<string, (PlainOption | RichOption)[]>;
}

export interface ClockState {
  now: string;
  /** The next instant at which something happens by itself, if any. */
  nextEvent?: string;
}

/** One request between the workspace and the app, with secrets redacted, for the inspector. */
export interface Exchange {
  id: number;
  /** Real time. */
  at: string;
  direction: 'to_app' | 'from_app';
  /** `socket`, `http` (an event or interaction), `web_api`, `response_url`. */
  via: 'socket' | 'http' | 'web_api' | 'response_url';
  /** Such as `slash_commands /maintenance`, `block_actions schedule`, `chat.postMessage`. */
  title: string;
  request: unknown;
  response?: unknown;
  outcome: 'pending' | 'ok' | 'error' | 'timeout';
  /** Slack's error code, such as `not_in_channel`. */
  error?: string;
  /** Milliseconds from request to response. */
  took?: number;
  /** Number of earlier deliveries of the same envelope. */
  retry: number;
}

/** Everything that one person sees. */
export interface Snapshot {
  team: { id: string; name: string; domain: string };
  me: string;
  people: Person[];
  app: AppInfo;
  channels: Channel[];
  /** Of all readable channels, with replies; in order of `ts` within a channel. */
  messages: Message[];
  modal: ModalStack;
  home: HomeState | null;
  /** Null if the clock cannot be moved. */
  clock: ClockState | null;
  /** Oldest first, the last few hundred. */
  exchanges: Exchange[];
}

export type Change =
  | { type: 'people'; people: Person[] }
  | { type: 'app'; app: AppInfo }
  | { type: 'channel'; channel: Channel }
  | { type: 'channel_gone'; channel: string }
  | { type: 'message'; message: Message }
  | { type: 'message_gone'; channel: string; ts: string }
  | { type: 'modal'; modal: ModalStack }
  | { type: 'home'; home: HomeState | null }
  | { type: 'clock'; clock: ClockState | null }
  | { type: 'exchange'; exchange: Exchange }
  /** A short message to show, such as a failed write of the workspace. */
  | { type: 'notice'; text: string };

/** Server to page. */
export type ServerMessage =
  | { type: 'welcome'; people: Person[]; team: { id: string; name: string } }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'change'; change: Change }
  | { type: 'reply'; id: number; ok: true; result: RequestResult }
  | { type: 'reply'; id: number; ok: false; error: string };

/** The result by request type; `{}` for all others. */
export interface RequestResult {
  /** `post` */
  ts?: string;
  /** `open_dm`, `create_channel` */
  channel?: string;
  /** `suggest`: one of the two */
  options?: PlainOption[];
  optionGroups?: { label: string; options: PlainOption[] }[];
  /** `submit`. The modal stays open with `errors`, and with `failed`, when the ack was invalid. */
  submitted?: 'closed' | 'updated' | 'pushed' | 'errors' | 'failed';
  errors?: Record<string, string>;
}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

const id = z.string().min(1).max(255);
const text = z.string().max(40_000);
const value = z.union([z.string().max(3000), z.number(), z.array(z.string().max(255)).max(100), z.null()]);

/** The surface of an element. */
const elementPlace = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('message'), channel: id, ts: id }),
  z.strictObject({ in: z.literal('view'), view: id }),
]);

const pageRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('choose_person'), person: id }),

  /** Post a message; in the thread of `threadTs`, and with `broadcast` also in the channel. */
  z.strictObject({
    type: z.literal('post'),
    channel: id,
    text,
    threadTs: id.exactOptional(),
    broadcast: z.boolean().exactOptional(),
  }),
  /** `command` with its slash, `text` the rest of the line. Slack has no commands in threads. */
  z.strictObject({ type: z.literal('command'), channel: id, command: id, text }),
  z.strictObject({ type: z.literal('edit_message'), channel: id, ts: id, text }),
  z.strictObject({ type: z.literal('delete_message'), channel: id, ts: id }),
  /** Hide an ephemeral message. */
  z.strictObject({ type: z.literal('dismiss_message'), channel: id, ts: id }),
  z.strictObject({ type: z.literal('react'), channel: id, ts: id, name: id, on: z.boolean() }),
  z.strictObject({ type: z.literal('mark_read'), channel: id, ts: id }),

  z.strictObject({ type: z.literal('join_channel'), channel: id }),
  z.strictObject({ type: z.literal('leave_channel'), channel: id }),
  z.strictObject({ type: z.literal('invite'), channel: id, person: id }),
  z.strictObject({ type: z.literal('create_channel'), name: z.string().min(1).max(80), private: z.boolean() }),
  z.strictObject({ type: z.literal('open_dm'), person: id }),

  /**
   * Press a button, choose from an overflow menu, or change an element that sends its changes to the app: any
   * element in a message, a section or an actions block, and an input with `dispatch_action`. The page shows the
   * `confirm` dialog before. Also records the value.
   */
  z.strictObject({ type: z.literal('act'), place: elementPlace, blockId: id, actionId: id, value }),
  /** Record the value of any other input, without telling the app. Causes no `change`. */
  z.strictObject({ type: z.literal('set_value'), place: elementPlace, blockId: id, actionId: id, value }),
  /** Get the options of an external select for typed text. */
  z.strictObject({
    type: z.literal('suggest'),
    place: elementPlace,
    blockId: id,
    actionId: id,
    query: z.string().max(3000),
  }),

  /** Submit the modal on top with the recorded values. */
  z.strictObject({ type: z.literal('submit'), view: id }),
  /** Close the modal on top, or the whole stack with `all`. */
  z.strictObject({ type: z.literal('close_view'), view: id, all: z.boolean() }),

  z.strictObject({ type: z.literal('shortcut'), callbackId: id }),
  z.strictObject({ type: z.literal('message_shortcut'), callbackId: id, channel: id, ts: id }),
  z.strictObject({ type: z.literal('open_home') }),
  /** Start a workflow with this step. Slackbot posts the outcome in the channel. */
  z.strictObject({
    type: z.literal('run_step'),
    callbackId: id,
    channel: id,
    inputs: z.record(id, z.union([text, z.number(), z.boolean()])),
  }),

  z.strictObject({ type: z.literal('move_clock'), by: z.strictObject({ minutes: z.number().positive() }) }),
  z.strictObject({ type: z.literal('move_clock_to_next_event') }),
]);

/** Page to server. */
export const pageMessage = z.strictObject({ id: z.int(), request: pageRequest });

export type ElementPlace = z.infer<typeof elementPlace>;
export type PageRequest = z.infer<typeof pageRequest>;
export type PageMessage = z.infer<typeof pageMessage>;
