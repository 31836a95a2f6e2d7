import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { STATUSES } from '../../../src/maintenance/rules/status.ts';
import { ADMIN_TOKEN } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { exchange, formOf, type Resource, sendForm, type Values } from './client.ts';
import {
  change,
  changesSince,
  eventsOf,
  expectRefused,
  MISSING,
  type ProdManager,
  startProdManager,
} from './served.ts';

/*
 * The document of the maintenance API, row by row. Each row of a table is a row of the document and one test: its values
 * are accepted, stored, and answered by the operation and by a later GET; wrong ones are refused under its name.
 * The rows of the list are in document-filters.test.ts; what a status means for start_date and end_date is in
 * document-statuses.test.ts.
 */

let at: ProdManager;
beforeAll(async () => {
  at = await startProdManager();
});
afterAll(() => at.close());
beforeEach(() => at.reset());

/** A value that is sent, and what is answered for it. */
type Right = readonly (readonly [sent: unknown, answered: unknown])[];
type Row = readonly [attribute: string, type: string, required: boolean, description: string];

const ROWS: readonly Row[] = [
  ['scope', 'integer', true, 'the id of its scope'],
  ['service', 'integer', true, 'the id of its service'],
  ['name', 'string', true, 'its name'],
  ['description', 'string', false, 'its description'],
  ['external_reference', 'string', false, 'a reference elsewhere'],
  ['external_link', 'string', false, 'a link elsewhere, a valid URL'],
  ['service_status', 'string', true, 'up, degraded or down'],
  ['scheduled_start_date', 'string', true, 'its planned start, YYYY-MM-DDTHH:MM'],
  ['scheduled_end_date', 'string', true, 'its planned end, YYYY-MM-DDTHH:MM'],
];

const same = (...values: readonly unknown[]): Right => values.map((value) => [value, value]);
const wrongIds = ['x', '0', '-1', '1.5', 999_999, 2_147_483_648, 9_999_999_999, '99999999999'];

const VALUES: Readonly<Record<string, () => { readonly right: Right; readonly wrong: readonly unknown[] }>> = {
  scope: () => ({ right: [...same(at.other.scope), [`${at.other.scope}`, at.other.scope]], wrong: wrongIds }),
  service: () => ({ right: [...same(at.other.service), [`${at.other.service}`, at.other.service]], wrong: wrongIds }),
  name: () => ({
    right: same('Größe & <b>100%</b> + 1', 'n'.repeat(200)),
    wrong: ['n'.repeat(201), 'a\0b'],
  }),
  description: () => ({
    right: [...same('One\nTwo: 50% & +', 'd'.repeat(10_000)), [' ', null]],
    wrong: ['d'.repeat(10_001), 'a\0b'],
  }),
  external_reference: () => ({ right: same('CHG-2/é', 'r'.repeat(200)), wrong: ['r'.repeat(201), 'a\0b'] }),
  external_link: () => ({
    right: same('http://a.example:81/x?y=1&z=2#w'),
    wrong: ['nope', 'javascript:alert(1)', '/relative'],
  }),
  service_status: () => ({ right: same('up', 'down'), wrong: ['broken', 'DOWN', '1'] }),
  scheduled_start_date: () => ({
    right: [
      ...same(at.date(hours(2)), at.date(-minutes(4))),
      [at.date(minutes(95)).replace('T', ' '), at.date(minutes(95))],
    ],
    wrong: ['tomorrow', '2027-02-30T10:00', '2027-13-01T10:00', '2027-01-01', at.date(-minutes(6))],
  }),
  scheduled_end_date: () => ({
    right: [...same(at.date(hours(5)), at.date(minutes(61))), [at.date(hours(6)).replace('T', ' '), at.date(hours(6))]],
    // It cannot be before the start, nor at it.
    wrong: ['tomorrow', '2027-02-30T10:00', '2027-01-01', at.date(minutes(59)), at.date(hours(1))],
  }),
};
/** The first value is also sent as JSON, the others only as forms. */
const inForms = (right: Right) =>
  right.flatMap(([value, expected], n) =>
    (n === 0 ? (['form', 'json'] as const) : (['form'] as const)).map((encoding) => ({ value, expected, encoding })),
  );
const valuesOf = (attribute: string) => VALUES[attribute]?.() ?? { right: [], wrong: [] };

/** Without an attribute, and with an empty one. */
function without(values: Values, attribute: string): Values[] {
  const { [attribute]: _, ...rest } = values;
  return [rest, { ...rest, [attribute]: '' }, { ...rest, [attribute]: null }];
}

