import { afterAll, beforeAll, expect, test } from 'vitest';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
let inside: number;
let open: Record<string, number>;
let closed: Record<string, number>;
beforeAll(async () => {
  w = await world();
  at = calling(w);
  const all = async (visibility: 'public' | 'internal', name: string) => {
    const id = async (path: string, body: object): Promise<number> => {
      const reply = await at.post(path, body);
      expect([path, reply.status]).toEqual([path, 201]);
      return reply.body.id;
    };
    const scope = await id('/scopes', { name: `scope ${name}`, description: name, visibility });
    const service = await id('/services', { name: `service ${name}`, scope });
    const window = { name: `window ${name}`, external_reference: name, description: name };
    const times = { scheduled_start_date: at.in(60), scheduled_end_date: at.in(120) };
    const maintenance = await id('/maintenances', { ...window, ...times, service });
    const series = await id('/series', {
      name: `series ${name}`,
      cron: '0 3 * * *',
      duration_minutes: 60,
      services: [service],
    });
    const comment = await id(`/maintenances/${maintenance}/comments`, { comment: `comment ${name}` });
    return { scope, service, maintenance, series, comment };
  };
  open = await all('public', 'seen');
  closed = await all('internal', 'SECRET');
  await at.post(`/maintenances/${open.maintenance}/comments`, { comment: 'SECRET', internal: true });
  // A window on a public and an internal service, and an internal window with impact on a public service.
  const hidden = await at.post('/services', { name: 'SECRET ledger', visibility: 'internal' });
  await at.call('PATCH', `/maintenances/${open.maintenance}`, { services: [open.service, hidden.body.id] });
  const own = await at.post('/maintenances', {
    name: 'SECRET work',
    visibility: 'internal',
    service: open.service,
    scheduled_start_date: at.in(1),
    scheduled_end_date: at.in(300),
  });
  await at.post(`/maintenances/${own.body.id}/start`);
  await at.post('/checks', { name: 'SECRET check', services: [open.service] });
  await at.post('/freezes', { start: at.in(6000), end: at.in(6001), reason: 'SECRET freeze', effect: 'warn' });
  inside = own.body.id;
});
afterAll(() => w.close());

const lists = ['maintenances', 'series', 'scopes', 'services'];

test('a reader without a token sees what is public, and nothing else', async () => {
  const paths = [
    ...lists.map((name) => `/${name}`),
    ...lists.map((name) => `/${name}?limit=1`),
    `/maintenances/${open.maintenance}`,
    `/maintenances/${open.maintenance}/comments`,
    `/series/${open.series}`,
    `/series/${open.series}/runs`,
    `/scopes/${open.scope}`,
    `/services/${open.service}`,
    '/maintenances?q=SECRET',
    '/services?q=SECRET',
    '/scopes?q=SECRET',
    `/maintenances?service=${closed.service}`,
    `/maintenances?scope=${closed.scope}`,
    `/maintenances?series=${closed.series}`,
    `/series?service=${closed.service}`,
    `/services?scope=${closed.scope}`,
    '/maintenances?external_reference=SECRET',
    '/now',
    `/now?service=${open.service}`,
  ];
  for (const path of paths) {
    const reply = await at.anonymous(path);
    expect([path, reply.status]).toEqual([path, 200]);
    expect([path, JSON.stringify(reply.body)]).toEqual([path, expect.not.stringContaining('SECRET')]);
    if (/SECRET|=\d+$/.test(path) && !path.includes('limit') && !path.startsWith('/now')) {
      expect([path, reply.body.items]).toEqual([path, []]);
    }
  }
  for (const name of lists) {
    expect([name, (await at.anonymous(`/${name}`)).body.items.length > 0]).toEqual([name, true]);
  }
});

test('something internal gets the same response as something that does not exist', async () => {
  const of = (missing: number, there: number, path: (id: number) => string) => [path(missing), path(there)] as const;
  const pairs = [
    of(999_999, closed.maintenance ?? 0, (id) => `/maintenances/${id}`),
    of(999_999, closed.maintenance ?? 0, (id) => `/maintenances/${id}/comments`),
    of(999_999, closed.series ?? 0, (id) => `/series/${id}`),
    of(999_999, closed.series ?? 0, (id) => `/series/${id}/runs`),
    of(999_999, closed.scope ?? 0, (id) => `/scopes/${id}`),
    of(999_999, closed.service ?? 0, (id) => `/services/${id}`),
    of(999_999, closed.service ?? 0, (id) => `/now?service=${id}`),
    of(999_999, closed.scope ?? 0, (id) => `/now?scope=${id}`),
    of(999_999, inside, (id) => `/maintenances/${id}`),
  ];
  for (const [missing, there] of pairs) {
    const [none, hidden] = [await at.anonymous(missing), await at.anonymous(there)];
    expect([there, hidden.status]).toEqual([there, 404]);
    expect(JSON.stringify(hidden.body)).toBe(
      JSON.stringify(none.body).replaceAll('999999', there.match(/\d+/)?.[0] ?? ''),
    );
  }
  // The impact of the internal window is visible with a token only.
  expect((await at.anonymous(`/services/${open.service}`)).body).toMatchObject({
    status: 'up',
    owners: [],
    checks: [],
  });
  expect((await at.get(`/services/${open.service}`)).body).toMatchObject({
    status: 'down',
    checks: [expect.any(String)],
  });
  expect((await at.anonymous('/now')).body).toMatchObject({ in_maintenance: false });
  expect((await at.get('/now')).body).toMatchObject({ in_maintenance: true });
});

test('every other operation needs a token', async () => {
  const call = (method: string, path: string) =>
    at.call(method, path, method === 'GET' ? undefined : {}, { token: null });
  for (const path of [
    '/checks',
    '/checks/X',
    '/freezes',
    '/subscriptions',
    `/maintenances/${open.maintenance}/history`,
  ]) {
    const reply = await call('GET', path);
    expect([path, reply.status]).toEqual([path, 401]);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  }
  for (const [method, path] of [
    ['POST', '/maintenances'],
    ['PATCH', `/maintenances/${open.maintenance}`],
    ['DELETE', `/maintenances/${open.maintenance}`],
    ['POST', `/maintenances/${open.maintenance}/start`],
    ['POST', '/series/preview'],
    ['PUT', `/series/${open.series}`],
  ] as const) {
    expect([path, (await call(method, path)).status]).toEqual([path, 401]);
  }
});

test('with several workspaces, the named one is read', async () => {
  const other = await w.ctx.database.account.create({ data: { name: 'Other', slackTeamId: 'T0OTHER' } });
  try {
    const none = await at.anonymous('/maintenances');
    expect(none.status).toBe(401);
    expect(none.body.detail).toContain('?account=');
    expect((await at.anonymous('/maintenances?account=T0TEST')).body.items.length).toBeGreaterThan(0);
    expect((await at.anonymous('/maintenances?account=T0OTHER')).body.items).toEqual([]);
    expect(await at.anonymous('/maintenances?account=T0NOBODY')).toMatchObject({ status: 401 });
    expect(await at.anonymous(`/maintenances/${open.maintenance}?account=T0TEST`)).toMatchObject({ status: 200 });
    expect(await at.anonymous(`/maintenances/${open.maintenance}?account=T0OTHER`)).toMatchObject({ status: 404 });
  } finally {
    await w.ctx.database.account.delete({ where: { id: other.id } });
  }
});
