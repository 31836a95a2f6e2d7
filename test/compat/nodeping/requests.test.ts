import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, callWith, entryIn, renameTo, reset, startWithCustomer } from './calling.ts';

let at: Awaited<ReturnType<typeof startWithCustomer>>;
beforeAll(async () => {
  at = await startWithCustomer('C1', 'C2');
});
afterAll(() => at.close());
beforeEach(() => reset(at));

const weekly = { name: 'weekly', enabled: true, cron: '0 3 * * 0', duration: 60, checklist: ['C1'] };
const waiting = { name: 'waits', enabled: false, duration: 20, checklist: ['C1'] };

const kept = async () =>
  Object.values((await call(at, 'GET', '/api/1/maintenance?token=TOK')).body.schedules as object);

describe('a client can send', () => {
  const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

  test.each([
    ['with an empty password', basic('TOK:')],
    ['without the colon', basic('TOK')],
    ['as the native interface has it', { authorization: 'Bearer TOK' }],
  ])('the token in the Authorization header, %s', async (_, headers) => {
    expect(await call(at, 'GET', '/api/1/maintenance', { headers })).toEqual({ status: 200, body: { schedules: {} } });
  });

  test('the ids of checks with commas', async () => {
    const query = 'token=TOK&enabled=True&cron=1+12+*+*+*&duration=25&checklist=C2,C1';
    const [, entry] = entryIn(await call(at, 'POST', `/api/1/maintenance?${query}`));
    expect(entry).toMatchObject({ enabled: true, cron: '1 12 * * *', duration: 25, checklist: ['C2', 'C1'] });
  });

  test('members in a parameter json of the query, which win over the others', async () => {
    const json = encodeURIComponent(JSON.stringify({ ...weekly, name: 'from json', token: 'TOK' }));
    const [, entry] = entryIn(await call(at, 'POST', `/api/1/maintenance?name=from+query&token=wrong&json=${json}`));
    expect(entry).toMatchObject({ ...weekly, name: 'from json' });
  });

  test('members in a parameter json of a form, which win over the query', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `json=${encodeURIComponent(JSON.stringify(waiting))}`;
    const [, entry] = entryIn(
      await call(at, 'POST', '/api/1/maintenance/ad-hoc?token=TOK&name=from+query', { headers, body }),
    );
    expect(entry).toMatchObject(waiting);
  });

  test('JSON with the type of a form, as curl -d sends it', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = JSON.stringify({ ...waiting, id: 'ad-hoc', token: 'TOK' });
    expect(entryIn(await call(at, 'POST', '/api/1/maintenance', { headers, body }))[1]).toMatchObject(waiting);
  });

  test('another method as an action', async () => {
    const [key] = entryIn(await callWith(at, 'POST', '/api/1/maintenance?token=TOK', weekly));
    await renameTo(at, key, 'NZT101');
    const put = await call(at, 'GET', '/api/1/maintenance/NZT101?token=TOK&action=PUT&name=renamed');
    expect(put.body).toMatchObject({ NZT101: { name: 'renamed' }, ok: true });
    expect((await call(at, 'POST', '/api/1/maintenance/NZT101?token=TOK&action=get')).body).toMatchObject({
      NZT101: { name: 'renamed' },
    });
    await call(at, 'GET', '/api/1/maintenance?token=TOK&action=DELETE&id=nzt101');
    expect(await kept()).toEqual([]);
  });
});

describe('a failure is an object with an error', () => {
  test.each(['/api/1/maintenance', '/api/1/maintenance?token='])('403 without a token: %s', async (path) => {
    expect(await call(at, 'GET', path)).toEqual({
      status: 403,
      body: { error: expect.stringContaining('Send a token') },
    });
  });

  test('403 without permission', async () => {
    const token = await at.token('read');
    const { status, body } = await callWith(at, 'POST', '/api/1/maintenance', { ...weekly, token });
    expect({ status, body }).toEqual({ status: 403, body: { error: expect.stringContaining('may not') } });
    expect((await call(at, 'GET', `/api/1/maintenance?token=${token}`)).status).toBe(200);
  });

  test('200 with everything that is wrong', async () => {
    const members = { enabled: 'maybe', duration: 'long', checklist: 7, token: 'TOK' };
    const { status, body } = await callWith(at, 'POST', '/api/1/maintenance/ad-hoc', members);
    expect(status).toBe(200);
    for (const [member, value] of Object.entries(members).slice(0, 3)) {
      expect(body.error).toContain(`${member} is ${JSON.stringify(value)}`);
    }
    const missing = await callWith(at, 'POST', '/api/1/maintenance/ad-hoc', { token: 'TOK' });
    expect(missing.body.error).toMatch(/duration is missing.*\nchecklist is missing/);
  });

  test.each([
    ['GET', '/NOSUCH', {}, 'There is no maintenance NOSUCH. GET /api/1/maintenance lists'],
    ['POST', '', { cron: '1 1 * * *', duration: 0, checklist: [] }, 'duration is 0; a whole number'],
    ['POST', '', { cron: '0 * * * *', duration: 90, checklist: [] }, 'duration is 90, so its windows would overlap'],
    ['POST', '/ad-hoc?checklist=', { duration: 5 }, 'checklist is "". Expected a list of ids of checks'],
  ])('in the words of the interface: %s %s', async (method, path, body, error) => {
    const answer = await callWith(at, method, `/api/1/maintenance${path}`, { ...body, token: 'TOK' });
    expect(answer).toEqual({ status: 200, body: { error: expect.stringContaining(error) } });
  });

  test('200 for an action that is not known', async () => {
    const answer = await call(at, 'PUT', '/api/1/maintenance?action=PATCH&token=TOK');
    expect(answer).toEqual({ status: 200, body: { error: expect.stringContaining('PATCH') } });
  });

  const JSON_TYPE = 'application/json; charset=utf-8';
  const FORM_TYPE = 'application/x-www-form-urlencoded';
  const NOT_JSON = ['{"duration":', '[1]', '"text"', '5', 'true', 'null', 'some text', '<a b="c"/>', '{"a":1}{"b":2}'];
  const FORM_DATA = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--x--';
  test.each<[body: string, type: string]>([
    ...NOT_JSON.flatMap((body) =>
      [JSON_TYPE, FORM_TYPE, 'text/plain', ''].map((type): [string, string] => [body, type]),
    ),
    ['name=form', JSON_TYPE],
    [FORM_DATA, 'multipart/form-data; boundary=x'],
  ])('200 for the body %j of the type %j', async (body, type) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const headers = type === '' ? {} : { 'content-type': type };
      const answer = await call(at, method, '/api/1/maintenance/ad-hoc?token=TOK', { headers, body });
      expect(answer).toEqual({ status: 200, body: { error: expect.stringContaining('The body is not') } });
    }
    expect(await kept()).toEqual([]);
  });

  test.each([JSON_TYPE, FORM_TYPE])('200 for a body that is not UTF-8, of the type %j', async (type) => {
    const body = Buffer.from(`{"name":"caf\u00e9","duration":5,"checklist":["C1"]}`, 'latin1');
    const sent = { headers: { 'content-type': type }, body };
    const answer = await call(at, 'POST', '/api/1/maintenance/ad-hoc?token=TOK', sent);
    expect(answer).toEqual({ status: 200, body: { error: 'The body is not UTF-8. Send it in UTF-8.' } });
  });

  test('200 for a body that is too large', async () => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await call(at, method, '/api/1/maintenance', { body: ' '.repeat(1_000_001) });
      expect({ status, body }).toEqual({ status: 200, body: { error: expect.stringContaining('larger than') } });
    }
  });
});
