import { z } from 'zod';
import { withoutTrailing } from '../../core/text.ts';
import { OutboundError } from '../../platform/outbound/client.ts';
import { readTrust, type Trust } from '../../platform/outbound/trust.ts';
import type { ProviderContext } from './provider.ts';
import { TransientError } from './requests.ts';

const MAX_REASON_CHARS = 300;
/** A longer pause is left to the job queue. */
const MAX_PAUSE_MS = 5_000;

export interface ProviderResponse {
  readonly status: number;
  readonly text: string;
}

export interface ProviderRequest {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | undefined;
  /** Statuses that are not an error, besides 200 to 299. */
  readonly accepts?: readonly number[] | undefined;
  readonly redirect?: RequestRedirect;
}

/** Sends requests to one system. Errors are texts for people, without secrets. */
export class ProviderHttp {
  readonly title: string;
  readonly #fetch: ProviderContext['fetch'];
  readonly #headers: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];
  readonly #trust: Trust | undefined;

  constructor(
    title: string,
    fetch: ProviderContext['fetch'],
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
      readonly trust?: Trust | undefined;
    },
  ) {
    this.title = title;
    this.#fetch = fetch;
    this.#headers = options.headers ?? {};
    // The longest first: one secret may be part of another.
    this.#secrets = options.secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
    this.#trust = options.trust;
  }

  /**
   * Sends a request once.
   * @throws TransientError when a retry may help, if the request is harmless when it arrives twice; Error otherwise
   */
  async send(method: string, url: string, request: ProviderRequest): Promise<ProviderResponse> {
    const { signal, json, accepts = [], redirect } = request;
    const body = json === undefined ? request.body : JSON.stringify(json);
    const headers = new Headers({ accept: 'application/json' });
    if (json !== undefined) headers.set('content-type', 'application/json');
    for (const [name, value] of Object.entries({ ...this.#headers, ...request.headers })) headers.set(name, value);
    const init = { method, headers, signal, ...(body === undefined ? {} : { body }), ...(redirect && { redirect }) };
    let response: Response;
    try {
      response = await this.#fetch(url, init, this.#trust);
    } catch (error) {
      if (!(error instanceof OutboundError) || error.reason === 'forbidden' || error.reason === 'answer') throw error;
      throw new TransientError(error.message, { cause: error });
    }
    const { status } = response;
    const text = await response.text();
    if (response.ok || accepts.includes(status)) return { status, text };
    const reason = withoutTrailing(this.redact(findReason(text)), '.');
    const message = `${this.title} answered ${status}${reason === '' ? '' : `: ${reason}`}.`;
    if (status === 429) throw tooManyRequests(message, response.headers.get('retry-after'));
    throw status >= 500 ? new TransientError(message) : new Error(message);
  }

  /** Sends a request that must not be retried at once, as it would take effect twice. */
  async sendOnce(method: string, url: string, request: ProviderRequest): Promise<ProviderResponse> {
    return this.send(method, url, request).catch((error: unknown) => {
      throw error instanceof TransientError ? new Error(error.message, { cause: error }) : error;
    });
  }

  readJson({ text }: ProviderResponse): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${this.title} answered with something else than JSON. Is the address right?`);
    }
  }

  /** @param api what the address should be, such as `an Alertmanager` */
  parse<S extends z.ZodType>(schema: S, response: ProviderResponse, api: string): z.output<S> {
    const parsed = schema.safeParse(this.readJson(response));
    if (parsed.success) return parsed.data;
    throw new Error(`This is not the API of ${api}: ${z.prettifyError(parsed.error).slice(0, MAX_REASON_CHARS)}`);
  }

  /** The beginning of a text of the system, without secrets. */
  redact(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text).slice(0, MAX_REASON_CHARS);
  }
}

export function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** @param after `Retry-After`: seconds or a date */
function tooManyRequests(message: string, after: string | null): Error {
  if (after === null) return new TransientError(message);
  const pause = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  if (Number.isNaN(pause)) return new TransientError(message);
  return pause > MAX_PAUSE_MS ? new Error(message) : new TransientError(message, { pause: Math.max(0, pause) });
}

/** The reason in an answer: a usual member of JSON, or a short text, but not a page. */
function findReason(text: string): string {
  try {
    return findMember(JSON.parse(text)) ?? '';
  } catch {
    return /^\s*</.test(text) ? '' : text.trim();
  }
}

const REASONS = ['error', 'errors', 'message', 'errormessage', 'errordesc', 'detail', 'title', 'description'];

function findMember(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return undefined;
  const members = new Map(Object.entries(json));
  const values = Array.isArray(json) ? json : REASONS.map((name) => members.get(name));
  return values.map(findMember).find((reason) => reason !== undefined);
}

/** Refuses a user and a password in an address: they would be shown and recorded, and credentials have fields of their own. */
export const withoutUser = [
  (url: string): boolean => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''),
  { error: 'Leave the user and the password out of the address: they belong into the credentials.', abort: true },
] as const;

/** Where an API is, without a slash at the end. */
export const addressSetting = z
  .url({ protocol: /^https?$/ })
  .refine(...withoutUser)
  .transform((url) => withoutTrailing(url, '/'));

export const certificateSetting = z
  .string()
  .refine((text) => readTrust(text) !== undefined, 'Expected: certificates as PEM, or a SHA-256 fingerprint.')
  .describe('The certificate to trust where it is not a public one: a PEM, or the SHA-256 fingerprint of its own.');

export function readTrustSetting(text: string | undefined): Trust | undefined {
  return text === undefined ? undefined : readTrust(text);
}
