import { afterAll, beforeAll, expect, test } from 'vitest';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import type { Status } from '../../../src/maintenance/rules/status.ts';
import { ADMIN_TOKEN } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { exchange, formOf, type Values } from './client.ts';
import { expectRefused, type ProdManager, startProdManager } from './served.ts';

/*
 * The rows of the list in the document of the maintenance API, one test each: a filter limits, a repeated one is "or",
 * different ones are "and", and a wrong value is refused under its name.
 */

let at: ProdManager;
/** Planned windows begin one, two, three hours later and so on, and are two hours long. */
let begin: Date;
const inHours = (count: number, more = 0) => new Date(begin.getTime() + hours(count) + more).toISOString().slice(0, 16);
const spaced = (date: string) => date.replace('T', ' ');

beforeAll(async () => {
  at = await startProdManager();
  await at.reset();
  begin = at.clock.now();
  const add = async (hour: number, status: Status, name: string, values: Values) => {
    const window = { scheduled_start_date: inHours(hour), scheduled_end_date: inHours(hour + 2) };
    await at.createWith(status, { ...window, name, external_reference: null, ...values });
  };
  const { first, other } = at;
  await add(1, 'scheduled', 'planned', { service_status: 'up', external_reference: 'CHG-1' });
  await add(2, 'in-progress', 'running', { service: other.service, external_reference: 'CHG-2' });
  await add(3, 'succeed', 'done', { scope: other.scope, service_status: 'down', external_reference: 'CHG-1' });
  await add(4, 'failed', 'broken', { ...other, service_status: 'up' });
  await add(5, 'canceled', 'off', { ...first, external_reference: 'CHG-3' });
});
afterAll(() => at.close());

const ALL = ['off', 'broken', 'done', 'running', 'planned'];
const OF_FIRST_SCOPE = ['off', 'running', 'planned'];
const namesOf = async (params: Values, by = at.client) =>
  (await by.list('maintenance', params)).map(({ name }) => name);
const send = (query: string) => exchange(at, ADMIN_TOKEN, 'GET', `/api/maintenance?${query}`);

type Expected = readonly (readonly [value: unknown, names: readonly string[]])[];
const FILTERS: readonly (readonly [string, string, boolean, string, () => Expected, readonly string[]])[] = [
  [
    ...(['status', 'string', false, 'scheduled, in-progress, succeed, failed or canceled'] as const),
    () => [
      ['scheduled', ['planned']],
      ['in-progress', ['running']],
      ['succeed', ['done']],
      ['failed', ['broken']],
      ['canceled', ['off']],
      [
        ['scheduled', 'failed'],
        ['broken', 'planned'],
      ],
    ],
    ['done', 'SCHEDULED'],
  ],
  [
    ...(['scope', 'integer', false, 'in a scope'] as const),
    () => [
      [at.first.scope, OF_FIRST_SCOPE],
      [[at.first.scope, at.other.scope], ALL],
      [999_999, []],
    ],
    ['x', '0', '-1', '1.5'],
  ],
  [
    ...(['service', 'integer', false, 'on a service'] as const),
    () => [
      [at.other.service, ['broken', 'running']],
      [[at.other.service, at.first.service], ALL],
      [999_999, []],
    ],
    ['x', '0', '-1', '1.5'],
  ],
  [
    ...(['service_status', 'string', false, 'up, degraded or down'] as const),
    () => [
      ['up', ['broken', 'planned']],
      ['degraded', ['off', 'running']],
      ['down', ['done']],
      [
        ['up', 'down'],
        ['broken', 'done', 'planned'],
      ],
    ],
    ['broken', 'UP'],
  ],
  [
    ...(['external_reference', 'string', false, 'with exactly this reference'] as const),
    () => [
      ['CHG-1', ['done', 'planned']],
      [
        ['CHG-1', 'CHG-3'],
        ['off', 'done', 'planned'],
      ],
      ['CHG', []],
    ],
    [],
  ],
  [
    ...(['start_before', 'string', false, 'planned to start before a date'] as const),
    () => [
      [inHours(1), []],
      [inHours(2), ['planned']],
      [spaced(inHours(2)), ['planned']],
      [inHours(2, minutes(1)), ['running', 'planned']],
      [
        [inHours(2), inHours(3)],
        ['running', 'planned'],
      ],
    ],
    ['junk', '2027-02-30T10:00'],
  ],
  [
    ...(['start_after', 'string', false, 'planned to start at a date or after it'] as const),
    () => [
      [inHours(4), ['off', 'broken']],
      [spaced(inHours(4)), ['off', 'broken']],
      [inHours(4, minutes(1)), ['off']],
      [
        [inHours(5), inHours(4)],
        ['off', 'broken'],
      ],
    ],
    ['junk', '2027-02-30T10:00'],
  ],
  [
    ...(['end_before', 'string', false, 'planned to end before a date'] as const),
    () => [
      [inHours(3), []],
      [inHours(4), ['planned']],
      [spaced(inHours(4)), ['planned']],
      [inHours(4, minutes(1)), ['running', 'planned']],
      [
        [inHours(4), inHours(5)],
        ['running', 'planned'],
      ],
    ],
    ['junk', '2027-02-30T10:00'],
  ],
  [
    ...(['end_after', 'string', false, 'planned to end at a date or after it'] as const),
    () => [
      [inHours(6), ['off', 'broken']],
      [spaced(inHours(6)), ['off', 'broken']],
      [inHours(6, minutes(1)), ['off']],
      [
        [inHours(7), inHours(6)],
        ['off', 'broken'],
      ],
    ],
    ['junk', '2027-02-30T10:00'],
  ],
];

