import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/access/token-commands.ts';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { type Answer, call, callWith, entryIn } from './calling.ts';

let at: TestServer;
let own: string;
beforeAll(async () => {
  at = await startTestServer();
  own = await at.token('admin');
});
afterAll(() => at.close());

/** Adds a sub-account as clients do. @returns its key */
async function addCustomer(name: string): Promise<string> {
  const sent = { name, contactname: 'Ana', email: 'ana@example.com', timezone: '-6', location: 'nam', token: own };
  const { body } = await callWith(at, 'POST', '/api/1/accounts', sent);
  expect(body).toEqual({
    _id: expect.stringMatching(/^[0-9A-Z]{8}$/),
    type: 'customer',
    customer_name: name,
    status: 'Active',
  });
  return String(body._id);
}

/** Sends requests for one account: with the token of the account above, and the `customerid` if there is one. */
const requests = (customerid?: string) => {
  const send = (method: string, path: string, body: Answer = {}) =>
    callWith(at, method, `/api/1${path}`, { ...body, token: own, ...(customerid && { customerid }) });
  return {
    send,
    read: async (path: string) => (await send('GET', path)).body,
    addCheck: async (label: string) =>
      String(
        (await send('POST', '/checks', { type: 'HTTP', target: `https://${label}`, label, enabled: true })).body._id,
      ),
    schedules: async () => (await send('GET', '/maintenance')).body.schedules as Record<string, Answer>,
  };
};

