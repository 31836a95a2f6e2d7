import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import { type AccountContent, readContentVersion } from '../access/accounts.ts';
import { withoutBidi } from '../core/hidden-controls.ts';
import { ANY_ORIGIN, fillOrigin } from '../core/origin.ts';
import type { Queries } from '../platform/database.ts';
import { digest } from '../platform/fingerprints.ts';
import { isHeld } from './conditional.ts';

/** A text that was rendered, and its `ETag`. */
export class Rendered {
  readonly text: string;
  readonly tag: string;
  readonly version: string;
  /** Whether it has links to Lull that begin with `ANY_ORIGIN`. */
  readonly isUnfilled: boolean;
  #filled: { readonly origin: string; readonly rendered: Rendered } | undefined;
  #compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(text: string, version: string) {
    this.text = text;
    this.tag = `"${digest(text)}"`;
    this.version = version;
    this.isUnfilled = text.includes(ANY_ORIGIN);
  }

  /** With links that begin with this origin. The last one is kept, as there is no reason to render for another. */
  at(origin: string, fill = fillOrigin): Rendered {
    if (!this.isUnfilled) return this;
    if (this.#filled?.origin !== origin)
      this.#filled = { origin, rendered: new Rendered(fill(this.text, origin), this.version) };
    return this.#filled.rendered;
  }

  /** Compressed once, by another thread. */
  gzip(): Promise<Uint8Array<ArrayBuffer>> {
    this.#compressed ??= compress(this.text);
    return this.#compressed;
  }
}

const compress = promisify(gzip);
/** Shorter texts are not smaller when compressed. */
const MIN_COMPRESSED_CHARS = 1024;

/** How much is kept of one account, and of how many accounts: those that were read last. */
const MAX_CHARS_OF_ACCOUNT = 6_000_000;
const MAX_ACCOUNTS = 6;

/**
 * Texts that are rendered once for each version of what they show, and shared by all requests. Accounts do not share the
 * space of each other's texts.
 */
export class RenderedTexts {
  readonly #accounts = new LRUCache<number, LRUCache<string, Rendered>>({ max: MAX_ACCOUNTS });
  readonly #running = new Map<string, Promise<Rendered>>();

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
      .then((text) => this.#keep(accountId, key, new Rendered(withoutBidi(text), version)))
      .finally(() => this.#running.delete(place));
    this.#running.set(place, rendering);
    return rendering;
  }

  #keep(accountId: number, key: string, kept: Rendered): Rendered {
    const ofAccount =
      this.#accounts.get(accountId) ??
      new LRUCache<string, Rendered>({
        maxSize: MAX_CHARS_OF_ACCOUNT,
        // Compressed, too, it is smaller than half of that; filled, it is there twice.
        sizeCalculation: ({ text, version, isUnfilled }, name) =>
          Math.ceil((isUnfilled ? 2.5 : 1.5) * text.length) + version.length + name.length,
      });
    ofAccount.set(key, kept);
    this.#accounts.set(accountId, ofAccount);
    return kept;
  }
}

/** Sends a rendered text, or 304 to a client that has it. All headers are set before the response is made. */
export async function sendRendered(
  c: Context,
  rendered: Rendered,
  { type, caching }: { readonly type: string; readonly caching: string },
): Promise<Response> {
  const { text, tag } = rendered;
  const isCompressed = text.length >= MIN_COMPRESSED_CHARS && acceptsGzip(c.req.header('accept-encoding') ?? '');
  c.header('Cache-Control', caching);
  c.header('ETag', isCompressed ? `W/${tag}` : tag);
  c.header('Vary', 'Accept-Encoding', { append: true });
  if (isHeld(c, tag)) return c.body(null, 304);
  c.header('Content-Type', type);
  if (!isCompressed) return c.body(text, 200);
  c.header('Content-Encoding', 'gzip');
  return c.body(await rendered.gzip(), 200);
}

function acceptsGzip(header: string): boolean {
  return header.split(',').some((coding) => /^\s*gzip\s*(;|$)/i.test(coding) && !/;\s*q=0(\.0*)?\s*$/i.test(coding));
}
