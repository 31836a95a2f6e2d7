import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

/** Asks Slack who somebody is, and stores that. */
export type AskSlack = (accountId: number, personId: string) => Promise<void>;

/** A question that Slack did not answer is not asked again before. */
const ASK_EVERY_MS = 60_000;

/** How long a request waits that depends on the answer. */
const PATIENCE_MS = 2_000;

/**
 * Asks Slack about the owners of tokens and calendars that are used. It is asked about each once a minute at most, for all
 * requests together.
 */
export class OwnerChecks {
  readonly #ask: AskSlack;
  readonly #log: Logger;
  readonly #asked = new LRUCache<string, Promise<void>>({ max: 10_000, ttl: ASK_EVERY_MS, ttlResolution: 0 });

  constructor(ask: AskSlack, log: Logger) {
    this.#ask = ask;
    this.#log = log;
  }

  /** Call it for an owner of whom Slack said nothing within the last minute. Resolves when it answered, or failed to. */
  start(accountId: number, personId: string): Promise<void> {
    const key = `${accountId} ${personId}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask(accountId, personId).catch((error: unknown) =>
      this.#log.warn(
        { error, person: personId },
        'Slack does not say who owns a token; what it said last still counts',
      ),
    );
    this.#asked.set(key, asked);
    return asked;
  }

  /** The same, and waits for the answer, but no longer than two seconds. */
  async wait(accountId: number, personId: string): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      this.start(accountId, personId),
      sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
  }
}
