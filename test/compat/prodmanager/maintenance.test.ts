import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateSettings } from '../../../src/access/accounts.ts';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addService } from '../../../src/catalogue/services/commands.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { hours, minutes } from '../../world.ts';
import { Client, type Resource, type Values } from './client.ts';

let at: TestServer;
let client: Client;
let anonymous: Client;
let scope: number;
let service: number;
let other: { scope: number; service: number };

beforeAll(async () => {
  at = await startTestServer();
  client = new Client(at, ADMIN_TOKEN);
  anonymous = new Client(at);
  const made = async (name: string) => {
    const { id } = await addScope(at.ctx, at.lull, { name });
    return { scope: id, service: (await addService(at.ctx, at.lull, { name: `${name} api`, scopeId: null })).id };
  };
  ({ scope, service } = await made('Production'));
  other = await made('Staging');
});
afterAll(() => at.close());
beforeEach(async () => {
  // What is shown is cut to the minute: no test goes on from one minute to the next.
  at.clock.moveTo(new Date(Math.ceil(at.clock.now().getTime() / minutes(1)) * minutes(1)));
  await at.ctx.database.mute.deleteMany();
  await at.ctx.database.maintenance.deleteMany();
});

/** An instant from now, as the interface writes it, on clocks that show UTC. */
const date = (milliseconds: number) => new Date(at.clock.now().getTime() + milliseconds).toISOString().slice(0, 16);
const values = (more: Values = {}): Values => ({
  scope,
  service,
  name: 'Postgres upgrade',
  service_status: 'degraded',
  scheduled_start_date: date(hours(1)),
  scheduled_end_date: date(hours(3)),
  ...more,
});
const create = (more: Values = {}) => client.create('maintenance', values(more));
const update = (resource: Resource, more: Values) => client.update('maintenance', resource, more);
const all = (params: Values = {}, by = client) => by.list('maintenance', params);
const names = async (params: Values, by = client) => (await all(params, by)).map(({ name }) => name).toSorted();
const bearer = { authorization: `Bearer ${ADMIN_TOKEN}` };

