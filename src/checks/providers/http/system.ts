import type { ListedCheck } from '../../repository.ts';
import { type ProviderRequest, type ProviderResponse, readJson, sendRequest } from '../provider-http.ts';
import { TransientError, withRetries } from '../requests.ts';
import type { HttpRequest, List, Paged } from './description.ts';
import { lookUp } from './pointer.ts';
import { fillHeader, fillJson, fillText, fillUrl, type Values } from './template.ts';

/** No system has more pages than this. One that never ends is not waited for. */
const MOST_PAGES = 1_000;
/** From this many checks on they are looked up in the list of all, where there is one that shows what is asked. */
export const FROM_THE_LIST = 8;
/** The statuses of an answer about a check that is not there. */
const UNKNOWN = [404, 410];

/** Sends the requests of a description, with the credentials and whatever else stands in its braces. */
export class System {
  readonly #asked: ProviderRequest;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #values: Values;

  /**
   * @param headers sent with every request
   * @param values what the names in braces stand for in every request
   */
  constructor(asked: ProviderRequest, headers: Readonly<Record<string, string>>, values: Values) {
    this.#asked = asked;
    this.#headers = headers;
    this.#values = values;
  }

  get title(): string {
    return this.#asked.title;
  }

  /**
   * Sends one, once.
   * @param values of this request
   * @throws Passing when it may be tried again, where that is harmless; Error otherwise; in words for people
   */
  async send(request: HttpRequest, values: Values, signal: AbortSignal): Promise<ProviderResponse> {
    const all = { ...this.#values, ...values };
    return await this.#sendTo(fillUrl(request.url, all), request, all, signal);
  }

  /** As `send`, for what would be there twice if it arrived twice: nobody is to try it again at once. */
  async sendOnce(request: HttpRequest, values: Values, signal: AbortSignal): Promise<ProviderResponse> {
    try {
      return await this.send(request, values, signal);
    } catch (error) {
      throw error instanceof TransientError ? new Error(error.message, { cause: error }) : error;
    }
  }

  /**
   * What it answers to a request about one check, which is harmless when it arrives twice.
   * @returns undefined when it does not know the check
   * @throws Error in words for people
   */
  async about(check: string, request: HttpRequest, signal: AbortSignal): Promise<{ json: unknown } | undefined> {
    const unknown = UNKNOWN.filter((status) => !request.accepts?.includes(status));
    const accepting = { ...request, accepts: [...(request.accepts ?? []), ...unknown] };
    const answer = await withRetries(signal, () => this.send(accepting, { check }, signal));
    return unknown.includes(answer.status) ? undefined : { json: this.json(answer) };
  }

  /** @throws Error in words for people */
  json(answer: ProviderResponse): unknown {
    return readJson(this.#asked, answer);
  }

  /** The items of all pages. */
  async items(request: Paged, signal: AbortSignal): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const seen = new Set<string>();
    const first = { ...this.#values, page: String(request.firstPage), offset: '0' };
    let url = fillUrl(request.url, first);
    for (let page = 1; page <= MOST_PAGES; page++) {
      const address = url;
      const json = this.json(await withRetries(signal, () => this.#sendTo(address, request, first, signal)));
      const found = lookUp(json, request.items);
      if (!Array.isArray(found)) {
        throw new Error(`${this.title} answered without a list at "${request.items}". Is the description right?`);
      }
      // A system that knows no pages answers each time with the same.
      const fresh = found.filter((item) => !seen.has(JSON.stringify(item)));
      for (const item of fresh) seen.add(JSON.stringify(item));
      items.push(...fresh);
      const next = this.#next(request, json, address, request.firstPage + page, items.length);
      if (fresh.length === 0 || next === undefined) break;
      url = next;
    }
    return items;
  }

  /** Every check that the system has. */
  async list(list: List, isOn: (state: unknown) => boolean, signal: AbortSignal): Promise<ListedCheck[]> {
    return (await this.items(list, signal)).flatMap((item): ListedCheck[] => {
      const id = readText(lookUp(item, list.id));
      if (id === undefined) return [];
      const state = list.state === undefined ? undefined : lookUp(item, list.state);
      return [
        {
          externalId: id,
          name: readText(lookUp(item, list.name)) || id,
          enabled: list.state === undefined || isOn(state),
          tags: list.tags === undefined ? [] : tagsOf(lookUp(item, list.tags)),
        },
      ];
    });
  }

  /** Where the next page is: where this one says, or by the number in the address; on this server alone. */
  #next({ next, url }: Paged, json: unknown, address: string, page: number, offset: number): string | undefined {
    if (next === undefined) {
      const numbered = fillUrl(url, { ...this.#values, page: String(page), offset: String(offset) });
      return numbered === address ? undefined : numbered;
    }
    const said = lookUp(json, next);
    if (typeof said !== 'string' || said === '') return undefined;
    const there = URL.canParse(said, address) ? new URL(said, address) : undefined;
    if (there?.origin !== new URL(address).origin) {
      throw new Error(`${this.title} says that its next page is on another server, which is not asked.`);
    }
    return there.href;
  }

  #sendTo(url: string, request: HttpRequest, values: Values, signal: AbortSignal): Promise<ProviderResponse> {
    const headers = new Headers({ accept: 'application/json' });
    for (const [name, template] of Object.entries({ ...this.#headers, ...request.headers })) {
      headers.set(name, fillHeader(template, values));
    }
    let body: string | undefined;
    if (request.json !== undefined) {
      headers.set('content-type', 'application/json');
      body = JSON.stringify(fillJson(request.json, values));
    } else if (request.form !== undefined) {
      headers.set('content-type', 'application/x-www-form-urlencoded');
      const filled = Object.entries(request.form).map(([name, template]) => [name, fillText(template, values)]);
      body = new URLSearchParams(filled).toString();
    }
    const init = { method: request.method, headers, signal, ...(body === undefined ? {} : { body }) };
    return sendRequest(this.#asked, url, init, (status) => request.accepts?.includes(status) === true);
  }
}

/** The text of an id or a name, which may be a number. */
export function readText(json: unknown): string | undefined {
  if (typeof json === 'number') return String(json);
  return typeof json === 'string' && json !== '' ? json : undefined;
}

function tagsOf(json: unknown): string[] {
  if (typeof json === 'string') return json.split(/[\s,]+/).filter((tag) => tag !== '');
  if (!Array.isArray(json)) return [];
  return json.flatMap((tag) => readText(typeof tag === 'object' ? lookUp(tag, '/name') : tag) ?? []);
}
