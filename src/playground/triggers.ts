import { randomBytes } from 'node:crypto';

/** What a `trigger_id` was given out for. */
export interface TriggerOrigin {
  person: string;
  /** The view it was pressed in, for `views.push`. */
  view?: string;
  /** The channel it was given out in, for selects that start with it. */
  channel?: string;
}

type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

/** Gives out trigger ids that serve once, within three seconds of real time. */
export class Triggers {
  readonly #lifeMs: number;
  readonly #issued = new Map<string, { origin: TriggerOrigin; until: number; exchanged: boolean }>();

  constructor(lifeMs = 3000) {
    this.#lifeMs = lifeMs;
  }

  issue(origin: TriggerOrigin): string {
    const id = `${Date.now()}.${Math.floor(Math.random() * 1e10)}.${randomBytes(16).toString('hex')}`;
    this.#issued.set(id, { origin, until: Date.now() + this.#lifeMs, exchanged: false });
    // Kept well after its end, so that a late use is told from an invented one.
    setTimeout(() => this.#issued.delete(id), this.#lifeMs + 60_000).unref();
    return id;
  }

  exchange(id: string): { ok: true; origin: TriggerOrigin } | { ok: false; error: TriggerError } {
    const trigger = this.#issued.get(id);
    if (trigger === undefined) return { ok: false, error: 'invalid_trigger_id' };
    if (trigger.exchanged) return { ok: false, error: 'exchanged_trigger_id' };
    if (Date.now() > trigger.until) return { ok: false, error: 'expired_trigger_id' };
    trigger.exchanged = true;
    return { ok: true, origin: trigger.origin };
  }

  /** Ends the life of all that were given out. */
  expireAll(): void {
    for (const trigger of this.#issued.values()) trigger.until = 0;
  }
}