describe('Create a maintenance', () => {
  test.each(ROWS)('%s (%s, required: %s): %s', async (attribute, _type, required) => {
    const { right, wrong } = valuesOf(attribute);
    for (const { value, expected, encoding } of inForms(right)) {
      const sent = { ...at.required(), ...at.optional, [attribute]: value };
      const { status, via, body } = await sendForm(at, 'maintenance/create', sent, encoding);
      const made = body as Resource;
      expect({ status, body, via }).toEqual({
        status: 200,
        body: {
          ...{ ...sent, [attribute]: expected, creation_date: at.date(0), start_date: null, end_date: null },
          events: [{ content: expect.any(String), creation_date: at.date(0), internal: true, type: 'create' }],
          ...{ id: made.id, links: at.links(made), status: 'scheduled' },
        },
        via: `/api/maintenance/${made.id}`,
      });
      expect(await at.get(made.id)).toEqual(made);
      expect((await at.stored(made.id))[attribute]).toBe(expected);
      expect(JSON.parse(eventsOf(made)[0]?.content ?? '')[attribute]).toBe(expected);
    }

    const before = await at.client.count('maintenance');
    for (const value of wrong) {
      const sent = { ...at.required(), [attribute]: value };
      expectRefused(await sendForm(at, 'maintenance/create', sent), 'creation', attribute);
    }
    for (const values of without({ ...at.required(), ...at.optional }, attribute)) {
      const { body } = await sendForm(at, 'maintenance/create', values, 'json');
      const failed = { message: 'Maintenance creation failed', reasons: { [attribute]: MISSING } };
      expect(body).toEqual(required ? failed : expect.objectContaining({ [attribute]: null }));
    }
    expect(await at.client.count('maintenance')).toBe(before + (required ? 0 : 3));
  });

  test('records every field in an event, in the order of the document', async () => {
    const made = await at.client.create('maintenance', at.required());
    expect(eventsOf(made).map(({ content }) => Object.entries(JSON.parse(content)))).toEqual([
      [
        ['name', 'Postgres upgrade'],
        ['description', null],
        ['external_reference', null],
        ['external_link', null],
        ['status', 'scheduled'],
        ['scope', at.first.scope],
        ['service', at.first.service],
        ['service_status', 'degraded'],
        ['creation_date', at.date(0)],
        ['scheduled_start_date', at.date(hours(1))],
        ['scheduled_end_date', at.date(hours(3))],
        ['start_date', null],
        ['end_date', null],
      ],
    ]);
  });

  test('needs a token, whatever is sent', async () => {
    for (const form of ['', formOf(at.required())]) {
      const { status, body } = await exchange(at, undefined, 'POST', '/api/maintenance/create', form);
      expect({ status, body }).toMatchObject({ status: 403, body: { message: 'Maintenance creation failed' } });
    }
  });
});

