import { z } from 'zod';
import type { ProviderKind } from '../provider.ts';
import { addressSetting, ProviderHttp } from '../provider-http.ts';
import type { DowntimeDescription, List, SwitchDescription } from './description.ts';
import { downtimes, System, switches } from './system.ts';

/**
 * The description of one monitoring system's REST API. It is written from the documentation and tested against a server
 * that answers as documented, not against the live service.
 */
interface Preset {
  readonly kind: string;
  readonly title: string;
  /** The pages it was written from. */
  readonly documentation: readonly string[];
  /** The usual address, without a slash at the end. */
  readonly url: string;
  /** Settings besides the address, and what each is. `{name}` in the description stands for the value. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The same of credentials. */
  readonly credentials: Readonly<Record<string, string>>;
  /** @param url the address, without a slash at the end */
  describe(
    url: string,
  ): { readonly headers: Readonly<Record<string, string>> } & (
    | ({ readonly form: 'switch' } & SwitchDescription)
    | ({ readonly form: 'downtime' } & DowntimeDescription)
  );
}

const PRESETS: readonly Preset[] = [
  {
    kind: 'better-stack',
    title: 'Better Stack',
    documentation: [
      'https://betterstack.com/docs/uptime/pausing-monitors-and-maintenances/',
      'https://betterstack.com/docs/uptime/api/update-an-existing-monitor/',
      'https://betterstack.com/docs/uptime/api/list-all-existing-monitors/',
    ],
    url: 'https://uptime.betterstack.com',
    credentials: { token: 'The API token of the team, from its settings.' },
    describe(url) {
      const check = `${url}/api/v2/monitors/{check}`;
      const status = '/data/attributes/status';
      return {
        form: 'switch',
        headers: { Authorization: 'Bearer {token}' },
        off: { method: 'PATCH', url: check, json: { paused: true }, shows: status },
        on: { method: 'PATCH', url: check, json: { paused: false }, shows: status },
        state: { method: 'GET', url: check, state: status, failing: status },
        states: { off: ['paused'], failing: ['down'] },
        list: listAt(`${url}/api/v2/monitors?per_page=250`, '/data', {
          next: '/pagination/next',
          name: '/attributes/pronounceable_name',
          state: '/attributes/status',
          failing: '/attributes/status',
          tags: undefined,
        }),
      };
    },
  },
  {
    // The documentation calls this update deprecated; its successors differ by the type of a check. It does not say that
    // an update leaves other fields unchanged.
    kind: 'checkly',
    title: 'Checkly',
    documentation: [
      'https://www.checklyhq.com/docs/api-reference/checks/update-a-check',
      'https://www.checklyhq.com/docs/api-reference/checks/list-all-checks',
      'https://www.checklyhq.com/docs/api-reference/check-status/retrieve-check-status-details',
    ],
    url: 'https://api.checklyhq.com',
    settings: { account: 'The account id, from the settings of the account.' },
    credentials: { token: 'An API key, from the settings of the user.' },
    describe(url) {
      const check = `${url}/v1/checks/{check}`;
      const update = `${check}?autoAssignAlerts=false`;
      return {
        form: 'switch',
        headers: { Authorization: 'Bearer {token}', 'X-Checkly-Account': '{account}' },
        off: { method: 'PUT', url: update, json: { activated: false }, shows: '/activated' },
        on: { method: 'PUT', url: update, json: { activated: true }, shows: '/activated' },
        state: { method: 'GET', url: check, state: '/activated' },
        result: { method: 'GET', url: `${url}/v1/check-statuses/{check}`, failing: '/hasFailures' },
        states: { off: [false], on: [true], failing: [true] },
        list: listAt(`${url}/v1/checks?limit=100&page={page}`, '', { state: '/activated' }),
      };
    },
  },
  {
    kind: 'datadog',
    title: 'Datadog',
    documentation: [
      'https://docs.datadoghq.com/api/latest/downtimes/',
      'https://docs.datadoghq.com/api/latest/monitors/get-all-monitors/',
      'https://docs.datadoghq.com/api/latest/monitors/get-a-monitors-details/',
    ],
    url: 'https://api.datadoghq.com',
    credentials: {
      api_key: 'An API key, from Organization Settings.',
      application_key: 'An application key that may read monitors and manage downtimes.',
    },
    describe(url) {
      const downtime = `${url}/api/v2/downtime/{downtime}`;
      const createdFor = { monitor_identifier: { monitor_id: '{check:number}' }, scope: '*' };
      const created = { ...createdFor, message: '{comment}', schedule: { start: null, end: '{until}' } };
      const changed = { message: '{comment}', schedule: { end: '{until}' } };
      return {
        form: 'downtime',
        headers: { 'DD-API-KEY': '{api_key}', 'DD-APPLICATION-KEY': '{application_key}' },
        find: {
          method: 'GET',
          url: `${url}/api/v2/downtime?current_only=false&page[limit]=100&page[offset]={offset}`,
          items: '/data',
          id: '/id',
          check: '/attributes/monitor_identifier/monitor_id',
          comment: '/attributes/message',
          state: '/attributes/status',
          inForce: ['active', 'scheduled'],
        },
        create: {
          method: 'POST',
          url: `${url}/api/v2/downtime`,
          json: { data: { type: 'downtime', attributes: created } },
        },
        change: {
          method: 'PATCH',
          url: downtime,
          json: { data: { type: 'downtime', id: '{downtime}', attributes: changed } },
        },
        // 404: it is gone.
        cancel: { method: 'DELETE', url: downtime, accepts: [404] },
        result: { method: 'GET', url: `${url}/api/v1/monitor/{check}`, failing: '/overall_state' },
        states: { failing: ['Alert'] },
        list: listAt(`${url}/api/v1/monitor?page={page}&page_size=1000`, '', {
          firstPage: 0,
          failing: '/overall_state',
        }),
      };
    },
  },
  {
    // A paused check is resumed by its next ping unless it has "manual resume"; then Lull reports that it was unmuted.
    kind: 'healthchecks',
    title: 'Healthchecks',
    documentation: ['https://healthchecks.io/docs/api/'],
    url: 'https://healthchecks.io',
    credentials: { token: 'A read-write API key, from the settings of the project.' },
    describe(url) {
      const check = `${url}/api/v3/checks/{check}`;
      return {
        form: 'switch',
        headers: { 'X-Api-Key': '{token}' },
        off: { method: 'POST', url: `${check}/pause`, shows: '/status' },
        // 409: it is not paused.
        on: { method: 'POST', url: `${check}/resume`, shows: '/status', accepts: [409] },
        state: { method: 'GET', url: check, state: '/status', failing: '/status' },
        states: { off: ['paused'], failing: ['down'] },
        list: listAt(`${url}/api/v3/checks/`, '/checks', { id: '/uuid', state: '/status', failing: '/status' }),
      };
    },
  },
  {
    kind: 'pingdom',
    title: 'Pingdom',
    documentation: ['https://docs.pingdom.com/api/'],
    url: 'https://api.pingdom.com/api/3.1',
    credentials: { token: 'An API token with read and write access, from Settings, Pingdom API.' },
    describe: (url) => ({
      form: 'switch',
      headers: { Authorization: 'Bearer {token}' },
      off: { method: 'PUT', url: `${url}/checks/{check}`, json: { paused: true } },
      on: { method: 'PUT', url: `${url}/checks/{check}`, json: { paused: false } },
      state: { method: 'GET', url: `${url}/checks/{check}`, state: '/check/status', failing: '/check/status' },
      // "unconfirmed_down" may yet be nothing.
      states: { off: ['paused'], failing: ['down'] },
      list: listAt(`${url}/checks?include_tags=true&limit=1000&offset={offset}`, '/checks', {
        state: '/status',
        failing: '/status',
      }),
    }),
  },
  {
    kind: 'statuscake',
    title: 'StatusCake',
    documentation: ['https://developers.statuscake.com/api/'],
    url: 'https://api.statuscake.com',
    credentials: { token: 'An API token, from My Account.' },
    describe: (url) => ({
      form: 'switch',
      headers: { Authorization: 'Bearer {token}' },
      off: { method: 'PUT', url: `${url}/v1/uptime/{check}`, form: { paused: 'true' } },
      on: { method: 'PUT', url: `${url}/v1/uptime/{check}`, form: { paused: 'false' } },
      state: { method: 'GET', url: `${url}/v1/uptime/{check}`, state: '/data/paused', failing: '/data/status' },
      states: { off: [true], on: [false], failing: ['down'] },
      list: listAt(`${url}/v1/uptime?limit=100&page={page}`, '/data', { state: '/paused', failing: '/status' }),
    }),
  },
  {
    kind: 'uptimerobot',
    title: 'UptimeRobot',
    documentation: ['https://uptimerobot.com/api/v3/'],
    url: 'https://api.uptimerobot.com/v3',
    credentials: { token: 'The main API key, from Integrations & API.' },
    describe: (url) => ({
      form: 'switch',
      headers: { Authorization: 'Bearer {token}' },
      off: { method: 'POST', url: `${url}/monitors/{check}/pause`, shows: '/status' },
      on: { method: 'POST', url: `${url}/monitors/{check}/start`, shows: '/status' },
      state: { method: 'GET', url: `${url}/monitors/{check}`, state: '/status', failing: '/status' },
      // "LOOKS_DOWN" may yet be nothing.
      states: { off: ['PAUSED'], failing: ['DOWN'] },
      list: listAt(`${url}/monitors?limit=200`, '/data', {
        next: '/nextLink',
        name: '/friendlyName',
        state: '/status',
        failing: '/status',
      }),
      // The smallest plan allows ten requests a minute.
      concurrency: 2,
    }),
  },
];

