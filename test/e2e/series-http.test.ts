import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
let service: number;
beforeAll(async () => {
  env = await install({ catalogue: true });
  const created = await post('/services', { name: 'ledger' });
  service = created.body.id;
});
afterAll(() => env.close());

const post = (path: string, body?: unknown) => env.api('POST', `/api/v1${path}`, body);
const patch = (path: string, body: unknown) => env.api('PATCH', `/api/v1${path}`, body);
const get = (path: string) => env.api('GET', `/api/v1${path}`);
const fields = (body: { errors: { field: string; message: string }[] }) =>
  Object.fromEntries(body.errors.map(({ field, message }) => [field, message]));
const weekly = () => ({
  name: 'Weekly vacuum',
  services: [service],
  cron: '0 3 * * 0',
  timezone: 'Europe/Berlin',
  duration_minutes: 120,
});

describe('POST /series/preview', () => {
  const berlin = { cron: '30 2 * * *', timezone: 'Europe/Berlin', duration_minutes: 60 };

  test('lists the runs after an instant, and the effect of a clock change on one of them', async () => {
    const { status, body } = await post('/series/preview', { ...berlin, after: '2027-03-27T01:30:00Z', count: 2 });
    expect(status).toBe(200);
    expect(body).toEqual({
      occurrences: [
        {
          start: '2027-03-28T01:00:00Z',
          end: '2027-03-28T02:00:00Z',
          notice: expect.stringContaining('does not exist'),
        },
        { start: '2027-03-29T00:30:00Z', end: '2027-03-29T01:30:00Z' },
      ],
    });
  });

  test('lists the runs before an instant, newest first', async () => {
    const { body } = await post('/series/preview', { ...berlin, before: '2027-03-29T02:30:00+02:00', count: 2 });
    expect(body.occurrences.map(({ start }: { start: string }) => start)).toEqual([
      '2027-03-28T01:00:00Z',
      '2027-03-27T01:30:00Z',
    ]);
  });

  test('starts from the current time by default, and lists up to a thousand', async () => {
    const { body } = await post('/series/preview', { ...berlin, count: 1000 });
    expect(body.occurrences).toHaveLength(1000);
    expect(Date.parse(body.occurrences[0].start)).toBeGreaterThan(env.clock.now().getTime());
    expect((await post('/series/preview', berlin)).body.occurrences).toHaveLength(5);
  });

  test('refuses an invalid line, zone, duration and count, with field, value and expected value', async () => {
    const wrong = await post('/series/preview', { ...berlin, cron: '0 24 * * *' });
    expect(wrong.status).toBe(400);
    expect(wrong.headers.get('content-type')).toContain('application/problem+json');
    expect(fields(wrong.body).cron).toMatch(/"24".*0-23/);

    const more = await post('/series/preview', { cron: 7, timezone: 'Mars/Base', duration_minutes: 0, count: 1001 });
    expect(more.status).toBe(400);
    expect(fields(more.body)).toEqual({
      cron: expect.stringContaining('7'),
      timezone: expect.stringMatching(/"Mars\/Base".*Europe\/Berlin/),
      duration_minutes: expect.stringMatching(/0.*1 or more/),
      count: expect.stringMatching(/1001.*1000/),
    });
    expect((await post('/series/preview', { ...berlin, duration_minutes: 1.5 })).status).toBe(400);
    const both = { ...berlin, after: '2027-01-01T00:00Z', before: '2027-01-01T00:00Z' };
    expect(fields((await post('/series/preview', both)).body)).toHaveProperty('before');
  });
});

