import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from './served.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

/** Longer than it takes to close a connection with an unread body, in milliseconds. */
const CLOSED_BY_THEN = 1_000;

test.each([
  ['with a wrong token', 'PUT', '/api/v1/catalogue', 900_000, 401],
  ['with a wrong token and a short body', 'POST', '/api/v1/maintenances', 200, 401],
  ['that is too large', 'POST', '/api/v1/maintenances', 2_000_000, 413, ADMIN_TOKEN],
  ['to a path that does not exist', 'POST', '/nowhere', 900_000, 404],
])(
  'a request %s does not break the next requests on its connection',
  async (_, method, path, size, status, token = 'x') => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const sent = async (to: string, { body = '', ...rest }: { method?: string; body?: string } = {}) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': String(body.length),
        authorization: `Bearer ${token}`,
      };
      const asked = request(`${at.url}${to}`, { agent, headers, ...rest });
      asked.end(body);
      const [answer] = await once(asked, 'response');
      ports.add(answer.socket.localPort);
      await once(answer.resume(), 'end');
      return answer.statusCode;
    };
    try {
      expect(await sent(path, { method, body: `"${'x'.repeat(size)}"` })).toBe(status);
      const until = performance.now() + CLOSED_BY_THEN;
      while (performance.now() < until) expect(await sent('/healthz')).toBe(200);
      expect(ports.size).toBe(1);
    } finally {
      agent.destroy();
    }
  },
);
