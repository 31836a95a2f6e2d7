import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { start } from '../../../src/maintenance/commands/transitions.ts';
import { hours } from '../../world.ts';
import { startTestServer, type TestServer } from '../served.ts';

let at: TestServer;
let admin: string;
let reader: string;
beforeAll(async () => {
  at = await startTestServer();
  admin = await at.token('admin');
  reader = await at.token('read');
});
afterAll(() => at.close());

const SECRET = 'a-token-that-nobody-may-see';

async function api(method: string, path: string, body?: unknown, token = admin, headers = {}) {
  const answer = await at.send(method, `/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text), text: answer.text };
}
const add = (name: string, more: object = {}) =>
  api('POST', '/providers', { name, kind: 'nodeping', credentials: { token: SECRET }, ...more });

describe('a monitoring system', () => {
  test('is created, listed with its health, updated and deleted', async () => {
    expect((await add('nodeping-eu')).status).toBe(201);
    const { body } = await api('GET', '/providers', undefined, reader);
    expect(body.items).toMatchObject([
      {
        name: 'nodeping-eu',
        kind: 'nodeping',
        enabled: true,
        healthy: true,
        checks: 0,
        last_ok: null,
        last_error: null,
      },
    ]);
    expect((await api('PATCH', '/providers/nodeping-eu', { enabled: false })).body.enabled).toBe(false);
    expect((await api('DELETE', '/providers/nodeping-eu')).status).toBe(200);
    expect((await api('GET', '/providers/nodeping-eu')).status).toBe(404);
  });

  test('never reveals its credentials in responses, in the audit log, or as plain text in the database', async () => {
    const added = await add('secretive');
    const changed = await api('PATCH', '/providers/secretive', { credentials: { token: `${SECRET}-2` } });
    const listed = await api('GET', '/providers');
    for (const { text } of [added, changed, listed]) expect(text).not.toContain(SECRET);
    const rows = await at.ctx.database.provider.findMany();
    const events = await at.ctx.database.auditEvent.findMany({
      where: { subjectKind: 'provider', subjectId: 'secretive' },
    });
    expect(JSON.stringify([rows, events])).not.toContain(SECRET);
    expect(events.map(({ type, after }) => [type, (after as { credentials: unknown }).credentials])).toEqual([
      ['provider.added', ['token']],
      ['provider.changed', ['token']],
    ]);
  });

  test.each([
    ['webhook', { url: 'https://user:pass@a.test/' }],
    ['icinga2', { url: 'https://user:pass@a.test/' }],
    [
      'http',
      { off: { method: 'POST', url: 'https://user:pass@a.test/' }, on: { method: 'POST', url: 'https://a.test/' } },
    ],
  ])('of the kind %s has no user or password in an address', async (kind, settings) => {
    const { body } = await add('credentialed', { kind, settings, credentials: {} });
    expect(body.detail).toContain('Leave the user and the password out of the address');
  });

  test('is recorded, and shown to all but admins, without what may be a secret in its addresses and in what it sends', async () => {
    const request = (path: string) => ({ method: 'POST', url: `https://a.test/${path}?key=${SECRET}` });
    const headers = { authorization: `Bearer ${SECRET}`, 'x-check': '{token}' };
    const on = { ...request('on'), json: { key: [SECRET] } };
    const settings = { off: request('off'), on, headers };
    const credentials = { token: 'a' };
    expect((await add('described', { kind: 'http', settings, credentials })).status).toBe(201);
    for (const path of ['/providers', '/providers/described']) {
      expect((await api('GET', path, undefined, reader)).text).not.toContain(SECRET);
      expect((await api('GET', path)).text).toContain(SECRET);
    }
    const form = { form: { key: SECRET } };
    await api('PATCH', '/providers/described', { settings: { ...settings, on: { ...request('of'), ...form } } });
    const url = `https://a.test/hook/${SECRET}`;
    const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
    expect((await add('hooked', { kind: 'webhook', settings: { url }, credentials: { secret } })).status).toBe(201);
    for (const name of ['described', 'hooked']) await api('DELETE', `/providers/${name}`);
    const events = await at.ctx.database.auditEvent.findMany({ where: { subjectId: { in: ['described', 'hooked'] } } });
    expect(events.map(({ type }) => type.slice(9)).sort()).toEqual(['added', 'added', 'changed', 'removed', 'removed']);
    expect(JSON.stringify(events)).not.toContain(SECRET);
    expect(events[0]?.after).toMatchObject({
      settings: { off: { url: 'https://a.test/off?…' }, headers: { 'x-check': '{token}' } },
    });
  });

  test('has a Location, and is changed only with a current ETag', async () => {
    const { headers } = await add('seen');
    expect(headers.location).toBe('/api/v1/providers/seen');
    const tag = { 'if-match': headers.etag };
    expect((await api('PATCH', '/providers/seen', { enabled: false }, admin, tag)).status).toBe(200);
    expect((await api('PATCH', '/providers/seen', { enabled: true }, admin, tag)).status).toBe(412);
    expect((await api('DELETE', '/providers/seen', undefined, admin, tag)).status).toBe(412);
    expect((await api('GET', '/providers/seen')).body.enabled).toBe(false);
  });

  test('with a placeholder for a credential requires that credential', async () => {
    const request = (muted: boolean) => ({ method: 'PUT', url: 'https://example.com/{check}', json: { muted } });
    const settings = { off: request(true), on: request(false), headers: { Authorization: 'Bearer {token}' } };
    const bare = { name: 'theirs', kind: 'http', settings, credentials: {} };
    const message = 'credentials.token is missing, and {token} stands in the settings. Give it, or take that out.';
    const refused = { status: 400, body: { errors: [{ field: 'credentials.token', message }] } };
    expect(await api('POST', '/providers', bare)).toMatchObject(refused);
    expect((await api('POST', '/providers', { ...bare, credentials: { token: SECRET } })).status).toBe(201);
    expect(await api('PATCH', '/providers/theirs', { credentials: {} })).toMatchObject(refused);
    const open = { ...settings, headers: {} };
    expect((await api('PATCH', '/providers/theirs', { settings: open, credentials: {} })).status).toBe(200);
    expect(await api('PATCH', '/providers/theirs', { settings })).toMatchObject(refused);
  });

  test.each([
    ['http', {}, 'settings.off is missing. Expected an object.'],
    [
      'alertmanager',
      { url: 'ftp://example.com' },
      'settings.url: Expected an address, such as https://monitoring.example.com.',
    ],
    ['alertmanager', { url: 'https://example.com', margin: 0 }, 'settings.margin: Expected 1 or more.'],
    ['alertmanager', { url: 'https://example.com', margin: 'x' }, 'settings.margin: Expected a number.'],
    ['checkly', { account: '' }, 'settings.account: It is empty.'],
  ])(
    'of the kind %s with the invalid settings %j gets an error that says what is expected',
    async (kind, settings, message) => {
      const { status, body } = await api('POST', '/providers', { name: 'wrong', kind, settings, credentials: {} });
      expect(status).toBe(400);
      expect(body.errors.map((each: { message: string }) => each.message)).toContain(message);
    },
  );

  test('cannot have the name of a neighboring route', async () => {
    expect(await add('kinds')).toMatchObject({ status: 400, body: { errors: [{ field: 'name' }] } });
  });

  test('can be created, updated and deleted by admins only', async () => {
    const writer = await at.token('write');
    const input = { name: 'n', kind: 'nodeping', credentials: { token: SECRET } };
    expect((await api('POST', '/providers', input, writer)).status).toBe(403);
    expect((await api('PATCH', '/providers/secretive', { enabled: false }, writer)).status).toBe(403);
    expect((await api('DELETE', '/providers/secretive', undefined, writer)).status).toBe(403);
  });

  test.each<[string, object, string]>([
    ['a name with invalid characters', { name: 'Node Ping' }, 'name'],
    ['the name of the built-in provider', { name: 'builtin' }, 'name'],
    ['a kind that does not exist', { kind: 'nagios' }, 'kind'],
    ['no credentials', { credentials: {} }, 'credentials.token'],
    ['a setting that the kind does not have', { settings: { token: SECRET } }, 'settings.token'],
    ['an invalid URL', { settings: { url: 'nodeping' } }, 'settings.url'],
    ['a URL with a user', { settings: { url: 'https://ana:secret@monitoring.example.com' } }, 'settings.url'],
    [
      'an environment variable without the required prefix',
      { credentials: { token: 'env:HOME' } },
      'credentials.token',
    ],
    [
      'an environment variable that is not set',
      { credentials: { token: 'env:LULL_SECRET_NONE' } },
      'credentials.token',
    ],
  ])('with %s is rejected with the field', async (_, values, field) => {
    const refused = await add('refused', values);
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(refused.text).not.toContain(SECRET);
  });

  test('whose name is taken is rejected', async () => {
    expect((await add('secretive')).status).toBe(409);
  });

  test('needs its credentials again when its URL changes, so that they are not sent to another host', async () => {
    const elsewhere = { settings: { url: 'https://collector.example/api/1' } };
    const refused = await api('PATCH', '/providers/secretive', elsewhere);
    expect(refused.body.errors).toMatchObject([{ field: 'credentials' }]);
    const given = await api('PATCH', '/providers/secretive', { ...elsewhere, credentials: { token: SECRET } });
    expect(given.body.settings).toEqual(elsewhere.settings);
  });

  test('cannot be deleted while Lull mutes checks of it, unless it is abandoned', async () => {
    await add('busy');
    const service = await at.service('api');
    const check = await api('POST', '/checks', {
      name: 'health',
      provider: 'busy',
      external_id: 'X1',
      services: [service.id],
    });
    expect(check.status).toBe(201);
    const { id } = await schedule(at.ctx, at.ana, at.input({ services: [service.id], ...at.soon(hours(1), hours(1)) }));
    await start(at.ctx, at.ana, id);
    const refused = await api('DELETE', '/providers/busy');
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toBe(
      `Lull has 1 check of busy in hand, for maintenance ${id}, and nobody would switch them on again. Disable busy first, which does so, and remove it when that is done; or end the maintenance.`,
    );
    expect((await api('DELETE', '/providers/busy?abandon=true')).status).toBe(200);
    expect((await api('GET', `/checks/${check.body.id}`)).status).toBe(404);
    const mutes = await at.ctx.database.mute.findMany({ where: { maintenanceId: id } });
    expect(mutes.map(({ releasedAt }) => releasedAt !== null)).toEqual([true]);
  });
});

test('the available kinds are listed with a description of each field', async () => {
  const { body } = await api('GET', '/providers/kinds', undefined, reader);
  const nodeping = body.items.find(({ kind }: { kind: string }) => kind === 'nodeping');
  expect(nodeping.title).toBe('NodePing');
  expect(nodeping.credentials.required).toEqual(['token']);
  for (const { settings, credentials } of body.items) {
    for (const [name, field] of Object.entries({ ...settings.properties, ...credentials.properties })) {
      expect(`${name}: ${(field as { description?: string }).description ?? ''}`).toMatch(/: .{10}/);
    }
  }
});
