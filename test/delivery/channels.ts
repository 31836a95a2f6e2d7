import { DeliveryError } from '../../src/core/errors.ts';
import type { Channel, ChannelMessage, Recipient } from '../../src/delivery/channel.ts';
import { renderMessage } from '../../src/delivery/slack/render.ts';
import type { Home } from '../../src/home/content.ts';
import type { Message } from '../../src/slack/blocks.ts';

/** The address of a Slack channel. */
export const inSlack = (channel: string) => ({ channelKind: 'slack', channel });

export interface Posted<T> {
  ts: string;
  message: T;
  key: string;
  thread: string | undefined;
  deleted?: boolean;
}

/** An in-memory channel that records posts by address, in order and in the form that `show` gives a message. */
export class RecordingChannel<T> implements Channel {
  readonly posted = new Map<string, Posted<T>[]>();
  /** Every call, in order. */
  readonly calls: string[] = [];
  /** Errors by address; calls to it fail while it is set. */
  readonly refuses = new Map<string, DeliveryError['reason']>();
  /** The result of `listApprovers`. */
  approvers: readonly string[] = [];
  /** The result of `listAdmins`. */
  admins: readonly string[] = [];
  /** Called with the address before each post, and after it is recorded. */
  before: (channel: string) => Promise<void> = async () => {};
  after: (channel: string) => Promise<void> = async () => {};
  readonly #show: (message: ChannelMessage) => T | undefined;
  #last = 0;

  constructor(show: (message: ChannelMessage) => T | undefined) {
    this.#show = show;
  }

  in(channel: string): Posted<T>[] {
    return (this.posted.get(channel) ?? []).filter((each) => !each.deleted);
  }

  /** The messages of a channel without those in threads. */
  live(channel: string): Posted<T>[] {
    return this.in(channel).filter(({ thread }) => thread === undefined);
  }

  render(message: ChannelMessage): string | undefined {
    const shown = this.#show(message);
    return shown === undefined ? undefined : JSON.stringify(shown);
  }

  async post({ address: channel }: Recipient, message: ChannelMessage, key: string, thread?: string): Promise<string> {
    this.calls.push(`post ${channel}`);
    this.#mayRefuse(channel);
    await this.before(channel);
    if (thread !== undefined && !this.in(channel).some(({ ts }) => ts === thread)) {
      throw new DeliveryError({ kind: 'gone' });
    }
    this.#last += 1;
    const ts = `${this.#last}.000100`;
    this.posted.set(channel, [...(this.posted.get(channel) ?? []), { ts, message: this.#shown(message), key, thread }]);
    await this.after(channel);
    return ts;
  }

  async update({ address: channel }: Recipient, ts: string, message: ChannelMessage): Promise<void> {
    this.calls.push(`update ${channel}`);
    this.#mayRefuse(channel);
    const found = this.in(channel).find((each) => each.ts === ts);
    if (found === undefined) throw new DeliveryError({ kind: 'gone' });
    found.message = this.#shown(message);
  }

  async mark({ address: channel }: Recipient, ts: string): Promise<void> {
    this.calls.push(`mark ${channel} ${ts}`);
    this.#mayRefuse(channel);
  }

  async find({ address: channel }: Recipient, key: string, _: Date, thread?: string): Promise<string | undefined> {
    this.calls.push(`find ${channel}`);
    this.#mayRefuse(channel);
    if (thread !== undefined && !this.in(channel).some(({ ts }) => ts === thread)) {
      throw new DeliveryError({ kind: 'gone' });
    }
    return this.in(channel).find((each) => each.key === key && each.thread === thread)?.ts;
  }

  #mayRefuse(channel: string): void {
    const reason = this.refuses.get(channel);
    if (reason !== undefined) throw new DeliveryError(reason);
  }

  #shown(message: ChannelMessage): T {
    const shown = this.#show(message);
    if (shown === undefined) throw new Error(`posted a ${message.type} that this channel does not show`);
    return shown;
  }

  async ingestReplies(): Promise<undefined> {}

  async listAdmins(): Promise<readonly string[]> {
    return this.admins;
  }

  async listApprovers(): Promise<readonly string[]> {
    return this.approvers;
  }

  readonly home: Home = {
    assertAllowed: async () => {},
    findPerson: async (accountId, id) => ({
      actor: { accountId, id, name: id, source: 'slack', role: 'operator' },
      timezone: 'UTC',
    }),
    render: (page) => JSON.stringify(page),
    publish: async () => {},
  };
}

/** Slack channels that record posts as blocks. */
export class Channels extends RecordingChannel<Message> {
  constructor() {
    super(renderMessage);
  }

  /** The texts in the threads of a channel, in order. */
  notes(channel: string): string[] {
    return this.in(channel).flatMap(({ thread, message }) => (thread === undefined ? [] : [message.text]));
  }
}
