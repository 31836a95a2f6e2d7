import { randomBytes } from 'node:crypto';

/** The interaction that a `trigger_id` was issued for. */
export interface TriggerOrigin {
  person: string;
  /** The view of the interaction, for `views.push`. */
  view?: string;
  /** The channel of the interaction, for selects with `default_to_current_conversation`. */
  channel?: string;
}

const LIFETIME_MS = 3_000;

type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

/** Issues trigger ids. Each can be exchanged once, within three seconds of real time. */
export class Triggers {
  readonly #lifetimeMs: number;
  readonly #issued = new Map<string, { origin: TriggerOrigin; expiresAt: number; exchanged: boolean }>();

  constructor(lifetimeMs = LIFETIME_MS) {
    this.#lifetimeMs = lifetimeMs;
  }

  issue(origin: TriggerOrigin): string {
    const id = `${Date.now()}.${Math.floor(Math.random() * 1e10)}.${randomBytes(16).toString('hex')}`;
    this.#issued.set(id, { origin, expiresAt: Date.now() + this.#lifetimeMs, exchanged: false });
    // Kept after expiry, so that a late use gets another error than an invalid id.
    setTimeout(() => this.#issued.delete(id), this.#lifetimeMs + 60_000).unref();
    return id;
  }

  exchange(id: string): { ok: true; origin: TriggerOrigin } | { ok: false; error: TriggerError } {
    const trigger = this.#issued.get(id);
    if (trigger === undefined) return { ok: false, error: 'invalid_trigger_id' };
    if (trigger.exchanged) return { ok: false, error: 'exchanged_trigger_id' };
    if (Date.now() > trigger.expiresAt) return { ok: false, error: 'expired_trigger_id' };
    trigger.exchanged = true;
    return { ok: true, origin: trigger.origin };
  }

  expireAll(): void {
    for (const trigger of this.#issued.values()) trigger.expiresAt = 0;
  }
}
