import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../../src/maintenance/commands/transitions.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { Client, type Values } from './client.ts';

let at: TestServer;
let client: Client;
let scope: number;
let service: number;
let other: { scope: number; service: number };

beforeAll(async () => {
  at = await startTestServer();
  client = new Client(at, ADMIN_TOKEN);
  const made = async (name: string) => {
    const { id } = await addScope(at.ctx, at.lull, { name });
    return { scope: id, service: (await addService(at.ctx, at.lull, { name: `${name} api`, scopeId: null })).id };
  };
  ({ scope, service } = await made('Production'));
  other = await made('Staging');
});
afterAll(() => at.close());
beforeEach(async () => {
  at.clock.moveTo(new Date(Math.ceil(at.clock.now().getTime() / minutes(1)) * minutes(1)));
  await at.ctx.database.mute.deleteMany();
  await at.ctx.database.maintenance.deleteMany();
});

/** An instant from now, as the interface writes it, on clocks that show UTC. */
const date = (milliseconds: number) => new Date(at.clock.now().getTime() + milliseconds).toISOString().slice(0, 16);
const create = (more: Values = {}) =>
  client.create('maintenance', {
    ...{ scope, service, name: 'Postgres upgrade', service_status: 'degraded' },
    ...{ scheduled_start_date: date(hours(1)), scheduled_end_date: date(hours(3)), ...more },
  });
