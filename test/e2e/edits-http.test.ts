import { afterAll, beforeAll, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

async function scheduleWindow() {
  const start = new Date(env.clock.now().getTime() + hours(24));
  const { body } = await env.api('POST', '/api/v1/maintenances', {
    name: 'Reindex',
    service: 1,
    service_status: 'down',
    scheduled_start_date: start.toISOString(),
    scheduled_end_date: new Date(start.getTime() + hours(2)).toISOString(),
  });
  return body;
}

test('an update changes the given fields only', async () => {
  const created = await scheduleWindow();
  const { status, body } = await env.api('PATCH', `/api/v1/maintenances/${created.id}`, {
    name: 'Reindex twice',
    external_reference: 'CHG-1',
    checks: null,
  });
  expect(status).toBe(200);
  const { update_date: _, ...before } = created;
  expect(body).toMatchObject({
    ...before,
    name: 'Reindex twice',
    external_reference: 'CHG-1',
    version: created.version + 1,
  });
});

test('of two updates of one version the second gets a conflict and overwrites nothing', async () => {
  const created = await scheduleWindow();
  const path = `/api/v1/maintenances/${created.id}`;
  const { version } = created;
  expect((await env.api('PATCH', path, { name: 'First', version })).status).toBe(200);
  const second = await env.api('PATCH', path, { name: 'Second', version });
  expect(second.status).toBe(409);
  expect(second.body.detail).toContain(`version ${version}`);
  expect((await env.api('GET', path)).body.name).toBe('First');
});

test('invalid fields are reported by name, and unknown maintenances are not found', async () => {
  const created = await scheduleWindow();
  const response = await env.api('PATCH', `/api/v1/maintenances/${created.id}`, { name: ' ', services: [999_999] });
  expect(response.status).toBe(400);
  expect(JSON.stringify(response.body)).toContain('999999');
  expect((await env.api('PATCH', '/api/v1/maintenances/999999', { name: 'x' })).status).toBe(404);
  expect((await env.api('PATCH', `/api/v1/maintenances/${created.id}`, { nme: 'x' })).status).toBe(400);
});
