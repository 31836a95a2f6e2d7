import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Calling, calling, type Reply } from '../http/v1/calling.ts';
import { type World, world } from '../world.ts';

// A token limited to a scope reads the same bytes whether or not anything exists in other scopes.

let w: World;
let at: Calling;
let token: string;
let shop: Place;
let ledger: Place;
let before: ReadonlyMap<string, string>;

type Place = Readonly<
  Record<'scope' | 'service' | 'check' | 'maintenance' | 'comment' | 'series' | 'freeze', unknown>
> & {
  readonly name: string;
};

const operation = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
});
const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** Adds one of everything in a scope of its own. */
async function fill(name: string): Promise<Place> {
  const make = async (path: string, body: object) => {
    const { status, body: made } = await at.post(path, body);
    expect([path, status < 300 ? '' : made]).toEqual([path, '']);
    return made;
  };
  const { id: scope } = await make('/scopes', { name });
  const { id: service } = await make('/services', { name: `${name}-api`, scope });
  const settings = { url: `https://${name}.example/` };
  await make('/providers', {
    name: `${name}-hook`,
    kind: 'webhook',
    settings,
    credentials: { secret: 'x'.repeat(32) },
  });
  const check = { name: `${name}-db`, services: [service], tags: ['db'], provider: `${name}-hook`, external_id: name };
  const { id: checkId } = await make('/checks', check);
  const times = { scheduled_start_date: at.in(60), scheduled_end_date: at.in(120) };
  const { id: maintenance } = await make('/maintenances', { name: `Upgrade ${name}`, ...times, services: [service] });
  await make(`/maintenances/${maintenance}/start`, {});
  const { id: comment } = await make(`/maintenances/${maintenance}/comments`, { comment: 'Halfway' });
  const recurring = { name: `Backup ${name}`, cron: '0 3 * * *', duration_minutes: 30, services: [service] };
  const { id: series } = await make('/series', recurring);
  const freeze = { scope, start: at.in(9000), end: at.in(9060), reason: `Sale of ${name}`, effect: 'warn' };
  const { id: freezeId } = await make('/freezes', freeze);
  await make('/subscriptions', { channel: `C0${name.toUpperCase()}`, scope });
  await make('/subscriptions', { channel: `C1${name.toUpperCase()}`, service });
  return { name, scope, service, check: checkId, maintenance, comment, series, freeze: freezeId };
}

const read = (path: string) => at.call('GET', path, undefined, { token });
const text = ({ status, body }: Reply) => `${status} ${JSON.stringify(body)}`;

/** Every GET of the document, with each of its parameters that can name something. @param place that paths and filters name */
async function readAll(place: Place): Promise<Map<string, string>> {
  const { paths } = document.parse((await at.get('/openapi.json')).body);
  const answers = new Map<string, string>();
  const values: Readonly<Record<string, unknown>> = {
    ...place,
    q: place.name,
    provider: `${place.name}-hook`,
    tag: 'db',
    subject: `service:${place.service}`,
    channel: `C0${place.name.toUpperCase()}`,
  };
  for (const [template, { get }] of Object.entries(paths)) {
    if (get === undefined) continue;
    const [, kind = ''] = template.split('/');
    const one = kind === 'series' ? place.series : values[kind.replace(/s$/, '')];
    const path = template.replaceAll(/\{\w+\}/g, encodeURIComponent(String(one ?? `${place.name}-hook`)));
    answers.set(path, text(await read(path)));
    for (const { name, in: where } of get.parameters) {
      if (where !== 'query' || values[name] === undefined) continue;
      const filtered = `${path}?${name}=${encodeURIComponent(String(values[name]))}`;
      answers.set(filtered, text(await read(filtered)));
    }
    for (const order of ['id', '-id', 'name', '-name']) {
      if (get.parameters.some(({ name }) => name === 'order'))
        answers.set(`${path}?order=${order}`, text(await read(`${path}?order=${order}`)));
    }
  }
  return answers;
}

beforeAll(async () => {
  w = await world();
  at = calling(w);
  shop = await fill('shop');
  const made = await at.post('/tokens', { name: 'Deploys', rights: 'admin', scopes: [shop.scope] });
  token = made.body.token;
  before = await readAll(shop);
  ledger = await fill('ledger');
  // A check of both scopes, which the other one mutes.
  const service = shop.service;
  await at.call('PATCH', `/checks/${shop.check}`, { services: [service, ledger.service] });
});
afterAll(() => w.close());

test('whatever it reads is the same with and without another scope', async () => {
  const after = await readAll(shop);
  expect(before.size).toBeGreaterThan(60);
  expect([...before.values()].filter((answer) => answer.startsWith('200')).length).toBeGreaterThan(40);
  for (const [path, answer] of before) expect([path, after.get(path)]).toEqual([path, answer]);
});

test('what the other scope holds is answered as what does not exist', async () => {
  const none = {
    name: 'nothing',
    scope: 99,
    service: 99,
    check: 'NONE',
    maintenance: 99,
    comment: 99,
    series: 99,
    freeze: 99,
  };
  const outcome = (answer = '') => {
    const { items, title, type } = JSON.parse(answer.slice(4));
    return [answer.slice(0, 3), items, title, type];
  };
  const outcomes = async (place: Place) => [...(await readAll(place)).values()].map(outcome);
  expect(await outcomes(ledger)).toEqual(await outcomes(none));
});

test('no condition on a change tells that something hidden exists', async () => {
  const paths = ['/maintenances', '/series'] as const;
  for (const path of paths) {
    const id = path === '/series' ? ledger.series : ledger.maintenance;
    const own = path === '/series' ? shop.series : shop.maintenance;
    for (const [method, suffix, body] of [
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['POST', path === '/series' ? '/pause' : '/cancel', {}],
      ...(path === '/series' ? [] : ([['POST', '/comments', { comment: 'x' }]] as const)),
    ] as const) {
      for (const tag of ['"999"', '"1"', '*']) {
        const headers = { 'if-match': tag };
        const hidden = await at.call(method, `${path}/${id}${suffix}`, body, { token, headers });
        const unknown = await at.call(method, `${path}/999999${suffix}`, body, { token, headers });
        expect([path, method, suffix, tag, hidden.status]).toEqual([path, method, suffix, tag, 404]);
        expect(JSON.stringify(hidden.body).replaceAll(String(id), 'N')).toBe(
          JSON.stringify(unknown.body).replaceAll('999999', 'N'),
        );
      }
      if (method !== 'PATCH') continue;
      const outdated = await at.call(method, `${path}/${own}`, body, { token, headers: { 'if-match': '"999"' } });
      expect(outdated.status).toBe(412);
    }
  }
});

test('of a window in both scopes it sees its own part', async () => {
  const loner = await at.post('/checks', { name: 'ledger-only', services: [ledger.service] });
  const made = await at.post('/maintenances', {
    name: 'Both',
    scheduled_start_date: at.in(600),
    scheduled_end_date: at.in(660),
    scope: ledger.scope,
    services: [ledger.service, shop.service],
    checks: [shop.check, loner.body.id],
  });
  await at.post(`/maintenances/${made.body.id}/start`, {});
  const { body } = await read(`/maintenances/${made.body.id}`);
  expect(body).toMatchObject({ scope: null, services: [shop.service], service: shop.service, checks: [shop.check] });
  expect(body.mutes.map(({ check }: { check: string }) => check)).toEqual([shop.check]);
  const { items } = (await read('/maintenances?limit=200')).body;
  expect(items.find(({ id }: { id: number }) => id === made.body.id)).toMatchObject({
    scope: null,
    services: [shop.service],
  });
});
