/** `perSecond` on average, after a burst of `burst`. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Token buckets in real time, one for each key. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** @returns 0 if it is allowed now, else the whole seconds to wait, at least 1. */
  take(key: string): number {
    const now = performance.now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#rate.burst, at: now };
    const tokens = Math.min(this.#rate.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#rate.perSecond);
    if (tokens >= 1) {
      this.#buckets.set(key, { tokens: tokens - 1, at: now });
      return 0;
    }
    this.#buckets.set(key, { tokens, at: now });
    return Math.max(1, Math.ceil((1 - tokens) / this.#rate.perSecond));
  }
}

/** By tier; https://docs.slack.dev/apis/web-api/rate-limits. */
const CALLS_PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof CALLS_PER_MINUTE;

export const tierRate = (tier: Tier): Rate => ({
  perSecond: CALLS_PER_MINUTE[tier] / 60,
  burst: CALLS_PER_MINUTE[tier],
});
