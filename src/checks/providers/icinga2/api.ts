import { z } from 'zod';
import { InvalidId } from '../provider.ts';
import type { ProviderHttp, ProviderResponse } from '../provider-http.ts';
import { chunk, withRetries } from '../requests.ts';

const MAX_REMOVALS_PER_REQUEST = 500;

const downtime = z.object({
  name: z.string(),
  /** `end_time` in seconds since 1970. */
  attrs: z.object({ author: z.string(), comment: z.string(), end_time: z.number() }),
});

/** Its name is Icinga's own, such as `db1!disk!33822dba-80a4-4ed5-a76a-07bb571ce7b0`. */
export type Downtime = Awaited<ReturnType<Icinga2Api['listDowntimes']>>[number];

interface NewDowntime {
  readonly target: IcingaTarget;
  readonly author: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** A downtime of a host covers its services, too. */
  readonly allServices: boolean;
}

const monitored = z.object({
  /** `db1` or `db1!disk`. */
  name: z.string(),
  attrs: z.object({
    display_name: z.string(),
    groups: z.array(z.string()),
    vars: z.record(z.string(), z.unknown()).nullable(),
    enable_notifications: z.boolean(),
    /** Of a service. */
    host_name: z.string().optional(),
  }),
});

export type Monitored = z.output<typeof monitored>;

/**
 * Icinga 2's REST API, as far as Lull needs it.
 * @see https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/
 */
export class Icinga2Api {
  readonly #http: ProviderHttp;
  readonly #url: string;

  /** @param url without a slash at the end */
  constructor(http: ProviderHttp, url: string) {
    this.#http = http;
    this.#url = `${url}/v1`;
  }

