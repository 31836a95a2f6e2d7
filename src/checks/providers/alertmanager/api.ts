import { z } from 'zod';
import type { ProviderContext } from '../kind.ts';
import { type ProviderRequest, type ProviderResponse, readJson, sendRequest } from '../provider-http.ts';
import { TransientError, withRetries } from '../requests.ts';
import type { Matcher } from './matchers.ts';

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
  readonly #asked: ProviderRequest;

  /** @param url where its interface is, with the path it may be served under */
  constructor(url: string, { username, password, token }: Credentials, fetch: ProviderContext['fetch']) {
    this.#url = `${url.replace(/\/+$/, '')}/api/v2`;
    const login = username === undefined ? undefined : Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    const secrets = [password, token, login].filter((secret) => secret !== undefined);
    this.#asked = { title: 'Alertmanager', fetch, secrets };
    this.#headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
    };
  }

  /** Every silence there is, whoever put it. */
  async silences(signal: AbortSignal): Promise<Silence[]> {
    const answer = await withRetries(signal, () => this.#ask('GET', '/silences', signal));
    return this.#read(z.array(silence), answer);
  }

  /**
   * Puts one or changes one.
   * @returns its id: the same where Alertmanager could change it in place; otherwise it has expired the one with that id
   */
  async put(wanted: NewSilence, signal: AbortSignal): Promise<string> {
    const answer = await this.#ask('POST', '/silences', signal, wanted).catch((error: unknown) => {
      // A new one that arrives twice would be there twice: not to be tried again without another look.
      throw wanted.id === undefined && error instanceof TransientError
        ? new Error(error.message, { cause: error })
        : error;
    });
    return this.#read(z.object({ silenceID: z.string().min(1) }), answer).silenceID;
  }

  /** Harmless for one that has expired. */
  async expire(id: string, signal: AbortSignal): Promise<void> {
    await this.#ask('DELETE', `/silence/${encodeURIComponent(id)}`, signal);
  }

  #ask(method: string, path: string, signal: AbortSignal, body?: NewSilence): Promise<ProviderResponse> {
    const init = { method, headers: this.#headers, signal, ...(body ? { body: JSON.stringify(body) } : {}) };
    return sendRequest(this.#asked, this.#url + path, init);
  }

  #read<S extends z.ZodType>(schema: S, answer: ProviderResponse): z.output<S> {
    const parsed = schema.safeParse(readJson(this.#asked, answer));
    if (parsed.success) return parsed.data;
    throw new Error(`This is not the API of an Alertmanager: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  }
}
