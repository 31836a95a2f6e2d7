import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const post = (path: string, body: unknown) => env.api('POST', `/api/v1${path}`, body);
const get = (path: string) => env.api('GET', `/api/v1${path}`);
const fromNow = (minutes: number) => new Date(env.clock.now().getTime() + minutes * 60_000).toISOString();

describe('over HTTP only', () => {
  test('a maintenance runs from its catalogue entry to its end, and its check is muted and unmuted', async () => {
    const scope = await post('/scopes', { name: 'Staging' });
    expect(scope).toMatchObject({ status: 201, body: { id: expect.any(Number), name: 'Staging' } });
    const service = await post('/services', { name: 'search', scope: scope.body.id });
    expect(service).toMatchObject({ status: 201, body: { name: 'search', scope: scope.body.id, status: 'up' } });
    const check = await post('/checks', { name: 'search answers', services: [service.body.id], tags: ['search'] });
    expect(check).toMatchObject({
      status: 201,
      body: { id: expect.any(String), enabled: true, muted_by: [], provider: 'builtin', services: [service.body.id] },
    });

    const created = await post('/maintenances', {
      name: 'Reindex',
      service: service.body.id,
      service_status: 'degraded',
      scheduled_start_date: fromNow(30),
      scheduled_end_date: fromNow(90),
      external_reference: 'CHG-7',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { status: 'scheduled', services: [service.body.id], scope: scope.body.id, external_reference: 'CHG-7' },
    });
    expect(created.body.scheduled_start_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const path = `/maintenances/${created.body.id}`;

    expect(await post(`${path}/comments`, { comment: 'Starts soon', internal: true })).toMatchObject({ status: 201 });

    await env.jump();
    expect(await get(path)).toMatchObject({
      body: { status: 'in-progress', mutes: [{ check: check.body.id, outcome: 'muted', released: false }] },
    });
    expect(await get(`/checks/${check.body.id}`)).toMatchObject({
      body: { enabled: false, muted_by: [created.body.id] },
    });
    expect((await get('/services')).body.items).toContainEqual(
      expect.objectContaining({ name: 'search', status: 'degraded' }),
    );

    await env.jump();
    expect(await get(path)).toMatchObject({ body: { status: 'succeed', mutes: [{ released: true }] } });
    expect(await get(`/checks/${check.body.id}`)).toMatchObject({ body: { enabled: true, muted_by: [] } });

    await env.settle();
    const ana = env.playground.as('ana');
    const announcement = ana.messages(CHANNELS.ops).find((message) => textOf(message).includes('Reindex'));
    if (announcement === undefined) throw new Error('not announced');
    expect(ana.thread(announcement).map(textOf).join()).toContain('Starts soon');
    const open = ana.messages(CHANNELS.status).find((message) => textOf(message).includes('Reindex'));
    if (open === undefined) throw new Error('not announced in public');
    expect(ana.thread(open).map(textOf).join()).not.toContain('Starts soon');
  });
});

describe('an invalid request', () => {
  test('without a valid token gets 401', async () => {
    const anonymous = await fetch(`${env.url}/api/v1/checks`);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect(anonymous.headers.get('content-type')).toContain('application/problem+json');
    expect(await env.api('GET', '/api/v1/services', undefined, 'wrong')).toMatchObject({ status: 401 });
  });

  test('reports every invalid field with its value and the expected one', async () => {
    const { status, body } = await post('/maintenances', {
      name: 7,
      service_status: 'broken',
      scheduled_start_date: '2027-02-30T10:00:00Z',
      scheduled_end_date: '2027-03-01 at 10',
      nmae: 'x',
    });
    expect(status).toBe(400);
    const fields = Object.fromEntries(
      body.errors.map((error: { field: string; message: string }) => [error.field, error.message]),
    );
    expect(Object.keys(fields).sort()).toEqual([
      'name',
      'nmae',
      'scheduled_end_date',
      'scheduled_start_date',
      'service_status',
    ]);
    expect(fields.service_status).toContain('"broken"');
    expect(fields.service_status).toContain('up, degraded, down');
    expect(fields.scheduled_start_date).toContain('2027-02-30');
  });

  test('that breaks a rule of windows, or is malformed JSON, gets 400', async () => {
    const reversed = { name: 'x', services: [1], scheduled_start_date: fromNow(90), scheduled_end_date: fromNow(30) };
    expect(await post('/maintenances', reversed)).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ field: 'scheduled_end_date' })]) },
    });
    const invalidJson = await fetch(`${env.url}/api/v1/scopes`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-for-the-tests', 'content-type': 'application/json' },
      body: '{"name":',
    });
    expect(invalidJson.status).toBe(400);
  });

  test('for an unknown resource gets 404', async () => {
    expect(await get('/maintenances/987654')).toMatchObject({ status: 404 });
    expect(await get('/maintenances/99999999999999')).toMatchObject({ status: 404 });
    expect(await get('/maintenances/abc')).toMatchObject({ status: 400 });
    expect(await get('/checks/nope')).toMatchObject({ status: 404 });
    expect(await get('/nothing')).toMatchObject({ status: 404 });
  });

  test('with a name that is taken gets 409', async () => {
    await post('/scopes', { name: 'Once' });
    expect(await post('/scopes', { name: 'ONCE' })).toMatchObject({ status: 409 });
    await post('/services', { name: 'unscoped' });
    expect(await post('/services', { name: 'unscoped' })).toMatchObject({ status: 409 });
  });
});

describe('the process', () => {
  test('reports that it is alive and connected', async () => {
    expect((await fetch(`${env.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${env.url}/readyz`);
    expect(await ready.json()).toEqual({ ok: true });
  });

  test('exposes metrics, those of its requests to Slack included', async () => {
    const text = await (await fetch(`${env.url}/metrics`)).text();
    expect(text).toMatch(/^lull_slack_calls_total\{method="auth\.test",outcome="ok"\} [1-9]/m);
    expect(text).toMatch(
      /^lull_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} [1-9]/m,
    );
    expect(text).toMatch(/^lull_maintenances\{status="scheduled"\} \d/m);
  });

  test('names what is not connected', async () => {
    env.playground.faults.disconnect('drop');
    const notReady = await fetch(`${env.url}/readyz`);
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toEqual({ ok: false, not_connected: ['slack'] });
  });
});

test('the interface serves its OpenAPI document', async () => {
  const response = await fetch(`${env.url}/api/v1/openapi.json`);
  const document = await response.json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/scopes', '/services', '/checks', '/checks/{id}', '/maintenances', '/maintenances/{id}']),
  );
});
