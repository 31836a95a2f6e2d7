import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';

type Incoming = Context<{ Bindings: { incoming?: IncomingMessage } }>;

/** How many parts of an IPv6 address name a network; its hosts choose the others at will. */
const NETWORK_PARTS = 4;

/** The address of the peer; undefined for a request that did not come over a network. */
export const peerAddress = (c: Incoming): string | undefined => c.env?.incoming?.socket.remoteAddress;

/**
 * The address of the client, or its network with IPv6; `none` for a request that did not come over a network.
 * @param proxies how many own proxies stand before Lull
 */
export function clientAddress(forwardedFor: string | undefined, peer: string | undefined, proxies: number): string {
  const forwarded = proxies === 0 ? [] : (forwardedFor ?? '').split(',');
  const address = forwarded.at(-proxies)?.trim() || peer || 'none';
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv4
    ? parsed.toString()
    : `${parsed.toNormalizedString().split(':').slice(0, NETWORK_PARTS).join(':')}::/64`;
}

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

function isPrivate(address: string): boolean {
  return ipaddr.isValid(address) && ['loopback', 'private', 'uniqueLocal'].includes(ipaddr.process(address).range());
}
