import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addSubaccount } from '../../../src/access/commands.ts';
import { hashToken } from '../../../src/access/token-repository.ts';
import { systemActor } from '../../../src/core/permissions.ts';
import { startTestServer, type TestServer } from '../../http/served.ts';
import { call, callWith, checksCalled, entryIn } from './calling.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
  const { database } = at.ctx;
  const hash = hashToken('TOK');
  await database.apiToken.create({ data: { accountId: at.account.id, name: 'a client', hash, rights: 'admin' } });
  const { id } = await addSubaccount(at.ctx, at.lull, { name: 'A customer' });
  await database.account.update({ where: { id }, data: { key: 'CUST' } });
  await checksCalled(at, at.lull, 'C1', 'C2');
  await checksCalled(at, systemActor(id), 'C1');
});
afterAll(() => at.close());

const weekly = { name: 'weekly', enabled: true, cron: '0 3 * * 0', duration: 60, checklist: ['C1'] };
const waiting = { name: 'waits', enabled: false, duration: 20, checklist: ['C1'] };

/** The one entry there is then, by the key that the documentation uses. */
async function given(key: 'NZT101' | '9VKOB', customerid?: string) {
  const { database } = at.ctx;
  const [path, body] = key === 'NZT101' ? ['', weekly] : ['/ad-hoc', waiting];
  const answer = await callWith(at, 'POST', `/api/1/maintenance${path}?token=TOK`, { ...body, customerid });
  const [made] = entryIn(answer);
  await database.series.updateMany({ where: { key: made }, data: { key } });
  await database.adHoc.updateMany({ where: { key: made }, data: { key } });
}

const kept = async () =>
  Object.values((await call(at, 'GET', '/api/1/maintenance?token=TOK')).body.schedules as object);

beforeEach(async () => {
  const { database } = at.ctx;
  await database.adHoc.deleteMany();
  await database.mute.deleteMany();
  await database.maintenance.deleteMany();
  await database.series.deleteMany();
});

describe('the requests of published clients, as they send them', () => {
  test('GET /api/1/maintenance?token=TOK', async () => {
    await given('NZT101');
    await given('9VKOB');
    const { status, body } = await call(at, 'GET', '/api/1/maintenance?token=TOK');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['schedules']);
    expect(body.schedules).toMatchObject({ NZT101: weekly, '9VKOB': waiting });
  });

  test('GET /api/1/maintenance/NZT101?token=TOK&customerid=CUST', async () => {
    await given('NZT101', 'CUST');
    const { status, body } = await call(at, 'GET', '/api/1/maintenance/NZT101?token=TOK&customerid=CUST');
    expect({ status, body }).toMatchObject({ status: 200, body: { NZT101: weekly } });
    expect(Object.keys(body)).toEqual(['NZT101']);
    // It is the sub-account's own.
    expect((await call(at, 'GET', '/api/1/maintenance/NZT101?token=TOK')).body).toHaveProperty('error');
  });

  test('GET /api/1/maintenance with {"token":"TOK"}', async () => {
    await given('NZT101');
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const { status, body } = await call(at, 'GET', '/api/1/maintenance', { headers, body: '{"token":"TOK"}' });
    expect({ status, body }).toMatchObject({ status: 200, body: { schedules: { NZT101: weekly } } });
  });

  test('POST /api/1/maintenance/ad-hoc?token=TOK with "cron":null and "_id":"ad-hoc"', async () => {
    const body = '{"duration":20,"checklist":["C1"],"name":"n","enabled":true,"cron":null,"_id":"ad-hoc"}';
    const answer = await call(at, 'POST', '/api/1/maintenance/ad-hoc?token=TOK', { body });
    const [id, entry] = entryIn(answer);
    expect(entry).toMatchObject({ name: 'n', enabled: true, duration: 20, checklist: ['C1'] });
    expect(entry).not.toHaveProperty('cron');
    expect(answer.body).toEqual({ [id]: entry, ok: true, message: expect.any(String) });
  });

  test('POST /api/1/maintenance with a cron line and the token in the body', async () => {
    const body = '{"duration":30,"checklist":["C1"],"enabled":true,"name":"x","cron":"30 8 15 * *","token":"TOK"}';
    const [, entry] = entryIn(await call(at, 'POST', '/api/1/maintenance', { body }));
    expect(entry).toMatchObject({ name: 'x', enabled: true, cron: '30 8 15 * *', duration: 30, checklist: ['C1'] });
    expect(new Date(Number(entry.nextrun)).toISOString()).toMatch(/-15T08:30:00\.000Z$/);
  });

  test('PUT /api/1/maintenance/9VKOB with "id":"ad-hoc": the id in the path wins', async () => {
    await given('9VKOB');
    const body = '{"duration":60,"checklist":["C1"],"id":"ad-hoc","token":"TOK"}';
    const { body: answer } = await call(at, 'PUT', '/api/1/maintenance/9VKOB', { body });
    expect(answer).toMatchObject({ '9VKOB': { ...waiting, duration: 60 }, ok: true });
    expect(await kept()).toMatchObject([{ ...waiting, duration: 60 }]);
  });

  test('DELETE /api/1/maintenance/NZT101 with the token and the customer in the body', async () => {
    await given('NZT101', 'CUST');
    const body = '{"token":"TOK","customerid":"CUST"}';
    expect(await call(at, 'DELETE', '/api/1/maintenance/NZT101', { body })).toEqual({
      status: 200,
      body: { ok: true, message: 'Maintenance removed successfully.' },
    });
    const { body: left } = await call(at, 'GET', '/api/1/maintenance?token=TOK&customerid=CUST');
    expect(left).toEqual({ schedules: {} });
  });
});

