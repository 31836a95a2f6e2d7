import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN } from '../../http/served.ts';
import { hours } from '../../world.ts';
import { exchange, type Values } from './client.ts';
import { expectRefused, type ProdManager, startProdManager } from './served.ts';

let at: ProdManager;
beforeAll(async () => {
  at = await startProdManager();
});
afterAll(() => at.close());
beforeEach(() => at.reset());

const names = async (params: Values) =>
  (await at.client.list('maintenance', params)).map(({ name }) => name).toSorted();
const get = (query: string) => exchange(at, ADMIN_TOKEN, 'GET', `/api/maintenance?${query}`);

test('a list without items has no pages', async () => {
  const { headers, body } = await get('');
  expect(body).toEqual({ items: [] });
  expect(headers).toMatchObject({ 'x-page': '1', 'x-total': '0', 'x-total-pages': '0', 'x-next-page': 'None' });
});

describe('the filters', () => {
  test('by dates treat a stored start with seconds as the minute that is shown', async () => {
    const begins = new Date(at.clock.now().getTime() + hours(1) + 30_000);
    const input = at.input({ services: [at.first.service], start: begins, end: new Date(begins.getTime() + hours(1)) });
    await schedule(at.ctx, at.ana, { ...input, name: 'odd', scopeId: at.first.scope });
    expect(await names({ start_before: at.date(hours(1)) })).toEqual([]);
    expect(await names({ start_after: at.date(hours(1)) })).toEqual(['odd']);
    expect(await names({ start_before: `${at.date(hours(1))}:10` })).toEqual(['odd']);
    expect(await names({ start_after: `${at.date(hours(1))}:10` })).toEqual([]);
  });

  test('take a date with a space, with seconds, and alone for its midnight', async () => {
    at.clock.moveTo(new Date('2027-03-01T12:00:00Z'));
    await at.create({
      name: 'at noon',
      scheduled_start_date: '2027-03-10 12:00',
      scheduled_end_date: '2027-03-10T13:00:00',
    });
    await at.create({
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
    ['scope=one', 'scope'],
    ['service=0', 'service'],
    ['start_before=tomorrow', 'start_before'],
    ['start_before=', 'start_before'],
    ['start_after=2027-03-10T12:00:60', 'start_after'],
    ['start_after=2027-03-10T12:00Z', 'start_after'],
    ['end_after=2026-02-30T10:00', 'end_after'],
    ['end_after=2026-02-30', 'end_after'],
    ['page=99999999999999999999', 'page'],
    ['per_page=x', 'per_page'],
  ])('refuse %s', async (query, field) => {
    const { status, body } = await get(query);
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        message: 'Maintenance list failed',
        reasons: { [field]: [expect.stringContaining(query.split('=')[1] ?? '')] },
      },
    });
  });

  test('have at most 50 values each', async () => {
    await at.create({ external_reference: 'CHG-1' });
    expect((await get('external_reference=CHG-1&'.repeat(50))).status).toBe(200);
    expectRefused(await get('external_reference=CHG-1&'.repeat(51)), 'list', 'external_reference');
  });
});

test('a form takes dates with a space and with seconds, and one that is sent back so moves nothing', async () => {
  const begins = new Date(at.clock.now().getTime() + hours(1) + 30_000);
  const input = at.input({ services: [at.first.service], start: begins, end: new Date(begins.getTime() + hours(1)) });
  const { id } = await schedule(at.ctx, at.ana, { ...input, scopeId: at.first.scope });
  const shown = await at.get(id);
  await at.update(shown, {
    scheduled_start_date: `${String(shown.scheduled_start_date).replace('T', ' ')}:00`,
    scheduled_end_date: String(shown.scheduled_end_date).replace('T', ' '),
  });
  const stored = await at.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
  expect(stored).toMatchObject({ scheduledStart: input.start, scheduledEnd: input.end });
});