describe('the published client', () => {
  test('creates a maintenance and gets it', async () => {
    const made = await create({
      description: 'To 18',
      external_reference: 'CHG-1',
      external_link: 'https://a.example/1',
    });
    expect(made).toEqual({
      creation_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/),
      description: 'To 18',
      end_date: null,
      events: [{ content: expect.any(String), creation_date: made.creation_date, internal: true, type: 'create' }],
      external_link: 'https://a.example/1',
      external_reference: 'CHG-1',
      id: made.id,
      links: {
        calendar: `${at.url}/api/maintenance/${made.id}/calendar`,
        scope: `${at.url}/api/scope/${scope}`,
        self: `${at.url}/api/maintenance/${made.id}`,
        service: `${at.url}/api/service/${service}`,
      },
      name: 'Postgres upgrade',
      scheduled_end_date: date(hours(3)),
      scheduled_start_date: date(hours(1)),
      scope,
      service,
      service_status: 'degraded',
      start_date: null,
      status: 'scheduled',
    });
    expect(await client.get('maintenance', made.id)).toEqual(made);
    expect(Object.keys(made)).toEqual(Object.keys(made).toSorted());
  });

  test('takes it through its life by sending the whole object back', async () => {
    const made = await create();
    const begun = await update(made, { status: 'in-progress' });
    expect(begun).toMatchObject({ status: 'in-progress', start_date: date(0), end_date: null });
    const renamed = await update(begun, { name: 'Postgres 18', description: 'Half done' });
    expect(renamed).toMatchObject({
      ...begun,
      name: 'Postgres 18',
      description: 'Half done',
      events: expect.any(Array),
    });
    const over = await update(renamed, { status: 'succeed' });
    expect(over).toMatchObject({ status: 'succeed', end_date: date(0), start_date: begun.start_date });
    expect((over.events as { type: string }[]).map(({ type }) => type)).toEqual([
      'update',
      'update',
      'update',
      'create',
    ]);
    // Sent back as it is, it stays as it is.
    expect(await update(over, {})).toEqual(over);
  });

  test('reverts one that started by mistake, which clears its start', async () => {
    const begun = await update(await create(), { status: 'in-progress' });
    const back = { status: 'scheduled', scheduled_start_date: date(hours(5)), scheduled_end_date: date(hours(6)) };
    expect(await update(begun, back)).toMatchObject({ ...back, start_date: null, end_date: null });
  });

  test('cancels, and fails', async () => {
    expect(await update(await create(), { status: 'canceled' })).toMatchObject({ status: 'canceled' });
    const begun = await update(await create(), { status: 'in-progress' });
    expect(await update(begun, { status: 'failed' })).toMatchObject({ status: 'failed', end_date: date(0) });
  });

  test('moves it, to another scope and service, too', async () => {
    const moved = { scheduled_start_date: date(hours(8)), scheduled_end_date: date(hours(9)) };
    expect(await update(await create(), { ...moved, ...other })).toMatchObject({ ...moved, ...other });
  });

  test('comments, internally or not', async () => {
    const made = await create();
    const path = `maintenance/${made.id}/comment`;
    await client.create(path, { comment: 'For everybody', internal: 0 });
    const commented = await client.create(path, { comment: 'For us', internal: 1 });
    const said = (events: unknown) =>
      (events as { type: string; content: string }[]).filter(({ type }) => type === 'comment');
    expect(said(commented.events)).toMatchObject([
      { content: 'For us', internal: true },
      { content: 'For everybody', internal: false },
    ]);
    const { events } = await anonymous.get('maintenance', made.id);
    expect(events).toEqual([{ content: 'For everybody', creation_date: date(0), internal: false, type: 'comment' }]);
  });

  test('deletes it', async () => {
    const made = await create();
    await client.delete('maintenance', made);
    await expect(client.get('maintenance', made.id)).rejects.toMatchObject({ status: 404 });
    expect(await client.count('maintenance')).toBe(0);
  });

  test('counts, and reads page after page', async () => {
    for (let n = 0; n < 7; n++) await create({ name: `number ${n}`, scheduled_end_date: date(hours(2 + n)) });
    expect(await client.count('maintenance')).toBe(7);
    expect(await names({ per_page: 3 })).toEqual(Array.from({ length: 7 }, (_, n) => `number ${n}`));
    const [first] = await all();
    expect(first).toMatchObject({ name: 'number 6' });
  });
});

