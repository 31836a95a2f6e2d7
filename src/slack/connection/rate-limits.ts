/** Calls a minute that Slack allows in a workspace; https://docs.slack.dev/apis/web-api/rate-limits. */
const CALLS_PER_MINUTE = {
  'chat.postMessage': 300,
  'chat.update': 50,
  'conversations.history': 50,
  'conversations.join': 50,
  'conversations.open': 50,
  'conversations.replies': 50,
  'reactions.add': 50,
  'views.publish': 100,
} as const;
/** Messages to one channel; the 300 above are those to all of them. */
const MESSAGES_PER_MINUTE = 60;

export interface SlackCall {
  readonly method: keyof typeof CALLS_PER_MINUTE;
  /** Who calls: the id of a channel or a person. */
  readonly caller: string;
  /** Among the calls that wait, those with a lower rank go first. */
  readonly rank: number;
}

/** How much longer than it was told to a caller may stay away before its place in the line is lost. */
const GRACE_MS = 5_000;
/** Calls stop waiting in line this long after the last rejection, because the limit may no longer apply. */
const FORGET_AFTER_MS = 30_000;
/** How many calls may be made at once that were not made in time. */
const MAX_CATCH_UP = 20;

/** The line of callers before one limit, from the moment that Slack rejected a call until the line is empty or forgotten. */
class Line {
  readonly #intervalMs: number;
  #waiting: { readonly caller: string; readonly rank: number; readonly returnsAt: number }[] = [];
  /** When the first in the line may call, but for the pause. */
  #nextAt = 0;
  #pausedUntil = 0;
  #rejectedAt = 0;

  constructor(callsPerMinute: number) {
    this.#intervalMs = 60_000 / callsPerMinute;
  }

  /** Slack saves up calls while it pauses them, so they may follow each other closely after it. */
  pause(now: number, until: number): void {
    this.#rejectedAt = now;
    this.#nextAt = Math.max(this.#nextAt, now + this.#intervalMs);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  /** @returns 0 if the call may be made; otherwise in how many milliseconds to come back, to a place that is kept. */
  wait({ caller, rank }: SlackCall, now: number): number {
    this.#waiting = this.#waiting.filter(({ returnsAt }) => returnsAt + GRACE_MS > now);
    this.#nextAt = Math.max(this.#nextAt, now - MAX_CATCH_UP * this.#intervalMs);
    const urgent = this.#waiting.filter((each) => each.rank < rank).length;
    // Whoever comes when a call may be made makes it, unless something more urgent waits.
    if (this.#pausedUntil <= now && this.#nextAt + urgent * this.#intervalMs <= now) return 0;
    const found = this.#find(caller, rank);
    const behind = this.#waiting.findIndex((each) => each.rank > rank);
    const place = found >= 0 ? found : behind >= 0 ? behind : this.#waiting.length;
    const returnsAt = Math.max(this.#pausedUntil, this.#nextAt + place * this.#intervalMs);
    this.#waiting.splice(place, found >= 0 ? 1 : 0, { caller, rank, returnsAt });
    return Math.max(returnsAt - now, 1);
  }

  /** A call is made. */
  take({ caller, rank }: SlackCall): void {
    const found = this.#find(caller, rank);
    if (found >= 0) this.#waiting.splice(found, 1);
    this.#nextAt += this.#intervalMs;
  }

  #find(caller: string, rank: number): number {
    return this.#waiting.findIndex((each) => each.caller === caller && each.rank === rank);
  }

  isOver(now: number): boolean {
    if (this.#pausedUntil > now) return false;
    const isEmpty = this.#nextAt <= now && this.#waiting.length === 0;
    return isEmpty || now - Math.max(this.#rejectedAt, this.#pausedUntil) > FORGET_AFTER_MS;
  }
}

/**
 * Slack's limits in one workspace, as far as it hit them: whoever calls a method after Slack rejected a call of it waits in
 * line, the most urgent first, so that the calls are as many as Slack allows and no others are made in vain.
 */
export class RateLimits {
  readonly #lines = new Map<string, Line>();
  #lastChannel: { readonly caller: string; readonly until: number } | undefined;

  /** @returns 0 if the call may be made now; otherwise in how many milliseconds to come back. */
  wait(call: SlackCall): number {
    const now = performance.now();
    for (const line of this.#linesOf(call, now)) {
      const wait = line.wait(call, now);
      if (wait > 0) return wait;
    }
    return 0;
  }

  /** The same for a call that is made now if it may be. */
  admit(call: SlackCall): number {
    const wait = this.wait(call);
    if (wait === 0) for (const line of this.#linesOf(call, performance.now())) line.take(call);
    return wait;
  }

  #linesOf(call: SlackCall, now: number): readonly Line[] {
    return [ofChannel(call), call.method].flatMap((key) => {
      const line = this.#lines.get(key);
      if (line === undefined) return [];
      if (!line.isOver(now)) return [line];
      this.#lines.delete(key);
      return [];
    });
  }

  /** Slack rejected a call. @param retryAfter seconds @returns in how many milliseconds to come back. */
  rejected(call: SlackCall, retryAfter: number): number {
    const now = performance.now();
    const until = now + retryAfter * 1000;
    const isOfChannel = call.method === 'chat.postMessage' && !this.#isOfWorkspace(call.caller);
    if (call.method === 'chat.postMessage') this.#lastChannel = { caller: call.caller, until };
    // A channel that is never posted to again would keep its line.
    for (const [key, line] of this.#lines) if (line.isOver(now)) this.#lines.delete(key);
    const key = isOfChannel ? ofChannel(call) : call.method;
    const line = this.#lines.get(key) ?? new Line(isOfChannel ? MESSAGES_PER_MINUTE : CALLS_PER_MINUTE[call.method]);
    this.#lines.set(key, line);
    line.pause(now, until);
    return line.wait(call, now);
  }

  /** Slack does not say which limit of posting was hit: that of a channel, unless another channel hit one just before. */
  #isOfWorkspace(channel: string): boolean {
    const last = this.#lastChannel;
    return (
      this.#lines.has('chat.postMessage') ||
      (last !== undefined && last.caller !== channel && last.until > performance.now())
    );
  }
}

const ofChannel = ({ method, caller }: SlackCall) => `${method} ${caller}`;
