import { afterAll, beforeAll, expect, test } from 'vitest';
import { addService } from '../../src/catalogue/services/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../http/served.ts';

let at: TestServer;
let services: { api: number; vault: number };

beforeAll(async () => {
  at = await startTestServer();
  const api = await addService(at.ctx, at.lull, { name: 'api', scopeId: null });
  const vault = await addService(at.ctx, at.lull, { name: 'vault', scopeId: null, visibility: 'internal' });
  services = { api: api.id, vault: vault.id };
  await schedule(at.ctx, at.ana, at.input({ name: 'Open work', services: [api.id] }));
  await schedule(at.ctx, at.ana, at.input({ name: 'Rotate the keys', services: [vault.id] }));
});
afterAll(() => at.close());

async function make(body: object, authorization = `Bearer ${ADMIN_TOKEN}`) {
  const headers = { authorization, 'content-type': 'application/json' };
  const sent = await at.send('POST', '/api/v1/calendars', { headers, body: JSON.stringify(body) });
  return { status: sent.status, body: JSON.parse(sent.text) };
}
const pathOf = (address: string) => new URL(address).pathname;

test('whoever has the address reads what is internal, until it is revoked', async () => {
  const { status, body } = await make({ name: 'On call' });
  expect(status).toBe(201);
  const path = pathOf(body.address);
  const read = await at.send('GET', path);
  expect(read.status).toBe(200);
  expect(read.text).toContain('Rotate the keys');
  expect(read.headers['cache-control']).toBe('no-store');
  expect((await at.send('GET', '/calendar.ics')).text).not.toContain('Rotate the keys');

  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const listed = JSON.parse((await at.send('GET', '/api/v1/calendars', { headers })).text);
  expect(listed.items).toMatchObject([{ id: body.id, name: 'On call', made_by: 'the admin token' }]);
  expect(JSON.stringify(listed)).not.toContain(path.split('/').at(-1)?.slice(0, 20));

  expect((await at.send('DELETE', `/api/v1/calendars/${body.id}`, { headers })).status).toBe(200);
  const gone = await at.send('GET', path);
  expect(gone.status).toBe(404);
  expect(gone.text).toBe((await at.send('GET', `/calendar/${'x'.repeat(32)}.ics`)).text);
});

test('it may be of one service alone', async () => {
  const { body } = await make({ name: 'Keys', services: [services.vault] });
  const { text } = await at.send('GET', pathOf(body.address));
  expect(text).toContain('Rotate the keys');
  expect(text).not.toContain('Open work');
});

test('it is not made without a token, nor of what is not there', async () => {
  expect((await make({ name: 'x' }, 'Bearer wrong')).status).toBe(401);
  expect(await make({ name: 'x', services: [999] })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'services' }] },
  });
});

test('one maintenance is a calendar of its own, for whoever may know of it', async () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const open = await at.send('GET', '/api/v1/maintenances/1/calendar.ics');
  expect(open.status).toBe(200);
  expect(open.headers['content-type']).toBe('text/calendar; charset=utf-8');
  expect(open.text).toContain('SUMMARY:Open work');
  expect((await at.send('GET', '/api/v1/maintenances/2/calendar.ics')).status).toBe(404);
  const internal = await at.send('GET', '/api/v1/maintenances/2/calendar.ics', { headers });
  expect(internal.text).toContain('SUMMARY:Rotate the keys');
});
