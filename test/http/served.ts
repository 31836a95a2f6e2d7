import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { advanceOne } from '../../src/actions/advance.ts';
import { planOne } from '../../src/actions/plan-runs.ts';
import { builtin } from '../../src/checks/builtin/provider.ts';
import type { Rights } from '../../src/domain/tokens.ts';
import { enforce } from '../../src/effects/enforce.ts';
import { httpApp } from '../../src/http/app.ts';
import { readRegister, writeRegister } from '../../src/store/catalogue.ts';
import { hashToken } from '../../src/store/tokens.ts';
import { connected } from '../checks/connected.ts';
import { only } from '../effects/monitoring.ts';
import { silent, world } from '../world.ts';

export const ADMIN_TOKEN = 'a-token-for-the-tests';

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The HTTP interface on a port of its own, over an account on a database of its own; time and effects go on when told to. */
export async function served() {
  const w = await world();
  const { database } = w.ground;
  const register = builtin({
    read: (ids) => readRegister(database, ids),
    write: (ids, enabled) => writeRegister(database, ids, enabled),
  });
  const app = httpApp({
    ground: w.ground,
    providers: connected(database),
    authentication: { ground: w.ground, adminToken: ADMIN_TOKEN, account: async () => w.account.id },
    edge: { corsOrigins: [], requestsPerMinute: 100_000, proxies: 0 },
    readiness: { database: async () => true, scheduler: () => true, slack: async () => true },
    log: silent,
  });
  const server = createServer(getRequestListener(app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    ...w,
    url: `http://127.0.0.1:${port}`,
    /** One request as it is on the wire: also a GET with a body, which `fetch` does not send. Redirects are not followed. */
    async send(method: string, path: string, { headers = {}, body }: Sent = {}): Promise<Answered> {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const asked = request({ host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } });
      asked.end(body);
      const [answer] = await once(asked, 'response');
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      return { status: answer.statusCode, headers: answer.headers, text };
    },
    /** A token of an account, by default the one of the world. */
    async token(rights: Rights, accountId = w.account.id): Promise<string> {
      const token = `${rights}-${crypto.randomUUID()}`;
      await database.apiToken.create({
        data: { accountId, name: `a ${rights} token`, hash: hashToken(token), rights },
      });
      return token;
    },
    /** Moves everything that is due, and then the checks. */
    async settle(accountId = w.account.id): Promise<void> {
      while ((await advanceOne(w.ground)).outcome === 'moved' || (await planOne(w.ground)).outcome === 'moved');
      await enforce(w.ground, only(register), silent, { accountId, provider: 'builtin' });
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await w.close();
    },
  };
}
export type Served = Awaited<ReturnType<typeof served>>;
