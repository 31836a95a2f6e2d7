/** A wrong answer for the next calls of a Web API method. */
export interface MethodFault {
  /**
   * HTTP status: 429, or any 5xx. With 200 the answer is `{ok: false, error}`. `hang_up` closes the connection without
   * an answer.
   */
  status: number | 'hang_up';
  /** How many calls meet it; 1 unless told. */
  times?: number;
  /** Seconds for `Retry-After`, with 429. */
  retryAfter?: number;
  /** Do the work and then answer wrongly, as when an answer is lost on its way. */
  afterWork?: boolean;
  /** Only calls for this channel. */
  channel?: string;
  /** Slack's word in the body; `ratelimited` or `internal_error` unless told. */
  error?: string;
  /** Hold the answer for so many milliseconds. */
  delayMs?: number;
}

/** The wrong answers that wait for their call. */
export class MethodFaults {
  readonly #pending = new Map<string, (MethodFault & { remaining: number })[]>();

  add(method: string, fault: MethodFault): void {
    const pending = this.#pending.get(method) ?? [];
    this.#pending.set(method, pending);
    pending.push({ ...fault, remaining: fault.times ?? 1 });
  }

  /** The fault this call meets, if any; it is used up by it. */
  take(method: string, channel: string | undefined): MethodFault | undefined {
    const pending = this.#pending.get(method) ?? [];
    const fault = pending.find(
      (each) => each.remaining > 0 && (each.channel === undefined || each.channel === channel),
    );
    if (fault !== undefined) fault.remaining -= 1;
    return fault;
  }

  clear(): void {
    this.#pending.clear();
  }
}
