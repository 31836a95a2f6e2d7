/**
 * What the page in the browser and the playground say to each other.
 *
 * The page opens one WebSocket at {@link FEED_PATH} and then:
 *
 * 1. sends `{ id, request: { type: 'choose_person', person } }`; the answer comes as a `snapshot`, which holds all that
 *    person sees, followed by the `reply`. Before that nothing is sent but `welcome`, which lists the people.
 * 2. applies each `change` that follows to that snapshot. Changes replace whole things (a message, a channel, the modal),
 *    so applying one twice does no harm.
 * 3. sends further requests; each gets exactly one `reply` with its `id`, after the changes it caused up to the app's ack.
 *    `error` of a failed reply is a sentence for the person: what they cannot do, or that the app did not take it.
 *
 * A reconnecting page chooses its person again and starts from the new snapshot.
 *
 * `ts` is Slack's: seconds with six decimals as a string, unique in its channel, and the order of messages.
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
// What a person sees
// ---------------------------------------------------------------------------------------------------------------------

/** A member of the workspace. The app's own bot user and Slackbot are among them, with `kind` telling them apart. */
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
  /** A colour for the avatar, `#rrggbb`. */
  color: string;
}

export interface SlashCommand {
  /** With its slash. */
  command: string;
  description: string;
  /** What may follow, such as `[service] [when]`; may be empty. */
  usageHint: string;
}

export interface Shortcut {
  type: 'global' | 'message';
  callbackId: string;
  name: string;
  description: string;
}

/** A step that the app offers to workflows. Run alone, it is a workflow of one step. */
export interface WorkflowStep {
  callbackId: string;
  title: string;
  description: string;
  /** What the person who runs it fills in; what Slack fills in itself is not among them. */
  inputs: {
    name: string;
    /** Slack's name of the type, such as `string` or `slack#/types/channel_id`. */
    type: string;
    title: string;
    hint: string;
    required: boolean;
  }[];
}

/** The app that is being tried. */
export interface AppInfo {
  id: string;
  name: string;
  description: string;
  botUserId: string;
  /** False while no connection of the app is open (Socket Mode), or once its tokens are revoked. */
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
  /** Without `#`. For a DM the name of the one on the other side. */
  name: string;
  topic: string;
  /** The other side of a DM. */
  with?: string;
  archived: boolean;
  /** Ids, in order of joining. */
  members: string[];
  /** Whether the person looking is a member; public channels can be read without. */
  joined: boolean;
  /** Messages after the person's mark, without their own; ephemeral ones count. */
  unread: number;
  /** Of these, those that mention the person, or all of them in a DM. */
  mentions: number;
  /** `ts` of the last message read. `0` before any. */
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
  /** The name to show; an app may post under another than its own. */
  authorName: string;
  /** mrkdwn. With blocks it is only what notifications show; without, it is the message. */
  text: string;
  blocks: PlacedBlock[];
  /** `ts` of the message that opened the thread; for that one itself its own `ts`. Absent outside threads. */
  threadTs?: string;
  /** A reply that is shown in the channel as well. */
  broadcast: boolean;
  /** Only on the message that opened a thread; `latest` is the newest reply's `ts`. */
  thread?: { replies: number; users: string[]; latest: string };
  /** Visible to the person looking alone, and gone when the playground restarts. */
  ephemeral: boolean;
  edited?: { by: string; at: string };
  reactions: Reaction[];
  /** A line of the workspace itself, such as `channel_join`; its text stands for itself. */
  subtype?: 'channel_join' | 'channel_leave' | 'channel_archive' | 'channel_topic';
  /** Chosen values of the elements that keep one (selects, pickers, inputs), for the person looking. */
  values: ElementValues;
}

/**
 * What one element holds.
 *
 * - text, number, url and email inputs: a string
 * - static and external selects, radio buttons: the value of the option; multi-selects and checkboxes: an array of them
 * - users, channels and conversations selects: an id, or an array of ids
 * - datepicker: `YYYY-MM-DD`; timepicker: `HH:mm`; datetimepicker: seconds since 1970 as a number
 * - nothing chosen, nothing typed: `null`
 *
 * To press a button send `null`; for an overflow menu the option's value.
 */
export type ElementValue = string | number | string[] | null;

/** By `block_id`, then `action_id`. */
export type ElementValues = Record<string, Record<string, ElementValue>>;