  async listDowntimes(author: string, signal: AbortSignal) {
    const found = await this.#query('Downtime', downtime, signal, {
      filter: 'downtime.author == author',
      filter_vars: { author },
      attrs: ['author', 'comment', 'end_time'],
    });
    return found
      .filter(({ attrs }) => attrs.author === author)
      .map(({ name, attrs }) => ({ name, comment: attrs.comment, endsAt: new Date(attrs.end_time * 1000) }));
  }

  /**
   * Creates a fixed downtime for every object of the target.
   * @throws Error unless all of them have it
   */
  async createDowntime({ target, author, comment, startsAt, endsAt, allServices }: NewDowntime, signal: AbortSignal) {
    const response = await this.#act(
      'schedule-downtime',
      {
        ...target,
        author,
        comment,
        start_time: Math.floor(startsAt.getTime() / 1000),
        end_time: endsAt.getTime() / 1000,
        fixed: true,
        ...(target.type === 'Host' ? { all_services: allServices } : {}),
      },
      signal,
    );
    if (response.status === 404)
      throw new Error(`Icinga has nothing named so, or its API user may not see it: ${describeTarget(target)}.`);
    const results = this.#parseResults(z.object({ code: z.number(), status: z.string() }), response);
    const refused = results.find(({ code }) => code >= 300);
    if (refused !== undefined) throw new Error(`Icinga refused a downtime: ${refused.status}`);
    if (results.length === 0) throw new Error(`Icinga put no downtime on ${describeTarget(target)}.`);
  }

  /** Removes downtimes by name. It does not tell which of them it could not remove. */
  async removeDowntimes(names: readonly string[], author: string, signal: AbortSignal): Promise<void> {
    for (const some of chunk(names, MAX_REMOVALS_PER_REQUEST)) {
      const body = { type: 'Downtime', filter: 'downtime.__name in names', filter_vars: { names: some }, author };
      await withRetries(signal, () => this.#act('remove-downtime', body, signal, 'send'));
    }
  }

  /** Every host and every service that the API user may see. */
  async listMonitored(signal: AbortSignal): Promise<Monitored[]> {
    const attrs = ['display_name', 'groups', 'vars', 'enable_notifications'];
    return [
      ...(await this.#query('Host', monitored, signal, { attrs })),
      ...(await this.#query('Service', monitored, signal, { attrs: [...attrs, 'host_name'] })),
    ];
  }

  /**
   * The hosts and services of these names that are down or critical in a hard state, outside every downtime.
   * @see https://icinga.com/docs/icinga-2/latest/doc/08-advanced-topics/#check-result-state
   */
  async listFailing(type: 'Host' | 'Service', names: readonly string[], signal: AbortSignal): Promise<string[]> {
    if (names.length === 0) return [];
    const it = type.toLowerCase();
    const found = await this.#query(type, z.object({ name: z.string() }), signal, {
      filter: `${it}.__name in names && ${it}.state == state && ${it}.state_type == 1 && ${it}.downtime_depth == 0`,
      filter_vars: { names, state: type === 'Host' ? 1 : 2 },
      attrs: ['state'],
    });
    return found.map(({ name }) => name);
  }

  async #query<S extends z.ZodType>(
    type: 'Downtime' | 'Host' | 'Service',
    schema: S,
    signal: AbortSignal,
    json: object,
  ): Promise<z.output<S>[]> {
    const plural = `${type.toLowerCase()}s`;
    const request = { json, signal, headers: { 'x-http-method-override': 'GET' }, accepts: [404] };
    const response = await withRetries(signal, () =>
      this.#http.send('POST', `${this.#url}/objects/${plural}`, request),
    );
    // It answers the same to a user without the permission.
    if (response.status === 404)
      throw new Error(`Icinga does not show its API user any ${plural}. It needs objects/query/${type}.`);
    return this.#parseResults(schema, response);
  }

  /** @param method `sendOnce` for what would take effect twice */
  #act(action: string, json: object, signal: AbortSignal, method: 'send' | 'sendOnce' = 'sendOnce') {
    // With no object to act on it answers 404 or, when a filter found nothing, 500 without results.
    return this.#http[method]('POST', `${this.#url}/actions/${action}`, { json, signal, accepts: [404, 500] });
  }

  #parseResults<S extends z.ZodType>(schema: S, response: ProviderResponse): z.output<S>[] {
    return this.#http.parse(z.object({ results: z.array(schema) }), response, 'an Icinga 2').results;
  }
}

/** The object or objects that the external id of a check names. */
type IcingaTarget =
  | { readonly type: 'Host'; readonly host: string }
  | { readonly type: 'Service'; readonly service: string }
  | { readonly type: 'Host' | 'Service'; readonly filter: string };

const EXAMPLES =
  'db1 (a host), db1!disk (a service), hosts:"db" in host.groups or services:service.vars.app=="shop" (filters)';

/**
 * `db1` is a host and `db1!disk` a service. After `hosts:` or `services:` comes a filter in Icinga's own language, which is
 * not validated.
 * @see https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/#advanced-filters
 * @throws InvalidId
 */
export function readTarget(externalId: string): IcingaTarget {
  const [, types, filter] = /^(hosts|services):\s*(.*)$/s.exec(externalId) ?? [];
  if (types !== undefined) {
    if (!filter) throw new InvalidId(`${JSON.stringify(externalId)} lacks the filter. Write ${EXAMPLES}.`);
    return { type: types === 'hosts' ? 'Host' : 'Service', filter };
  }
  const [host = '', service, ...more] = externalId.split('!');
  if (host === '' || service === '' || more.length > 0) {
    throw new InvalidId(`${JSON.stringify(externalId)} is no host and no service. Write ${EXAMPLES}.`);
  }
  return service === undefined ? { type: 'Host', host } : { type: 'Service', service: externalId };
}

function describeTarget(target: IcingaTarget): string {
  if ('host' in target) return `host ${target.host}`;
  if ('service' in target) return `service ${target.service}`;
  return `the ${target.type.toLowerCase()}s where ${target.filter}`;
}
