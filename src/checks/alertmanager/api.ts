import { z } from 'zod';
import type { Reach } from '../kind.ts';
import { Passing, repeatable } from '../requests.ts';
import type { Matcher } from './matchers.ts';

/** So much of what Alertmanager says went wrong is passed on (characters). */
const LONGEST_REASON = 300;

const silence = z.object({
  id: z.string(),
  status: z.object({ state: z.string() }),
  createdBy: z.string(),
  comment: z.string(),
  startsAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  endsAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      // Servers before 0.22 have no other.
      isEqual: z.boolean().default(true),
    }),
  ),
});

/** A silence as Alertmanager shows it. Expired ones are shown for days. */
export type Silence = z.output<typeof silence>;

export interface NewSilence {
  /** One that is there already, to be changed. */
  readonly id?: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

export interface Credentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * Alertmanager's API v2, as far as silences go.
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
export class AlertmanagerApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #fetch: Reach['fetch'];

  /** @param url where its interface is, with the path it may be served under */
  constructor(url: string, { username, password, token }: Credentials, fetch: Reach['fetch']) {
    this.#url = `${url.replace(/\/+$/, '')}/api/v2`;
    this.#fetch = fetch;
    this.#headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(username === undefined ? {} : { authorization: basic(username, password ?? '') }),
    };
  }

  /** Every silence there is, whoever put it. */
  async silences(signal: AbortSignal): Promise<Silence[]> {
    const answer = await repeatable(signal, () => this.#ask('/silences', { signal }, 'repeatable'));
    return read(z.array(silence), answer);
  }

  /**
   * Puts one or changes one.
   * @returns its id: the same where Alertmanager could change it in place; otherwise it has expired the one with that id
   */
  async put(wanted: NewSilence, signal: AbortSignal): Promise<string> {
    // A new one that arrives twice would be there twice.
    const repeat = wanted.id === undefined ? 'once' : 'repeatable';
    const body = JSON.stringify(wanted);
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#ask('/silences', { method: 'POST', headers, body, signal }, repeat);
    return read(z.object({ silenceID: z.string().min(1) }), answer).silenceID;
  }

  /** Harmless for one that has expired. */
  async expire(id: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`/silence/${encodeURIComponent(id)}`, { method: 'DELETE', signal }, 'repeatable');
  }

  /** @throws Passing when it is worth another try at once, Error otherwise; in words for people */
  async #ask(path: string, init: RequestInit, repeat: 'once' | 'repeatable'): Promise<string> {
    let answer: Response;
    try {
      const headers = { ...this.#headers, ...Object.fromEntries(new Headers(init.headers)) };
      answer = await this.#fetch(this.#url + path, { ...init, headers });
    } catch (error) {
      if (repeat === 'once' || !(error instanceof Error)) throw error;
      throw new Passing(error.message, { cause: error });
    }
    const text = await answer.text();
    if (answer.ok) return text;
    const words = `Alertmanager answered ${answer.status}: ${reason(text) || answer.statusText}`;
    if (repeat === 'repeatable' && answer.status >= 502 && answer.status <= 504) throw new Passing(words);
    throw new Error(words);
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function read<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('This is not the API of an Alertmanager: its answer is not JSON. Is the address right?');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`This is not the API of an Alertmanager: ${z.prettifyError(parsed.error).slice(0, LONGEST_REASON)}`);
}

/** What an error says: a string, or an object with a message. */
function reason(text: string): string {
  const said = z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)]);
  let words = text;
  try {
    words = said.parse(JSON.parse(text));
  } catch {
    // A proxy's page, say.
  }
  return words.trim().slice(0, LONGEST_REASON);
}