const names = async (params: Values) => (await client.list('maintenance', params)).map(({ name }) => name).toSorted();
const get = (query: string) =>
  at.send('GET', `/api/maintenance?${query}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });

/** The number of items, then page, items a page, total, pages, the page before and the next. */
const page = async (query: string) => {
  const { headers, status, text } = await get(query);
  const shown = ['page', 'per-page', 'total', 'total-pages', 'prev-page', 'next-page'].map(
    (name) => headers[`x-${name}`],
  );
  return [status, JSON.parse(text).items.length, ...shown];
};

test('a list has its page and the total in headers', async () => {
  for (let n = 0; n < 5; n++) await create();
  const first = [200, 5, '1', '20', '5', '1', 'None', 'None'];
  for (const query of ['', 'page=', 'page=0', 'page=-1', 'per_page=', 'per_page=0', 'per_page=-3', 'page=1&page=9']) {
    expect([query, ...(await page(query))]).toEqual([query, ...first]);
  }
  expect(await page('per_page=2')).toEqual([200, 2, '1', '2', '5', '3', 'None', '2']);
  expect(await page('per_page=2&page=3')).toEqual([200, 1, '3', '2', '5', '3', '2', 'None']);
  expect(await page('page=9')).toEqual([200, 0, '9', '20', '5', '1', '8', 'None']);
  expect(await page('page=10000000&per_page=50')).toEqual([200, 0, '10000000', '50', '5', '1', '9999999', 'None']);
});

test('a list without items has no pages', async () => {
  expect(await page('')).toEqual([200, 0, '1', '20', '0', '0', 'None', 'None']);
});

describe('the filters', () => {
  test('that are repeated are "or", different ones are "and"', async () => {
    const begun = await create({ name: 'begun' });
    await start(at.ctx, at.ana, begun.id);
    const over = await create({ name: 'over', external_reference: 'CHG-1', service_status: 'up' });
    await start(at.ctx, at.ana, over.id);
    await finish(at.ctx, at.ana, over.id, 'succeed');
    await create({ name: 'planned', ...other, external_reference: 'CHG-2' });
    expect(await names({ status: 'scheduled' })).toEqual(['planned']);
    expect(await names({ status: ['scheduled', 'succeed'] })).toEqual(['over', 'planned']);
    expect(await names({ status: ['scheduled', 'succeed'], service })).toEqual(['over']);
    expect(await names({ scope: other.scope })).toEqual(['planned']);
    expect(await names({ service: [service, other.service] })).toEqual(['begun', 'over', 'planned']);
    expect(await names({ service_status: 'up' })).toEqual(['over']);
    expect(await names({ external_reference: ['CHG-1', 'CHG-2'] })).toEqual(['over', 'planned']);
  });

  test('by dates: before excludes the minute itself, after includes it', async () => {
    await create({ name: 'early', scheduled_start_date: date(hours(1)), scheduled_end_date: date(hours(3)) });
    await create({ name: 'late', scheduled_start_date: date(hours(2)), scheduled_end_date: date(hours(4)) });
    for (const [edge, later, earlier] of [
      [hours(2), 'start_after', 'start_before'],
      [hours(4), 'end_after', 'end_before'],
    ] as const) {
      expect(await names({ [earlier]: date(edge) })).toEqual(['early']);
      expect(await names({ [earlier]: date(edge + minutes(1)) })).toEqual(['early', 'late']);
      expect(await names({ [later]: date(edge) })).toEqual(['late']);
      expect(await names({ [later]: date(edge + minutes(1)) })).toEqual([]);
      expect(await names({ [later]: date(edge - hours(1)) })).toEqual(['early', 'late']);
      // "or": the widest counts.
      expect(await names({ [earlier]: [date(0), date(edge + minutes(1))] })).toEqual(['early', 'late']);
      expect(await names({ [later]: [date(hours(9)), date(edge)] })).toEqual(['late']);
    }
  });

  test('by dates treat a stored start with seconds as the minute that is shown', async () => {
    const begins = new Date(at.clock.now().getTime() + hours(1) + 30_000);
    const input = at.input({ services: [service], start: begins, end: new Date(begins.getTime() + hours(1)) });
    await schedule(at.ctx, at.ana, { ...input, name: 'odd', scopeId: scope });
    expect(await names({ start_before: date(hours(1)) })).toEqual([]);
    expect(await names({ start_after: date(hours(1)) })).toEqual(['odd']);
    expect(await names({ start_before: `${date(hours(1))}:10` })).toEqual(['odd']);
    expect(await names({ start_after: `${date(hours(1))}:10` })).toEqual([]);
  });

  test('take a date with a space, with seconds, and alone for its midnight', async () => {
    at.clock.moveTo(new Date('2027-03-01T12:00:00Z'));
    await create({
      name: 'at noon',
      scheduled_start_date: '2027-03-10 12:00',
      scheduled_end_date: '2027-03-10T13:00:00',
    });
    await create({
      name: 'at midnight',
      scheduled_start_date: '2027-03-11T00:00',
      scheduled_end_date: '2027-03-11T01:00',
    });
    expect(await names({ start_before: '2027-03-10 12:00' })).toEqual([]);
    expect(await names({ start_before: '2027-03-10T12:00:01' })).toEqual(['at noon']);
    expect(await names({ start_before: '2027-03-11' })).toEqual(['at noon']);
    expect(await names({ start_after: '2027-03-11' })).toEqual(['at midnight']);
    expect(await names({ end_after: '2027-03-10 13:00:00' })).toEqual(['at midnight', 'at noon']);
  });

  test.each([
    ['status=done', 'status'],
    ['scope=one', 'scope'],
    ['service=0', 'service'],
    ['service_status=broken', 'service_status'],
    ['start_before=tomorrow', 'start_before'],
    ['start_before=', 'start_before'],
    ['start_after=2027-03-10T12:00:60', 'start_after'],
    ['start_after=2027-03-10T12:00Z', 'start_after'],
    ['end_after=2026-02-30T10:00', 'end_after'],
    ['end_after=2026-02-30', 'end_after'],
    ['page=abc', 'page'],
    ['page=1.5', 'page'],
    ['page=10000001', 'page'],
    ['page=99999999999999999999', 'page'],
    ['per_page=51', 'per_page'],
    ['per_page=x', 'per_page'],
  ])('refuse %s', async (query, field) => {
    const { status, text } = await get(query);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      message: 'Maintenance list failed',
      reasons: { [field]: [expect.stringContaining(query.split('=')[1] ?? '')] },
    });
  });

  test('have at most 50 values each', async () => {
    await create({ external_reference: 'CHG-1' });
    expect((await get('external_reference=CHG-1&'.repeat(50))).status).toBe(200);
    const { status, text } = await get('external_reference=CHG-1&'.repeat(51));
    expect([status, Object.keys(JSON.parse(text).reasons)]).toEqual([400, ['external_reference']]);
  });
});

test('a form takes dates with a space and with seconds, and one that is sent back so moves nothing', async () => {
  const begins = new Date(at.clock.now().getTime() + hours(1) + 30_000);
  const input = at.input({ services: [service], start: begins, end: new Date(begins.getTime() + hours(1)) });
  const { id } = await schedule(at.ctx, at.ana, { ...input, scopeId: scope });
  const shown = await client.get('maintenance', id);
  await client.update('maintenance', shown, {
    scheduled_start_date: `${String(shown.scheduled_start_date).replace('T', ' ')}:00`,
    scheduled_end_date: String(shown.scheduled_end_date).replace('T', ' '),
  });
  const stored = await at.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
  expect(stored).toMatchObject({ scheduledStart: input.start, scheduledEnd: input.end });
});
