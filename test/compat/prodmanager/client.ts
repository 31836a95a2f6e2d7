import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { ADMIN_TOKEN, type TestServer } from '../../http/served.ts';

/** What a form holds, as the published client of the interface is given it. Null is not sent; a list comes once for each. */
export type Values = Readonly<Record<string, unknown>>;

/** A scope, a service, a monitor or a maintenance. */
export type Resource = Record<string, unknown> & { readonly id: number };

type Place = Pick<TestServer, 'url'>;

export interface Answer {
  readonly status: number;
  /** Where a redirection led that was followed. */
  readonly via?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A final answer whose status is not 200. */
export class Failed extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor({ status, body }: Answer) {
    super(`${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/** Headers of every request of the published client. */
const HEADERS = {
  'user-agent': 'python-requests/2.34.2',
  'accept-encoding': 'gzip, deflate',
  accept: '*/*',
  connection: 'keep-alive',
};
const FORM = 'application/x-www-form-urlencoded';

/**
 * Sends one request of the published client, and follows a redirection as GET with the same token.
 * @param body a form as it is on the wire; empty: a request without one
 */
export async function exchange(
  at: Place,
  token: string | undefined,
  method: string,
  path: string,
  body = '',
  type = FORM,
): Promise<Answer> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  const content = body === '' ? {} : { 'content-type': type };
  const headers = { ...HEADERS, ...bearer, ...length, ...content };
  const sent = request(new URL(path, at.url), { method, headers }).end(body);
  const [response] = await once(sent, 'response');
  const unpacked = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
  const received = await text(unpacked);
  if (response.statusCode === 302) {
    const via = String(response.headers.location);
    return { ...(await exchange(at, token, 'GET', via)), via };
  }
  const isJson = String(response.headers['content-type']).includes('json');
  return { status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(received) : received };
}

/**
 * The published Python client (prod-manager 0.2.0, over requests): forms, whole objects on an update, and any final status
 * but 200 is a failure.
 */
export class Client {
  readonly #at: Place;
  readonly #token: string | undefined;

  constructor(at: Place, token?: string) {
    this.#at = at;
    this.#token = token;
  }

  /** All pages, one after another. */
  async list(path: string, params: Values = {}): Promise<Resource[]> {
    const items: Resource[] = [];
    let pages = 1;
    for (let page = 1; page <= pages; page++) {
      const { body, headers } = await this.request('GET', `${path}?${formOf({ ...params, page })}`);
      items.push(...(body as { items: Resource[] }).items);
      pages = Number(headers['x-total-pages']);
    }
    return items;
  }

  async get(path: string, id: number): Promise<Resource> {
    return (await this.request('GET', `${path}/${id}`)).body as Resource;
  }

  /** What is at a path without an id, such as the weather. */
  async call(path: string): Promise<Resource> {
    return (await this.request('GET', path)).body as Resource;
  }

  async count(path: string): Promise<number> {
    const { headers } = await this.request('GET', `${path}?per_page=0`);
    return Number(headers['x-total']);
  }

  async create(path: string, values: Values): Promise<Resource> {
    return (await this.request('POST', `${path}/create`, values)).body as Resource;
  }

  async update(path: string, resource: Resource, values: Values): Promise<Resource> {
    return (await this.request('POST', `${path}/${resource.id}/update`, { ...resource, ...values })).body as Resource;
  }

  async delete(path: string, resource: Resource): Promise<void> {
    await this.request('POST', `${path}/${resource.id}/delete`);
  }

  async request(method: string, path: string, values: Values = {}): Promise<Answer> {
    const answer = await exchange(this.#at, this.#token, method, `/api/${path}`, formOf(values));
    if (answer.status !== 200) throw new Failed(answer);
    return answer;
  }
}

/** Sends a form, as requests encodes it or as JSON, with the token of an administrator. */
export function sendForm(at: Place, path: string, values: Values, encoding: 'form' | 'json' = 'form') {
  const [body, type] = encoding === 'json' ? [JSON.stringify(values), 'application/json'] : [formOf(values), FORM];
  return exchange(at, ADMIN_TOKEN, 'POST', `/api/${path}`, body, type);
}

/** As requests writes a form: of an object only the names of its members, of a list each of its members. */
export function formOf(values: Values): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    const all = Array.isArray(value) ? value : typeof value === 'object' ? Object.keys(value) : [value];
    for (const one of all) {
      // Of an object in a list, too.
      for (const text of typeof one === 'object' ? Object.keys(one) : [plain(one)]) form.append(name, text);
    }
  }
  return form.toString();
}

/** As Python writes it: booleans have a capital. */
function plain(value: unknown): string {
  const written = String(value);
  return typeof value === 'boolean' ? `${written.charAt(0).toUpperCase()}${written.slice(1)}` : written;
}
