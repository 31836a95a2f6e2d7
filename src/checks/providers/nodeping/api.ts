import { z } from 'zod';
import { type ProviderRequest, readJson, redactSecrets, sendRequest } from '../provider-http.ts';
import { withRetries } from '../requests.ts';

/** A check as NodePing shows it. It says `enable` where it is told `enabled`; `state` is 1 when it passes, 0 when it fails. */
const check = z.object({
  label: z.string().optional(),
  type: z.string().optional(),
  enable: z.string(),
  state: z.unknown().optional(),
  parameters: z.object({ target: z.string().optional() }).optional(),
  tags: z.array(z.string()).optional(),
});

const failure = z.object({ error: z.string() });
const everything = z.record(z.string(), z.unknown());

export type Check = z.output<typeof check>;

/** Which checks a bulk call is about: those whose label, target or type it names, or all there are. */
export type Filter = { readonly by: 'all' } | { readonly by: 'label' | 'target' | 'type'; readonly value: string };

export interface Account {
  /** Where its interface is, with the version: `https://api.nodeping.com/api/1`. */
  readonly url: string;
  readonly token: string;
  /** Of a sub-account. */
  readonly customerId: string | undefined;
}

/**
 * NodePing's API, as far as switching checks goes. Nearly every failure comes with status 200 and a member `error`.
 * @see https://nodeping.com/docs-api-checks.html
 */
export class NodePingApi {
  readonly #account: Account;
  readonly #asked: ProviderRequest;

  constructor(account: Account, fetch: ProviderRequest['fetch']) {
    this.#account = account;
    this.#asked = { title: 'NodePing', fetch, secrets: [account.token, credentialsOf(account)] };
  }

  /** Every check of the account by its id. One that is not understood is left out. */
  async checks(signal: AbortSignal): Promise<Map<string, Check>> {
    const asked = await withRetries(signal, () => this.#ask('/checks', {}, { method: 'GET', signal }));
    const answer = everything.parse(asked);
    return new Map(
      Object.entries(answer).flatMap(([id, one]): [string, Check][] => {
        const read = check.safeParse(one);
        return read.success ? [[id, read.data]] : [];
      }),
    );
  }

  /**
   * Tells one check, once, to be on or off. The answer may show the check as it was before: read it to know.
   * @param type of the check, which some versions of the interface want to be told
   */
  async enable(id: string, enabled: boolean, type: string | undefined, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ ...(type === undefined ? {} : { type }), enabled });
    await this.#ask(`/checks/${encodeURIComponent(id)}`, {}, { method: 'PUT', body, signal });
  }

  /** Tells all checks that a filter matches. What it matches is NodePing's to say: read them to know. */
  async enableAll(filter: Filter, enabled: boolean, signal: AbortSignal): Promise<void> {
    const query = { disableall: String(!enabled), ...(filter.by === 'all' ? {} : { [filter.by]: filter.value }) };
    await withRetries(signal, () => this.#ask('/checks', query, { method: 'PUT', signal }));
  }

  async #ask(path: string, query: Readonly<Record<string, string>>, init: RequestInit): Promise<unknown> {
    const { url, customerId } = this.#account;
    const search = new URLSearchParams({ ...query, ...(customerId === undefined ? {} : { customerid: customerId }) });
    const address = `${url}${path}${search.size > 0 ? `?${search}` : ''}`;
    // The token goes into a header: an address is written into logs on its way.
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${credentialsOf(this.#account)}`,
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const json = readJson(this.#asked, await sendRequest(this.#asked, address, { ...init, headers }));
    const failed = failure.safeParse(json);
    if (failed.success) throw new Error(`NodePing says: ${redactSecrets(failed.data.error, this.#asked.secrets)}`);
    return json;
  }
}

/** The token is the name of a user without a password. */
function credentialsOf({ token }: Account): string {
  return Buffer.from(`${token}:`).toString('base64');
}
