import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

async function runCommand(line: string): Promise<string> {
  const jonas = env.playground.as('jonas');
  const before = jonas.ephemerals('#ops').length;
  await jonas.command('#ops', `/maintenance ${line}`);
  return textOf(await jonas.waitFor(`an answer to ${line}`, () => jonas.ephemerals('#ops').slice(before).at(-1)));
}
const addressIn = (text: string) => /\/calendar\/[\w-]{32}\.ics/.exec(text)?.[0] ?? expect.unreachable(text);
const fetchStatus = async (path: string) => (await fetch(`${env.url}${path}`)).status;

test('a calendar created in Slack can be read at its address until it is revoked', async () => {
  const answer = await runCommand('calendar add On call of api');
  expect(answer).toContain('*On call*: api.');
  const address = addressIn(answer);
  expect(await fetchStatus(address)).toBe(200);

  const id = /calendar revoke (\d+)/.exec(answer)?.[1];
  const list = await runCommand('calendar');
  expect(list).toContain('/calendar.ics?account=');
  expect(list).toContain(`• ${id} *On call*: api; made by`);
  expect(await runCommand(`calendar revoke ${id}`)).toContain('Revoked: On call.');
  expect(await fetchStatus(address)).toBe(404);
});

test('a calendar of an unknown service is refused', async () => {
  expect(await runCommand('calendar add Lost of nothing')).toContain('There is no service or scope named nothing.');
});