describe('a sub-account', () => {
  test('is listed, and read by its key as customerid, as id and in the path', async () => {
    const key = await addCustomer('Listed');
    expect(await requests().read('/accounts')).toMatchObject({ [key]: { name: 'Listed', status: 'Active' } });
    const shown = { _id: key, type: 'customer', customer_name: 'Listed', status: 'Active' };
    expect(await requests(key).read('/accounts')).toEqual(shown);
    expect(await requests().read(`/accounts/${key}`)).toEqual(shown);
    expect(await requests().read(`/accounts?id=${key.toLowerCase()}`)).toEqual(shown);
    expect(await requests().read('/accounts/NOSUCH')).toEqual({ error: expect.stringContaining('NOSUCH') });
    expect((await requests('NOSUCH').send('GET', '/accounts')).status).toBe(403);
  });

  test('has every operation from its first check on, and nothing of it is seen from elsewhere', async () => {
    const [key, neighbor] = [await addCustomer('One'), await addCustomer('Other')];
    const [inside, beside, above] = [requests(key), requests(neighbor), requests()];
    const [first, second] = [await inside.addCheck('one.example'), await inside.addCheck('two.example')];
    expect(Object.keys(await inside.read('/checks')).toSorted()).toEqual([first, second].toSorted());

    const daily = { name: 'daily', enabled: true, cron: '1 12 * * *', duration: 25, checklist: [second, first] };
    const waiting = { name: 'waits', enabled: false, duration: 85, checklist: [first] };
    const [series, made] = entryIn(await inside.send('POST', '/maintenance', daily));
    const [adHoc, waits] = entryIn(await inside.send('POST', '/maintenance/ad-hoc', waiting));
    expect([made, waits]).toMatchObject([daily, waiting]);
    expect(await inside.schedules()).toMatchObject({ [series]: daily, [adHoc]: waiting });
    expect(await inside.read(`/maintenance/${series}`)).toMatchObject({ [series]: daily });
    expect(await inside.read(`/maintenance/${adHoc}`)).toMatchObject({ [adHoc]: waiting });

    for (const outside of [beside, above]) {
      expect(await outside.read('/checks')).toEqual({});
      expect(await outside.schedules()).toEqual({});
      for (const path of [`/maintenance/${series}`, `/maintenance/${adHoc}`, `/checks/${first}`]) {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const { status, body } = await outside.send(method, path, { name: 'taken over', label: 'taken over' });
          expect([status, body]).toEqual([200, { error: expect.stringContaining('There is no') }]);
        }
      }
      const taking = await outside.send('POST', '/maintenance/ad-hoc', waiting);
      expect(taking.body).toEqual({ error: expect.stringContaining(first) });
    }

    const renamed = await inside.send('PUT', `/maintenance/${series}`, { ...daily, name: 'renamed', duration: 30 });
    expect(renamed.body).toMatchObject({ [series]: { ...daily, name: 'renamed', duration: 30 }, ok: true });
    await inside.send('PUT', `/maintenance/${adHoc}`, { enabled: true, duration: 24, checklist: [first] });
    const { id: accountId } = await at.ctx.database.account.findFirstOrThrow({ where: { key } });
    await at.settle(accountId);
    expect(await inside.schedules()).toMatchObject({ [adHoc]: { enabled: true, processing: true, duration: 24 } });
    expect(await inside.read(`/checks/${first}`)).toMatchObject({ enable: 'inactive' });
    const together = await inside.send('PUT', '/checks?disableall=true');
    expect(together.body).toEqual({ enabled: 0, disabled: 2, disableall: 1 });

    const removed = { status: 200, body: { ok: true, message: 'Maintenance removed successfully.' } };
    for (const id of [series, adHoc]) expect(await inside.send('DELETE', `/maintenance/${id}`)).toEqual(removed);
    expect(await inside.schedules()).toEqual({});
    expect((await inside.send('DELETE', `/checks/${first}`)).body).toEqual({ ok: true, id: first });
    expect(Object.keys(await inside.read('/checks'))).toEqual([second]);
  });

  test('has no sub-accounts: no token adds one below it', async () => {
    const key = await addCustomer('Alone');
    const { id } = await at.ctx.database.account.findFirstOrThrow({ where: { key } });
    const theirs = await at.token('admin', id);
    const error = expect.stringContaining('Leave customerid out');
    const requested = [{ token: own, customerid: key }, { token: ADMIN_TOKEN, customerid: key }, { token: theirs }];
    for (const from of requested) {
      const answer = await callWith(at, 'POST', '/api/1/accounts', { name: 'Below', ...from });
      expect(answer).toEqual({ status: 403, body: { error } });
    }
    expect(await at.ctx.database.account.count({ where: { parentId: id } })).toBe(0);
    const workspace = { name: 'Next', token: ADMIN_TOKEN, customerid: 'T0TEST' };
    const added = await callWith(at, 'POST', '/api/1/accounts', workspace);
    expect(await requests().read('/accounts')).toHaveProperty(String(added.body._id));
  });

  test('has tokens of its own, which reach no further', async () => {
    const [key, other] = [await addCustomer('With a token'), await addCustomer('Without')];
    const { id } = await at.ctx.database.account.findFirstOrThrow({ where: { key } });
    const token = await at.token('write', id);
    const read = (customerid: string) => call(at, 'GET', `/api/1/maintenance?token=${token}${customerid}`);
    expect(await read('')).toEqual({ status: 200, body: { schedules: {} } });
    expect((await read(`&customerid=${key}`)).status).toBe(200);
    const refused = {
      status: 403,
      body: { error: `customerid is "${other}"; there is no such sub-account of this account.` },
    };
    expect(await read(`&customerid=${other}`)).toEqual(refused);
    expect((await callWith(at, 'POST', '/api/1/accounts', { name: 'Third', token })).status).toBe(403);
  });
});

