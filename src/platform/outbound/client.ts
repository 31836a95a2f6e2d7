import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Response as Answer, buildConnector, fetch } from 'undici';
import { type AllowedAddresses, explainBlockedAddress, isAllowedHost } from './addresses.ts';
import { isPinned, type Trust, tlsOptions } from './trust.ts';

/**
 * Like the global fetch, with the guard of `Outgoing`.
 * @param trust whose certificate is taken, where it is not one that everybody trusts
 * @param hosts the only hosts that the request and its redirects may go to; undefined: any
 * @throws OutgoingError when there is no answer
 */
export type Fetch = (url: string, init?: RequestInit, trust?: Trust, hosts?: ReadonlySet<string>) => Promise<Response>;

export interface OutboundOptions {
  readonly allowed: AllowedAddresses;
  /** Bytes, unpacked. */
  readonly largestAnswer?: number;
  /** Milliseconds; a request ends no later than this, whatever its own signal says. */
  readonly answersWithin?: number;
}

const LARGEST_ANSWER = 32 * 1024 * 1024;
const ANSWERS_WITHIN = 30_000;
const MOST_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const WITHOUT_BODY = new Set([204, 205, 304]);
/** What says nothing of who asks: all that is sent on to another server. */
const HARMLESS = ['accept', 'accept-language', 'user-agent'];

const BIND_HOST = 'Whoever runs Lull binds secrets to hosts with LULL_SECRET_HOSTS.';

/** One request, as often as it has to be sent. */
interface Sending {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal;
  readonly agent: Agent;
  readonly hosts: ReadonlySet<string> | undefined;
}

/**
 * The way out for requests to addresses that people set: monitoring systems and webhooks. It goes to the open internet and to what
 * the configuration allows, over http and https; reads answers up to a size; ends within a time; and follows a redirect
 * only where the request could have gone by itself.
 *
 *     const outgoing = new Outgoing({ allowed: NOTHING_ALLOWED });
 *     const answer = await outgoing.fetch('https://api.nodeping.com/api/1/checks', { headers, signal });
 */
export class OutboundClient {
  readonly #allowed: AllowedAddresses;
  readonly #largestAnswer: number;
  readonly #answersWithin: number;
  readonly #agents = new Map<string, Agent>();

  constructor({ allowed, largestAnswer = LARGEST_ANSWER, answersWithin = ANSWERS_WITHIN }: OutboundOptions) {
    this.#allowed = allowed;
    this.#largestAnswer = largestAnswer;
    this.#answersWithin = answersWithin;
  }

  readonly fetch: Fetch = async (url, init = {}, trust = undefined, hosts = undefined) => {
    const first = permitted(url, hosts);
    // The standard's own way to make a method, headers and bytes of whatever fetch takes.
    // Without the signal, which would keep a listener of each of thousands of requests.
    const request = new Request(first, { ...init, signal: null, redirect: init.redirect ?? 'follow' });
    const headers = new Headers(request.headers);
    if (!headers.has('user-agent')) headers.set('user-agent', 'Lull');
    const signals = [AbortSignal.timeout(this.#answersWithin), ...(init.signal ? [init.signal] : [])];
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

  /** Ends the connections that are kept open. */
  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  async #send(url: URL, sending: Sending, redirects = 0): Promise<Response> {
    const { method, headers, body, signal, agent } = sending;
    try {
      const answer = await fetch(url, {
        method,
        headers: [...headers],
        body: body ?? null,
        redirect: 'manual',
        signal,
        dispatcher: agent,
      });
      const location = answer.headers.get('location');
      if (!REDIRECTS.has(answer.status) || location === null || sending.redirect === 'manual') {
        return await this.#whole(answer, url);
      }
      await answer.body?.cancel();
      const next = hop(url, location, sending, answer.status, redirects);
      return await this.#send(next.url, next.sending, redirects + 1);
    } catch (error) {
      throw OutboundError.from(error, url.host);
    }
  }

  /** Reads an answer to its end, so that the time and the size hold for all of it. */
  async #whole(answer: Answer, url: URL): Promise<Response> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength;
      if (size > this.#largestAnswer) {
        throw new OutboundError('answer', `${url.host} answered with more than ${this.#largestAnswer} bytes.`);
      }
      chunks.push(chunk);
    }
    const { status, statusText } = answer;
    const body = WITHOUT_BODY.has(status) ? null : Buffer.concat(chunks);
    return new Response(body, { status, statusText, headers: [...answer.headers] });
  }

  #agent(trust: Trust | undefined): Agent {
    const key = trust === undefined ? '' : JSON.stringify(trust);
    const kept = this.#agents.get(key);
    if (kept !== undefined) return kept;
    const made = guardedAgent(this.#allowed, trust);
    this.#agents.set(key, made);
    return made;
  }
}

