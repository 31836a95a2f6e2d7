import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

type Who = 'ana' | 'jonas' | 'guest';
async function runCommand(person: Who, line: string): Promise<string> {
  const who = env.playground.as(person);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return textOf(await who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1)));
}
const tokenIn = (text: string) => /lull_[\w-]{32}/.exec(text)?.[0] ?? expect.unreachable(text);
const status = async (token: string, method: string, path: string, body?: object) => {
  const response = await fetch(`${env.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
};

test('a token created in Slack works over HTTP with its permission until it is revoked', async () => {
  const answer = await runCommand('jonas', 'tokens add nightly jobs read for 30 days');
  expect(answer).toContain('*nightly jobs*: read, until');
  const token = tokenIn(answer);
  expect(await status(token, 'GET', '/maintenances')).toBe(200);
  expect(await status(token, 'POST', '/scopes', { name: 'more' })).toBe(403);

  const id = /tokens revoke (\d+)/.exec(answer)?.[1];
  expect(await runCommand('jonas', 'tokens')).toContain(`• ${id} *nightly jobs*: read`);
  expect(await runCommand('jonas', `tokens revoke ${id}`)).toContain('Revoked: nightly jobs.');
  expect(await status(token, 'GET', '/maintenances')).toBe(401);
  expect(await runCommand('jonas', `tokens revoke ${id}`)).toContain('It may have been revoked already.');
});

test('a token limited to a scope shows it, and nobody can give permissions they do not have', async () => {
  await runCommand('ana', 'settings scope add Production');
  const answer = await runCommand('ana', 'tokens add deploys write in production');
  expect(answer).toContain('write, limited to Production, until');
  expect(await status(tokenIn(answer), 'POST', '/scopes', { name: 'more' })).toBe(403);
  expect(await runCommand('jonas', 'tokens add all of it admin')).toContain(
    'Rights is admin, which needs the role admin',
  );
  expect(await runCommand('jonas', 'tokens add deploys in Staging')).toContain('There is no scope named Staging.');
  expect(await runCommand('guest', 'tokens')).toContain('may not');
});
