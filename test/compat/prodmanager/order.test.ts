import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';

let at: TestServer;
let id: number;
let tokens: { none: undefined; wrong: string; reading: string; admin: string };
beforeAll(async () => {
  at = await startTestServer();
  const service = await at.service('api');
  id = (await schedule(at.ctx, at.ana, at.input({ services: [service.id] }))).id;
  tokens = { none: undefined, wrong: 'wrong', reading: await at.token('read'), admin: ADMIN_TOKEN };
});
afterAll(() => at.close());

const send = async (method: string, path: string, by: keyof typeof tokens, body?: string) => {
  const token = tokens[by];
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await at.send(method, `/api${path.replace('ID', String(id))}`, {
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  return { ...answer, body: answer.text === '' ? null : JSON.parse(answer.text) };
};

describe('a wrong token', () => {
  test.each([
    ['GET', '/maintenance'],
    ['GET', '/maintenance/999999'],
    ['GET', '/maintenance?page=x'],
    ['GET', '/maintenance/nothing/here'],
    ['PUT', '/maintenance/1'],
    ['POST', '/maintenance/999999/update'],
    ['GET', '/scope'],
    ['GET', '/monitor'],
    ['GET', '/incident'],
    ['GET', '/weather/monitor'],
  ])('is 401 before anything else: %s %s', async (method, path) => {
    expect(await send(method, path, 'wrong')).toMatchObject({
      status: 401,
      body: { message: 'Token validation failed', reasons: { token: [expect.any(String)] } },
    });
  });
});

describe('a change', () => {
  test.each([
    ['/maintenance/create', 'Maintenance creation failed'],
    ['/maintenance', 'Maintenance creation failed'],
    ['/maintenance/ID/update', 'Maintenance update failed'],
    ['/maintenance/999999/update', 'Maintenance update failed'],
    ['/maintenance/999999/comment', 'Maintenance comment failed'],
    ['/maintenance/999999/comment/create', 'Maintenance comment failed'],
    ['/maintenance/999999/delete', 'Maintenance deletion failed'],
    ['/scope/create', 'Scope creation failed'],
    ['/scope/999999/update', 'Scope update failed'],
    ['/scope/999999/delete', 'Scope deletion failed'],
    ['/service/create', 'Service creation failed'],
    ['/service/999999/update', 'Service update failed'],
    ['/service/999999/delete', 'Service deletion failed'],
  ])('without permission is 403 before 404 and 400: %s', async (path, message) => {
    for (const by of ['none', 'reading'] as const) {
      for (const body of ['{', '{}', undefined]) {
        const answer = await send('POST', path, by, body);
        expect([answer.status, answer.body]).toEqual([403, { message, reasons: { token: [expect.any(String)] } }]);
      }
    }
    expect((await send('POST', path, 'admin', '{')).status).toBe(path.endsWith('/delete') ? 404 : 400);
  });
});

describe('a method', () => {
  test.each([
    ['/maintenance', 'GET, HEAD, POST, OPTIONS', ['PUT', 'PATCH', 'DELETE']],
    ['/maintenance/create', 'POST, OPTIONS', ['GET', 'HEAD', 'PUT']],
    ['/maintenance/ID', 'GET, HEAD, OPTIONS', ['POST', 'PUT', 'PATCH', 'DELETE']],
    ['/maintenance/ID/update', 'POST, OPTIONS', ['GET', 'PUT']],
    ['/maintenance/ID/comment', 'POST, OPTIONS', ['GET', 'DELETE']],
    ['/maintenance/ID/comment/create', 'POST, OPTIONS', ['GET']],
    ['/maintenance/ID/delete', 'POST, OPTIONS', ['GET', 'DELETE']],
    ['/maintenance/ID/calendar', 'GET, HEAD, OPTIONS', ['POST']],
    ['/scope', 'GET, HEAD, POST, OPTIONS', ['DELETE']],
    ['/scope/create', 'POST, OPTIONS', ['GET']],
    ['/service/1/delete', 'POST, OPTIONS', ['GET']],
    ['/incident/1', 'GET, HEAD, OPTIONS', ['POST']],
  ])('that %s does not have is 405 with those it has', async (path, allow, methods) => {
    for (const method of methods) {
      for (const by of ['none', 'admin'] as const) {
        const { status, headers, body } = await send(method, path, by);
        expect([method, status, headers.allow]).toEqual([method, 405, allow]);
        if (method !== 'HEAD') expect(body).toEqual({ message: expect.any(String) });
      }
    }
    expect(await send('OPTIONS', path, 'none')).toMatchObject({ status: 200, headers: { allow }, text: '' });
  });

  test('HEAD answers as GET, without the body', async () => {
    expect(await send('HEAD', '/maintenance', 'none')).toMatchObject({
      status: 200,
      headers: { 'x-total': '1' },
      text: '',
    });
  });
});

test.each(['/maintenance/x', '/maintenance/1/nothing', '/maintenance/', '/scope/-1', '/monitor/a b/c', '/incident/x'])(
  'nothing is at %s, which is a 404 with a message',
  async (path) => {
    for (const by of ['none', 'admin'] as const) {
      const { status, body } = await send('GET', encodeURI(path), by);
      expect([status, body]).toEqual([404, { message: expect.stringContaining('There is nothing at GET /api') }]);
    }
  },
);
