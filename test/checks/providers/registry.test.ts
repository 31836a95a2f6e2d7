import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findAccountByTeam } from '../../../src/access/accounts.ts';
import { addProvider, editProvider, removeProvider } from '../../../src/checks/provider-commands.ts';
import type { ProviderContext, ProviderKind } from '../../../src/checks/providers/provider.ts';
import type { Secrets } from '../../../src/checks/secrets.ts';
import { OutboundClient } from '../../../src/platform/outbound/client.ts';
import { startPeer } from '../../platform/outbound/peer.ts';
import { type World, world } from '../../world.ts';
import { Monitoring } from '../monitoring.ts';
import { boundTo, connected, LOOPBACK } from './connected.ts';

const settings = z.object({ region: z.string().default('eu'), url: z.string().default('https://api.example.com') });
const credentials = z.object({ token: z.string() });
/** With what it was connected, each time. */
const connections: string[] = [];
/** What the last one was given to send requests with. */
let reached: ProviderContext['fetch'];
const KIND: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'mine',
  title: 'Mine',
  settings,
  credentials,
  addresses: ({ url }) => [url],
  connect: ({ region }, { token }, { fetch }) => {
    connections.push(`${region} ${token}`);
    reached = fetch;
    return new Monitoring();
  },
};

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const MINE = { LULL_SECRET_MINE: 'from the environment' };
const process = (secrets: Secrets = boundTo(['api.example.com'], MINE)) =>
  connected(w.ctx.database, { kinds: [KIND], secrets });
const tenants = () => connected(w.ctx.database, { kinds: [KIND], secrets: undefined });
const add = (name: string, means = process()) =>
  addProvider(
    w.ctx,
    w.lull,
    { name, kind: 'mine', settings: {}, credentials: { token: 'env:LULL_SECRET_MINE' }, enabled: true },
    means,
  );

describe('a provider', () => {
  test('is connected when it is first needed, and stays connected', async () => {
    const { registry } = process();
    await add('lazy');
    expect(connections).toEqual([]);
    const first = await registry.provider(w.account.id, 'lazy');
    expect(await registry.provider(w.account.id, 'lazy')).toBe(first);
    expect(connections.splice(0)).toEqual(['eu from the environment']);
  });

  test('is connected again by every process after it was changed in one', async () => {
    const [here, there] = [process(), process()];
    await add('shared');
    for (const { registry } of [here, there]) await registry.provider(w.account.id, 'shared');
    await editProvider(w.ctx, w.lull, 'shared', { credentials: { token: 'another' } }, here);
    for (const { registry } of [here, there]) await registry.provider(w.account.id, 'shared');
    expect(connections.splice(0)).toEqual([
      'eu from the environment',
      'eu from the environment',
      'eu another',
      'eu another',
    ]);
  });

  test('that was removed is gone, and one added with its name is another one', async () => {
    const means = process();
    await add('again');
    await means.registry.provider(w.account.id, 'again');
    await removeProvider(w.ctx, w.lull, 'again');
    expect(await means.registry.provider(w.account.id, 'again')).toBeUndefined();
    w.clock.moveTo(new Date(w.clock.now().getTime() + 1));
    const input = {
      name: 'again',
      kind: 'mine',
      settings: { region: 'us' },
      credentials: { token: 'x' },
      enabled: true,
    };
    await addProvider(w.ctx, w.lull, input, means);
    await means.registry.provider(w.account.id, 'again');
    expect(connections.splice(0)).toEqual(['eu from the environment', 'us x']);
  });

  test('of one account is not there for another', async () => {
    await add('own');
    const other = await findAccountByTeam(
      w.ctx.database,
      { id: 'T0OTHER', name: 'Other' },
      { timezone: 'UTC', defaultChannel: null },
    );
    expect(await process().registry.provider(other.id, 'own')).toBeUndefined();
    expect(await process().registry.provider(other.id, 'builtin')).toBeDefined();
  });

  test('whose secret is no longer set is not connected, and the error names it', async () => {
    await add('forgotten');
    await expect(process(new Map()).registry.provider(w.account.id, 'forgotten')).rejects.toThrow(
      'LULL_SECRET_MINE is not set where Lull runs.',
    );
  });

  test('of an unknown kind is not connected, and the error says so', async () => {
    await add('newer');
    const { registry } = connected(w.ctx.database, { kinds: [] });
    await expect(registry.provider(w.account.id, 'newer')).rejects.toThrow('does not know the kind mine');
  });

  test('whose sealed credentials were copied from another row is not connected', async () => {
    await add('from');
    await add('to');
    await w.ctx.database.$executeRaw`
      update providers set credentials = (select credentials from providers where name = 'from') where name = 'to'`;
    await expect(process().registry.provider(w.account.id, 'to')).rejects.toThrow('cannot be read');
  });
});

describe('a secret of the environment', () => {
  test('is refused for a host that it is not bound to', async () => {
    const elsewhere = process(boundTo(['api.example.org'], MINE));
    await expect(add('unbound', elsewhere)).rejects.toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'credentials.token', code: 'secret-not-bound' }],
    });
  });

  test('is refused when the settings change to such a host, and the credentials are given again', async () => {
    const means = process();
    await add('moved', means);
    const edit = { settings: { url: 'https://evil.example' }, credentials: { token: 'env:LULL_SECRET_MINE' } };
    await expect(editProvider(w.ctx, w.lull, 'moved', edit, means)).rejects.toMatchObject({
      problems: [
        {
          field: 'credentials.token',
          code: 'secret-not-bound',
          params: expect.objectContaining({ host: 'evil.example' }),
        },
      ],
    });
  });

  test('is sent to no other host, whatever the provider asks for, nor by a redirect', async () => {
    const asked: string[] = [];
    const peer = await startPeer((request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      if (request.url === '/away') response.writeHead(302, { location: `http://localhost:${peer.port}/there` });
      response.end();
    });
    const outgoing = new OutboundClient({ allowed: LOOPBACK });
    const secrets = boundTo(['api.example.com', '127.0.0.1'], MINE);
    const means = connected(w.ctx.database, { kinds: [KIND], secrets, fetch: outgoing.fetch });
    await add('bound', means);
    await means.registry.provider(w.account.id, 'bound');
    expect((await reached(peer.url)).status).toBe(200);
    for (const url of [`http://localhost:${peer.port}/`, `${peer.url}/away`]) {
      await expect(reached(url), url).rejects.toThrow('The credentials may not be sent to localhost.');
    }
    expect(asked).toEqual([`127.0.0.1:${peer.port} /`, `127.0.0.1:${peer.port} /away`]);
    await outgoing.close();
    await peer.close();
  });

  test('is not available to tenants, in new or existing providers', async () => {
    const words = 'several workspaces share Lull';
    const shared = tenants();
    await add('before');
    await expect(shared.registry.provider(w.account.id, 'before')).rejects.toThrow(words);
    await expect(add('after', shared)).rejects.toMatchObject({
      problems: [{ field: 'credentials.token', code: 'environment-not-allowed' }],
    });
  });
});
