import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CheckState } from '../../rules.ts';
import type { Provider, ProviderKind, SwitchResult, Target } from '../provider.ts';
import { addressSetting, encodeBasic, ProviderHttp, type ProviderRequest } from '../provider-http.ts';
import { switchEach, withRetries } from '../requests.ts';

const settings = z.object({
  customerid: z
    .string()
    .regex(/^[A-Za-z0-9]+$/, 'Expected: the id of a sub-account, such as 201205050153W2Q4C.')
    .optional()
    .describe(
      'The sub-account that the checks are of, such as 201205050153W2Q4C; leave it out for the account itself.',
    ),
  url: addressSetting
    .default('https://api.nodeping.com/api/1')
    .describe('Where its interface is; leave it out for the usual address.'),
});

const credentials = z.object({ token: z.string().min(1).describe('The API token, from Account Settings, API.') });

export const nodepingKind: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'nodeping',
  title: 'NodePing',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  connect: ({ url, customerid: customerId }, { token }, { fetch }) =>
    nodeping(new NodePingApi({ url, token, customerId }, fetch)),
};

/** How often the states are read after a change, and the pause in between. */
const MAX_READS = 3;
const PAUSE_MS = 300;
/** Fewer checks are switched one by one. */
const MIN_CHECKS_PER_BULK_CALL = 10;

type Checks = ReadonlyMap<string, Check>;

/**
 * Checks are switched by `enabled`. No answer to a change is trusted: states are read before and after it, so that a check
 * in the right state is not touched, and one whose answer was lost counts as switched.
 */
function nodeping(api: NodePingApi): Provider {
  /** After a bulk call switched other checks, no more are made. */
  let bulkIsExact = true;

  /** Makes bulk calls, and switches back other checks that they switched. @returns the checks afterwards */
  const switchInBulk = async (
    before: Checks,
    wanted: ReadonlySet<string>,
    to: CheckState,
    signal: AbortSignal,
    stop: AbortSignal | undefined,
  ) => {
    const filters = bulkIsExact ? findBulkFilters(before, wanted) : [];
    if (filters.length === 0) return before;
    for (const filter of filters) {
      if (stop?.aborted) break;
      // The checks of a failed call are switched one by one.
      await api.enableAll(filter, to === 'on', signal).catch(() => signal.throwIfAborted());
    }
    const after = await api.checks(signal);
    const strays = [...before].filter(([id, check]) => {
      const now = after.get(id);
      return !wanted.has(id) && now !== undefined && stateOf(now) === to && stateOf(check) !== to;
    });
    if (strays.length > 0) bulkIsExact = false;
    for (const [id, { type }] of strays) await withRetries(signal, () => api.enable(id, to !== 'on', type, signal));
    return after;
  };

  const switchTo = async (to: CheckState, targets: readonly Target[], signal: AbortSignal, stop?: AbortSignal) => {
    const before = await api.checks(signal);
    const isWrong = (checks: Checks, id: string) => {
      const check = checks.get(id);
      return check !== undefined && stateOf(check) !== to;
    };
    const listWrong = (checks: Checks) => targets.filter(({ externalId }) => isWrong(checks, externalId));
    const wanted = new Set(listWrong(before).map(({ externalId }) => externalId));
    const afterBulk = await switchInBulk(before, wanted, to, signal, stop);
    let checks = afterBulk;
    const switchOne = ({ externalId }: Target) =>
      api.enable(externalId, to === 'on', before.get(externalId)?.type, signal);
    const results = await switchEach(listWrong(checks), signal, switchOne, { stop });
    for (let reads = 0; reads < MAX_READS && results.size > 0; reads++) {
      if (reads > 0) await sleep(PAUSE_MS, undefined, { signal });
      checks = await api.checks(signal);
      if (listWrong(checks).every(({ id }) => results.get(id)?.ok === false)) break;
    }
    return new Map(
      targets.map(({ id, externalId }): [string, SwitchResult] => {
        if (!checks.has(externalId)) return [id, { ok: false, error: `NodePing has no check ${externalId}.` }];
        if (!isWrong(checks, externalId)) return [id, { ok: true }];
        const result = results.get(id);
        // A bulk call may have been about it, too, and take effect late.
        if (result?.ok === false && afterBulk === before) return [id, result];
        if (result?.ok === false) return [id, { ok: false, error: result.error }];
        const shown = to === 'off' ? 'on' : 'off';
        return [id, { ok: false, error: `NodePing took it, and shows the check ${shown} all the same.` }];
      }),
    );
  };

  return {
    form: 'switch',
    async list(signal) {
      return [...(await api.checks(signal))].map(([externalId, check]) => ({
        externalId,
        name: check.label || check.parameters?.target || externalId,
        enabled: stateOf(check) === 'on',
        tags: check.tags ?? [],
      }));
    },
    async read(targets, signal) {
      const all = await api.checks(signal);
      return new Map(
        targets.flatMap(({ id, externalId }): [string, CheckState][] => {
          const check = all.get(externalId);
          return check === undefined ? [] : [[id, stateOf(check)]];
        }),
      );
    },
    async failing(targets, signal) {
      const all = await api.checks(signal);
      return new Map(
        targets.flatMap(({ id, externalId }): [string, boolean][] => {
          const check = all.get(externalId);
          const isKnown = check?.state === 0 || check?.state === 1;
          return check !== undefined && isKnown && stateOf(check) === 'on' ? [[id, check.state === 0]] : [];
        }),
      );
    },
    switchOff: (targets, signal, stop) => switchTo('off', targets, signal, stop),
    switchOn: (targets, signal, stop) => switchTo('on', targets, signal, stop),
  };
}

