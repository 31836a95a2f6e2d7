import { Hono } from 'hono';
import type { Rights } from '../../../src/access/rules.ts';
import { hashToken } from '../../../src/access/token-repository.ts';
import { apiV1 } from '../../../src/app/http-v1.ts';
import type { Lister } from '../../../src/checks/sync.ts';
import { connected } from '../../checks/providers/connected.ts';
import { silent, type World } from '../../world.ts';

export const ADMIN = 'the-admin-token-of-the-tests';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on arbitrary JSON.
  readonly body: any;
}

/** Calls API v1 in memory, without a network. @param list lists the checks of a monitoring system */
export function calling(w: World, { list }: { list?: Lister } = {}) {
  const app = new Hono();
  const providers = connected(w.ctx.database);
  const authentication = { ctx: w.ctx, adminToken: ADMIN, account: async () => w.account.id };
  app.route(
    '/api/v1',
    apiV1({ ctx: w.ctx, providers: { ...providers, ...(list && { list }) } }, authentication, silent),
  );

  /** Sends a JSON request. `token: null` sends none; `headers` are added. */
  async function call(
    method: string,
    path: string,
    body?: unknown,
    { token = ADMIN, headers = {} }: { token?: string | null; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    return send(path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** Sends a request as given. */
  async function send(path: string, request: RequestInit): Promise<Reply> {
    const response = await app.request(path.startsWith('/api') ? path : `/api/v1${path}`, request);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const body = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  }

  return {
    call,
    send,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers && { headers }),
    post: (path: string, body?: unknown, headers?: Record<string, string>) =>
      call('POST', path, body, headers && { headers }),
    anonymous: (path: string) => call('GET', path, undefined, { token: null }),
    /** Creates a token with these rights. */
    async token(rights: Rights): Promise<string> {
      const text = `token-${rights}-${Math.random()}`;
      await w.ctx.database.apiToken.create({
        data: {
          accountId: w.account.id,
          name: rights,
          hash: hashToken(text),
          rights,
          purpose: 'Tests',
          createdById: 'U0ANA',
          createdByName: 'Ana',
        },
      });
      return text;
    },
    /** The instant in so many minutes, as ISO 8601. */
    in: (minutes: number) => new Date(w.clock.now().getTime() + minutes * 60_000).toISOString(),
  };
}
export type Calling = ReturnType<typeof calling>;
