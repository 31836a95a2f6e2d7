import { z } from 'zod';
import { encodeBasic, ProviderHttp, type ProviderRequest } from '../provider-http.ts';
import { withRetries } from '../requests.ts';

/** NodePing answers `enable` where it takes `enabled`; `state` is 1 when a check passes, 0 when it fails. */
const check = z.object({
  label: z.string().optional(),
  type: z.string().optional(),
  enable: z.string(),
  state: z.unknown().optional(),
  parameters: z.object({ target: z.string().optional() }).optional(),
  tags: z.array(z.string()).optional(),
});

const failure = z.object({ error: z.string() });
const checksAnswer = z.record(z.string(), z.unknown());

export type Check = z.output<typeof check>;

/** The checks of a bulk call: all of the account, or those whose label, target or type matches. */
export type Filter = { readonly by: 'all' } | { readonly by: 'label' | 'target' | 'type'; readonly value: string };

export interface Account {
  /** Of the API, with its version: `https://api.nodeping.com/api/1`. */
  readonly url: string;
  readonly token: string;
  /** Of a sub-account. */
  readonly customerId: string | undefined;
}

/**
 * NodePing's API, as far as Lull needs it. Nearly every failure comes with status 200 and a member `error`.
 * @see https://nodeping.com/docs-api-checks.html
 */
export class NodePingApi {
  readonly #account: Account;
  readonly #http: ProviderHttp;

  constructor(account: Account, fetch: ConstructorParameters<typeof ProviderHttp>[1]) {
    this.#account = account;
    // The token is a user name without a password. It is not in the address, which may be logged on its way.
    const login = encodeBasic(account.token, '');
    const headers = { authorization: `Basic ${login}` };
    this.#http = new ProviderHttp('NodePing', fetch, { headers, secrets: [account.token, login] });
  }

  /** Every check of the account by its id, except those in an unknown form. */
  async checks(signal: AbortSignal): Promise<Map<string, Check>> {
    const answer = checksAnswer.parse(await withRetries(signal, () => this.#send('GET', '/checks', {}, { signal })));
    return new Map(
      Object.entries(answer).flatMap(([id, json]): [string, Check][] => {
        const parsed = check.safeParse(json);
        return parsed.success ? [[id, parsed.data]] : [];
      }),
    );
  }

  /**
   * Enables or disables one check, without retries. The answer may still show the old state.
   * @param type of the check, which some versions of the API require
   */
  async enable(id: string, enabled: boolean, type: string | undefined, signal: AbortSignal): Promise<void> {
    const json = { ...(type === undefined ? {} : { type }), enabled };
    await this.#send('PUT', `/checks/${encodeURIComponent(id)}`, {}, { json, signal });
  }

  /** Enables or disables all checks that a filter matches. How NodePing matches is not documented. */
  async enableAll(filter: Filter, enabled: boolean, signal: AbortSignal): Promise<void> {
    const query = { disableall: String(!enabled), ...(filter.by === 'all' ? {} : { [filter.by]: filter.value }) };
    await withRetries(signal, () => this.#send('PUT', '/checks', query, { signal }));
  }

  async #send(method: string, path: string, query: Readonly<Record<string, string>>, request: ProviderRequest) {
    const { url, customerId } = this.#account;
    const search = new URLSearchParams({ ...query, ...(customerId === undefined ? {} : { customerid: customerId }) });
    const address = `${url}${path}${search.size > 0 ? `?${search}` : ''}`;
    const json = this.#http.readJson(await this.#http.send(method, address, request));
    const failed = failure.safeParse(json);
    if (failed.success) throw new Error(`NodePing says: ${this.#http.redact(failed.data.error)}`);
    return json;
  }
}
