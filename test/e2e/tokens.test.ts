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

test('a service token needs an admin and a purpose, and is listed with it', async () => {
  expect(await runCommand('ana', 'tokens add deploys write as service')).toContain('needs a purpose');
  expect(await runCommand('jonas', 'tokens add deploys write as service: CI')).toContain('may not make service tokens');
  const answer = await runCommand('ana', 'tokens add releases write as service for 90 days: Releases from CI');
  expect(answer).toContain('*releases*: service token (Releases from CI), write, until');
  expect(await status(tokenIn(answer), 'GET', '/maintenances')).toBe(200);
  expect(await runCommand('ana', 'tokens')).toContain('*releases*: service token (Releases from CI), write');
  const before = await runCommand('ana', 'tokens add reports for 30 days as a service token: Weekly reports');
  expect(before).toContain('*reports*: service token (Weekly reports), read, until');
});

test('a token is suspended as soon as Slack says that its owner is deactivated, and works again when they are back', async () => {
  const token = tokenIn(await runCommand('jonas', 'tokens add dashboards read'));
  const asJonas = () => status(token, 'GET', '/maintenances');
  expect(await asJonas()).toBe(200);
  await env.playground.as('ana').command('#ops', '/people @jonas deactivated');
  await expect.poll(asJonas).toBe(403);
  await env.playground.as('ana').command('#ops', '/people @jonas guest');
  expect(await asJonas()).toBe(403);
  await env.playground.as('ana').command('#ops', '/people @jonas member');
  await expect.poll(asJonas).toBe(200);
});

test('an admin is asked about before anything only admins may do, and loses that at once', async () => {
  const token = tokenIn(await runCommand('ana', 'tokens add everything admin'));
  const addScope = (name: string) => status(token, 'POST', '/scopes', { name });
  expect(await addScope('by token')).toBe(201);
  env.playground.faults.method('users.info', { status: 503, times: 100 });
  expect(await runCommand('ana', 'settings scope add Unconfirmed')).toContain('Slack did not confirm in time');
  env.playground.faults.clearMethods();
  expect(await runCommand('ana', 'settings scope add Confirmed')).toContain('Confirmed');

  env.playground.faults.changePerson('ana', { admin: false });
  await expect.poll(() => addScope('by token of a demoted admin')).toBe(403);
  expect(await status(token, 'GET', '/maintenances')).toBe(200);
  expect(await runCommand('ana', 'settings scope add Demoted')).toContain('may not');
  env.playground.faults.changePerson('ana', { admin: true });
  await expect.poll(() => addScope('by token again')).toBe(201);
});
