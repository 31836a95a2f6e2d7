import type { ListedCheck } from '../../repository.ts';
import type { Provider } from '../provider.ts';
import type { ProviderHttp, ProviderResponse } from '../provider-http.ts';
import { readEach, withRetries } from '../requests.ts';
import type { Description, HttpRequest, List, Paged } from './description.ts';
import { fillHeader, fillJson, fillText, fillUrl, lookUp, readText, type Values } from './template.ts';

const MAX_PAGES = 1_000;
/** From this many checks on they are looked up in the list of all, if there is one that shows what is asked. */
export const MIN_CHECKS_FOR_LIST = 8;
export const DEFAULT_CONCURRENCY = 4;
/** The statuses of an answer about a check that the system does not know. */
const UNKNOWN_STATUSES = [404, 410];

/** Sends the requests of a description. Errors are texts for people. */
export class System {
  readonly #http: ProviderHttp;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #values: Values;

  /**
   * @param headers sent with every request
   * @param values of the names in braces in every request
   */
  constructor(http: ProviderHttp, headers: Readonly<Record<string, string>>, values: Values) {
    this.#http = http;
    this.#headers = headers;
    this.#values = values;
  }

  get title(): string {
    return this.#http.title;
  }

  /**
   * Sends a request once.
   * @param values of this request
   * @param method `sendOnce` for what would take effect twice
   */
  send(request: HttpRequest, values: Values, signal: AbortSignal, method: 'send' | 'sendOnce' = 'send') {
    const all = { ...this.#values, ...values };
    return this.#sendTo(fillUrl(request.url, all), request, all, signal, method);
  }

  /** Asks about one check, with retries. @returns undefined when the system does not know it */
  async ask(check: string, request: HttpRequest, signal: AbortSignal): Promise<{ json: unknown } | undefined> {
    const accepts = request.accepts ?? [];
    const unknown = UNKNOWN_STATUSES.filter((status) => !accepts.includes(status));
    const accepting = { ...request, accepts: [...accepts, ...unknown] };
    const response = await withRetries(signal, () => this.send(accepting, { check }, signal));
    return unknown.includes(response.status) ? undefined : { json: this.readJson(response) };
  }

  readJson(response: ProviderResponse): unknown {
    return this.#http.readJson(response);
  }

  /** The items of all pages. */
  async items(request: Paged, signal: AbortSignal): Promise<readonly unknown[]> {
    const { firstPage = 1 } = request;
    const items: unknown[] = [];
    const seen = new Set<string>();
    const first = { ...this.#values, page: String(firstPage), offset: '0' };
    let url = fillUrl(request.url, first);
    for (let page = 1; page <= MAX_PAGES; page++) {
      const address = url;
      const json = this.readJson(await withRetries(signal, () => this.#sendTo(address, request, first, signal)));
      const found = lookUp(json, request.items);
      if (!Array.isArray(found)) {
        throw new Error(`${this.title} answered without a list at "${request.items}". Is the description right?`);
      }
      // A system without pages answers the same each time.
      const fresh = found.filter((item) => !seen.has(JSON.stringify(item)));
      for (const item of fresh) seen.add(JSON.stringify(item));
      items.push(...fresh);
      const next = this.#nextAddress(request, json, address, { page: firstPage + page, offset: items.length });
      if (fresh.length === 0 || next === undefined) break;
      url = next;
    }
    return items;
  }

  /** Every check of the system. */
  async list(list: List, isOn: (state: unknown) => boolean, signal: AbortSignal): Promise<ListedCheck[]> {
    return (await this.items(list, signal)).flatMap((item): ListedCheck[] => {
      const externalId = readText(lookUp(item, list.id));
      if (externalId === undefined) return [];
      const name = readText(lookUp(item, list.name)) || externalId;
      const enabled = list.state === undefined || isOn(lookUp(item, list.state));
      return [{ externalId, name, enabled, tags: list.tags === undefined ? [] : readTags(lookUp(item, list.tags)) }];
    });
  }

  /** Reads which checks fail, if the description says how the system shows it. */
  failing(description: Description): Pick<Provider, 'failing'> {
    const { state, list, states, concurrency = DEFAULT_CONCURRENCY } = description;
    const result =
      description.result ?? (state?.failing === undefined ? undefined : { ...state, failing: state.failing });
    const inList = list?.failing;
    if (states.failing === undefined || (result === undefined && inList === undefined)) return {};
    const fails = (json: unknown, pointer: string) =>
      states.failing?.some((value) => value === lookUp(json, pointer)) === true;
    return {
      failing: async (targets, signal) => {
        if (list && inList !== undefined && (result === undefined || targets.length >= MIN_CHECKS_FOR_LIST)) {
          const items = (await this.items(list, signal)).filter((item) => fails(item, inList));
          const ids = new Set(items.map((item) => readText(lookUp(item, list.id))));
          return new Set(targets.filter(({ externalId }) => ids.has(externalId)).map(({ id }) => id));
        }
        if (result === undefined) return new Set();
        const ask = async ({ externalId }: { readonly externalId: string }) => {
          const answer = await this.ask(externalId, result, signal);
          return answer && fails(answer.json, result.failing);
        };
        const found = await readEach(targets, signal, ask, concurrency);
        return new Set([...found].filter(([, failing]) => failing).map(([id]) => id));
      },
    };
  }

  /** The address of the next page: from this page or by its number, on the same server only. */
  #nextAddress(
    { next: pointer, url }: Paged,
    json: unknown,
    address: string,
    { page, offset }: { readonly page: number; readonly offset: number },
  ): string | undefined {
    if (pointer === undefined) {
      const numbered = fillUrl(url, { ...this.#values, page: String(page), offset: String(offset) });
      return numbered === address ? undefined : numbered;
    }
    const next = lookUp(json, pointer);
    if (typeof next !== 'string' || next === '') return undefined;
    const nextUrl = URL.canParse(next, address) ? new URL(next, address) : undefined;
    if (nextUrl?.origin === new URL(address).origin) return nextUrl.href;
    throw new Error(`${this.title} says that its next page is on another server, which is not asked.`);
  }

  #sendTo(
    url: string,
    request: HttpRequest,
    values: Values,
    signal: AbortSignal,
    method: 'send' | 'sendOnce' = 'send',
  ): Promise<ProviderResponse> {
    const form = request.form && Object.entries(request.form).map(([name, text]) => [name, fillText(text, values)]);
    const headers = new Headers(form && { 'content-type': 'application/x-www-form-urlencoded' });
    for (const [name, template] of Object.entries({ ...this.#headers, ...request.headers })) {
      headers.set(name, fillHeader(template, values));
    }
    return this.#http[method](request.method, url, {
      signal,
      headers: Object.fromEntries(headers),
      json: request.json === undefined ? undefined : fillJson(request.json, values),
      body: form && new URLSearchParams(form).toString(),
      accepts: request.accepts,
    });
  }
}

function readTags(json: unknown): string[] {
  if (typeof json === 'string') return json.split(/[\s,]+/).filter((tag) => tag !== '');
  if (!Array.isArray(json)) return [];
  return json.flatMap((tag) => readText(typeof tag === 'object' ? lookUp(tag, '/name') : tag) ?? []);
}
