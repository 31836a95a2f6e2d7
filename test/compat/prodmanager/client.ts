import type { TestResponse, TestServer } from '../../http/served.ts';

/** What a form holds, as the published client of the interface is given it. Null is not sent; a list comes once for each. */
export type Values = Readonly<Record<string, unknown>>;

/** A scope, a service or a maintenance. */
export type Resource = Record<string, unknown> & { readonly id: number };

/** A final answer whose status is not 200. */
export class Failed extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor({ status, text }: TestResponse) {
    super(`${status}: ${text}`);
    this.status = status;
    this.body = JSON.parse(text);
  }
}

/**
 * Sends what the published Python client sends (prod-manager 0.2.0, over requests): forms, whole objects on an update, a
 * redirection followed as GET with the same token, and any final status but 200 is a failure.
 */
export class Client {
  readonly #at: TestServer;
  readonly #token: string | undefined;

  constructor(at: TestServer, token?: string) {
    this.#at = at;
    this.#token = token;
  }

  /** All pages, one after another. */
  async list(path: string, params: Values = {}): Promise<Resource[]> {
    const items: Resource[] = [];
    let pages = 1;
    for (let page = 1; page <= pages; page++) {
      const answer = await this.#request('GET', `${path}?${formOf({ ...params, page })}`);
      items.push(...JSON.parse(answer.text).items);
      pages = Number(answer.headers['x-total-pages']);
    }
    return items;
  }

  async get(path: string, id: number): Promise<Resource> {
    return JSON.parse((await this.#request('GET', `${path}/${id}`)).text);
  }

  async count(path: string): Promise<number> {
    const { headers } = await this.#request('GET', `${path}?per_page=0`);
    return Number(headers['x-total']);
  }

  async create(path: string, values: Values): Promise<Resource> {
    return JSON.parse((await this.#request('POST', `${path}/create`, values)).text);
  }

  async update(path: string, resource: Resource, values: Values): Promise<Resource> {
    const whole = { ...resource, ...values };
    return JSON.parse((await this.#request('POST', `${path}/${resource.id}/update`, whole)).text);
  }

  async delete(path: string, resource: Resource): Promise<void> {
    await this.#request('POST', `${path}/${resource.id}/delete`);
  }

  async #request(method: string, path: string, values?: Values): Promise<TestResponse> {
    const token = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    let answer = await this.#at.send(method, `/api/${path}`, {
      headers: values === undefined ? token : { ...token, ...form },
      ...(values === undefined ? {} : { body: formOf(values) }),
    });
    if (answer.status === 302) {
      const to = new URL(String(answer.headers.location), this.#at.url);
      answer = await this.#at.send('GET', `${to.pathname}${to.search}`, { headers: token });
    }
    if (answer.status !== 200) throw new Failed(answer);
    return answer;
  }
}

/** As requests writes a form: of an object only the names of its members, of a list each of its members. */
function formOf(values: Values): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    const all = Array.isArray(value) ? value : typeof value === 'object' ? Object.keys(value) : [value];
    for (const one of all) form.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
  }
  return form.toString();
}