describe('Update a maintenance', () => {
  test.each(ROWS)('%s (%s, required: %s): %s', async (attribute, _type, required) => {
    const { right, wrong } = valuesOf(attribute);
    for (const { value, expected, encoding } of inForms(right)) {
      const made = await at.create();
      const sent = { ...made, [attribute]: value };
      const { status, via, body } = await sendForm(at, `maintenance/${made.id}/update`, sent, encoding);
      const values = { ...made, [attribute]: expected };
      expect({ status, body, via }).toEqual({
        status: 200,
        body: { ...values, events: expect.any(Array), links: at.links(values) },
        via: `/api/maintenance/${made.id}`,
      });
      expect(changesSince(made, body as Resource)).toEqual(change(attribute, made[attribute], expected));
      expect(await at.get(made.id)).toEqual(body);
      expect((await at.stored(made.id))[attribute]).toBe(expected);
    }

    const made = await at.create();
    for (const value of wrong) expectRefused(await at.tryUpdate(made, { [attribute]: value }), 'update', attribute);
    expect(await at.get(made.id)).toEqual(made);
    for (const values of without(made, attribute)) {
      const before = required ? made : await at.create();
      const { body } = await sendForm(at, `maintenance/${before.id}/update`, values, 'json');
      if (required) {
        expect(body).toEqual({ message: 'Maintenance update failed', reasons: { [attribute]: MISSING } });
      } else {
        expect(body).toMatchObject({ [attribute]: null });
        expect(changesSince(before, body as Resource)).toEqual(change(attribute, made[attribute], null));
      }
    }
    expect(await at.get(made.id)).toEqual(made);
  });

  test('status (string, required: true): scheduled, in-progress, succeed, failed or canceled', async () => {
    for (const status of STATUSES.filter((status) => status !== 'scheduled')) {
      const made = await at.create();
      const changed = await at.update(made, { status });
      expect(changed.status).toBe(status);
      expect(changesSince(made, changed)).toMatchObject(change('status', 'scheduled', status));
      expect(await at.get(made.id)).toEqual(changed);
      expect(await at.stored(made.id)).toMatchObject({ status });
    }
    const made = await at.create();
    for (const status of ['done', 'IN_PROGRESS', 'in progress']) {
      expectRefused(await at.tryUpdate(made, { status }), 'update', 'status');
    }
    for (const values of without(made, 'status')) {
      const { status, body } = await sendForm(at, `maintenance/${made.id}/update`, values, 'json');
      expect({ status, body }).toEqual({
        status: 400,
        body: { message: 'Maintenance update failed', reasons: { status: MISSING } },
      });
    }
    expect(await at.get(made.id)).toEqual(made);
  });

  test.each(STATUSES)('of one that is %s edits every field, and shows one or two events', async (status) => {
    const before = await at.createWith(status);
    const changes = {
      ...{ ...at.other, name: 'Another', service_status: 'down', description: 'New' },
      ...{ external_reference: 'CHG-9', external_link: 'https://b.example/' },
      ...{ scheduled_start_date: at.date(hours(2)), scheduled_end_date: at.date(hours(6)) },
    };
    const after = await at.update(before, changes);
    const values = { ...before, ...changes };
    expect(after).toEqual({ ...values, events: expect.any(Array), links: at.links(values) });
    const expected = Object.entries(changes).map(([field, value]) => change(field, before[field], value));
    expect(changesSince(before, after)).toEqual(Object.assign({}, ...expected));
    expect(eventsOf(after).length - eventsOf(before).length).toBeLessThanOrEqual(2);
    expect(await at.stored(before.id)).toMatchObject(changes);
  });

  test('changes nothing when a part of it is wrong', async () => {
    const before = await at.createWith('in-progress');
    const more = { status: 'succeed', name: 'Renamed', description: 'New' };
    expectRefused(await at.tryUpdate(before, { ...more, end_date: at.date(-hours(1)) }), 'update', 'end_date');
    expectRefused(await at.tryUpdate(before, { ...more, scope: 999_999 }), 'update', 'scope');
    const wrong = { ...more, service_status: 'broken', scheduled_end_date: '' };
    expectRefused(await at.tryUpdate(before, wrong), 'update', 'service_status', 'scheduled_end_date');
    expect(await at.get(before.id)).toEqual(before);
  });

  test('ignores what it does not know, and what cannot be changed', async () => {
    const before = await at.create();
    const sent = { ...before, id: 999_999, creation_date: 'x', events: 'x', links: 'x', color: 'red' };
    const { body } = await sendForm(at, `maintenance/${before.id}/update`, sent);
    expect(body).toEqual(before);
  });
});

describe('id (integer, required: true): the id of the maintenance', () => {
  const operations = [
    ['Get single maintenance', 'show', 'GET', ''],
    ['Update a maintenance', 'update', 'POST', '/update'],
    ['Delete a maintenance', 'deletion', 'POST', '/delete'],
    ['Comment a maintenance', 'comment', 'POST', '/comment'],
  ] as const;

  test.each(operations)('%s', async (_title, operation, method, path) => {
    const [first, second] = [await at.create(), await at.create({ name: 'Another one' })];
    const form = formOf({ ...first, name: 'Renamed', comment: 'Hello' });
    const send = (id: unknown, token: string | undefined = ADMIN_TOKEN) =>
      exchange(at, token, method, `/api/maintenance/${id}${path}`, method === 'GET' ? '' : form);

    const accepted = await send(first.id);
    expect(accepted.status).toBe(200);
    const rest = await at.client.list('maintenance', { scope: at.first.scope });
    expect(rest).toContainEqual(second);
    expect(accepted.via).toBe(
      { show: undefined, deletion: '/api/maintenance' }[operation as string] ??
        (method === 'GET' ? undefined : `/api/maintenance/${first.id}`),
    );

    for (const id of [999_999, 99_999_999_999]) {
      const { status, body } = await send(id);
      expect({ status, body }).toEqual({
        status: 404,
        body: {
          message: `Maintenance ${operation} failed`,
          reasons: { maintenance: [`Resource not found : ${id}`] },
        },
      });
    }
    const query = vi.spyOn(pg.Client.prototype, 'query');
    expect((await send('99999999999999999999')).body).toMatchObject({
      reasons: { maintenance: ['Resource not found : 99999999999999999999'] },
    });
    expect(JSON.stringify(query.mock.calls)).not.toMatch(/9999999|1e\+20|10000000/);
    query.mockRestore();
    for (const id of ['x', '-1', '1.5']) expect((await send(id)).status).toBe(404);
    expect((await send(second.id, 'wrong')).status).toBe(401);
    expect(await at.get(second.id)).toEqual(second);
  });

  test.each(operations)('%s, without a token', async (_title, _operation, method, path) => {
    const shown = await at.create();
    const window = at.input({ services: [at.first.service], visibility: 'internal' });
    const hidden = await schedule(at.ctx, at.ana, { ...window, scopeId: at.first.scope });
    const answered = [];
    for (const id of [shown.id, hidden.id, 999_999]) {
      answered.push((await exchange(at, undefined, method, `/api/maintenance/${id}${path}`)).status);
    }
    expect(answered).toEqual(method === 'GET' ? [200, 404, 404] : [403, 403, 403]);
    expect(await at.get(shown.id)).toEqual(shown);
  });
});

