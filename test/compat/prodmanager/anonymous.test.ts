import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../../src/access/accounts.ts';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { comment } from '../../../src/comments/commands.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { Client, type Values } from './client.ts';

let at: TestServer;
let anonymous: Client;
/** Ids of what is public, and of what is not. */
let shown: { scope: number; service: number; maintenance: number };
let hidden: { scope: number; service: number; maintenances: Record<string, number> };

beforeAll(async () => {
  at = await startTestServer();
  anonymous = new Client(at);
  const { ctx, lull, ana } = at;
  const scope = await addScope(ctx, lull, { name: 'Production' });
  const secret = await addScope(ctx, lull, { name: 'Acquisition', visibility: 'internal' });
  const service = await addService(ctx, lull, { name: 'web', scopeId: scope.id });
  const inside = await addService(ctx, lull, { name: 'a vault', scopeId: scope.id, visibility: 'internal' });
  const made = async (values: Partial<Parameters<typeof schedule>[2]>) =>
    (await schedule(ctx, ana, { ...at.input({ services: [service.id], externalReference: 'CHG-1' }), ...values })).id;
  shown = {
    scope: scope.id,
    service: service.id,
    maintenance: await made({ name: 'Known', services: [inside.id, service.id] }),
  };
  await comment(ctx, ana, shown.maintenance, { text: 'For us', internal: true });
  await comment(ctx, ana, shown.maintenance, { text: 'For everybody', internal: false });
  hidden = {
    scope: secret.id,
    service: inside.id,
    maintenances: {
      'that is internal': await made({ name: 'Own', visibility: 'internal', externalReference: 'CHG-2' }),
      'in a scope that is': await made({ name: 'Merger', scopeId: secret.id, externalReference: 'CHG-2' }),
      'on services that are': await made({ name: 'Seal', services: [inside.id], externalReference: 'CHG-2' }),
    },
  };
});
afterAll(() => at.close());

const found = async (params: Values) => (await anonymous.list('maintenance', params)).map(({ id }) => id);

describe('a reader without a token', () => {
  test('sees a public maintenance without its internal parts', async () => {
    const document = await anonymous.get('maintenance', shown.maintenance);
    expect(document).toMatchObject({ name: 'Known', service: shown.service, scope: shown.scope });
    expect(document.events).toEqual([
      { content: 'For everybody', creation_date: expect.any(String), internal: false, type: 'comment' },
    ]);
    expect(JSON.stringify(document)).not.toMatch(/vault|For us/);
  });

  test('sees nothing else, whatever the request', async () => {
    expect(await found({})).toEqual([shown.maintenance]);
    expect(await anonymous.count('maintenance')).toBe(1);
    expect(await found({ service: hidden.service })).toEqual([]);
    expect(await found({ scope: hidden.scope })).toEqual([]);
    expect(await found({ external_reference: 'CHG-2' })).toEqual([]);
    expect(await found({ scope: shown.scope, external_reference: ['CHG-1', 'CHG-2'] })).toEqual([shown.maintenance]);
    expect((await anonymous.list('scope')).map(({ name }) => name)).toEqual(['Production']);
    expect(await anonymous.list('service')).toMatchObject([{ name: 'web', maintenances_count: 1 }]);
  });

  test.each(['that is internal', 'in a scope that is', 'on services that are'])(
    'is answered about a maintenance %s like about one that is not there',
    async (which) => {
      const id = hidden.maintenances[which] ?? 0;
      for (const path of ['', '/calendar']) {
        const there = await at.send('GET', `/api/maintenance/${id}${path}`);
        const nowhere = await at.send('GET', `/api/maintenance/999999${path}`);
        expect([there.status, there.text.replaceAll(String(id), 'ID')]).toEqual([
          nowhere.status,
          nowhere.text.replaceAll('999999', 'ID'),
        ]);
        expect(there.status).toBe(404);
      }
    },
  );

  test('can change nothing, visible or not', async () => {
    for (const id of [shown.maintenance, ...Object.values(hidden.maintenances), 999_999]) {
      for (const what of ['update', 'comment', 'delete']) {
        expect((await at.send('POST', `/api/maintenance/${id}/${what}`)).status).toBe(403);
      }
    }
    expect((await at.send('POST', '/api/maintenance')).status).toBe(403);
  });

  test('names the account where several workspaces use one Lull', async () => {
    await findAccountByTeam(
      at.ctx.database,
      { id: 'T0OTHER', name: 'Other' },
      { timezone: 'UTC', defaultChannel: null },
    );
    const { status, text } = await at.send('GET', '/api/maintenance');
    expect([status, JSON.parse(text)]).toEqual([
      401,
      { message: 'Token validation failed', reasons: { token: [expect.stringContaining('?account=')] } },
    ]);
    const named = await at.send('GET', '/api/maintenance?account=T0TEST');
    expect(JSON.parse(named.text).items).toHaveLength(1);
    expect(JSON.parse((await at.send('GET', '/api/maintenance?account=T0OTHER')).text)).toEqual({ items: [] });
    const inHeader = await at.send('GET', '/api/maintenance', { headers: { 'lull-account': 'T0TEST' } });
    expect(inHeader.text).toBe(named.text);
  });
});

test.each([
  ['in the address', '?account=T0THIRD', {}],
  ['in a header', '', { 'lull-account': 'T0THIRD' }],
])('the admin token changes and reads the workspace that is named %s', async (where, query, named) => {
  const team = { id: 'T0THIRD', name: 'Third' };
  const { id: accountId } = await findAccountByTeam(at.ctx.database, team, { timezone: 'UTC', defaultChannel: null });
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, ...named };
  const type = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: `Named ${where}` });
  const created = await at.send('POST', `/api/scope/create${query}`, { headers: { ...headers, ...type }, body });
  expect(created.status).toBe(302);
  // Where the change leads names the workspace, too.
  const shown = await at.send('GET', String(created.headers.location), { headers });
  expect([shown.status, JSON.parse(shown.text)]).toEqual([200, expect.objectContaining({ name: `Named ${where}` })]);
  const found = await at.ctx.database.scope.findMany({ where: { name: `Named ${where}` } });
  expect(found).toMatchObject([{ accountId }]);
  const deleted = await at.send('POST', `/api/scope/${found[0]?.id}/delete${query}`, { headers });
  expect(deleted.headers.location).toBe(`/api/scope${query}`);
});

test('a token that names an unknown workspace is refused', async () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'lull-account': 'T0NOBODY' };
  for (const method of ['GET', 'POST']) {
    const { status, text } = await at.send(method, '/api/scope', { headers });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { message: 'Token validation failed', reasons: { token: [expect.stringContaining('T0NOBODY')] } },
    ]);
  }
});
