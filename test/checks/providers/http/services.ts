import type { Got } from '../../../platform/outbound/peer.ts';

/** A check of a service, as all of them have it in some form. */
export interface ServiceCheck {
  name: string;
  on: boolean;
  tags: readonly string[];
  /** What it watches is down. */
  fails?: boolean;
}

export type Checks = Map<string, ServiceCheck>;

export interface Said {
  readonly status: number;
  readonly body?: unknown;
}

export interface Asked extends Got {
  readonly url: URL;
  /** The body, where it is JSON. */
  readonly json: { readonly [name: string]: unknown };
}

/** What a service answers, in the shapes of its documentation. */
export interface Service {
  readonly kind: string;
  /** What it takes as an id, and as another one. */
  readonly ids: readonly [string, string];
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its interface begins, after the host. */
  readonly base: string;
  /** Whether it knows who asks. */
  readonly knows: (headers: Got['headers']) => boolean;
  readonly answer: (asked: Asked, checks: Checks) => Said;
}

const bearer = (headers: Got['headers']) => headers.authorization === 'Bearer secret-token';
const missing: Said = { status: 404, body: { error: 'Not found' } };

/** The pages of a list, two items each. */
function page<T>(all: readonly T[], from: number): readonly T[] {
  return all.slice(from, from + 2);
}

/** @see https://healthchecks.io/docs/api/ */
const healthchecks: Service = {
  kind: 'healthchecks',
  ids: ['31365bce-8da9-4729-8ff3-aaa71d56b712', '803f680d-e89b-492b-82ef-2be7b774a92d'],
  base: '',
  knows: (headers) => headers['x-api-key'] === 'secret-token',
  answer: ({ method, url }, checks) => {
    const shown = (uuid: string, { name, on, tags, fails }: ServiceCheck) => ({
      name,
      slug: '',
      tags: tags.join(' '),
      desc: '',
      grace: 3600,
      n_pings: 0,
      status: !on ? 'paused' : fails ? 'down' : 'up',
      started: false,
      manual_resume: false,
      uuid,
    });
    if (url.pathname === '/api/v3/checks/') {
      return { status: 200, body: { checks: [...checks].map(([uuid, check]) => shown(uuid, check)) } };
    }
    const [, uuid = '', verb] = /^\/api\/v3\/checks\/([^/]+)(?:\/(pause|resume))?$/.exec(url.pathname) ?? [];
    const check = checks.get(uuid);
    if (check === undefined) return missing;
    if (verb === undefined) return { status: 200, body: shown(uuid, check) };
    if (method !== 'POST') return { status: 405 };
    if (verb === 'resume' && check.on) return { status: 409, body: { error: 'check is not paused' } };
    check.on = verb === 'resume';
    return { status: 200, body: { ...shown(uuid, check), status: check.on ? 'new' : 'paused' } };
  },
};

/** @see https://betterstack.com/docs/uptime/api/list-all-existing-monitors/ */
const betterStack: Service = {
  kind: 'better-stack',
  ids: ['225493', '225494'],
  base: '',
  knows: bearer,
  answer: ({ method, url, json }, checks) => {
    const shown = (id: string, { name, on, fails }: ServiceCheck) => ({
      id,
      type: 'monitor',
      attributes: {
        url: 'https://example.com',
        pronounceable_name: name,
        monitor_type: 'status',
        status: !on ? 'paused' : fails ? 'down' : 'up',
        paused_at: on ? null : '2020-09-01T14:17:46.000Z',
      },
    });
    if (url.pathname === '/api/v2/monitors') {
      const number = Number(url.searchParams.get('page') ?? 1);
      const all = [...checks].map(([id, check]) => shown(id, check));
      const next = number * 2 < all.length ? `${url.origin}/api/v2/monitors?page=${number + 1}` : null;
      return {
        status: 200,
        body: { data: page(all, (number - 1) * 2), pagination: { first: 'x', last: 'x', prev: null, next } },
      };
    }
    const id = /^\/api\/v2\/monitors\/(\d+)$/.exec(url.pathname)?.[1] ?? '';
    const check = checks.get(id);
    if (check === undefined) return { status: 404, body: { errors: 'Resource with provided ID was not found' } };
    if (method === 'PATCH' && typeof json.paused === 'boolean') check.on = !json.paused;
    return { status: 200, body: { data: shown(id, check) } };
  },
};

/** @see https://uptimerobot.com/api/v3/ */
const uptimerobot: Service = {
  kind: 'uptimerobot',
  ids: ['803767164', '803767165'],
  base: '/v3',
  knows: bearer,
  answer: ({ method, url }, checks) => {
    const shown = (id: string, { name, on, tags, fails }: ServiceCheck) => ({
      id: Number(id),
      friendlyName: name,
      url: 'https://example.com',
      type: 'HTTP',
      status: !on ? 'PAUSED' : fails ? 'DOWN' : 'UP',
      tags: tags.map((tag, index) => ({ id: index, name: tag, color: null })),
    });
    if (url.pathname === '/v3/monitors') {
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const all = [...checks].map(([id, check]) => shown(id, check));
      const nextLink = from + 2 < all.length ? `/v3/monitors?limit=200&cursor=${from + 2}` : null;
      return { status: 200, body: { data: page(all, from), nextLink } };
    }
    const [, id = '', verb] = /^\/v3\/monitors\/(\d+)(?:\/(pause|start))?$/.exec(url.pathname) ?? [];
    const check = checks.get(id);
    if (check === undefined) return { status: 404, body: { error: true, message: 'Monitor not found' } };
    if (verb !== undefined && method === 'POST') check.on = verb === 'start';
    return { status: 200, body: shown(id, check) };
  },
};

