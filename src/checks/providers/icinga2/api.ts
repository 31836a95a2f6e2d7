import { z } from 'zod';
import type { Trust } from '../../../platform/outbound/trust.ts';
import type { ProviderContext } from '../kind.ts';
import { type ProviderRequest, type ProviderResponse, readJson, sendRequest } from '../provider-http.ts';
import { TransientError, withRetries } from '../requests.ts';
import type { IcingaTarget } from './target.ts';

/** So many downtimes are taken away by one request. */
const AT_ONCE = 500;

const downtime = z.object({
  name: z.string(),
  attrs: z.object({
    author: z.string(),
    comment: z.string(),
    /** Seconds since 1970. */
    end_time: z.number(),
  }),
});

export interface Downtime {
  /** Icinga's own, such as `db1!disk!33822dba-80a4-4ed5-a76a-07bb571ce7b0`. */
  readonly name: string;
  readonly comment: string;
  readonly endsAt: Date;
}

export interface NewDowntime {
  readonly target: IcingaTarget;
  readonly author: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Of a host: its services too. */
  readonly allServices: boolean;
}

const value = z.union([z.string(), z.number(), z.boolean()]);
const vars = z.record(z.string(), z.unknown()).nullable();
const attrs = { display_name: z.string(), groups: z.array(z.string()), vars, enable_notifications: z.boolean() };
const host = z.object({ name: z.string(), attrs: z.object(attrs) });
const service = z.object({ name: z.string(), attrs: z.object({ ...attrs, host_name: z.string() }) });

/** A host or a service, as far as an import wants to know of it. */
export interface Monitored {
  /** `db1` or `db1!disk`. */
  readonly name: string;
  readonly displayName: string;
  /** Of a service. */
  readonly host: string | undefined;
  readonly groups: readonly string[];
  /** Whether it notifies anybody. */
  readonly notifies: boolean;
  /** The custom variables that were asked for and are texts, numbers, booleans or lists of those. */
  readonly vars: readonly (readonly [name: string, value: string])[];
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Icinga 2's REST API, as far as downtimes go.
 * @see https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/
 */
export class Icinga2Api {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #asked: ProviderRequest;

  constructor(
    url: string,
    { username, password }: Credentials,
    trust: Trust | undefined,
    fetch: ProviderContext['fetch'],
  ) {
    this.#url = `${url.replace(/\/+$/, '')}/v1`;
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    this.#asked = { title: 'Icinga', fetch, secrets: [password, login], trust };
    this.#headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Basic ${login}`,
    };
  }

