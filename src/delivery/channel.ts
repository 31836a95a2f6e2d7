import type { ApproverDirectory } from '../approvals/commands.ts';
import type { RequestedApproval } from '../approvals/rules.ts';
import type { TimelineEvent } from '../audit/events.ts';
import type { CHANNEL_KINDS } from '../channels.ts';
import type { ThreadReader } from '../comments/commands.ts';
import type { Comment } from '../comments/repository.ts';
import type { Audience } from '../core/permissions.ts';
import type { Home } from '../home/content.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';

/** Every message to a channel or a person, before a channel renders it. */
export type ChannelMessage =
  /** The live message of a maintenance. `checks`: how many checks it mutes. */
  | {
      readonly type: 'announcement';
      readonly maintenance: Maintenance;
      readonly audience: Audience;
      readonly checks: number;
    }
  /** Replaces an announcement that the audience of its channel must not read any more. */
  | { readonly type: 'withdrawn-announcement' }
  /** An event of a maintenance, as a note in the thread of its announcement; reminders are such events. */
  | { readonly type: 'event'; readonly event: TimelineEvent; readonly audience: Audience }
  /** The current text of a comment, in the thread of the announcement. */
  | { readonly type: 'comment'; readonly comment: Comment; readonly audience: Audience }
  /** Replaces a comment that was deleted, or that the audience of its channel must not read any more. */
  | { readonly type: 'withdrawn-comment' }
  /** An event that needs the owner of a maintenance, as a direct message to them, or to whoever can act for them. */
  | {
      readonly type: 'notice';
      readonly maintenance: Maintenance;
      readonly event: TimelineEvent;
      readonly recipient: string;
    }
  /** Requests an approval from a person, as a direct message; once decided, it says how. */
  | { readonly type: 'approval-request'; readonly maintenance: Maintenance; readonly approval: RequestedApproval };

/** A channel, or the direct messages with a person. Only the channel kind understands the address. */
export type Recipient = { readonly accountId: number; readonly type: 'channel' | 'person'; readonly address: string };

/**
 * The port to one kind of channel, such as Slack. Messages have references that only their channel understands. Each method
 * makes its call once, because the job queue retries; it throws a `DeliveryError` if callers can act on the failure.
 */
export interface Channel extends ThreadReader, ApproverDirectory {
  /** Serialized: equal texts look equal, so an unchanged message is not sent again. Undefined for one not shown. */
  render(message: ChannelMessage): string | undefined;
  /** @param key goes into its metadata @param thread the message whose thread it goes to @returns its reference */
  post(to: Recipient, message: ChannelMessage, key: string, thread?: string): Promise<string>;
  update(at: Recipient, ref: string, message: ChannelMessage): Promise<void>;
  /** Finds a message with this key after a crash. @param since it is not older @returns its reference */
  find(at: Recipient, key: string, since: Date, thread?: string): Promise<string | undefined>;
  /** Shows the author of a message that Lull processed it; does nothing where the channel cannot show that. */
  mark(at: Recipient, ref: string): Promise<void>;
  /** The people who can act for others, where no owner can be reached. */
  listAdmins(accountId: number): Promise<readonly string[]>;
  readonly home: Home;
}

export type Channels = Readonly<Record<keyof typeof CHANNEL_KINDS, Channel>>;