describe('POST /parse', () => {
  const parse = (text: string, more: object = {}) =>
    post('/parse', { text, timezone: 'America/New_York', now: '2026-11-20T15:00:00Z', ...more });

  test('reads a window with services and a name', async () => {
    const { status, body } = await parse('ledger tomorrow 2am for 2h: Postgres upgrade');
    expect(status).toBe(200);
    expect(body).toEqual({
      outcome: 'window',
      start: '2026-11-21T07:00:00Z',
      end: '2026-11-21T09:00:00Z',
      timezone: 'America/New_York',
      duration_minutes: 120,
      assumed: [],
      notices: [],
      services: [service],
      name: 'Postgres upgrade',
    });
    expect((await parse('tomorrow 2am')).body).toMatchObject({
      outcome: 'window',
      assumed: ['duration'],
      services: [],
    });
    const unplaced = await parse('tomorrow 2am for 2h', { timezone: undefined });
    expect(unplaced.body).toMatchObject({ timezone: 'UTC', start: '2026-11-21T02:00:00Z' });
  });

  test('reads a series, with its cron line in words and the next five runs', async () => {
    const { body } = await parse('every sunday at 3am for 2h');
    expect(body).toMatchObject({
      outcome: 'series',
      cron: '0 3 * * 0',
      timezone: 'America/New_York',
      duration_minutes: 120,
      words: 'At 03:00, only on Sunday',
      assumed: [],
    });
    expect(body.next).toHaveLength(5);
    expect(body.next[0]).toEqual({ start: '2026-11-22T08:00:00Z', end: '2026-11-22T10:00:00Z' });
  });

  test('asks about an ambiguous sentence, and each choice can be parsed', async () => {
    const { body } = await parse('tomorrow at 2 for 1h');
    expect(body.outcome).toBe('question');
    for (const { text } of body.choices) expect((await parse(text)).body.outcome).toBe('window');
  });

  test('refuses a sentence without a time, with an example that works', async () => {
    const { body } = await parse('2027-02-30 02:00 for 1h');
    expect(body).toEqual({ outcome: 'refusal', reason: expect.any(String), example: expect.any(String) });
    expect((await parse(body.example)).body.outcome).toBe('window');
  });

  test('asks which service was meant, or reports an unknown word', async () => {
    const { body } = await parse('ledgr tomorrow 2am for 2h');
    expect(body).toMatchObject({
      outcome: 'question',
      choices: [{ label: 'ledger', text: 'ledger tomorrow 2am for 2h' }],
    });
    expect((await parse('qqqxyz tomorrow 2am for 2h')).body).toMatchObject({ outcome: 'refusal' });
  });

  test('reads the language of the locale, and refuses an unknown locale', async () => {
    expect((await parse('demain à 3h pendant 2 heures', { locale: 'fr-FR' })).body).toMatchObject({
      outcome: 'window',
    });
    const wrong = await post('/parse', { text: 5, timezone: 'Nowhere', nwo: '' });
    expect(wrong.status).toBe(400);
    expect(Object.keys(fields(wrong.body)).sort()).toEqual(['nwo', 'text', 'timezone']);
    const never = await parse('tomorrow 2am', { now: '+275760-01-01T00:00:00Z' });
    expect(fields(never.body).now).toContain('between the years');
  });
});