describe('a form', () => {
  const send = (path: string, type: string | undefined, body?: string) =>
    at.send('POST', `/api/maintenance${path}`, {
      headers: type === undefined ? bearer : { ...bearer, 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
  const answer = async (path: string, body: unknown) => {
    const { status, text } = await send(path, 'application/json', JSON.stringify(body));
    return { status, body: JSON.parse(text) };
  };

  test('can be JSON, of which unknown members are ignored', async () => {
    const body = JSON.stringify({ ...values(), links: { self: 'x' }, events: [{}], color: 'red', description: null });
    const { status, headers } = await send('', 'application/json', body);
    expect([status, headers.location]).toEqual([302, expect.stringMatching(/^\/api\/maintenance\/\d+$/)]);
  });

  test('can be multipart', async () => {
    const fields = Object.entries(values()).map(
      ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const { status } = await send('/create', 'multipart/form-data; boundary=b', `${fields.join('')}--b--\r\n`);
    expect(status).toBe(302);
    expect(await all()).toHaveLength(1);
  });

  test('that is wrong is answered with every reason, and changes nothing', async () => {
    expect(await answer('/create', {})).toEqual({
      status: 400,
      body: {
        message: 'Maintenance creation failed',
        reasons: Object.fromEntries(Object.keys(values()).map((field) => [field, ['This field is required.']])),
      },
    });
    const wrong = { scope: 'x', service_status: 'broken', scheduled_start_date: '2026-02-30T10:00', name: ' ' };
    const { status, body } = await answer('/create', values(wrong));
    expect([status, Object.keys(body.reasons).toSorted()]).toEqual([400, Object.keys(wrong).toSorted()]);
    const past = values({ scheduled_start_date: date(-hours(2)), scheduled_end_date: date(-hours(3)) });
    expect((await answer('', past)).body.reasons).toHaveProperty('scheduled_end_date');
    expect((await answer('', values({ service: 999 }))).body.reasons).toEqual({ service: [expect.any(String)] });
    expect((await answer('', values({ scope: 999 }))).body.reasons).toEqual({ scope: [expect.any(String)] });
    expect(await all()).toEqual([]);
  });

  test.each([
    ['application/json', '{"name":'],
    ['application/json', '[1]'],
    ['multipart/form-data', 'no boundary'],
  ])('of type %s that cannot be read is a 400: %s', async (type, body) => {
    const { status, text } = await send('/create', type, body);
    expect({ status, reasons: JSON.parse(text).reasons }).toEqual({
      status: 400,
      reasons: { body: [expect.any(String)] },
    });
  });

  test('without dates does not move the maintenance to now', async () => {
    const made = await create();
    const { scheduled_start_date: _, scheduled_end_date: __, ...rest } = made;
    expect(await answer(`/${made.id}/update`, rest)).toMatchObject({
      status: 400,
      body: { message: 'Maintenance update failed', reasons: { scheduled_start_date: ['This field is required.'] } },
    });
    expect(await client.get('maintenance', made.id)).toEqual(made);
  });

  test('changes when a maintenance started and ended', async () => {
    const begun = await update(await create(), { status: 'in-progress', start_date: date(-hours(4)) });
    expect(begun).toMatchObject({ status: 'in-progress', start_date: date(-hours(4)), end_date: null });
    const ended = { status: 'failed', start_date: date(-hours(3)), end_date: date(-hours(1)) };
    const over = await update(begun, ended);
    expect(over).toMatchObject(ended);
    expect((over.events as { content: string }[]).slice(0, 2).map(({ content }) => JSON.parse(content))).toEqual([
      { status: ['IN_PROGRESS', 'FAILED'], end_date: [null, date(-hours(1))] },
      { start_date: [date(-hours(4)), date(-hours(3))] },
    ]);
  });

  test.each([
    ['scheduled', 'start_date'],
    ['scheduled', 'end_date'],
    ['in-progress', 'end_date'],
  ])('of one that is %s has no %s, unless it is sent back', async (status, field) => {
    const made = await create();
    await expect(update(made, { status, [field]: date(-hours(4)) })).rejects.toMatchObject({
      status: 400,
      body: { reasons: { [field]: [expect.stringContaining('Leave it empty')] } },
    });
    const over = await update(made, { status: 'failed', start_date: date(-hours(2)) });
    expect(await update(over, { status })).toMatchObject({ status });
  });

  test('with internal=0, in any spelling, is a public comment; other values are refused', async () => {
    const { id } = await create();
    const form = 'application/x-www-form-urlencoded';
    for (const body of ['comment=a&internal=0', 'comment=b&internal=false', 'comment=c']) {
      expect((await send(`/${id}/comment`, form, body)).status).toBe(302);
    }
    const comments = await at.ctx.database.comment.findMany({ where: { maintenanceId: id } });
    expect(comments.map(({ internal }) => internal)).toEqual([false, false, false]);
    expect((await send(`/${id}/comment`, form, 'comment=d&internal=maybe')).status).toBe(400);
    expect((await send(`/${id}/comment`, form, 'internal=1')).status).toBe(400);
  });

  test.each(['update', 'comment', 'delete'])('to %s an unknown maintenance is a 404', async (what) => {
    const form = { ...values(), status: 'scheduled', comment: 'x' };
    expect(await answer(`/404/${what}`, form)).toMatchObject({
      status: 404,
      body: { reasons: { maintenance: ['Resource not found : 404'] } },
    });
  });

  test('that is sent back unchanged moves nothing, although Lull stores seconds and the clocks go back', async () => {
    await updateSettings(at.ctx.database, at.account.id, {
      ...{ defaultRole: 'operator', timezone: 'Europe/Berlin', defaultChannel: null },
    });
    // 02:30 comes twice in Berlin that night; this is the second, and half a minute after.
    const begins = new Date('2027-10-31T01:30:30Z');
    at.clock.moveTo(new Date('2027-10-30T12:00:00Z'));
    const input = at.input({ services: [service], start: begins, end: new Date(begins.getTime() + hours(1)) });
    const { id } = await schedule(at.ctx, at.ana, { ...input, scopeId: scope });
    const shown = await client.get('maintenance', id);
    expect(shown.scheduled_start_date).toBe('2027-10-31T02:30');
    await update(shown, { name: 'Renamed' });
    const stored = await at.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
    expect(stored).toMatchObject({ scheduledStart: begins, name: 'Renamed' });
    await update(shown, { scheduled_start_date: '2027-10-31T01:15' });
    const moved = await at.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
    expect(moved.scheduledStart.toISOString()).toBe('2027-10-30T23:15:00.000Z');
    await updateSettings(at.ctx.database, at.account.id, {
      ...{ defaultRole: 'operator', timezone: 'UTC', defaultChannel: null },
    });
  });

  test('keeps several services and an absent scope, which the interface cannot show', async () => {
    const input = at.input({ services: [service, other.service] });
    const { id } = await schedule(at.ctx, at.ana, { ...input, visibility: 'internal' });
    const shown = await client.get('maintenance', id);
    expect(shown).toMatchObject({ scope: null, links: { scope: null } });
    await update(shown, { description: 'Both' });
    const stored = await at.ctx.database.maintenance.findUniqueOrThrow({
      where: { id },
      include: { services: true },
    });
    expect(stored).toMatchObject({ description: 'Both', visibility: 'internal', scopeId: null });
    expect(stored.services).toHaveLength(2);
  });
});

describe('a token', () => {
  test('that is wrong is a 401, also where everybody can read', async () => {
    await expect(new Client(at, 'wrong').count('maintenance')).rejects.toMatchObject({ status: 401 });
    await expect(new Client(at, 'wrong').create('maintenance', values())).rejects.toMatchObject({ status: 401 });
  });

  test('that can only read is a 403 on a change', async () => {
    const reading = new Client(at, await at.token('read'));
    const made = await create();
    expect(await reading.get('maintenance', made.id)).toEqual(made);
    await expect(reading.create('maintenance', values())).rejects.toMatchObject({ status: 403 });
  });
});

test('the calendar of a maintenance is at its link', async () => {
  const made = await create();
  const path = new URL((made.links as { calendar: string }).calendar).pathname;
  const { status, headers, text } = await at.send('GET', path);
  expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
    200,
    'application/ics',
    'attachment; filename="Postgres upgrade.ics"',
  ]);
  expect(text).toContain('SUMMARY:Postgres upgrade');
  expect((await at.send('GET', '/api/maintenance/404/calendar')).status).toBe(404);
});

test.each([
  ['Größe "XL" 50%', `filename="Gr__e _XL_ 50_.ics"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22XL%22%2050%25.ics`],
  ['../a\\b; (x)', 'filename=".._a_b; (x).ics"'],
  ["l'été (*)", `filename="l'_t_ (*).ics"; filename*=UTF-8''l%27%C3%A9t%C3%A9%20%28%2A%29.ics`],
])('the calendar of %s has a safe file name', async (name, expected) => {
  const made = await create({ name });
  const { headers } = await at.send('GET', `/api/maintenance/${made.id}/calendar`);
  expect(headers['content-disposition']).toBe(`attachment; ${expected}`);
});