test.each(FILTERS)('%s (%s, required: %s): %s', async (attribute, _type, _required, _description, rows, wrong) => {
  for (const [value, names] of rows()) {
    expect(await namesOf({ [attribute]: value })).toEqual(names);
    const another = attribute === 'scope' ? { service: at.other.service } : { scope: at.first.scope };
    const both = attribute === 'scope' ? ['broken', 'running'] : OF_FIRST_SCOPE;
    expect(await namesOf({ [attribute]: value, ...another })).toEqual(names.filter((name) => both.includes(name)));
  }
  for (const value of wrong) {
    expectRefused(await send(formOf({ [attribute]: value })), 'list', attribute);
    expectRefused(await send(formOf({ [attribute]: [rows()[0]?.[0], value] })), 'list', attribute);
  }
});

test('without filters, and with ones that it does not have, it is everything, the latest planned start first', async () => {
  expect(await namesOf({})).toEqual(ALL);
  expect(await namesOf({ name: 'planned', color: 'red' })).toEqual(ALL);
});

test('without a token it is what is public', async () => {
  const input = at.input({ services: [at.first.service], visibility: 'internal', name: 'secret' });
  const { id } = await schedule(at.ctx, at.ana, { ...input, scopeId: at.first.scope });
  expect(await namesOf({}, at.anonymous)).toEqual(ALL);
  expect(await namesOf({})).toContain('secret');
  await at.client.delete('maintenance', { id });
});

test('its items are those that a get answers', async () => {
  for (const item of await at.client.list('maintenance')) expect(item).toEqual(await at.get(item.id));
});

test.each([
  // query, items and x-page, x-per-page, x-total, x-total-pages, x-prev-page, x-next-page
  ['', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=1', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=0', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=-1', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=9', 0, '9', '20', '5', '1', '8', 'None'],
  ['page=1&page=9', 5, '1', '20', '5', '1', 'None', 'None'],
  ['page=10000000', 0, '10000000', '20', '5', '1', '9999999', 'None'],
  ['per_page=2', 2, '1', '2', '5', '3', 'None', '2'],
  ['per_page=2&page=2', 2, '2', '2', '5', '3', '1', '3'],
  ['per_page=2&page=3', 1, '3', '2', '5', '3', '2', 'None'],
  ['per_page=50', 5, '1', '50', '5', '1', 'None', 'None'],
  ['per_page=', 5, '1', '20', '5', '1', 'None', 'None'],
  ['per_page=0', 5, '1', '20', '5', '1', 'None', 'None'],
  ['per_page=-1', 5, '1', '20', '5', '1', 'None', 'None'],
  ['status=failed&per_page=1', 1, '1', '1', '1', '1', 'None', 'None'],
])('pagination: %s', async (query, count, page, perPage, total, pages, previous, next) => {
  const { status, headers, body } = await send(query);
  expect(status).toBe(200);
  expect((body as { items: unknown[] }).items).toHaveLength(count);
  expect(headers).toMatchObject({
    ...{ 'x-page': page, 'x-per-page': perPage, 'x-total': total },
    ...{ 'x-total-pages': pages, 'x-prev-page': previous, 'x-next-page': next },
  });
});

test.each([
  ['page', 'abc'],
  ['page', '1.5'],
  ['page', '10000001'],
  ['per_page', 'abc'],
  ['per_page', '51'],
])('pagination: %s=%s is refused', async (name, value) => {
  const { status, body } = await send(`${name}=${value}`);
  expect({ status, body }).toEqual({
    status: 400,
    body: { message: expect.any(String), reasons: { [name]: [expect.any(String)] } },
  });
});

test('a count is the total of a list', async () => {
  expect(await at.client.count('maintenance')).toBe(5);
});
