/** Makes calls of a Web API method fail. */
export interface MethodFault {
  /**
   * HTTP status: 429, or any 5xx. With 200 the answer is `{ok: false, error}`. `hang_up` closes the connection without
   * an answer, `garbled` answers half of the JSON, and `late` answers as usual after `delayMs`.
   */
  status: number | 'hang_up' | 'garbled' | 'late';
  /** How many calls fail. Default 1. */
  times?: number;
  /** Seconds for `Retry-After`, with 429. */
  retryAfter?: number;
  /** Perform the call before the delay and the failure, as when a response is lost. */
  afterWork?: boolean;
  /** Only calls for this channel. */
  channel?: string;
  /** The error code. Default `ratelimited` or `internal_error`. */
  error?: string;
  /** Delay before the response. */
  delayMs?: number;
}

/** The faults for the next calls. */
export class MethodFaults {
  readonly #pending = new Map<string, (MethodFault & { remaining: number })[]>();

  add(method: string, fault: MethodFault): void {
    const pending = this.#pending.get(method) ?? [];
    this.#pending.set(method, pending);
    pending.push({ ...fault, remaining: fault.times ?? 1 });
  }

  /** Takes the fault for a call, if there is one. */
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
