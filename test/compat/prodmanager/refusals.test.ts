import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/access/token-commands.ts';
import { addScope, editScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { addFreeze } from '../../../src/freezes/commands.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { hours } from '../../world.ts';
import { Client } from './client.ts';

let at: TestServer;
let client: Client;
beforeAll(async () => {
  at = await startTestServer();
  client = new Client(at, ADMIN_TOKEN);
});
afterAll(() => at.close());

const date = (milliseconds: number) => new Date(at.clock.now().getTime() + milliseconds).toISOString().slice(0, 16);

async function scopeAndService(name: string) {
  const { id } = await addScope(at.ctx, at.lull, { name });
  return { scope: id, service: (await addService(at.ctx, at.lull, { name: `${name} api`, scopeId: id })).id };
}

const create = (place: { scope: number; service: number }) =>
  client.create('maintenance', {
    ...{ ...place, name: 'Postgres upgrade', service_status: 'down' },
    ...{ scheduled_start_date: date(hours(1)), scheduled_end_date: date(hours(2)) },
  });

describe('a status that is set from any other is a conflict', () => {
  test('where nobody approved the maintenance', async () => {
    const guarded = await scopeAndService('Guarded');
    await editScope(at.ctx, at.lull, guarded.scope, { requiresApproval: true });
    const made = await create(guarded);
    for (const status of ['in-progress', 'succeed', 'failed']) {
      await expect(client.update('maintenance', made, { status })).rejects.toMatchObject({
        status: 409,
        body: { message: 'Maintenance update failed', reasons: { maintenance: [expect.stringContaining('approved')] } },
      });
    }
    expect(await client.get('maintenance', made.id)).toEqual(made);
  });

  test('where it would be scheduled or started in a freeze', async () => {
    const frozen = await scopeAndService('Frozen');
    const canceled = await client.update('maintenance', await create(frozen), { status: 'canceled' });
    const window = { start: at.clock.now(), end: new Date(at.clock.now().getTime() + hours(24)) };
    await addFreeze(at.ctx, at.lull, { ...window, scopeId: frozen.scope, reason: 'Holidays', effect: 'block' });
    for (const status of ['scheduled', 'in-progress']) {
      await expect(client.update('maintenance', canceled, { status })).rejects.toMatchObject({
        status: 409,
        body: { reasons: { scheduled_start_date: [expect.stringContaining('Holidays')] } },
      });
    }
    expect(await client.get('maintenance', canceled.id)).toEqual(canceled);
  });

  test('where it touches a scope that the token is not limited to', async () => {
    const [theirs, others] = [await scopeAndService('Theirs'), await scopeAndService('Others')];
    const both = await create({ scope: theirs.scope, service: others.service });
    const { text } = await createApiToken(at.ctx, at.lull, {
      name: 'deploys',
      rights: 'admin',
      scopes: [theirs.scope],
    });
    await expect(new Client(at, text).update('maintenance', both, { status: 'succeed' })).rejects.toMatchObject({
      status: 409,
      body: { reasons: { token: [expect.stringContaining('deploys')] } },
    });
    expect(await client.get('maintenance', both.id)).toEqual(both);
  });
});
