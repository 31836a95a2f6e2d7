import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { schedule } from '../../../src/actions/schedule.ts';
import { listServices } from '../../../src/store/catalogue.ts';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let api: Calling;
beforeAll(async () => {
  w = await world();
  api = calling(w);
});
afterAll(() => w.close());

const YAML = { 'content-type': 'application/yaml' };
const put = (document: unknown, query = '') =>
  api.call('PUT', `/catalogue${query}`, stringify(document), { headers: YAML });
const names = ({ body }: { body: { changes: { change: string; name: string }[] } }) =>
  body.changes.map(({ change, name }) => `${change} ${name}`);

const document = {
  scopes: [{ name: 'Production', reminders: [60] }],
  services: [{ name: 'api', scope: 'Production', owners: ['U0ANA00001'] }, { name: 'docs' }],
  checks: [{ external_id: 'api-health', name: 'api health', tags: ['db'], services: ['Production/api'] }],
  subscriptions: [{ channel: 'C0OPS', service: 'Production/api' }, { channel: 'C0OPS' }],
};

test('a document makes the catalogue; shown first, then applied, then there is nothing to do', async () => {
  const tried = await put(document, '?dry_run=true');
  expect(tried.status).toBe(200);
  expect(tried.body.applied).toBe(false);
  expect(names(tried)).toEqual([
    'add Production',
    'add Production/api',
    'add docs',
    'add builtin:api-health',
    'add C0OPS to service Production/api',
    'add C0OPS to everything',
  ]);
  expect((await api.get('/catalogue')).body).toEqual({ scopes: [], services: [], checks: [], subscriptions: [] });

  expect(names(await put(document))).toEqual(names(tried));
  expect(await put(document)).toMatchObject({ status: 200, body: { applied: true, changes: [] } });
  const kept = (await api.get('/catalogue')).body;
  expect(kept.scopes).toEqual([
    { name: 'Production', description: '', visibility: 'public', reminders: [60], requires_approval: false },
  ]);
  expect((await api.call('PUT', '/catalogue', kept)).body.changes).toEqual([]);
});

test('what is in it changes what is there, and a section that is left out stays', async () => {
  const { services } = document;
  const changed = await put({ services: [{ ...services[0], description: 'The API' }, services[1]] });
  expect(changed.body.changes).toEqual([
    {
      section: 'services',
      name: 'Production/api',
      change: 'change',
      before: { description: '' },
      after: { description: 'The API' },
    },
  ]);
  expect((await api.get('/catalogue')).body.checks).toHaveLength(1);
});

test('one thing that is wrong, and nothing is done; every place is named', async () => {
  const before = (await api.get('/catalogue')).body;
  const refused = await put({
    scopes: [{ name: 'Production' }, { name: 'Staging' }],
    services: [
      { name: 'web', scope: 'Stagging' },
      { name: 'cron', owners: ['ana'] },
    ],
  });
  expect(refused.status).toBe(400);
  expect(refused.body.errors).toEqual([
    { field: 'services.0.scope', message: 'services.0.scope (Stagging/web): There is no scope named Stagging.' },
    {
      field: 'services.1.owners',
      message: 'services.1.owners (cron): owners has "ana"; ids of Slack users are expected, such as U024BE7LH.',
    },
  ]);
  expect((await put({ checks: [{ name: 'x' }] })).body.errors[0].field).toBe('checks.0.external_id');
  expect((await put({ services: [{ name: 'Docs' }, { name: 'docs' }] })).body.errors[0].field).toBe('services.1');
  expect((await api.call('PUT', '/catalogue', 'scopes: [', { headers: YAML })).body.detail).toContain('is not YAML');
  expect((await api.get('/catalogue')).body).toEqual(before);
});

test('what something open needs is not removed, and then nothing else is', async () => {
  const [docs] = await listServices(w.ground.database, w.account.id, { matching: 'docs' });
  const window = await schedule(w.ground, w.ana, w.input({ services: [docs?.id ?? 0] }));
  const refused = await put({ services: [], checks: [] });
  expect(refused.status).toBe(409);
  expect(refused.body.errors).toEqual([
    {
      field: 'services',
      message: `services (docs): The service docs is still needed by maintenance ${window.id}. Change or cancel those first. Nothing was removed.`,
    },
  ]);
  expect((await api.get('/catalogue')).body.checks).toHaveLength(1);
});

test('it is for admins, and for the whole account', async () => {
  const write = await api.token('write');
  expect((await api.call('PUT', '/catalogue', {}, { token: write })).status).toBe(403);
  expect((await api.call('GET', '/catalogue', undefined, { token: write })).status).toBe(403);
  expect((await api.call('GET', '/catalogue', undefined, { token: null })).status).toBe(401);
});
