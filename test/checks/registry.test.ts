import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addProvider } from '../../src/actions/add-provider.ts';
import { editProvider } from '../../src/actions/edit-provider.ts';
import { removeProvider } from '../../src/actions/remove-provider.ts';
import type { ProviderKind } from '../../src/checks/kind.ts';
import { accountOfTeam } from '../../src/store/accounts.ts';
import { Monitoring } from '../effects/monitoring.ts';
import { type World, world } from '../world.ts';
import { connected } from './connected.ts';

const settings = z.object({ region: z.string().default('eu') });
const credentials = z.object({ token: z.string() });
/** With what it was connected, each time. */
const connections: string[] = [];
const KIND: ProviderKind<typeof settings, typeof credentials> = {
  kind: 'mine',
  title: 'Mine',
  settings,
  credentials,
  connect: ({ region }, { token }) => {
    connections.push(`${region} ${token}`);
    return new Monitoring();
  },
};

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const process = (secrets: Record<string, string> = { LULL_SECRET_MINE: 'from the environment' }) =>
  connected(w.ground.database, { kinds: [KIND], secrets });
const add = (name: string, means = process()) =>
  addProvider(
    w.ground,
    w.lull,
    { name, kind: 'mine', settings: {}, credentials: { token: 'env:LULL_SECRET_MINE' }, enabled: true },
    means,
  );

describe('a provider', () => {
  test('is connected when it is first needed, and then stays so', async () => {
    const { registry } = process();
    await add('lazy');
    expect(connections).toEqual([]);
    const first = await registry.provider(w.account.id, 'lazy');
    expect(await registry.provider(w.account.id, 'lazy')).toBe(first);
    expect(connections.splice(0)).toEqual(['eu from the environment']);
  });

  test('is connected anew by every process once it was changed in one of them', async () => {
    const [here, there] = [process(), process()];
    await add('shared');
    for (const { registry } of [here, there]) await registry.provider(w.account.id, 'shared');
    await editProvider(w.ground, w.lull, 'shared', { credentials: { token: 'another' } }, here);
    for (const { registry } of [here, there]) await registry.provider(w.account.id, 'shared');
    expect(connections.splice(0)).toEqual([
      'eu from the environment',
      'eu from the environment',
      'eu another',
      'eu another',
    ]);
  });

  test('that was removed is not there, and one of that name that is added again is another one', async () => {
    const means = process();
    await add('again');
    await means.registry.provider(w.account.id, 'again');
    await removeProvider(w.ground, w.lull, 'again');
    expect(await means.registry.provider(w.account.id, 'again')).toBeUndefined();
    w.clock.moveTo(new Date(w.clock.now().getTime() + 1));
    const input = {
      name: 'again',
      kind: 'mine',
      settings: { region: 'us' },
      credentials: { token: 'x' },
      enabled: true,
    };
    await addProvider(w.ground, w.lull, input, means);
    await means.registry.provider(w.account.id, 'again');
    expect(connections.splice(0)).toEqual(['eu from the environment', 'us x']);
  });

  test('of one account is not there for another', async () => {
    await add('own');
    const other = await accountOfTeam(
      w.ground.database,
      { id: 'T0OTHER', name: 'Other' },
      { timezone: 'UTC', defaultChannel: null },
    );
    expect(await process().registry.provider(other.id, 'own')).toBeUndefined();
    expect(await process().registry.provider(other.id, 'builtin')).toBeDefined();
  });

  test('whose secret is not set any more is not connected, and says which', async () => {
    await add('forgotten');
    await expect(process({}).registry.provider(w.account.id, 'forgotten')).rejects.toThrow(
      'LULL_SECRET_MINE is not set where Lull runs.',
    );
  });

  test('of a kind that this version does not know says so', async () => {
    await add('newer');
    const { registry } = connected(w.ground.database, { kinds: [] });
    await expect(registry.provider(w.account.id, 'newer')).rejects.toThrow('does not know the kind mine');
  });

  test('whose sealed credentials were copied from another row is not connected', async () => {
    await add('from');
    await add('to');
    await w.ground.database.$executeRaw`
      update providers set credentials = (select credentials from providers where name = 'from') where name = 'to'`;
    await expect(process().registry.provider(w.account.id, 'to')).rejects.toThrow('cannot be read');
  });
});