/** One view of the stack. */
export interface ModalState {
  id: string;
  hash: string;
  view: Omit<ModalView, 'blocks'> & { blocks: PlacedBlock[] };
  values: ElementValues;
  /** Options of external selects that were offered so far, so that a value can be shown by its text. By `block_id/action_id`. */
  options: Record<string, (PlainOption | RichOption)[]>;
  /** Under the field of that `block_id`. Emptied by the next submit. */
  errors: Record<string, string>;
  /** Sent to the app, whose ack has not come yet. */
  busy: boolean;
}

/** Root first, at most three; the last one is shown. Empty: no modal. */
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
  /** When something will next happen by itself, where something will. */
  nextEvent?: string;
}

/** One request between the workspace and the app, for the inspector. Tokens are blanked out. */
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
  /** Slack's word, such as `not_in_channel`. */
  error?: string;
  /** Milliseconds from request to answer. */
  took?: number;
  /** Deliveries of the same envelope before this one. */
  retry: number;
}

/** All that one person sees. */
export interface Snapshot {
  team: { id: string; name: string; domain: string };
  me: string;
  people: Person[];
  app: AppInfo;
  channels: Channel[];
  /** Of all channels the person can read, replies included; in order of `ts` within a channel. */
  messages: Message[];
  modal: ModalStack;
  home: HomeState | null;
  /** Null where the clock cannot be moved. */
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
  /** Something to tell at once that stands in no message, such as that the workspace cannot be kept in its file. */
  | { type: 'notice'; text: string };

/** Server to page. */
export type ServerMessage =
  | { type: 'welcome'; people: Person[]; team: { id: string; name: string } }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'change'; change: Change }
  | { type: 'reply'; id: number; ok: true; result: RequestResult }
  | { type: 'reply'; id: number; ok: false; error: string };

/** Result by type of request; requests not named here answer `{}`. */
export interface RequestResult {
  /** `post`: the message posted. */
  ts?: string;
  /** `open_dm`, `create_channel`. */
  channel?: string;
  /** `suggest`: either of the two. */
  options?: PlainOption[];
  optionGroups?: { label: string; options: PlainOption[] }[];
  /** `submit`: what became of the modal. With `errors` it stays open, and with `failed`, when the ack made no sense. */
  submitted?: 'closed' | 'updated' | 'pushed' | 'errors' | 'failed';
  errors?: Record<string, string>;
}

// ---------------------------------------------------------------------------------------------------------------------
// What a person does
// ---------------------------------------------------------------------------------------------------------------------

const id = z.string().min(1).max(255);
const text = z.string().max(40_000);
const value = z.union([z.string().max(3000), z.number(), z.array(z.string().max(255)).max(100), z.null()]);

/** Where an element stands. */
const elementPlace = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('message'), channel: id, ts: id }),
  z.strictObject({ in: z.literal('view'), view: id }),
]);

const pageRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('choose_person'), person: id }),

  /** Say something; in the thread of `threadTs`, and with `broadcast` in the channel as well. */
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
   * Press a button, choose from an overflow menu, or change an element whose change the app is told of at once: any
   * element in a message, a section or an actions block, and an input with `dispatch_action`. The page asks a `confirm`
   * dialog itself, before. Also records the value.
   */
  z.strictObject({ type: z.literal('act'), place: elementPlace, blockId: id, actionId: id, value }),
  /** Record what an input holds, without telling the app: every other input. No `change` answers it. */
  z.strictObject({ type: z.literal('set_value'), place: elementPlace, blockId: id, actionId: id, value }),
  /** Ask for the options of an external select that match what was typed. */
  z.strictObject({
    type: z.literal('suggest'),
    place: elementPlace,
    blockId: id,
    actionId: id,
    query: z.string().max(3000),
  }),

  /** Submit the modal on top, with the values recorded. */
  z.strictObject({ type: z.literal('submit'), view: id }),
  /** Close the modal on top, which shows the one below; with `all` close the whole stack (the cross in the corner). */
  z.strictObject({ type: z.literal('close_view'), view: id, all: z.boolean() }),

  z.strictObject({ type: z.literal('shortcut'), callbackId: id }),
  z.strictObject({ type: z.literal('message_shortcut'), callbackId: id, channel: id, ts: id }),
  z.strictObject({ type: z.literal('open_home') }),
  /** Set off a workflow of this one step, from a channel, where Slackbot tells what came of it. */
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
