import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApiToken, revokeToken } from '../../src/access/token-commands.ts';
import { createSecretCalendar } from '../../src/calendars/commands.ts';
import { addProvider } from '../../src/checks/provider-commands.ts';
import { type QuotaName, storeQuotas } from '../../src/platform/quotas.ts';
import { Vault } from '../../src/platform/vault.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { addWebhook } from '../../src/webhooks/commands.ts';
import { connected } from '../checks/providers/connected.ts';
import { type World, world } from '../world.ts';

let w: World;
let service: number;
let made = 0;
const vault = new Vault(['the encryption key of the tests']);

beforeAll(async () => {
  w = await world();
  service = (await w.service('api')).id;
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.ctx.database.apiToken.deleteMany();
});

const token = () => createApiToken(w.ctx, w.person('admin'), { name: `t${++made}`, rights: 'read', scopes: null });

const ADD: Record<QuotaName, () => Promise<unknown>> = {
  providers: () => {
    const credentials = { token: 'x' };
    const input = { name: `p${++made}`, kind: 'nodeping', settings: {}, credentials, enabled: true };
    return addProvider(w.ctx, w.lull, input, connected(w.ctx.database));
  },
  webhooks: () => {
    const input = { url: 'https://hooks.example', description: '', events: [], audience: 'internal' } as const;
    return addWebhook(w.ctx, w.lull, input, vault);
  },
  tokens: token,
  calendars: () => createSecretCalendar(w.ctx, w.person('admin'), { name: `c${++made}`, scopes: [], services: [] }),
  series: () =>
    scheduleSeries(w.ctx, w.person('admin'), {
      ...w.input({ services: [service] }),
      cron: '0 3 * * *',
      durationMinutes: 30,
    }),
  subscriptions: () => subscribe(w.ctx, w.lull, { channel: `C${++made}`, audience: 'internal' }),
};

describe('an account can have only so many', () => {
  test.each(Object.keys(ADD) as QuotaName[])('%s, however many are added concurrently', async (resource) => {
    await storeQuotas(w.ctx.database, { [resource]: 2 });
    const added = await Promise.allSettled(Array.from({ length: 4 }, ADD[resource]));
    expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await expect(ADD[resource]()).rejects.toMatchObject({ code: 'quota-reached', params: { resource, max: 2 } });
    await storeQuotas(w.ctx.database, {});
    await ADD[resource]();
  });

  test('active tokens: one that was revoked leaves its place', async () => {
    await storeQuotas(w.ctx.database, { tokens: 1 });
    const { token: first } = await token();
    await expect(token()).rejects.toMatchObject({ code: 'quota-reached' });
    await revokeToken(w.ctx, w.person('admin'), first.id);
    await token();
  });
});