/** @see https://docs.pingdom.com/api/ */
const pingdom: Service = {
  kind: 'pingdom',
  ids: ['85975', '161748'],
  base: '/api/3.1',
  knows: bearer,
  answer: ({ method, url, json }, checks) => {
    const shown = (id: string, { name, on, tags, fails }: ServiceCheck) => ({
      id: Number(id),
      name,
      hostname: 'example.com',
      resolution: 1,
      type: 'http',
      status: !on ? 'paused' : fails ? 'down' : 'up',
      tags: tags.map((tag) => ({ name: tag, type: 'u', count: 1 })),
    });
    if (url.pathname === '/api/3.1/checks') {
      const all = [...checks].map(([id, check]) => shown(id, check));
      const checksShown = page(all, Number(url.searchParams.get('offset') ?? 0));
      return { status: 200, body: { checks: checksShown, counts: { total: all.length, limited: checksShown.length } } };
    }
    const id = /^\/api\/3\.1\/checks\/(\d+)$/.exec(url.pathname)?.[1] ?? '';
    const check = checks.get(id);
    if (check === undefined) {
      const error = { statuscode: 404, statusdesc: 'Not Found', errormessage: 'Check not found' };
      return { status: 404, body: { error } };
    }
    if (method === 'GET') return { status: 200, body: { check: shown(id, check) } };
    if (typeof json.paused === 'boolean') check.on = !json.paused;
    return { status: 200, body: { message: 'Modification of check was successful!' } };
  },
};

/** @see https://developers.statuscake.com/api/ */
const statuscake: Service = {
  kind: 'statuscake',
  ids: ['2874301', '2874302'],
  base: '',
  knows: bearer,
  answer: ({ method, url, body }, checks) => {
    const shown = (id: string, { name, on, tags, fails }: ServiceCheck) => ({
      id,
      name,
      website_url: 'https://example.com',
      test_type: 'HTTP',
      check_rate: 300,
      paused: !on,
      status: fails ? 'down' : 'up',
      tags,
    });
    if (url.pathname === '/v1/uptime') {
      const number = Number(url.searchParams.get('page') ?? 1);
      const all = [...checks].map(([id, check]) => shown(id, check));
      const metadata = { page: number, per_page: 2, page_count: Math.ceil(all.length / 2), total_count: all.length };
      return { status: 200, body: { data: page(all, (number - 1) * 2), metadata } };
    }
    const id = /^\/v1\/uptime\/(\d+)$/.exec(url.pathname)?.[1] ?? '';
    const check = checks.get(id);
    if (check === undefined) return { status: 404, body: { message: 'No results found', errors: {} } };
    if (method === 'GET') return { status: 200, body: { data: shown(id, check) } };
    check.on = new URLSearchParams(body).get('paused') === 'false';
    return { status: 204 };
  },
};

/** @see https://www.checklyhq.com/docs/api-reference/checks/update-a-check */
const checkly: Service = {
  kind: 'checkly',
  ids: ['6e2b2b8a-7a4b-4a7e-9a34-1d4d3b1f0a11', '0c0c0c8a-7a4b-4a7e-9a34-1d4d3b1f0a12'],
  settings: { account: '438c6b1f-account' },
  base: '',
  knows: (headers) => bearer(headers) && headers['x-checkly-account'] === '438c6b1f-account',
  answer: ({ method, url, json }, checks) => {
    const shown = (id: string, { name, on, tags }: ServiceCheck) => ({
      id,
      checkType: 'API',
      name,
      frequency: 10,
      activated: on,
      muted: false,
      tags,
    });
    if (url.pathname === '/v1/checks') {
      const number = Number(url.searchParams.get('page') ?? 1);
      return {
        status: 200,
        body: page(
          [...checks].map(([id, check]) => shown(id, check)),
          (number - 1) * 2,
        ),
      };
    }
    const [, resource, id = ''] = /^\/v1\/(checks|check-statuses)\/([^/]+)$/.exec(url.pathname) ?? [];
    const check = checks.get(id);
    if (check === undefined)
      return { status: 404, body: { statusCode: 404, error: 'Not Found', message: 'Not Found' } };
    if (resource === 'check-statuses') {
      const hasFailures = check.fails === true;
      return { status: 200, body: { name: check.name, checkId: id, hasFailures, hasErrors: false, isDegraded: false } };
    }
    if (method === 'PUT' && typeof json.activated === 'boolean') check.on = json.activated;
    return { status: 200, body: shown(id, check) };
  },
};

/** Those in which a check is on or off. */
export const SWITCHES: readonly Service[] = [healthchecks, betterStack, uptimerobot, pingdom, statuscake, checkly];
