import type { ListedCheck } from '../../repository.ts';
import type { CheckState } from '../../rules.ts';
import { DEFAULT_MARGIN_MINUTES, downtimeProvider, type OwnDowntime, readMark } from '../downtimes.ts';
import { type Provider, type ProviderContext, SentStates, type Target } from '../provider.ts';
import type { ProviderHttp, ProviderResponse } from '../provider-http.ts';
import { readEach, switchEach, withRetries } from '../requests.ts';
import type { Description, DowntimeDescription, HttpRequest, List, Paged, SwitchDescription } from './description.ts';
import { fillHeader, fillJson, fillText, fillUrl, lookUp, readText, type Values } from './template.ts';

const MAX_PAGES = 1_000;
/** From this many checks on they are looked up in the list of all, if there is one that shows what is asked. */
const MIN_CHECKS_FOR_LIST = 8;
/** How many requests are in flight, unless the description says otherwise. */
export const DEFAULT_CONCURRENCY = 4;
/** The statuses of an answer about a check that the system does not know. */
const UNKNOWN_STATUSES = [404, 410];

/** Sends the requests of a description. Errors are texts for people. */
export class System {
  readonly #http: ProviderHttp;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #values: Values;

  /** The headers are sent with every request, and the values stand for names in braces in each. */
  constructor(http: ProviderHttp, headers: Readonly<Record<string, string>>, values: Values) {
    this.#http = http;
    this.#headers = headers;
    this.#values = values;
  }

  get title(): string {
    return this.#http.title;
  }

