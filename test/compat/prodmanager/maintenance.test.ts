import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateSettings } from '../../../src/access/accounts.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { ADMIN_TOKEN } from '../../http/served.ts';
import { hours } from '../../world.ts';
import { exchange, type Resource } from './client.ts';
import { MISSING, type ProdManager, startProdManager } from './served.ts';

let at: ProdManager;
beforeAll(async () => {
  at = await startProdManager();
});
afterAll(() => at.close());
beforeEach(() => at.reset());

describe('a form', () => {
  const send = (body: string, type: string) => exchange(at, ADMIN_TOKEN, 'POST', '/api/maintenance/create', body, type);

  test('can be multipart', async () => {
    const fields = Object.entries(at.required()).map(
      ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const { status, body } = await send(`${fields.join('')}--b--\r\n`, 'multipart/form-data; boundary=b');
    expect({ status, body }).toMatchObject({ status: 200, body: at.required() });
  });

  test.each([
    ['application/json', '{"name":'],
    ['application/json', '[1]'],
    ['multipart/form-data', 'no boundary'],
  ])('of type %s that cannot be read is a 400: %s', async (type, text) => {
    const { status, body } = await send(text, type);
    expect({ status, body }).toMatchObject({ status: 400, body: { reasons: { body: [expect.any(String)] } } });
  });

  const binary = (text: string) => Buffer.from(text, 'latin1');
  const part = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test.each([
    ['application/x-www-form-urlencoded', 'name', 'name=%ff%feabc&description=fine+%c3%bc'],
    ['application/x-www-form-urlencoded', 'name', binary('name=\xff\xfeabc&description=fine')],
    ['application/json', 'name', binary('{"name":"\xff\xfeabc","description":"fine"}')],
    ['multipart/form-data; boundary=b', 'body', binary(`${part('name', '\xff\xfeabc')}--b--\r\n`)],
  ])('of type %s that is not UTF-8 is refused, and the answer names the %s', async (type, field, body) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': type };
    const { status, text } = await at.send('POST', '/api/scope/create', { headers, body });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { message: 'Scope creation failed', reasons: { [field]: [expect.stringContaining('UTF-8')] } },
    ]);
  });

  test.each([
    ['application/x-www-form-urlencoded', 'name=100%+%EF%BF%BD+%c3%bc'],
    ['application/json', '{"name":"100% \ufffd \u00fc"}'],
    ['multipart/form-data; boundary=b', `${part('name', '100% \ufffd \u00fc')}--b--\r\n`],
  ])('of type %s in UTF-8 is read as it is', async (type, body) => {
    const { body: scope } = await exchange(at, ADMIN_TOKEN, 'POST', '/api/scope/create', body, type);
    expect(scope).toMatchObject({ name: '100% \ufffd \u00fc' });
    await at.client.delete('scope', scope as Resource);
  });

  test('of more than 256 KB is a 413', async () => {
    const { status, body } = await send(`name=${'a'.repeat(256_000)}`, 'application/x-www-form-urlencoded');
    expect([status, body]).toEqual([413, { message: expect.stringContaining('256000 bytes') }]);
  });

  test('of another type is read as an empty one', async () => {
    const { status, body } = await send('name=Upgrade', 'text/plain');
    expect({ status, body }).toMatchObject({ status: 400, body: { reasons: { name: MISSING } } });
  });
});

describe('a maintenance that is sent back unchanged', () => {
  test('does not move, although Lull stores seconds and the clocks go back', async () => {
    const settings = { defaultRole: 'operator', defaultChannel: null } as const;
    await updateSettings(at.ctx.database, at.account.id, { ...settings, timezone: 'Europe/Berlin' });
    // 02:30 comes twice in Berlin that night; this is the second, and half a minute after.
    const begins = new Date('2027-10-31T01:30:30Z');
    at.clock.moveTo(new Date('2027-10-30T12:00:00Z'));
    const input = at.input({
      services: [at.first.service],
      start: begins,
      end: new Date(begins.getTime() + hours(1)),
    });
    const { id } = await schedule(at.ctx, at.ana, { ...input, scopeId: at.first.scope });
    const shown = await at.get(id);
    expect(shown.scheduled_start_date).toBe('2027-10-31T02:30');
    await at.update(shown, { name: 'Renamed' });
    const row = () => at.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
    expect(await row()).toMatchObject({ scheduledStart: begins, name: 'Renamed' });
    await at.update(shown, { scheduled_start_date: '2027-10-31T01:15' });
    expect((await row()).scheduledStart.toISOString()).toBe('2027-10-30T23:15:00.000Z');
    await updateSettings(at.ctx.database, at.account.id, { ...settings, timezone: 'UTC' });
  });

  test('keeps several services and an absent scope, which the interface cannot show', async () => {
    const input = at.input({ services: [at.first.service, at.other.service] });
    const { id } = await schedule(at.ctx, at.ana, { ...input, visibility: 'internal' });
    const shown = await at.get(id);
    expect(shown).toMatchObject({ scope: null, links: { scope: null } });
    await at.update(shown, { description: 'Both' });
    const stored = await at.ctx.database.maintenance.findUniqueOrThrow({
      where: { id },
      include: { services: true },
    });
    expect(stored).toMatchObject({ description: 'Both', visibility: 'internal', scopeId: null });
    expect(stored.services).toHaveLength(2);
  });
});

test.each([
  ['Größe "XL" 50%', `filename="Gr__e _XL_ 50_.ics"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22XL%22%2050%25.ics`],
  ['../a\\b; (x)', 'filename=".._a_b; (x).ics"'],
  ["l'été (*)", `filename="l'_t_ (*).ics"; filename*=UTF-8''l%27%C3%A9t%C3%A9%20%28%2A%29.ics`],
])('the calendar of %s has a safe file name', async (name, expected) => {
  const { id } = await at.create({ name });
  const { headers } = await exchange(at, ADMIN_TOKEN, 'GET', `/api/maintenance/${id}/calendar`);
  expect(headers['content-disposition']).toBe(`attachment; ${expected}`);
});