describe('a client can send', () => {
  const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

  test.each([
    ['with an empty password', basic('TOK:')],
    ['without the colon', basic('TOK')],
    ['as the native interface has it', { authorization: 'Bearer TOK' }],
  ])('the token in the Authorization header, %s', async (_, headers) => {
    expect(await call(at, 'GET', '/api/1/maintenance', { headers })).toEqual({ status: 200, body: { schedules: {} } });
  });

  test('all of it in the query', async () => {
    const query = 'token=TOK&name=q&enabled=True&cron=1+12+*+*+*&duration=25&checklist=C1,C2';
    const [id, entry] = entryIn(await call(at, 'POST', `/api/1/maintenance?${query}`));
    expect(entry).toMatchObject({
      name: 'q',
      enabled: true,
      cron: '1 12 * * *',
      duration: 25,
      checklist: ['C1', 'C2'],
    });
    const listed = encodeURIComponent('["C2"]');
    const [, changed] = entryIn(await call(at, 'PUT', `/api/1/maintenance/${id}?token=TOK&checklist=${listed}`));
    expect(changed).toMatchObject({ checklist: ['C2'] });
  });

  test('in a parameter json of the query, which wins over the others', async () => {
    const json = encodeURIComponent(JSON.stringify({ ...weekly, name: 'from json', token: 'TOK' }));
    const [, entry] = entryIn(await call(at, 'POST', `/api/1/maintenance?name=from+query&token=wrong&json=${json}`));
    expect(entry).toMatchObject({ ...weekly, name: 'from json' });
  });

  test('in a parameter json of a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `json=${encodeURIComponent(JSON.stringify(waiting))}`;
    const [, entry] = entryIn(
      await call(at, 'POST', '/api/1/maintenance/ad-hoc?token=TOK&name=from+query', { headers, body }),
    );
    expect(entry).toMatchObject(waiting);
  });

  test('with the type of a form although it is JSON, as curl -d sends it', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = JSON.stringify({ ...waiting, id: 'ad-hoc', token: 'TOK' });
    expect(entryIn(await call(at, 'POST', '/api/1/maintenance', { headers, body }))[1]).toMatchObject(waiting);
  });

  test('as another method, which action names', async () => {
    await given('NZT101');
    const put = await call(at, 'GET', '/api/1/maintenance/NZT101?token=TOK&action=PUT&name=renamed');
    expect(put.body).toMatchObject({ NZT101: { name: 'renamed' }, ok: true });
    expect((await call(at, 'POST', '/api/1/maintenance/NZT101?token=TOK&action=get')).body).toMatchObject({
      NZT101: { name: 'renamed' },
    });
    await call(at, 'GET', '/api/1/maintenance?token=TOK&action=DELETE&id=nzt101');
    expect(await kept()).toEqual([]);
  });

  test('as a POST to the id of what is to be updated', async () => {
    await given('9VKOB');
    const { body } = await callWith(at, 'POST', '/api/1/maintenance/9VKOB?token=TOK', { name: 'posted' });
    expect(body).toMatchObject({ '9VKOB': { ...waiting, name: 'posted' } });
    expect(await kept()).toHaveLength(1);
  });

  test('as a PUT with no body at all', async () => {
    await given('NZT101');
    const headers = { 'content-type': 'application/json', 'content-length': '0' };
    const { body } = await call(at, 'PUT', '/api/1/maintenance/NZT101?token=TOK&enabled=false', { headers });
    expect(body).toMatchObject({ NZT101: { ...weekly, enabled: false }, ok: true });
  });

  test('with nulls, which change nothing', async () => {
    await given('NZT101');
    const nulls = { duration: 45, checklist: ['C1'], name: null, cron: null, enabled: null };
    const { body } = await callWith(at, 'PUT', '/api/1/maintenance/NZT101?token=TOK', nulls);
    expect(body).toMatchObject({ NZT101: { ...weekly, duration: 45 } });
  });
});

