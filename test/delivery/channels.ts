import { PostError, type Poster } from '../../src/delivery/announce.ts';
import type { Message } from '../../src/slack/blocks.ts';

export interface Posted {
  ts: string;
  message: Message;
  key: string;
  thread: string | undefined;
  deleted?: boolean;
}

/** Slack's channels as far as announcements go: what was posted, by channel, in order. */
export class Channels implements Poster {
  readonly posted = new Map<string, Posted[]>();
  /** Every call, in order. */
  readonly calls: string[] = [];
  /** Refuses calls to a channel while it is set. */
  readonly refuses = new Map<string, PostError['reason']>();
  /** Is called before and after each post, which has happened by then, with the channel. */
  before: (channel: string) => Promise<void> = async () => {};
  after: (channel: string) => Promise<void> = async () => {};
  #last = 0;

  in(channel: string): Posted[] {
    return (this.posted.get(channel) ?? []).filter((each) => !each.deleted);
  }

  /** The live messages of a channel, not those of its threads. */
  live(channel: string): Posted[] {
    return this.in(channel).filter(({ thread }) => thread === undefined);
  }

  /** What the notes in the threads of a channel say, in order. */
  notes(channel: string): string[] {
    return this.in(channel).flatMap(({ thread, message }) => (thread === undefined ? [] : [message.text]));
  }

  async post(_: number, channel: string, message: Message, key: string, thread?: string): Promise<string> {
    this.calls.push(`post ${channel}`);
    this.#mayRefuse(channel);
    await this.before(channel);
    if (thread !== undefined && !this.in(channel).some(({ ts }) => ts === thread)) {
      throw new PostError({ kind: 'gone' });
    }
    this.#last += 1;
    const ts = `${this.#last}.000100`;
    this.posted.set(channel, [...(this.posted.get(channel) ?? []), { ts, message, key, thread }]);
    await this.after(channel);
    return ts;
  }

  async update(_: number, channel: string, ts: string, message: Message): Promise<void> {
    this.calls.push(`update ${channel}`);
    this.#mayRefuse(channel);
    const found = this.in(channel).find((each) => each.ts === ts);
    if (found === undefined) throw new PostError({ kind: 'gone' });
    found.message = message;
  }

  async mark(_: number, channel: string, ts: string): Promise<void> {
    this.calls.push(`mark ${channel} ${ts}`);
    this.#mayRefuse(channel);
  }

  async find(_: number, channel: string, key: string, __: Date, thread?: string): Promise<string | undefined> {
    this.calls.push(`find ${channel}`);
    this.#mayRefuse(channel);
    if (thread !== undefined && !this.in(channel).some(({ ts }) => ts === thread)) {
      throw new PostError({ kind: 'gone' });
    }
    return this.in(channel).find((each) => each.key === key && each.thread === thread)?.ts;
  }

  #mayRefuse(channel: string): void {
    const reason = this.refuses.get(channel);
    if (reason !== undefined) throw new PostError(reason);
  }
}
