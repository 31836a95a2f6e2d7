import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import { isPrivate } from '../platform/client-address.ts';

type Incoming = Context<{ Bindings: { incoming?: IncomingMessage } }>;

/** The address of the peer; undefined for a request that did not come over a network. */
export const peerAddress = (c: Incoming): string | undefined => c.env?.incoming?.socket.remoteAddress;

/** Notices a proxy that `LULL_PROXIES` does not count: all clients behind it would share one limit. */
export class ProxyNotice {
  readonly #proxies: number;
  readonly #log: Logger;
  #sentence: string | undefined;

  constructor(proxies: number, log: Logger) {
    this.#proxies = proxies;
    this.#log = log;
  }

  /** What is to be set; undefined while no such proxy was seen. */
  get sentence(): string | undefined {
    return this.#sentence;
  }

  readonly watch: MiddlewareHandler = (c, next) => {
    if (this.#proxies > 0 || this.#sentence !== undefined) return next();
    const peer = peerAddress(c);
    const isForwarded = ['x-forwarded-for', 'forwarded'].some((name) => c.req.header(name) !== undefined);
    if (isForwarded && peer !== undefined && isPrivate(peer)) {
      this.#sentence = `Requests come through a proxy at ${peer}, and LULL_PROXIES is 0, so all clients count as one address. Set LULL_PROXIES to the number of proxies before Lull.`;
      this.#log.warn(this.#sentence);
    }
    return next();
  };
}