  /** Sends a request once. @param method `sendOnce` for what would take effect twice */
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
      const place = { page: String(firstPage + page), offset: String(items.length) };
      const next = this.#nextAddress(request, json, address, place);
      if (fresh.length === 0 || next === undefined) break;
      url = next;
    }
    return items;
  }

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
    const fails = (json: unknown, pointer: string): boolean | undefined => {
      const shown = lookUp(json, pointer);
      return shown === undefined ? undefined : states.failing?.some((value) => value === shown);
    };
    return {
      failing: async (targets, signal) => {
        if (list && inList !== undefined && (result === undefined || targets.length >= MIN_CHECKS_FOR_LIST)) {
          const items = await this.items(list, signal);
          const failing = new Map(items.map((item) => [readText(lookUp(item, list.id)), fails(item, inList)]));
          return new Map(
            targets.flatMap(({ id, externalId }): [string, boolean][] => {
              const known = failing.get(externalId);
              return known === undefined ? [] : [[id, known]];
            }),
          );
        }
        if (result === undefined) return new Map();
        const ask = async ({ externalId }: { readonly externalId: string }) => {
          const answer = await this.ask(externalId, result, signal);
          return answer && fails(answer.json, result.failing);
        };
        return readEach(targets, signal, ask, { concurrency });
      },
    };
  }

  /** The address of the next page: from this page or by its number, on the same server only. */
  #nextAddress({ next: pointer, url }: Paged, json: unknown, address: string, place: Values): string | undefined {
    if (pointer === undefined) {
      const numbered = fillUrl(url, { ...this.#values, ...place });
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

/**
 * A system with a switch for each check. After a change its state is read, from the answer or with another request. A
 * system that does not show states is trusted.
 */
export function switches(system: System, description: SwitchDescription): Provider {
  const { state, list, states, concurrency = DEFAULT_CONCURRENCY } = description;

  /** @returns undefined for a value that means neither */
  const toState = (value: unknown): CheckState | undefined => {
    const isOneOf = (values: readonly unknown[] | undefined) => values?.includes(value) === true;
    if (isOneOf(states.off)) return 'off';
    if (isOneOf(states.on)) return 'on';
    if (value === undefined || (states.off !== undefined && states.on !== undefined)) return undefined;
    return states.off === undefined ? 'off' : 'on';
  };

  /** @returns undefined when the system does not know the check, or shows no states */
  const readOne = async (check: string, signal: AbortSignal): Promise<CheckState | undefined> => {
    const answer = state && (await system.ask(check, state, signal));
    if (state === undefined || answer === undefined) return undefined;
    const found = toState(lookUp(answer.json, state.state));
    if (found !== undefined) return found;
    throw new Error(`${system.title} shows neither on nor off at "${state.state}". Is the description right?`);
  };

  const switchOne = async (to: CheckState, check: string, signal: AbortSignal): Promise<void> => {
    const change = description[to];
    const response = await system.send(change, { check }, signal);
    if (change.shows !== undefined && toState(lookUp(system.readJson(response), change.shows)) === to) return;
    if (state === undefined && change.shows === undefined) return;
    if ((await readOne(check, signal)) === to) return;
    throw new Error(`${system.title} took it, and does not show the check ${to} all the same.`);
  };

  const listAll = list && ((signal: AbortSignal) => system.list(list, (value) => toState(value) !== 'off', signal));

  const readFromList = async (targets: readonly Target[], signal: AbortSignal) => {
    const enabled = new Map((await listAll?.(signal))?.map((each) => [each.externalId, each.enabled]));
    return new Map(
      targets.flatMap(({ id, externalId }): [string, CheckState][] => {
        const isOn = enabled.get(externalId);
        return isOn === undefined ? [] : [[id, isOn ? 'on' : 'off']];
      }),
    );
  };

  const sent = new SentStates();
  const showsStates = state !== undefined || list?.state !== undefined;
  const switchTo = async (to: CheckState, targets: readonly Target[], signal: AbortSignal, stop?: AbortSignal) => {
    const work = ({ externalId }: Target) => switchOne(to, externalId, signal);
    const results = await switchEach(targets, signal, work, { concurrency, stop });
    sent.save(results, to);
    return results;
  };

  return {
    form: showsStates ? 'switch' : 'downtime',
    writeOnly: !showsStates,
    ...(listAll && { list: listAll }),
    ...system.failing(description),
    async read(targets, signal) {
      if (!showsStates) return sent.read(targets);
      const useList = list?.state !== undefined && targets.length >= MIN_CHECKS_FOR_LIST;
      if (state === undefined || useList) return readFromList(targets, signal);
      return readEach(targets, signal, ({ externalId }) => readOne(externalId, signal), { concurrency });
    },
    switchOff: (targets, signal, stop) => switchTo('off', targets, signal, stop),
    switchOn: (targets, signal, stop) => switchTo('on', targets, signal, stop),
  };
}

interface Downtime extends OwnDowntime {
  readonly id: string;
  /** The external id of its check. */
  readonly externalId: string | undefined;
}

/** A system with downtimes for checks. */
export function downtimes(system: System, description: DowntimeDescription, context: ProviderContext): Provider {
  const { find, create, change, cancel, list, concurrency = DEFAULT_CONCURRENCY } = description;
  // In comments that are sent to people, a name after this character would notify somebody.
  const toText = (comment: string) => comment.replaceAll('@', '(at)');
  const provider = downtimeProvider<Downtime>(
    {
      async list(signal) {
        return (await system.items(find, signal)).flatMap((item): Downtime[] => {
          const id = readText(lookUp(item, find.id));
          const comment = lookUp(item, find.comment);
          const mark = typeof comment === 'string' ? readMark(comment, context.publicUrl) : undefined;
          if (id === undefined || typeof comment !== 'string' || mark === undefined) return [];
          const inForce = find.inForce.includes(lookUp(item, find.state));
          return [{ id, comment, mark, inForce, externalId: readText(lookUp(item, find.check)) }];
        });
      },
      covers: (downtime, externalId) => downtime.externalId === externalId,
      removedByHand: (own) => own.some(({ mark }) => mark.ends !== null && mark.ends > context.now()),
      async save({ externalId: check }, existing, values, signal) {
        const [until, comment] = [values.ends.toISOString(), toText(values.comment)];
        if (existing === undefined) await system.send(create, { check, until, comment }, signal, 'sendOnce');
        else if (existing.comment !== comment)
          await system.send(change, { downtime: existing.id, until, comment }, signal);
      },
      async remove({ id: downtime, mark }, comment, signal) {
        const until = (mark.ends ?? context.now()).toISOString();
        await system.send(change, { downtime, until, comment }, signal);
        await system.send(cancel, { downtime }, signal);
      },
    },
    context,
    { marginMinutes: DEFAULT_MARGIN_MINUTES, concurrency },
  );
  return {
    ...provider,
    ...(list && { list: (signal) => system.list(list, () => true, signal) }),
    ...system.failing(description),
  };
}
