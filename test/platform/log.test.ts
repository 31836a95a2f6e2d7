import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createLog, hideSecrets } from '../../src/platform/log.ts';

const MARK = 'm4rked.s3cret-value';
const lines: string[] = [];
const log = createLog({
  level: 'trace',
  secrets: ['kn0wn/secret='],
  destination: { write: (line) => void lines.push(line) },
});
function logged(write: () => void): string {
  lines.length = 0;
  write();
  return lines.join('');
}

const NAMES = [
  'client_secret',
  'clientSecret',
  'access_token',
  'botToken',
  'token',
  'password',
  'Authorization',
  'x-slack-signature',
  'response_url',
  'trigger_id',
  'encryption_key',
  'set-cookie',
  'ticket',
];

test.each(NAMES)('the value of a field named %s is hidden in every form, at any depth', (name) => {
  const value = { a: [{ [name]: MARK }] };
  const form = new URLSearchParams({ a: '1', [name]: MARK, z: '2' });
  const forms: (() => void)[] = [
    () => log.trace({ value }, 'text'),
    () => log.trace(JSON.stringify(value)),
    () => log.trace({ body: JSON.stringify(value) }, JSON.stringify(JSON.stringify(value))),
    () => log.trace(inspect(value, { depth: 9 })),
    () => log.trace(String(form)),
    () => log.trace(inspect(form)),
    () => log.trace({ url: `https://a.example/?${form}` }),
    () => log.error({ error: Object.assign(new Error(`failed: ${JSON.stringify(value)}`), { config: value }) }),
    () => log.child({ part: 'slack' }).trace(`http request body: ${JSON.stringify(value)}`),
  ];
  for (const write of forms) {
    const text = logged(write);
    expect(text).not.toContain(MARK);
    expect(JSON.parse(text)).toBeTypeOf('object');
  }
});

test.each([
  `xoxb-1-${MARK}`,
  `xoxe.xoxp-1-${MARK}`,
  `xapp-1-A-${MARK}`,
  'lull_abcdefghijklmnopqrstuvwxyz',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl',
  'kn0wn/secret=',
  encodeURIComponent('kn0wn/secret='),
])('%s is hidden wherever it is', (secret) => {
  expect(logged(() => log.trace({ a: secret }, `a text with ${secret} in it`))).not.toContain(secret.slice(8));
});

test.each([
  ['Bearer abcdefghijkl', 'abcdefghijkl'],
  ['postgresql://lull:pa55word@db.example/lull', 'pa55word'],
  ['https://hooks.slack.com/services/T0/B0/abcdef', 'abcdef'],
  ['https://a.example/hook?key=abcdef', 'abcdef'],
  ['GET /calendar/abcdefghijklmnopqrstuvwxyz.ics', 'abcdefghijkl'],
  ['{"code":"1234.5678.abcdef","redirect_uri":"https://a.example"}', '1234.5678.abcdef'],
  ['code=1234.5678.abcdef&redirect_uri=x', '1234.5678.abcdef'],
])('of %s the secret is hidden', (text, secret) => {
  expect(hideSecrets(text)).not.toContain(secret);
});

test.each([
  '{"code":"ECONNREFUSED"}',
  '{"code":"23505"}',
  '{"code":"maintenance-not-found"}',
  '{"code":"slack_webapi_platform_error"}',
  '{"state":"waiting","tokenId":5,"msg":"the token of a workspace is revoked"}',
  'https://a.example/path',
])('%s is left as it is', (text) => {
  expect(hideSecrets(text)).toBe(text);
});