describe('a series over HTTP', () => {
  test('has one run moved, and the thread shows both times', async () => {
    const { id, next_run: run } = (await post('/series', { ...weekly(), name: 'Moved vacuum' })).body;
    const start = new Date(Date.parse(run.start) + 3_600_000).toISOString();
    const moved = await post(`/maintenances/${run.id}/move`, { scheduled_start_date: start });
    expect(moved).toMatchObject({ status: 200, body: { run: 'detached', occurrence: run.start } });
    expect(Date.parse(moved.body.scheduled_end_date) - Date.parse(moved.body.scheduled_start_date)).toBe(2 * 3_600_000);
    const ana = env.playground.as('ana');
    const note = await ana.waitFor('the note in the thread', () => {
      const message = ana.messages(CHANNELS.ops).find((each) => textOf(each).includes(`Maintenance ${run.id}"`));
      return (
        message &&
        ana
          .thread(message)
          .map(textOf)
          .find((text) => text.includes('Moved by'))
      );
    });
    expect(note).toMatch(/Moved by the admin token: it is .*, not /);

    const wrong = await post(`/maintenances/${run.id}/move`, { scheduled_start_date: '2020-01-01T00:00:00Z' });
    expect(fields(wrong.body).scheduled_start_date).toContain('2020-01-01');
    await post(`/series/${id}/pause`, { runs: 'cancel' });
    expect(await post(`/maintenances/${run.id}/move`, { scheduled_start_date: start })).toMatchObject({ status: 409 });
  });

  test('creates its runs, which start, end and are announced as runs of the series', async () => {
    const created = await post('/series', weekly());
    expect(created).toMatchObject({
      status: 201,
      body: {
        key: expect.any(String),
        enabled: true,
        words: 'At 03:00, only on Sunday',
        services: [service],
        service_status: 'down',
        visibility: 'public',
        next_run: { id: expect.any(Number) },
      },
    });
    const { id, key, next_run: run } = created.body;
    expect((await get('/series')).body.items).toContainEqual(expect.objectContaining({ id, key }));
    expect((await get(`/maintenances/${run.id}`)).body).toMatchObject({
      status: 'scheduled',
      series: id,
      run: 'following',
      occurrence: run.start,
      scheduled_start_date: run.start,
    });

    await env.jump();
    expect((await get(`/maintenances/${run.id}`)).body.status).toBe('in-progress');
    const { items } = (await get(`/series/${id}/runs`)).body;
    expect(items.map(({ status }: { status: string }) => status)).toEqual(['scheduled', 'in-progress']);
    const message = env.playground
      .as('ana')
      .messages(CHANNELS.ops)
      .find((each) => textOf(each).includes(`Maintenance ${run.id}`));
    expect(textOf(message)).toContain(`Series ${key}: At 03:00, only on Sunday (Europe/Berlin)`);

    await post(`/series/${id}/pause`, { runs: 'cancel' });
    await env.jump();
    expect((await get(`/maintenances/${run.id}`)).body.status).toBe('succeed');
  });

  test('is changed, skipped, paused and resumed', async () => {
    const { id } = (await post('/series', weekly())).body;
    const changed = await patch(`/series/${id}`, { name: 'Nightly vacuum', cron: '0 4 * * *', duration_minutes: 30 });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Nightly vacuum', words: 'At 04:00', version: 2 } });
    const first = changed.body.next_run;
    expect(Date.parse(first.end) - Date.parse(first.start)).toBe(30 * 60_000);

    const skipped = await post(`/series/${id}/skip`);
    expect(skipped).toMatchObject({ status: 200, body: { id: first.id, status: 'canceled', run: 'skipped' } });
    expect((await get(`/series/${id}`)).body.next_run.id).not.toBe(first.id);

    const answer = await post(`/series/${id}/pause`, {});
    expect(answer).toMatchObject({ status: 409, body: { errors: [{ field: 'runs' }] } });
    expect(await post(`/series/${id}/pause`, { runs: 'drop' })).toMatchObject({ status: 400 });
    expect(await post(`/series/${id}/pause`, { runs: 'cancel' })).toMatchObject({
      status: 200,
      body: { enabled: false, next_run: null },
    });
    expect(await post(`/series/${id}/skip`)).toMatchObject({ status: 409 });
    expect(await post(`/series/${id}/resume`)).toMatchObject({ status: 200, body: { enabled: true } });
    expect(await post(`/series/${id}/resume`)).toMatchObject({ status: 409 });
    await post(`/series/${id}/pause`, { runs: 'cancel' });
  });

  test('that is invalid gets 400 with every field, and an unknown one 404', async () => {
    const wrong = await post('/series', { ...weekly(), cron: '0 3 * *', duration_minutes: 200_000, services: [] });
    expect(wrong.status).toBe(400);
    expect(Object.keys(fields(wrong.body)).sort()).toEqual(['cron', 'duration_minutes', 'services']);
    const overlapping = await post('/series', { ...weekly(), duration_minutes: 8 * 1440 });
    expect(fields(overlapping.body).duration_minutes).toContain('overlap');
    expect(await get('/series/987654')).toMatchObject({ status: 404 });
    expect(await get('/series/987654/runs')).toMatchObject({ status: 404 });
    expect(await post('/series/987654/skip')).toMatchObject({ status: 404 });
    expect(await get('/series/abc')).toMatchObject({ status: 400 });
  });

  test('is in the OpenAPI document', async () => {
    const { paths } = (await get('/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/parse',
        '/series',
        '/series/preview',
        '/series/{id}',
        '/series/{id}/runs',
        '/series/{id}/pause',
        '/series/{id}/resume',
        '/series/{id}/skip',
        '/maintenances/{id}/move',
      ]),
    );
  });
});
