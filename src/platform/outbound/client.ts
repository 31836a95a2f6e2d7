import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch, type RequestInit as UndiciInit, type Response as UndiciResponse } from 'undici';
import { type AllowedAddresses, explainBlockedAddress, isAllowedHost } from './addresses.ts';
import { isPinned, type Trust, tlsOptions } from './trust.ts';

/**
 * Like the global fetch, with the guards of `OutboundClient`.
 * @param trust certificates to accept in place of publicly trusted ones
 * @param hosts the only hosts that the request and its redirects can go to; undefined: any
 * @throws OutboundError when there is no response
 */
export type Fetch = (url: string, init?: RequestInit, trust?: Trust, hosts?: ReadonlySet<string>) => Promise<Response>;

export type OutboundOptions = {
  readonly allowed: AllowedAddresses;
  /** Decompressed. */
  readonly maxResponseBytes?: number;
  /** The latest end of a request, whatever its own signal. */
  readonly timeoutMs?: number;
};

const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const STATUSES_WITHOUT_BODY = new Set([204, 205, 304]);
/** The only headers that are sent to another server after a redirect, as they do not identify the sender. */
const HARMLESS_HEADERS = ['accept', 'accept-language', 'user-agent'];

const BIND_HOST = 'Whoever runs Lull binds secrets to hosts with LULL_SECRET_HOSTS.';

interface OutboundRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal;
  readonly agent: Agent;
  readonly hosts: ReadonlySet<string> | undefined;
}

/**
 * Sends requests to URLs that users configure: monitoring systems and webhooks. It reaches only public addresses and those
 * that the configuration allows, limits the size and the time of responses, and checks redirects like requests.
 */
export class OutboundClient {
  readonly #options: Required<OutboundOptions>;
  readonly #agents = new Map<string, Agent>();

  constructor({ allowed, maxResponseBytes = MAX_RESPONSE_BYTES, timeoutMs = TIMEOUT_MS }: OutboundOptions) {
    this.#options = { allowed, maxResponseBytes, timeoutMs };
  }

  readonly fetch: Fetch = async (url, init = {}, trust = undefined, hosts = undefined) => {
    const first = checkUrl(url, hosts);
    // Normalizes the method, headers and body. Without the signal, which would keep a listener for each request.
    const request = new Request(first, { ...init, signal: null, redirect: init.redirect ?? 'follow' });
    const headers = new Headers(request.headers);
    if (!headers.has('user-agent')) headers.set('user-agent', 'Lull');
    const signals = [AbortSignal.timeout(this.#options.timeoutMs), ...(init.signal ? [init.signal] : [])];
    return await this.#send(first, {
      method: request.method,
      headers,
      body: request.body === null ? undefined : new Uint8Array(await request.arrayBuffer()),
      redirect: request.redirect,
      signal: AbortSignal.any(signals),
      agent: this.#agent(trust),
      hosts,
    });
  };

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  async #send(url: URL, request: OutboundRequest, redirects = 0): Promise<Response> {
    const { method, headers, body = null, signal, agent: dispatcher } = request;
    try {
      const init: UndiciInit = { method, headers: [...headers], body, redirect: 'manual', signal, dispatcher };
      const response = await fetch(url, init);
      const location = response.headers.get('location');
      if (!REDIRECTS.has(response.status) || location === null || request.redirect === 'manual') {
        return await this.#readAll(response, url);
      }
      await response.body?.cancel();
      const next = followRedirect(url, location, request, response.status, redirects);
      return await this.#send(next.url, next.request, redirects + 1);
    } catch (error) {
      throw OutboundError.from(error, url.host);
    }
  }

  /** Reads a response to its end, so that the limits of time and size apply to all of it. */
  async #readAll(response: UndiciResponse, url: URL): Promise<Response> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > this.#options.maxResponseBytes) {
        const message = `${url.host} answered with more than ${this.#options.maxResponseBytes} bytes.`;
        throw new OutboundError('answer', message);
      }
      chunks.push(chunk);
    }
    const { status, statusText } = response;
    const body = STATUSES_WITHOUT_BODY.has(status) ? null : Buffer.concat(chunks);
    return new Response(body, { status, statusText, headers: [...response.headers] });
  }

  #agent(trust: Trust | undefined): Agent {
    const key = trust === undefined ? '' : JSON.stringify(trust);
    const agent = this.#agents.get(key) ?? guardedAgent(this.#options.allowed, trust);
    this.#agents.set(key, agent);
    return agent;
  }
}

/** Checks all of a URL except the address of its host, which is checked when connecting. */
function checkUrl(text: string, hosts: ReadonlySet<string> | undefined): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new OutboundError('forbidden', 'Only addresses that begin with http:// or https:// can be asked.');
  }
  if (url.username !== '' || url.password !== '') {
    const message = `The address of ${url.host} holds a user or a password. They belong into the fields for them.`;
    throw new OutboundError('forbidden', message);
  }
  if (hosts !== undefined && !hosts.has(url.hostname.replace(/\.$/, ''))) {
    throw new OutboundError('forbidden', `The credentials may not be sent to ${url.hostname}. ${BIND_HOST}`);
  }
  return url;
}

/**
 * The request after a redirect. A request that changes something is repeated only if it keeps its method (307, 308): as a
 * GET it would seem successful. Another server gets no headers that identify the sender.
 */
