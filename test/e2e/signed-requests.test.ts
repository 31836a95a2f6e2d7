import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENTS_PATH } from '../../src/app/slack.ts';
import { type Installation, install } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ mode: 'http', catalogue: false });
});
afterAll(() => env.close());

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Sends a request as Slack does, and returns the status of the response. */
async function deliver(body: string, contentType: string, secret = env.playground.signingSecret): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const response = await fetch(`${env.url}${EVENTS_PATH}`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
    signal: AbortSignal.timeout(5_000),
  });
  return response.status;
}
const payload = (json: string) => new URLSearchParams({ payload: json }).toString();

describe('a signed request whose body is not a JSON object is answered with 400', () => {
  const bodies = ['null', '[]', '[{}]', '1', '"x"', 'true', '{"type":', ''];

  test.each(bodies)('an event: %j', async (body) => {
    expect(await deliver(body, JSON_TYPE)).toBe(400);
  });

  test.each(bodies)('an interaction: payload=%s', async (body) => {
    expect(await deliver(payload(body), FORM_TYPE)).toBe(400);
  });

  test('a command that is sent as JSON', async () => {
    expect(await deliver('command=%2Fmaintenance&text=help', JSON_TYPE)).toBe(400);
  });
});

test.each(['null', '{}'])('without the right signature, %s is answered with 401', async (body) => {
  expect(await deliver(body, JSON_TYPE, 'another secret')).toBe(401);
  expect(await deliver(payload(body), FORM_TYPE, 'another secret')).toBe(401);
});

test.each([
  '{"type":"event_callback","team_id":"T0LOCALDEV","event":null}',
  '{"type":"event_callback","team_id":"T0LOCALDEV","event":1,"authorizations":[null]}',
  '{"type":"block_actions","team":null,"user":null,"actions":[]}',
  '{"type":"block_actions","team":{"id":"T0LOCALDEV"},"user":{"id":"UANA"},"actions":[null]}',
  '{"type":"view_submission","team":{"id":"T0LOCALDEV"},"user":{"id":"UANA"},"view":null}',
  '{"type":"shortcut","team":{"id":"T0LOCALDEV"},"user":null}',
])('an object with invalid members does not end the process: %s', async (body) => {
  await Promise.all([deliver(body, JSON_TYPE), deliver(payload(body), FORM_TYPE)]);
  expect(await deliver('{"type":"url_verification","challenge":"still here"}', JSON_TYPE)).toBe(200);
});

test('a body that is too large is answered with 413', async () => {
  expect(await deliver(JSON.stringify({ text: 'x'.repeat(5_000_000) }), JSON_TYPE)).toBe(413);
});
