import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { editScope } from '../../../src/catalogue/scopes/commands.ts';
import { editService } from '../../../src/catalogue/services/commands.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { deleteMaintenance } from '../../../src/maintenance/commands/transitions.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { Client } from './client.ts';

let at: TestServer;
let client: Client;
let anonymous: Client;
beforeAll(async () => {
  at = await startTestServer();
  client = new Client(at, ADMIN_TOKEN);
  anonymous = new Client(at);
});
afterAll(() => at.close());
beforeEach(async () => {
  await at.ctx.database.maintenance.deleteMany();
  await at.ctx.database.service.deleteMany();
  await at.ctx.database.scope.deleteMany();
});

describe.each(['scope', 'service'] as const)('the published client, of a %s', (kind) => {
  const names = async (by = client) => (await by.list(kind)).map(({ name }) => name);

  test('counts each maintenance once, as its list shows it', async () => {
    const scope = await client.create('scope', { name: 'Production' });
    const two = [await at.service('api'), await at.service('web')].map(({ id }) => id);
    for (const id of two) await editService(at.ctx, at.lull, id, { scopeId: scope.id });
    const other = await client.create(kind, { name: 'other' });
    const make = (services: readonly number[], scopeId: number | null) =>
      schedule(at.ctx, at.ana, { ...at.input({ services: [...services] }), scopeId });
    await make(two, scope.id);
    await make(two, null);
    const gone = await make(two, null);
    await deleteMaintenance(at.ctx, at.ana, gone.id);
    const id = kind === 'scope' ? scope.id : (two[0] ?? 0);
    for (const by of [client, anonymous]) {
      const listed = await by.list('maintenance', { [kind]: id });
      expect(listed).toHaveLength(2);
      const counts = (await by.list(kind)).map((each) => [each.id, each.maintenances_count]);
      expect(counts).toContainEqual([id, 2]);
      expect(counts).toContainEqual([other.id, 0]);
    }
  });

  test('sees only public ones without a token', async () => {
    const shown = await client.create(kind, { name: 'shown' });
    const hidden = await client.create(kind, { name: 'hidden' });
    const hide = kind === 'scope' ? editScope : editService;
    await hide(at.ctx, at.lull, hidden.id, { visibility: 'internal' });
    expect(await names(anonymous)).toEqual(['shown']);
    expect(await anonymous.count(kind)).toBe(1);
    await expect(anonymous.get(kind, hidden.id)).rejects.toMatchObject({ status: 404 });
    const service = kind === 'service' ? shown.id : (await client.create('service', { name: 'api' })).id;
    await schedule(at.ctx, at.ana, {
      ...at.input({ services: [service], visibility: 'internal' }),
      scopeId: kind === 'scope' ? shown.id : null,
    });
    expect(await anonymous.get(kind, shown.id)).toMatchObject({ maintenances_count: 0 });
    expect(await client.get(kind, shown.id)).toMatchObject({ maintenances_count: 1 });
  });
});

test('a scope with services cannot be deleted', async () => {
  const scope = await client.create('scope', { name: 'Production' });
  const { id } = await at.service('api');
  await editService(at.ctx, at.lull, id, { scopeId: scope.id });
  await expect(client.delete('scope', scope)).rejects.toMatchObject({
    status: 403,
    body: { message: 'Scope deletion failed', reasons: { scope: [expect.stringContaining('api')] } },
  });
});

test('a page takes as many statements with 30 scopes as with one', async () => {
  const statements = async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    await client.list('scope', { per_page: 50 });
    const { length } = query.mock.calls;
    query.mockRestore();
    return length;
  };
  await client.create('scope', { name: 'first' });
  await statements();
  const one = await statements();
  for (let n = 0; n < 30; n++) await client.create('scope', { name: `number ${n}` });
  expect(one).toBeGreaterThan(2);
  expect(await statements()).toBe(one);
});