/** An address that a request may be sent to, as far as the address itself says; where its host leads is judged later. */
function permitted(text: string, hosts: ReadonlySet<string> | undefined): URL {
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
 * The request that a redirect leads to. One that changes something is sent on only where it stays what it is (307, 308):
 * sent as a GET it would seem done. To another server goes nothing that says who asks.
 */
function hop(from: URL, location: string, sending: Sending, status: number, redirects: number) {
  const reads = sending.method === 'GET' || sending.method === 'HEAD';
  const answered = `${from.host} answered with a redirect`;
  if (sending.redirect === 'error' || redirects >= MOST_REDIRECTS) {
    throw new OutboundError('answer', `${answered}, which is not followed.`);
  }
  if (!reads && status !== 307 && status !== 308) {
    throw new OutboundError('answer', `${answered}, and what was asked for was not done. Set the address it leads to.`);
  }
  if (!URL.canParse(location, from.href)) throw new OutboundError('answer', `${answered} that leads nowhere.`);
  const url = permitted(new URL(location, from.href).href, sending.hosts);
  if (url.origin === from.origin) return { url, sending };
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new OutboundError('answer', `${answered} from https to http, which is not followed.`);
  }
  if (!reads) {
    throw new OutboundError('answer', `${answered} to ${url.host}, which is not sent what was meant for ${from.host}.`);
  }
  const headers = new Headers([...sending.headers].filter(([name]) => HARMLESS.includes(name)));
  return { url, sending: { ...sending, headers } };
}

/** A connection that is not there after this long (milliseconds) is given up. */
const CONNECTED_WITHIN = 10_000;

/**
 * Connections to where Lull may go, and nowhere else. What a name leads to is judged when the connection is made, and
 * that very address is connected to: a name that leads elsewhere the next time it is asked for gains nothing.
 */
export function guardedAgent(allowed: AllowedAddresses, trust: Trust | undefined): Agent {
  const connect = buildConnector({
    ...tlsOptions(trust),
    timeout: CONNECTED_WITHIN,
    lookup: guardedLookup(allowed),
  });
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
          // Nothing of the request was sent yet.
          socket.destroy();
          callback(OutboundError.otherCertificate(host), null);
        } else {
          callback(null, socket);
        }
      });
    },
  });
}

/** Resolves a name as usual; fails when any of the answers is where Lull may not go, though another would do. */
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
 * Why a request did not get its answer, in a sentence for people. It names the host and never the rest of an address, which
 * may hold a secret.
 * - `forbidden`: it may not go there, and trying again is of no use
 * - `unreachable`: no connection, or none to a server that is trusted
 * - `late`: no whole answer in time; what was asked for may have been done
 * - `broken`: the connection broke off; what was asked for may have been done
 * - `answer`: the answer is too large, or a redirect that is not followed; trying again is of no use
 */
export class OutboundError extends Error {
  readonly reason: 'forbidden' | 'unreachable' | 'late' | 'broken' | 'answer';

  constructor(reason: OutboundError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutgoingError';
    this.reason = reason;
  }

  /**
   * @param because as the end of "it is ..."
   * @param shared several workspaces share this Lull, so that nothing can be allowed
   */
  static forbidden(host: string, because: string, shared = false): OutboundError {
    const allow = shared
      ? 'Where several workspaces share Lull, only addresses on the open internet can be used'
      : `If that is meant, whoever runs Lull allows it with LULL_ALLOWED_ADDRESSES=${host}`;
    return new OutboundError('forbidden', `${host} is not asked: it is ${because}. ${allow}.`);
  }

  static otherCertificate(host: string): OutboundError {
    return new OutboundError(
      'unreachable',
      `${host} shows another certificate than the one with the fingerprint given.`,
    );
  }

  /** From whatever fetch threw. @param host with its port, where it is not the usual one */
  static from(error: unknown, host: string): OutboundError {
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      if (each instanceof OutboundError) return each;
      if (each.name === 'TimeoutError') return new OutboundError('late', `${host} did not answer in time.`);
      const code = codeOf(each);
      if (code !== undefined) return OutboundError.#ofCode(code, host, error);
    }
    return new OutboundError('unreachable', `${host} could not be asked.`, { cause: error });
  }

  static #ofCode(code: string, host: string, cause: unknown): OutboundError {
    const known = CODES[code];
    if (known !== undefined) return new OutboundError(known[0], known[1](host), { cause });
    if (/CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)) {
      return new OutboundError('unreachable', `The certificate of ${host} is not trusted (${code}).`, { cause });
    }
    return new OutboundError('broken', `The connection to ${host} failed (${code}).`, { cause });
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

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