test('Delete a maintenance: no operation finds it any more', async () => {
  for (const status of STATUSES) {
    const made = await at.createWith(status);
    const count = await at.client.count('maintenance');
    await at.client.delete('maintenance', made);
    expect(await at.client.count('maintenance')).toBe(count - 1);
    await expect(at.get(made.id)).rejects.toMatchObject({ status: 404 });
    await expect(at.client.delete('maintenance', made)).rejects.toMatchObject({ status: 404 });
    await expect(at.update(made, {})).rejects.toMatchObject({ status: 404 });
  }
});

describe('Comment a maintenance', () => {
  const post = (id: number, values: Values, encoding: 'form' | 'json' = 'form') =>
    sendForm(at, `maintenance/${id}/comment`, values, encoding);

  test('comment (string, required: true): its text', async () => {
    const made = await at.create();
    let before = made;
    for (const comment of ['Hello', 'One\nTwo: 50% & + <b>é</b>', '{"name": ["a", "b"]}', 'c'.repeat(10_000)]) {
      const { status, body, via } = await post(made.id, { comment });
      const after = body as Resource;
      expect([status, via]).toEqual([200, `/api/maintenance/${made.id}`]);
      const event = { content: comment, creation_date: at.date(0), internal: false, type: 'comment' };
      expect(after).toEqual({ ...before, events: [event, ...eventsOf(before)] });
      expect(await at.get(made.id)).toEqual(after);
      const where = { maintenanceId: made.id, text: comment };
      expect(await at.ctx.database.comment.count({ where })).toBe(1);
      before = after;
    }
    for (const comment of ['c'.repeat(10_001), 'a\0b']) {
      expectRefused(await post(made.id, { comment }), 'comment', 'comment');
    }
    for (const values of [{}, { comment: '' }, { comment: ' \n' }, { comment: null }]) {
      const { status, body } = await post(made.id, values, 'json');
      expect({ status, body }).toEqual({
        status: 400,
        body: { message: 'Maintenance comment failed', reasons: { comment: MISSING } },
      });
    }
    expect(await at.get(made.id)).toEqual(before);
  });

  test('internal (integer, required: false): whether only members see it', async () => {
    const made = await at.create();
    const values = [
      ...([1, '1', 'true', true].map((value) => [value, true]) satisfies unknown[]),
      ...([0, '0', 'false', false, '', null, undefined].map((value) => [value, false]) satisfies unknown[]),
    ];
    let count = 0;
    for (const [internal, expected] of values) {
      for (const encoding of ['form', 'json'] as const) {
        const comment = `number ${++count}`;
        const { body } = await post(made.id, { comment, internal }, encoding);
        expect(eventsOf(body as Resource)[0]).toEqual({
          ...{ content: comment, creation_date: at.date(0), internal: expected, type: 'comment' },
        });
        expect(await at.get(made.id)).toEqual(body);
        const shown = eventsOf(await at.anonymous.get('maintenance', made.id)).map(({ content }) => content);
        expect(shown.includes(comment)).toBe(!expected);
        expect(
          await at.ctx.database.comment.findFirst({ where: { maintenanceId: made.id, text: comment } }),
        ).toMatchObject({ internal: expected });
      }
    }
    for (const internal of ['maybe', 2, -1]) {
      expectRefused(await post(made.id, { comment: 'x', internal }), 'comment', 'internal');
    }
  });
});

test('without a token only comments for everybody are shown among the events', async () => {
  const made = await at.create();
  await at.update(made, { name: 'Renamed' });
  await at.client.create(`maintenance/${made.id}/comment`, { comment: 'For us', internal: 1 });
  await at.client.create(`maintenance/${made.id}/comment`, { comment: 'For everybody', internal: 0 });
  expect((await at.anonymous.get('maintenance', made.id)).events).toEqual([
    { content: 'For everybody', creation_date: at.date(0), internal: false, type: 'comment' },
  ]);
});