describe('Lull-Account', () => {
  const native = async (account: string, method: string, path: string, body?: unknown, token = own) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${token}`, 'lull-account': account, ...type };
    const { status, text } = await at.send(method, `/api/v1${path}`, { headers, body: JSON.stringify(body) });
    return { status, body: text === '' ? {} : (JSON.parse(text) as Answer) };
  };

  test("with a sub-account's key makes native requests act in it", async () => {
    const key = await addCustomer('Native');
    const check = await native(key, 'POST', '/checks', { name: 'native', external_id: 'N-1' });
    expect(check).toMatchObject({ status: 201, body: { name: 'native', external_id: 'N-1' } });
    expect((await native(key, 'GET', '/checks')).body.items).toMatchObject([{ id: check.body.id }]);
    expect(await requests(key).read('/checks/N-1')).toMatchObject({ _id: 'N-1', label: 'native' });
    expect((await native('T0TEST', 'GET', `/checks/${check.body.id}`)).status).toBe(404);

    const made = await native(key, 'POST', '/tokens', { name: 'theirs', rights: 'write' });
    const theirs = String(made.body.token);
    expect((await call(at, 'GET', `/api/1/checks?token=${theirs}`)).body).toHaveProperty('N-1');
    expect((await native(key, 'GET', `/checks/${check.body.id}`, undefined, theirs)).status).toBe(200);
    expect((await native(key, 'GET', `/checks?account=${key}`, undefined, ADMIN_TOKEN)).status).toBe(200);
  });

  test.each(['header', 'query'])('as a %s names only accounts within reach of the token', async (where) => {
    const [key, other] = [await addCustomer('In reach'), await addCustomer('Out of reach')];
    const { id } = await at.ctx.database.account.findFirstOrThrow({ where: { key } });
    const get = async (account: string, token: string) => {
      const headers = { authorization: `Bearer ${token}`, ...(where === 'header' ? { 'lull-account': account } : {}) };
      const query = where === 'query' ? `?account=${account}` : '';
      const { status, text } = await at.send('GET', `/api/v1/maintenances${query}`, { headers });
      return { status, type: status === 200 ? undefined : String(JSON.parse(text).type).split('#')[1] };
    };
    const unknown = { status: 400, type: 'account-unknown' };
    const granted = { status: 200 };
    const theirs = await at.token('read', id);
    expect(await get(key.toLowerCase(), own)).toMatchObject(granted);
    expect(await get('T0TEST', own)).toMatchObject(granted);
    expect(await get(key, theirs)).toMatchObject(granted);
    expect(await get(key, ADMIN_TOKEN)).toMatchObject(granted);
    for (const account of [other, 'T0TEST', 'T0NONE']) expect(await get(account, theirs)).toEqual(unknown);
    for (const account of ['NOSUCH', 'T0NONE', '%00']) {
      expect(await get(account, own)).toEqual(unknown);
      expect(await get(account, ADMIN_TOKEN)).toEqual(unknown);
    }
    const scope = await addScope(at.ctx, at.lull, { name: `Limited by ${where}` });
    const limited = await createApiToken(at.ctx, at.lull, { name: 'limited', rights: 'admin', scopes: [scope.id] });
    expect(await get(key, limited.text)).toEqual({ status: 403, type: 'account-forbidden' });
    expect(await get('T0TEST', limited.text)).toMatchObject(granted);
    expect((await call(at, 'GET', `/api/1/checks?token=${limited.text}&customerid=${key}`)).status).toBe(403);
  });

  test.each(['/audit?limit=5', '/maintenances?status=scheduled', '/settings', '/tokens', '/providers', '/webhooks'])(
    'as a query is taken by every operation: %s',
    async (path) => {
      const key = await addCustomer('Everywhere');
      const headers = { authorization: `Bearer ${own}` };
      const asQuery = await at.send('GET', `/api/v1${path}${path.includes('?') ? '&' : '?'}account=${key}`, {
        headers,
      });
      const asHeader = await native(key, 'GET', path);
      expect({ status: asQuery.status, body: JSON.parse(asQuery.text) }).toEqual(asHeader);
      expect(asHeader.status).toBe(200);
    },
  );

  test('names no sub-account without a token: what is public there is not read from here', async () => {
    const key = await addCustomer('Unseen');
    expect((await at.send('GET', `/api/v1/maintenances?account=${key}`)).status).toBe(401);
    expect((await at.send('GET', `/?account=${key}`)).status).toBe(401);
  });
});
