import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');

/** Sends a command and returns its ephemeral answer. */
async function runCommand(command: string): Promise<string> {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', command);
  return textOf(await ana().waitFor(`an answer to ${command}`, () => ana().ephemerals('#ops').slice(before).at(-1)));
}

describe('the same error in both interfaces', () => {
  test('names commands in Slack and endpoints over HTTP', async () => {
    const { status, body } = await env.api('POST', '/api/v1/maintenances/999999/cancel', {});
    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: expect.stringMatching(/^http:.*\/api\/docs\/errors#maintenance-not-found$/),
      detail: 'There is no maintenance 999999. GET /api/v1/maintenances lists the maintenances.',
      params: { ref: 999_999 },
    });
    const answer = await runCommand('/maintenance cancel 999999');
    expect(answer).toContain('There is no maintenance 999999. `/maintenance list` shows the maintenances.');
    expect(answer).not.toContain('/api/');
  });

  test('has the code, parameters and fields over HTTP, and labels in Slack', async () => {
    const { items } = (await env.api('GET', '/api/v1/services')).body;
    const { body: created } = await env.api('POST', '/api/v1/maintenances', {
      name: 'Short',
      service: items[0].id,
      scheduled_start_date: new Date(env.clock.now().getTime() + hours(1)).toISOString(),
      scheduled_end_date: new Date(env.clock.now().getTime() + hours(2)).toISOString(),
    });
    const { body } = await env.api('PATCH', `/api/v1/maintenances/${created.id}`, { name: 'x'.repeat(201) });
    expect(body.type).toMatch(/#invalid-request$/);
    expect(body.errors).toEqual([
      {
        field: 'name',
        code: 'text-too-long',
        message: 'name has 201 characters; at most 200 are possible. Shorten it.',
        params: { length: 201, max: 200 },
      },
    ]);
    const { body: finished } = await env.api('POST', `/api/v1/maintenances/${created.id}/finish`, {
      status: 'succeed',
    });
    expect(finished).toMatchObject({ status: 409, params: { id: created.id, status: 'scheduled', action: 'finish' } });
    expect(await runCommand(`/maintenance finish ${created.id}`)).toContain(finished.detail);
  });
});
