import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import { type AccountContent, readContentVersion } from '../access/accounts.ts';
import type { Queries } from '../platform/database.ts';
import { digest } from '../platform/fingerprints.ts';
import { isHeld } from './conditional.ts';

/** A text that was rendered, and its `ETag`. */
export interface Rendered {
  readonly text: string;
  readonly tag: string;
}

interface Kept extends Rendered {
  readonly version: string;
}

/** How much is kept of one account, and of how many accounts: those that were read last. */
const MAX_CHARS_OF_ACCOUNT = 4_000_000;
const MAX_ACCOUNTS = 8;

/**
 * Texts that are rendered once for each version of what they show, and shared by all requests. Accounts do not share the
 * space of each other's texts.
 */
export class RenderedTexts {
  readonly #accounts = new LRUCache<number, LRUCache<string, Kept>>({ max: MAX_ACCOUNTS });
  readonly #running = new Map<string, Promise<Kept>>();

  /**
   * @param key everything besides the content that the text depends on, such as the reader and the selection
   * @param moment of the clock, if the text depends on it: texts of other moments are rendered anew
   * @param render may fail, which is not kept
   */
  async get(
    db: Queries,
    accountId: number,
    key: string,
    moment: number | undefined,
    render: (account: AccountContent) => Promise<string>,
  ): Promise<Rendered> {
    const account = await readContentVersion(db, accountId);
    const version = JSON.stringify([account, moment]);
    const kept = this.#accounts.get(accountId)?.get(key);
    if (kept?.version === version) return kept;
    const place = JSON.stringify([accountId, key, version]);
    const running = this.#running.get(place);
    if (running !== undefined) return running;
    const rendering = render(account)
      .then((text) => this.#keep(accountId, key, { text, tag: `"${digest(text)}"`, version }))
      .finally(() => this.#running.delete(place));
    this.#running.set(place, rendering);
    return rendering;
  }

  #keep(accountId: number, key: string, kept: Kept): Kept {
    const ofAccount =
      this.#accounts.get(accountId) ??
      new LRUCache<string, Kept>({
        maxSize: MAX_CHARS_OF_ACCOUNT,
        sizeCalculation: ({ text, version }, name) => text.length + version.length + name.length,
      });
    ofAccount.set(key, kept);
    this.#accounts.set(accountId, ofAccount);
    return kept;
  }
}

/** Sends a rendered text, or 304 to a client that has it. All headers are set before the response is made. */
export function sendRendered(
  c: Context,
  { text, tag }: Rendered,
  { type, caching }: { readonly type: string; readonly caching: string },
): Response {
  c.header('Cache-Control', caching);
  c.header('ETag', tag);
  c.header('Vary', 'Accept-Encoding', { append: true });
  if (isHeld(c, tag)) return c.body(null, 304);
  c.header('Content-Type', type);
  return c.body(text, 200);
}