function followRedirect(from: URL, location: string, request: OutboundRequest, status: number, redirects: number) {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const answered = `${from.host} answered with a redirect`;
  if (request.redirect === 'error' || redirects >= MAX_REDIRECTS) {
    throw new OutboundError('answer', `${answered}, which is not followed.`);
  }
  if (!reads && status !== 307 && status !== 308) {
    throw new OutboundError('answer', `${answered}, and what was asked for was not done. Set the address it leads to.`);
  }
  if (!URL.canParse(location, from.href)) throw new OutboundError('answer', `${answered} that leads nowhere.`);
  const url = checkUrl(new URL(location, from.href).href, request.hosts);
  if (url.origin === from.origin) return { url, request };
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new OutboundError('answer', `${answered} from https to http, which is not followed.`);
  }
  if (!reads) {
    throw new OutboundError('answer', `${answered} to ${url.host}, which is not sent what was meant for ${from.host}.`);
  }
  const headers = new Headers([...request.headers].filter(([name]) => HARMLESS_HEADERS.includes(name)));
  return { url, request: { ...request, headers } };
}

/**
 * Connects only to allowed addresses. A name is resolved once, and the checked address is the one connected to: a second
 * look-up could return another.
 */
function guardedAgent(allowed: AllowedAddresses, trust: Trust | undefined): Agent {
  const connect = buildConnector({ ...tlsOptions(trust), timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(allowed) });
  return new Agent({
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      const because = isIP(host) === 0 ? undefined : explainBlockedAddress(host, allowed);
      if (because !== undefined) {
        callback(OutboundError.forbidden(host, because, allowed.shared), null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null);
        } else if (trust !== undefined && 'fingerprint' in trust && !isPinned(socket, trust.fingerprint)) {
          // Nothing was sent yet.
          socket.destroy();
          callback(OutboundError.otherCertificate(host), null);
        } else {
          callback(null, socket);
        }
      });
    },
  });
}

/** Resolves a name; fails if any of its addresses is blocked. */
function guardedLookup(allowed: AllowedAddresses): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`no address for ${host}`), '', 0);
        return;
      }
      if (!isAllowedHost(host, allowed)) {
        const because = addresses
          .map(({ address }) => explainBlockedAddress(address, allowed))
          .find((each) => each !== undefined);
        if (because !== undefined) {
          callback(OutboundError.forbidden(host, because, allowed.shared), '', 0);
          return;
        }
      }
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Why a request got no response, in a sentence for people. It names the host but no more of a URL, which may contain a
 * secret.
 * - `forbidden`: a blocked address; do not retry
 * - `unreachable`: no connection, or none to a trusted server
 * - `late`: no complete response in time; the request may have been processed
 * - `broken`: the connection broke; the request may have been processed
 * - `answer`: the response is too large, or a redirect that is not followed; do not retry
 */
export class OutboundError extends Error {
  readonly reason: 'forbidden' | 'unreachable' | 'late' | 'broken' | 'answer';

  constructor(reason: OutboundError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
    this.reason = reason;
  }

  /**
   * @param because the end of "it is ..."
   * @param shared several workspaces share this Lull, so that no addresses can be allowed
   */
  static forbidden(host: string, because: string, shared = false): OutboundError {
    const allow = shared
      ? 'Where several workspaces share Lull, only addresses on the open internet can be used'
      : `If that is meant, whoever runs Lull allows it with LULL_ALLOWED_ADDRESSES=${host}`;
    return new OutboundError('forbidden', `${host} is not asked: it is ${because}. ${allow}.`);
  }

  static otherCertificate(host: string): OutboundError {
    const message = `${host} shows another certificate than the one with the fingerprint given.`;
    return new OutboundError('unreachable', message);
  }

  /** From an error of fetch. @param host with its port unless that is the default */
  static from(error: unknown, host: string): OutboundError {
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      if (each instanceof OutboundError) return each;
      if (each.name === 'TimeoutError') return new OutboundError('late', late(host));
      if (!('code' in each) || typeof each.code !== 'string') continue;
      const { code } = each;
      const [reason, describe] = CODES[code] ?? [];
      if (reason && describe) return new OutboundError(reason, describe(host), { cause: error });
      return /CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)
        ? new OutboundError('unreachable', `The certificate of ${host} is not trusted (${code}).`, { cause: error })
        : new OutboundError('broken', `The connection to ${host} failed (${code}).`, { cause: error });
    }
    return new OutboundError('unreachable', `${host} could not be asked.`, { cause: error });
  }
}

const late = (host: string) => `${host} did not answer in time.`;

const CODES: Readonly<Record<string, [OutboundError['reason'], (host: string) => string]>> = {
  ENOTFOUND: ['unreachable', (host) => `There is no host named ${host}.`],
  EAI_AGAIN: ['unreachable', (host) => `The name ${host} cannot be looked up just now.`],
  ECONNREFUSED: ['unreachable', (host) => `Nothing answers at ${host}.`],
  EHOSTUNREACH: ['unreachable', (host) => `There is no way to ${host}.`],
  ENETUNREACH: ['unreachable', (host) => `There is no way to ${host}.`],
  ETIMEDOUT: ['unreachable', late],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', late],
  UND_ERR_HEADERS_TIMEOUT: ['late', late],
  UND_ERR_BODY_TIMEOUT: ['late', late],
};