/** The request for all checks, with the usual fields of an item. */
function listAt(url: string, items: string, fields: Partial<List>): List {
  return { method: 'GET', url, items, id: '/id', name: '/name', tags: '/tags', ...fields };
}

/** A kind of provider for each preset. */
export const PRESET_KINDS: readonly ProviderKind[] = PRESETS.map(toKind);

function toKind({ kind, title, documentation, url, describe, ...preset }: Preset) {
  const address = addressSetting.default(url).describe(`Where its interface is; leave it out for ${url}.`);
  const settings = z.object({ url: address, ...toTextFields(preset.settings ?? {}) });
  const credentials = z.object(toTextFields(preset.credentials));
  const presetKind: ProviderKind<typeof settings, typeof credentials> = {
    kind,
    title,
    writtenFrom: documentation,
    settings,
    credentials,
    addresses: (given) => [given.url],
    connect(given, secrets, context) {
      const description = describe(given.url);
      const http = new ProviderHttp(title, context.fetch, { secrets: Object.values(secrets) });
      const system = new System(http, description.headers, { ...given, ...secrets });
      return description.form === 'switch' ? switches(system, description) : downtimes(system, description, context);
    },
  };
  return presetKind;
}

function toTextFields(described: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(described).map(([name, description]) => [name, z.string().min(1).describe(description)]),
  );
}