/** There is more than one way to be off. */
function stateOf(check: Check): CheckState {
  return check.enable === 'active' ? 'on' : 'off';
}

/**
 * Finds bulk calls that match wanted checks only. As matching is not documented, a value is used only if every check that
 * contains it, in any case, is wanted; and only if it is plain text, in case it is taken for a pattern.
 * @param all every check of the account
 * @param wanted the ids of those to be switched
 */
export function findBulkFilters(all: Checks, wanted: ReadonlySet<string>): readonly Filter[] {
  if (wanted.size < MIN_CHECKS_PER_BULK_CALL) return [];
  if ([...all.keys()].every((id) => wanted.has(id))) return [{ by: 'all' }];
  const counts = new Map<string, { readonly filter: Exclude<Filter, { by: 'all' }>; count: number }>();
  for (const [id, check] of all) {
    if (!wanted.has(id)) continue;
    for (const by of ['type', 'label', 'target'] as const) {
      const value = filterValue(check, by);
      if (value === undefined || !/^[\w :/-]+$/.test(value)) continue;
      const known = counts.get(`${by} ${value}`) ?? { filter: { by, value }, count: 0 };
      known.count++;
      counts.set(`${by} ${value}`, known);
    }
  }
  const common = [...counts.values()].filter(({ count }) => count >= MIN_CHECKS_PER_BULK_CALL);
  const left = new Set(wanted);
  return common
    .sort((a, b) => b.count - a.count)
    .map(({ filter }) => filter)
    .filter(({ by, value }) => {
      const matches = (check: Check) => filterValue(check, by)?.toLowerCase().includes(value.toLowerCase());
      const ids = [...all].filter(([, check]) => matches(check)).map(([id]) => id);
      if (ids.some((id) => !wanted.has(id))) return false;
      if (ids.filter((id) => left.has(id)).length < MIN_CHECKS_PER_BULK_CALL) return false;
      for (const id of ids) left.delete(id);
      return true;
    });
}

function filterValue(check: Check, by: 'label' | 'target' | 'type'): string | undefined {
  return by === 'target' ? check.parameters?.target : check[by];
}

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

interface Account {
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
class NodePingApi {
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
