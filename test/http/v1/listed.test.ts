import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reader } from '../../../src/core/permissions.ts';
import { toMaintenance } from '../../../src/maintenance/http/schemas.ts';
import { findVisible } from '../../../src/maintenance/repository/list.ts';
import { countingStatements } from '../../statements.ts';
import { type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
/** Tokens, and null for a reader without one. */
let readers: { readonly name: string; readonly token: string | null; readonly reader: Reader }[];

const odd = 'Quotes " and \\, a tab\t, \u2028, </script>, ends at 02:00:00+00:00';

beforeAll(async () => {
  w = await world();
  at = calling(w);
  const make = async (path: string, body: object) => {
    const made = await at.post(path, body);
    expect([path, made.status === 201 ? '' : made.body]).toEqual([path, '']);
    return made.body.id;
  };
  const open = await make('/scopes', { name: 'Open' });
  const hidden = await make('/scopes', { name: 'Hidden', visibility: 'internal' });
  const services = [];
  for (const [name, scope] of [
    ['zeta', open],
    ['alpha', null],
    ['mid', hidden],
    ['alpha', open],
  ] as const) {
    services.push(await make('/services', { name, scope }));
  }
  const checks = [];
  for (const name of ['b', 'a']) checks.push(await make('/checks', { name, services: [services[0]], tags: ['db'] }));
  const times = (from: number) => ({ scheduled_start_date: at.in(from), scheduled_end_date: at.in(from + 60) });
  const schedule = (from: number, body: object) => make('/maintenances', { name: 'Reindex', ...times(from), ...body });
  await schedule(60, { services });
  await schedule(120, { name: odd, description: odd, external_reference: odd, services: [services[1]], risk: 'high' });
  await schedule(180, { services: [services[2]], external_link: 'https://example.com/?a=1&b=2' });
  await schedule(240, { scope: open, checks: checks.toReversed() });
  await schedule(300, { scope: hidden, checks: [], selector: 'tag:db', selector_follows: true });
  await schedule(360, { scope: open, visibility: 'internal', services: [services[0]] });
  const first = await schedule(420, { services: [services[0]], timezone: 'Asia/Kolkata', service_status: 'up' });
  await at.post(`/maintenances/${first}/start`, {});
  await at.post(`/maintenances/${first}/finish`, { status: 'failed' });
  await at.post(`/maintenances/${first}/reopen`, {});
  const approved = await make('/scopes', { name: 'With approval' });
  await at.call('PATCH', `/scopes/${approved}`, { requires_approval: true });
  await schedule(480, { scope: approved, services: [services[1]] });
  for (const visibility of ['public', 'internal']) {
    await make('/series', {
      name: 'Nightly',
      cron: '0 3 * * *',
      duration_minutes: 30,
      services: [services[0]],
      visibility,
    });
  }
  const limited = await at.post('/tokens', { name: 'Limited', rights: 'read', scopes: [open] });
  readers = [
    { name: 'a member', token: await at.token('read'), reader: 'internal' },
    { name: 'a token limited to a scope', token: limited.body.token, reader: { scopes: [open] } },
    { name: 'an anonymous reader', token: null, reader: 'public' },
  ];
});
afterAll(() => w.close());

describe('the list of maintenances', () => {
  test.each([0, 1, 2])(
    'has what a single one and the response to a change have, for each reader (%i)',
    async (index) => {
      const { token = null, reader = 'public' } = readers[index] ?? {};
      const read = async (path: string) => (await at.call('GET', path, undefined, { token })).body;
      const { items } = await read('/maintenances?order=id&limit=200');
      expect(items.length).toBeGreaterThan(4);
      for (const item of items) {
        const { mutes: _, ...single } = await read(`/maintenances/${item.id}`);
        // The order of the members, too.
        expect(JSON.stringify(item)).toBe(JSON.stringify(single));
        const found = await findVisible(w.ctx.database, w.account.id, reader, item.id);
        expect(JSON.stringify(item)).toBe(JSON.stringify(found && toMaintenance(found, reader)));
      }
    },
  );

  test('is in the order of its values', async () => {
    const { items } = (await at.get('/maintenances?order=-scheduled_start_date&limit=200')).body;
    const starts = items.map(({ scheduled_start_date: start }: { scheduled_start_date: string }) => start);
    expect(starts).toEqual(starts.toSorted().reverse());
  });

  test('takes two statements, however long it is: the token and the page', async () => {
    for (const limit of [1, 200]) {
      const statements = await countingStatements(async () => {
        const token = readers[0]?.token ?? null;
        const list = await at.call('GET', `/maintenances?status=scheduled&limit=${limit}`, undefined, { token });
        expect(list.status).toBe(200);
      });
      // The first use of a token is written.
      expect(statements.filter((text) => !text.startsWith('update api_tokens'))).toHaveLength(2);
    }
  });

  test('is not read for a member who has it, and is after any change', async () => {
    const token = readers[0]?.token ?? null;
    const path = '/maintenances?status=scheduled';
    const first = await at.call('GET', path, undefined, { token });
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const statements = await countingStatements(async () => {
      expect(await at.call('GET', path, undefined, { token, headers })).toMatchObject({ status: 304, body: undefined });
    });
    expect(statements.filter((text) => text.includes('maintenances'))).toEqual([]);
    expect((await at.call('PATCH', `/services/${first.body.items[0].service}`, { description: odd })).status).toBe(200);
    const again = await at.call('GET', path, undefined, { token, headers });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('etag')).not.toBe(headers['if-none-match']);
  });
});
