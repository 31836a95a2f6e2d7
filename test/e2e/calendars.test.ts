import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterAll(() => at.close());

async function said(line: string): Promise<string> {
  const jonas = at.playground.as('jonas');
  const before = jonas.ephemerals('#ops').length;
  await jonas.command('#ops', `/maintenance ${line}`);
  return textOf(await jonas.waitFor(`an answer to ${line}`, () => jonas.ephemerals('#ops').slice(before).at(-1)));
}
const addressIn = (text: string) => /\/calendar\/[\w-]{32}\.ics/.exec(text)?.[0] ?? expect.unreachable(text);
const read = async (path: string) => (await fetch(`${at.url}${path}`)).status;

test('a calendar created in Slack can be read at its address until it is revoked', async () => {
  const answer = await said('calendar add On call of api');
  expect(answer).toContain('*On call*: api.');
  const address = addressIn(answer);
  expect(await read(address)).toBe(200);

  const id = /calendar revoke (\d+)/.exec(answer)?.[1];
  const listed = await said('calendar');
  expect(listed).toContain('/calendar.ics?account=');
  expect(listed).toContain(`• ${id} *On call*: api; made by`);
  expect(await said(`calendar revoke ${id}`)).toContain('Revoked: On call.');
  expect(await read(address)).toBe(404);
});

test('a calendar of an unknown service is refused', async () => {
  expect(await said('calendar add Lost of nothing')).toContain('There is no service or scope named nothing.');
});
