import { type Agent, type Response as Answer, fetch } from 'undici';
import type { Allowed } from './addresses.ts';
import { guardedAgent } from './connection.ts';
import { OutgoingError } from './outgoing-error.ts';
import type { Trust } from './trust.ts';

/**
 * Like the global fetch, with the guard of `Outgoing`.
 * @param trust whose certificate is taken, where it is not one that everybody trusts
 * @param hosts the only hosts that the request and its redirects may go to; undefined: any
 * @throws OutgoingError when there is no answer
 */
export type Fetch = (url: string, init?: RequestInit, trust?: Trust, hosts?: ReadonlySet<string>) => Promise<Response>;

export interface OutgoingOptions {
  readonly allowed: Allowed;
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
export class Outgoing {
  readonly #allowed: Allowed;
  readonly #largestAnswer: number;
  readonly #answersWithin: number;
  readonly #agents = new Map<string, Agent>();

  constructor({ allowed, largestAnswer = LARGEST_ANSWER, answersWithin = ANSWERS_WITHIN }: OutgoingOptions) {
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
      throw OutgoingError.from(error, url.host);
    }
  }

  /** Reads an answer to its end, so that the time and the size hold for all of it. */
  async #whole(answer: Answer, url: URL): Promise<Response> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength;
      if (size > this.#largestAnswer) {
        throw new OutgoingError('answer', `${url.host} answered with more than ${this.#largestAnswer} bytes.`);
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
    throw new OutgoingError('forbidden', 'Only addresses that begin with http:// or https:// can be asked.');
  }
  if (url.username !== '' || url.password !== '') {
    const message = `The address of ${url.host} holds a user or a password. They belong into the fields for them.`;
    throw new OutgoingError('forbidden', message);
  }
  if (hosts !== undefined && !hosts.has(url.hostname.replace(/\.$/, ''))) {
    throw new OutgoingError('forbidden', `The credentials may not be sent to ${url.hostname}. ${BIND_HOST}`);
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
    throw new OutgoingError('answer', `${answered}, which is not followed.`);
  }
  if (!reads && status !== 307 && status !== 308) {
    throw new OutgoingError('answer', `${answered}, and what was asked for was not done. Set the address it leads to.`);
  }
  if (!URL.canParse(location, from.href)) throw new OutgoingError('answer', `${answered} that leads nowhere.`);
  const url = permitted(new URL(location, from.href).href, sending.hosts);
  if (url.origin === from.origin) return { url, sending };
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new OutgoingError('answer', `${answered} from https to http, which is not followed.`);
  }
  if (!reads) {
    throw new OutgoingError('answer', `${answered} to ${url.host}, which is not sent what was meant for ${from.host}.`);
  }
  const headers = new Headers([...sending.headers].filter(([name]) => HARMLESS.includes(name)));
  return { url, sending: { ...sending, headers } };
}