  /** Every downtime by this author. */
  async downtimes(author: string, signal: AbortSignal): Promise<Downtime[]> {
    const found = await this.#query('downtimes', 'Downtime', downtime, signal, {
      filter: 'downtime.author == author',
      filter_vars: { author },
      attrs: ['author', 'comment', 'end_time'],
    });
    return found
      .filter((each) => each.attrs.author === author)
      .map((each) => ({ name: each.name, comment: each.attrs.comment, endsAt: new Date(each.attrs.end_time * 1000) }));
  }

  /**
   * Puts a fixed downtime on all that the target names.
   * @throws Error unless all of them have it
   */
  async put(
    { target, author, comment, startsAt, endsAt, allServices }: NewDowntime,
    signal: AbortSignal,
  ): Promise<void> {
    const body = {
      ...target,
      author,
      comment,
      start_time: Math.floor(startsAt.getTime() / 1000),
      end_time: endsAt.getTime() / 1000,
      fixed: true,
      ...(target.type === 'Host' ? { all_services: allServices } : {}),
    };
    const answer = await this.#act('schedule-downtime', body, signal).catch((error: unknown) => {
      // One that arrives twice would lie there twice.
      throw error instanceof TransientError ? new Error(error.message, { cause: error }) : error;
    });
    if (answer.status === 404)
      throw new Error(`Icinga has nothing named so, or its API user may not see it: ${inWords(target)}.`);
    const results = resultsOf(this.#asked, answer);
    const refused = results.find(({ code }) => code >= 300);
    if (refused !== undefined) throw new Error(`Icinga refused a downtime: ${refused.status}`);
    if (results.length === 0) throw new Error(`Icinga put no downtime on ${inWords(target)}.`);
  }

  /** Takes downtimes away by their names; harmless for those that are gone. What is still there is for the caller to see. */
  async takeAway(names: readonly string[], author: string, signal: AbortSignal): Promise<void> {
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const body = {
        type: 'Downtime',
        filter: 'downtime.__name in names',
        filter_vars: { names: names.slice(from, from + AT_ONCE) },
        author,
      };
      await withRetries(signal, () => this.#act('remove-downtime', body, signal));
    }
  }

  /**
   * Every host and every service that the API user may see.
   * @param variables names of custom variables
   */
  async monitored(variables: readonly string[], signal: AbortSignal): Promise<Monitored[]> {
    const wanted = { attrs: ['display_name', 'groups', 'vars', 'enable_notifications'] };
    const hosts = await this.#query('hosts', 'Host', host, signal, wanted);
    const services = await this.#query('services', 'Service', service, signal, {
      attrs: [...wanted.attrs, 'host_name'],
    });
    return [
      ...hosts.map((each) => monitored(each, undefined, variables)),
      ...services.map((each) => monitored(each, each.attrs.host_name, variables)),
    ];
  }

  /**
   * Of these hosts and services, those that are down or critical for good (a hard state) and outside every downtime.
   * @see https://icinga.com/docs/icinga-2/latest/doc/08-advanced-topics/#check-result-state
   */
  async down(hosts: readonly string[], services: readonly string[], signal: AbortSignal): Promise<Set<string>> {
    const down = new Set<string>();
    for (const [plural, type, names, state] of [
      ['hosts', 'Host', hosts, 1],
      ['services', 'Service', services, 2],
    ] as const) {
      if (names.length === 0) continue;
      const of = type.toLowerCase();
      const found = await this.#query(plural, type, z.object({ name: z.string() }), signal, {
        filter: `${of}.__name in names && ${of}.state == state && ${of}.state_type == 1 && ${of}.downtime_depth == 0`,
        filter_vars: { names, state },
        attrs: ['state'],
      });
      for (const { name } of found) down.add(name);
    }
    return down;
  }

  async #query<S extends z.ZodType>(
    plural: string,
    type: string,
    schema: S,
    signal: AbortSignal,
    body: object,
  ): Promise<z.output<S>[]> {
    const init = { method: 'POST', headers: { ...this.#headers, 'x-http-method-override': 'GET' } };
    const answer = await withRetries(signal, () =>
      sendRequest(
        this.#asked,
        `${this.#url}/objects/${plural}`,
        { ...init, body: JSON.stringify(body), signal },
        notFound,
      ),
    );
    // Without the permission it answers so, as if there was no such thing.
    if (answer.status === 404)
      throw new Error(`Icinga does not show its API user any ${plural}. It needs objects/query/${type}.`);
    return read(this.#asked, answer, z.object({ results: z.array(schema) })).results;
  }

  #act(action: string, body: object, signal: AbortSignal): Promise<ProviderResponse> {
    const init = { method: 'POST', headers: this.#headers, body: JSON.stringify(body), signal };
    // With nothing to act upon it answers 404 or, where a filter found nothing, 500 with no results.
    return sendRequest(
      this.#asked,
      `${this.#url}/actions/${action}`,
      init,
      (status) => status === 404 || status === 500,
    );
  }
}

const notFound = (status: number) => status === 404;

function resultsOf(asked: ProviderRequest, answer: ProviderResponse) {
  const results = z.array(z.object({ code: z.number(), status: z.string() }));
  return read(asked, answer, z.object({ results })).results;
}

function read<S extends z.ZodType>(asked: ProviderRequest, answer: ProviderResponse, schema: S): z.output<S> {
  const parsed = schema.safeParse(readJson(asked, answer));
  if (parsed.success) return parsed.data;
  throw new Error(`This is not the API of an Icinga 2: ${z.prettifyError(parsed.error).slice(0, 300)}`);
}

function inWords(target: IcingaTarget): string {
  if ('host' in target) return `host ${target.host}`;
  if ('service' in target) return `service ${target.service}`;
  return `the ${target.type.toLowerCase()}s where ${target.filter}`;
}

function monitored(
  { name, attrs }: z.output<typeof host>,
  hostName: string | undefined,
  variables: readonly string[],
): Monitored {
  return {
    name,
    displayName: attrs.display_name,
    host: hostName,
    groups: attrs.groups,
    notifies: attrs.enable_notifications,
    vars: variables.flatMap((variable) => {
      const values = z.union([z.array(value), value.transform((one) => [one])]).safeParse(attrs.vars?.[variable]);
      return (values.data ?? []).map((one): [string, string] => [variable, String(one)]);
    }),
  };
}