describe('a failure is an object with an error', () => {
  test.each([
    ['without a token', '/api/1/maintenance', 'Send a token'],
    ['with one that is unknown', '/api/1/maintenance?token=nobody', 'unknown'],
    [
      'about a sub-account that is none of this account',
      '/api/1/maintenance?token=TOK&customerid=X',
      'customerid is "X"',
    ],
  ])('403 %s', async (_, path, error) => {
    expect(await call(at, 'GET', path)).toEqual({ status: 403, body: { error: expect.stringContaining(error) } });
  });

  test('403 without permission', async () => {
    const token = await at.token('read');
    const { status, body } = await callWith(at, 'POST', '/api/1/maintenance', { ...weekly, token });
    expect({ status, body }).toEqual({ status: 403, body: { error: expect.stringContaining('may not') } });
    expect((await call(at, 'GET', `/api/1/maintenance?token=${token}`)).status).toBe(200);
  });

  test.each([
    ['GET', '/NOSUCH', {}, 'NOSUCH'],
    ['PUT', '/NOSUCH', { duration: 5 }, 'NOSUCH'],
    ['DELETE', '/NOSUCH', {}, 'NOSUCH'],
    ['PUT', '', { duration: 5 }, 'Name the maintenance'],
    ['POST', '', { duration: 5, checklist: ['C1'] }, 'cron is missing'],
    ['POST', '', { cron: 'at noon', duration: 5, checklist: ['C1'] }, 'at noon'],
    ['POST', '', { cron: '* * * * *', duration: 5, checklist: ['C1'] }, 'overlap'],
    ['POST', '/ad-hoc', {}, 'duration is missing'],
    ['POST', '/ad-hoc', { duration: 'long', checklist: ['C1'] }, 'duration is "long"'],
    ['POST', '/ad-hoc', { duration: 0, checklist: ['C1'] }, 'duration is 0'],
    ['POST', '/ad-hoc', { duration: 5 }, 'checklist is missing'],
    ['POST', '/ad-hoc', { duration: 5, checklist: 7 }, 'checklist is 7'],
    ['POST', '/ad-hoc', { duration: 5, checklist: ['C9'] }, 'C9'],
    ['POST', '/ad-hoc', { duration: 5, checklist: ['C1'], enabled: 'maybe' }, 'enabled is "maybe"'],
    ['POST', '/ad-hoc', { duration: 5, checklist: ['C1'], name: ' ' }, 'needs a name'],
    ['PUT', '?action=PATCH', {}, 'PATCH'],
  ])('200 for %s %s with %o', async (method, path, body, error) => {
    const answer = await callWith(at, method, `/api/1/maintenance${path}`, { ...body, token: 'TOK' });
    expect(answer).toEqual({ status: 200, body: { error: expect.stringContaining(error) } });
    expect(await kept()).toEqual([]);
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
