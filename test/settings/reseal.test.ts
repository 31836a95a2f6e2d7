import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertProvider, sealedCredentials, sealPurpose } from '../../src/checks/provider-repository.ts';
import { Vault } from '../../src/platform/vault.ts';
import { resealSecrets } from '../../src/settings/reseal.ts';
import { addWebhook, rotateSecret } from '../../src/webhooks/commands.ts';
import { findWebhook, webhookSealPurpose } from '../../src/webhooks/repository.ts';
import { type World, world } from '../world.ts';

const OLD = 'the first key, of some length';
const NEW = 'the second key, of some length';
let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

test('once the key was changed, the secrets of providers and webhooks are the new one’s, and the old one can go', async () => {
  const db = w.ctx.database;
  const old = new Vault([OLD]);
  const now = w.clock.now();
  const provider = (name: string, credentials: string) =>
    insertProvider(db, w.account.id, { name, kind: 'nodeping', settings: {}, credentials, enabled: true }, now);
  await provider('eu', old.seal('{"token":"of eu"}', sealPurpose(w.account.id, 'eu')));
  await provider('lost', new Vault(['a key that nobody has any more']).seal('{}', sealPurpose(w.account.id, 'lost')));
  const admin = w.person('admin');
  const values = { url: 'https://hooks.example.com/', description: '', events: [], audience: 'internal' } as const;
  const { webhook, secret } = await addWebhook(w.ctx, admin, values, old);
  const rotated = await rotateSecret(w.ctx, admin, webhook.id, old);

  const said: string[] = [];
  await resealSecrets(db, new Vault([NEW, OLD]), (sentence) => said.push(sentence));
  expect(said).toEqual([expect.stringContaining('it was kept with another key')]);
  const alone = new Vault([NEW]);
  const credentials = (await sealedCredentials(db, w.account.id, 'eu')) ?? '';
  expect(alone.open(credentials, sealPurpose(w.account.id, 'eu'))).toBe('{"token":"of eu"}');
  const kept = (await findWebhook(db, w.account.id, webhook.id)) ?? expect.unreachable();
  const purpose = webhookSealPurpose(w.account.id);
  expect(alone.open(kept.sealedUrl, purpose)).toBe(values.url);
  expect([alone.open(kept.secret, purpose), alone.open(kept.previousSecret ?? '', purpose)]).toEqual([
    rotated.secret,
    secret,
  ]);

  await resealSecrets(db, new Vault([NEW, OLD]), () => {});
  expect(await sealedCredentials(db, w.account.id, 'eu')).toBe(credentials);
});
