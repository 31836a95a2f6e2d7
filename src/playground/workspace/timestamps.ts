/** Generates Slack's `ts`: seconds with six decimals, unique and increasing. */
export class Timestamps {
  #last: number;

  /** @param last the newest `ts` of a stored workspace */
  constructor(last?: string) {
    this.#last = last === undefined ? 0 : toMicroseconds(last);
  }

  next(now: Date): string {
    this.#last = Math.max(now.getTime() * 1000, this.#last + 1);
    return `${Math.floor(this.#last / 1_000_000)}.${String(this.#last % 1_000_000).padStart(6, '0')}`;
  }
}

/** @param ts such as `1764000000.000100`; the fraction is optional */
export function toMicroseconds(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** -1, 0 or 1, as `a` is before, at or after `b`. */
export const compareTs = (a: string, b: string): number => Math.sign(toMicroseconds(a) - toMicroseconds(b));

export const toSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);
