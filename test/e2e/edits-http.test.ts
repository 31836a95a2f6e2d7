import { afterAll, beforeAll, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterAll(() => at.close());

async function scheduled() {
  const start = new Date(at.clock.now().getTime() + hours(24));
  const { body } = await at.api('POST', '/api/v1/maintenances', {
    name: 'Reindex',
    service: 1,
    service_status: 'down',
    scheduled_start_date: start.toISOString(),
    scheduled_end_date: new Date(start.getTime() + hours(2)).toISOString(),
  });
  return body;
}

test('an update changes the given fields only', async () => {
  const made = await scheduled();
  const { status, body } = await at.api('PATCH', `/api/v1/maintenances/${made.id}`, {
    name: 'Reindex twice',
    external_reference: 'CHG-1',
    checks: null,
  });
  expect(status).toBe(200);
  const { update_date: _, ...before } = made;
  expect(body).toMatchObject({
    ...before,
    name: 'Reindex twice',
    external_reference: 'CHG-1',
    version: made.version + 1,
  });
});

test('of two updates of one version the second gets a conflict and overwrites nothing', async () => {
  const made = await scheduled();
  const path = `/api/v1/maintenances/${made.id}`;
  const { version } = made;
  expect((await at.api('PATCH', path, { name: 'First', version })).status).toBe(200);
  const second = await at.api('PATCH', path, { name: 'Second', version });
  expect(second.status).toBe(409);
  expect(second.body.detail).toContain(`version ${version}`);
  expect((await at.api('GET', path)).body.name).toBe('First');
});

test('invalid fields are reported by name, and unknown maintenances are not found', async () => {
  const made = await scheduled();
  const wrong = await at.api('PATCH', `/api/v1/maintenances/${made.id}`, { name: ' ', services: [999_999] });
  expect(wrong.status).toBe(400);
  expect(JSON.stringify(wrong.body)).toContain('999999');
  expect((await at.api('PATCH', '/api/v1/maintenances/999999', { name: 'x' })).status).toBe(404);
  expect((await at.api('PATCH', `/api/v1/maintenances/${made.id}`, { nme: 'x' })).status).toBe(400);
});
