import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  call,
  entryIn,
  REMOVED,
  renameTo,
  reset,
  SAVED,
  startWithCustomer,
  toAccount,
  toCheck,
  toEntry,
  toRead,
} from './calling.ts';

/**
 * The Python client `nodeping-api`. It sends the token and the customer in the query, and in the body every parameter of its
 * functions, with null for those that are not given.
 * @see https://pypi.org/project/nodeping-api/
 */
let at: Awaited<ReturnType<typeof startWithCustomer>>;
beforeAll(async () => {
  at = await startWithCustomer('C1', 'C2');
});
afterAll(() => at.close());
beforeEach(() => reset(at));

const URLLIB = { 'accept-encoding': 'identity', 'user-agent': 'Python-urllib/3.11', connection: 'close' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const get = (path: string) => call(at, 'GET', `/api/1/${path}`, { headers: URLLIB });
const remove = (path: string) => call(at, 'DELETE', `/api/1/${path}`, { headers: URLLIB });
const post = (path: string, body: string) =>
  call(at, 'POST', `/api/1/${path}`, { headers: { ...URLLIB, ...JSON_TYPE }, body });
const put = (path: string, body?: string) =>
  call(
    at,
    'PUT',
    `/api/1/${path}`,
    body === undefined ? { headers: URLLIB, body: '' } : { headers: { ...URLLIB, ...JSON_TYPE }, body },
  );

const ok = (body: Answer) => ({ status: 200, body });
/** An answer with an error, which this client looks for in any answer. */
const failed = (error: string, status = 200) => ({ status, body: { error: expect.stringContaining(error) } });
const WRONG_TOKEN = failed('This token is unknown', 403);
const WRONG_CUSTOMER = failed('customerid is "NOSUCH"', 403);

const SCHEDULED =
  '{"duration": 5, "checklist": [], "name": "PYTEST_CREATED_MAINTENANCE", "enabled": false, "cron": "1 12 * * *", "_id": null}';
const scheduled = {
  name: 'PYTEST_CREATED_MAINTENANCE',
  enabled: false,
  cron: '1 12 * * *',
  duration: 5,
  checklist: [],
};
const AD_HOC =
  '{"duration": 1, "checklist": ["C1", "C2"], "name": "PYTEST_AD_HOC", "enabled": true, "cron": null, "_id": "ad-hoc"}';
const adHoc = { name: 'PYTEST_AD_HOC', enabled: true, duration: 1, checklist: ['C1', 'C2'] };

/** A schedule with the id of the examples. */
async function given(customer = '') {
  await renameTo(at, entryIn(await post(`maintenance?token=TOK${customer}`, SCHEDULED))[0], 'NZT101');
}

describe('maintenance', () => {
  test('create_maintenance(TOK, 5, [], name, enabled=False, cron): a schedule with an empty checklist', async () => {
    const answer = await post('maintenance?token=TOK', SCHEDULED);
    const [id] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(scheduled), ...SAVED }));
    expect(await get(`maintenance/${id}?token=TOK`)).toEqual(ok({ [id]: toRead(scheduled) }));
  });

  test('create_maintenance(TOK, 1, checks, name, _id="ad-hoc", customerid): starts, and ends after its duration', async () => {
    const answer = await post('maintenance/ad-hoc?token=TOK&customerid=CUST', AD_HOC);
    const [id] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(adHoc), ...SAVED }));
    await at.settle(at.customer);
    const muted = { C1: toCheck('C1', 'inactive'), C2: toCheck('C2', 'inactive') };
    expect(await get('checks?token=TOK&customerid=CUST')).toEqual(ok(muted));
    at.clock.moveTo(new Date(at.clock.now().getTime() + 60_000));
    await at.settle(at.customer);
    expect(await get('maintenance?token=TOK&customerid=CUST')).toEqual(ok({ schedules: {} }));
    const unmuted = { C1: toCheck('C1'), C2: toCheck('C2') };
    expect(await get('checks?token=TOK&customerid=CUST')).toEqual(ok(unmuted));
  });

  test('get_maintenance(TOK) and get_maintenance(TOK, customerid)', async () => {
    expect(await get('maintenance?token=TOK')).toEqual(ok({ schedules: {} }));
    await given();
    expect(await get('maintenance?token=TOK')).toEqual(ok({ schedules: { NZT101: toRead(scheduled) } }));
    expect(await get('maintenance?token=TOK&customerid=CUST')).toEqual(ok({ schedules: {} }));
  });

  test('get_maintenance(TOK, customerid, "NZT101")', async () => {
    await given('&customerid=CUST');
    expect(await get('maintenance/NZT101?token=TOK&customerid=CUST')).toEqual(ok({ NZT101: toRead(scheduled) }));
    expect(await get('maintenance/NZT101?token=TOK')).toEqual(failed('There is no maintenance NZT101'));
  });

  test('update_maintenance(TOK, "NZT101", 20, []): enables it, as that is the default, and keeps the rest', async () => {
    await given();
    const body = '{"_id": "NZT101", "duration": 20, "checklist": [], "name": null, "enabled": true, "cron": null}';
    const updated = { ...scheduled, enabled: true, duration: 20 };
    expect(await put('maintenance/NZT101?token=TOK', body)).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await get('maintenance?token=TOK')).toEqual(ok({ schedules: { NZT101: toRead(updated) } }));
  });

  test('update_maintenance with every parameter', async () => {
    await given('&customerid=CUST');
    const body =
      '{"_id": "NZT101", "duration": 20, "checklist": ["C2", "C1"], "name": "sample", "enabled": false, "cron": "2 12 * * *"}';
    const updated = { name: 'sample', enabled: false, cron: '2 12 * * *', duration: 20, checklist: ['C2', 'C1'] };
    const answer = await put('maintenance/NZT101?token=TOK&customerid=CUST', body);
    expect(answer).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await get('maintenance/NZT101?token=TOK&customerid=CUST')).toEqual(ok({ NZT101: toRead(updated) }));
  });

  test('delete_maintenance(TOK, "NZT101", customerid)', async () => {
    await given('&customerid=CUST');
    expect(await remove('maintenance/NZT101?token=TOK')).toEqual(failed('There is no maintenance NZT101'));
    expect(await remove('maintenance/NZT101?token=TOK&customerid=CUST')).toEqual(ok(REMOVED));
    expect(await get('maintenance?token=TOK&customerid=CUST')).toEqual(ok({ schedules: {} }));
  });

  test.each([
    [
      'without a cron line',
      '{"duration": 20, "checklist": ["C1"], "name": null, "enabled": true, "cron": null, "_id": null}',
      'cron is missing',
    ],
    [
      'with a duration that is no number',
      '{"duration": "20m", "checklist": ["C1"], "name": null, "enabled": true, "cron": "1 12 * * *", "_id": null}',
      'duration is "20m"',
    ],
    [
      'without a duration',
      '{"duration": null, "checklist": ["C1"], "name": null, "enabled": true, "cron": "1 12 * * *", "_id": null}',
      'duration is missing',
    ],
    [
      'with a check that does not exist',
      '{"duration": 20, "checklist": ["C1", "C9"], "name": null, "enabled": true, "cron": "1 12 * * *", "_id": null}',
      'checklist names C9',
    ],
    [
      'with a check instead of a list',
      '{"duration": 20, "checklist": {"C1": true}, "name": null, "enabled": true, "cron": "1 12 * * *", "_id": null}',
      'checklist is',
    ],
  ])('create_maintenance %s has an error', async (_, body, error) => {
    expect(await post('maintenance?token=TOK', body)).toEqual(failed(error));
    expect(await get('maintenance?token=TOK')).toEqual(ok({ schedules: {} }));
  });

  test.each([
    ['a wrong token', '?token=wrong', WRONG_TOKEN],
    ['a customer that does not exist', '?token=TOK&customerid=NOSUCH', WRONG_CUSTOMER],
  ])('every function has an error with %s', async (_, query, error) => {
    await given();
    const UPDATE = '{"_id": "NZT101", "duration": 20, "checklist": [], "name": null, "enabled": true, "cron": null}';
    expect(await get(`maintenance${query}`)).toEqual(error);
    expect(await get(`maintenance/NZT101${query}`)).toEqual(error);
    expect(await post(`maintenance${query}`, SCHEDULED)).toEqual(error);
    expect(await post(`maintenance/ad-hoc${query}`, AD_HOC)).toEqual(error);
    expect(await put(`maintenance/NZT101${query}`, UPDATE)).toEqual(error);
    expect(await remove(`maintenance/NZT101${query}`)).toEqual(error);
    expect(await get('maintenance?token=TOK')).toEqual(ok({ schedules: { NZT101: toRead(scheduled) } }));
  });

  test('get, update and delete have an error with an unknown id', async () => {
    const UPDATE = '{"_id": "NOSUCH", "duration": 20, "checklist": [], "name": null, "enabled": true, "cron": null}';
    for (const answer of [
      await get('maintenance/NOSUCH?token=TOK'),
      await put('maintenance/NOSUCH?token=TOK', UPDATE),
      await remove('maintenance/NOSUCH?token=TOK'),
    ]) {
      expect(answer).toEqual(failed('There is no maintenance NOSUCH'));
    }
  });
});

/** What create_check.dns_check sends for `www.google.com`. */
const DNS =
  '{"target": "www.google.com", "port": 53, "transport": "udp", "dnstype": "A", "dnsrd": 1, "dnssection": "answer", "contentstring": "", "dnstoresolve": "", "label": "PYTEST_maintenance_check", "autodiag": false, "interval": 15, "enabled": false, "public": false, "runlocations": null, "homeloc": false, "threshold": 5, "sens": 2, "mute": false, "dep": "", "notifications": "", "verify": false, "type": "DNS"}';
const dns = (_id: unknown) => ({
  ...{ _id, label: 'PYTEST_maintenance_check', type: 'DNS', enable: 'inactive', tags: [] },
  parameters: { target: 'www.google.com' },
});

describe('the tests of the client itself, in a sub-account', () => {
  test('of maintenance: a check, an ad-hoc window with it, and a schedule that is updated and deleted', async () => {
    const { body: check } = await post('checks?token=TOK&customerid=CUST', DNS);
    expect(check).toEqual(dns(expect.any(String)));
    const body = `{"duration": 1, "checklist": ["${check._id}"], "name": "PYTEST_AD_HOC", "enabled": true, "cron": null, "_id": "ad-hoc"}`;
    const started = await post('maintenance/ad-hoc?token=TOK&customerid=CUST', body);
    const [window] = entryIn(started);
    expect(started).toEqual(ok({ [window]: toEntry({ ...adHoc, checklist: [check._id] }), ...SAVED }));

    const [id] = entryIn(await post('maintenance?token=TOK&customerid=CUST', SCHEDULED));
    const { schedules } = (await get('maintenance?token=TOK&customerid=CUST')).body;
    expect(schedules).toEqual({ [id]: toRead(scheduled), [window]: toRead({ ...adHoc, checklist: [check._id] }) });

    const UPDATE = `{"_id": "${id}", "duration": 20, "checklist": [], "name": null, "enabled": true, "cron": null}`;
    const updated = await put(`maintenance/${id}?token=TOK&customerid=CUST`, UPDATE);
    expect(updated).toEqual(ok({ [id]: toEntry({ ...scheduled, enabled: true, duration: 20 }), ...SAVED }));
    expect(await remove(`maintenance/${id}?token=TOK&customerid=CUST`)).toEqual(ok(REMOVED));

    await at.settle(at.customer);
    at.clock.moveTo(new Date(at.clock.now().getTime() + 60_000));
    await at.settle(at.customer);
    expect(await get(`checks/${check._id}?token=TOK&customerid=CUST`)).toEqual(ok(dns(check._id)));
    const removed = await remove(`checks/${check._id}?token=TOK&customerid=CUST`);
    expect(removed).toEqual(ok({ ok: true, id: check._id }));
  });

  test('of checks: they are created, read, updated, disabled and deleted', async () => {
    const PUSH =
      '{"checktoken": "reset", "label": "PYTEST_push_check", "autodiag": false, "fields": {"load": {"name": "load", "min": "0", "max": "4"}}, "interval": 15, "enabled": false, "public": false, "runlocations": null, "homeloc": false, "threshold": 5, "sens": 2, "mute": false, "oldresultfail": false, "dep": "", "notifications": "", "type": "PUSH"}';
    const { _id: first } = (await post('checks?token=TOK&customerid=CUST', DNS)).body;
    const { body: push } = await post('checks?token=TOK&customerid=CUST', PUSH);
    const second = push._id;
    expect(push).toEqual({
      ...{ _id: expect.any(String), label: 'PYTEST_push_check', type: 'PUSH', enable: 'inactive', tags: [] },
      parameters: { target: '' },
    });

    const { body: all } = await get('checks?token=TOK&customerid=CUST');
    expect(all).toEqual({ C1: toCheck('C1'), C2: toCheck('C2'), [`${first}`]: dns(first), [`${second}`]: push });
    expect(await get('checks?token=TOK&customerid=CUST&uptime=true')).toEqual(ok(all));
    const many = await get(`checks?id=${first},${second}&token=TOK&customerid=CUST`);
    expect(many).toEqual(ok({ [`${first}`]: dns(first), [`${second}`]: push }));
    expect(await get(`checks/${first}?token=TOK&customerid=CUST`)).toEqual(ok(dns(first)));
    expect(await get(`checks/${first}?lastresult=true&token=TOK&customerid=CUST`)).toEqual(ok(dns(first)));

    const fields = '{"public": false, "interval": 15, "type": "DNS"}';
    expect(await put(`checks/${first}?token=TOK&customerid=CUST`, fields)).toEqual(ok(dns(first)));
    const enabled = await put(`checks/${first}?token=TOK&customerid=CUST`, '{"enabled": "active", "type": "DNS"}');
    expect(enabled).toEqual(ok({ ...dns(first), enable: 'active' }));

    const disable = (query: string) => put(`checks?${query}&token=TOK&customerid=CUST`);
    expect(await disable('label=PYTEST&disableall=true')).toEqual(ok({ enabled: 2, disabled: 2, disableall: 1 }));
    expect(await disable('target=www.google.com&disableall=false')).toEqual(
      ok({ enabled: 3, disabled: 1, disableall: 0 }),
    );
    expect(await disable('type=PUSH&disableall=false')).toEqual(ok({ enabled: 3, disabled: 1, disableall: 0 }));
    expect(await disable('type=DNS&disableall=true')).toEqual(ok({ enabled: 2, disabled: 2, disableall: 1 }));
    expect(await disable('disableall=true')).toEqual(ok({ enabled: 0, disabled: 4, disableall: 3 }));
    expect(await disable('disableall=false')).toEqual(ok({ enabled: 3, disabled: 1, disableall: 0 }));

    for (const id of [first, second]) {
      expect(await remove(`checks/${id}?token=TOK&customerid=CUST`)).toEqual(ok({ ok: true, id }));
      expect(await get(`checks/${id}?token=TOK&customerid=CUST`)).toEqual(failed(`There is no check ${id}`));
    }
  });

  test('of accounts: they are listed, read and created', async () => {
    expect(await get('accounts?token=TOK')).toEqual(ok({ CUST: { name: 'A customer', status: 'Active' } }));
    expect(await get('accounts?token=TOK&customerid=CUST')).toEqual(ok(toAccount('A customer', 'CUST')));
    const SUBACCOUNT =
      '{"token": "TOK", "name": "PYTEST_CREATED_SUBACCOUNT", "contactname": "PYTEST", "email": "me@example.com", "timezone": "-6", "location": "nam", "emailme": "no", "autodiagnotifications": false, "url": "https://api.nodeping.com/api/1/accounts?token=TOK"}';
    const { body: created } = await post('accounts?token=TOK', SUBACCOUNT);
    expect(created).toEqual(toAccount('PYTEST_CREATED_SUBACCOUNT'));
    expect(await get('accounts?token=TOK')).toEqual(
      ok({
        CUST: { name: 'A customer', status: 'Active' },
        [`${created._id}`]: { name: 'PYTEST_CREATED_SUBACCOUNT', status: 'Active' },
      }),
    );
    expect(await get(`maintenance?token=TOK&customerid=${created._id}`)).toEqual(ok({ schedules: {} }));
  });

  test('of accounts: Lull neither changes nor deletes them', async () => {
    const LOCATION =
      '{"token": "TOK", "customerid": "CUST", "location": "eur", "url": "https://api.nodeping.com/api/1/accounts?token=TOK&customerid=CUST"}';
    expect(await put('accounts?token=TOK&customerid=CUST', LOCATION)).toEqual(failed('PUT is not possible here'));
    expect(await remove('accounts?token=TOK&customerid=CUST')).toEqual(failed('DELETE is not possible here'));
    const suppressed = await put('accounts?accountsupressall=True&token=TOK&customerid=CUST');
    expect(suppressed).toEqual(failed('PUT is not possible here'));
    expect((await get('accounts?token=TOK')).body).toHaveProperty('CUST');
  });

  test('of tokens: one is valid where the account is answered without an error', async () => {
    expect((await get('accounts?token=TOK')).body).not.toHaveProperty('error');
    expect(await get('accounts?token=not-a-real-token')).toEqual(WRONG_TOKEN);
    expect(await get('accounts?token=TOK&customerid=NOSUCH')).toEqual(WRONG_CUSTOMER);
  });
});

describe('checks', () => {
  test('update_many and mute_check change what Lull knows of a check, which is not its interval nor its notifications', async () => {
    const before = (await get('checks/C1?token=TOK')).body;
    expect(await put('checks/C1?token=TOK', '{"public": false, "type": "DNS"}')).toEqual(ok(before));
    expect(await put('checks/C1?token=TOK', '{"mute": 1796045206010, "type": "DNS"}')).toEqual(ok(before));
    const renamed = await put('checks/C1?token=TOK', '{"enabled": "inactive", "label": "x", "type": "DNS"}');
    expect(renamed).toEqual(ok({ ...before, label: 'x', enable: 'inactive' }));
    expect((await get('checks/C1?token=TOK')).body).toEqual({ ...before, label: 'x', enable: 'inactive' });
  });

  test('have an error with an unknown id, a wrong token and a wrong value', async () => {
    const nothing = failed('There is no check C9');
    expect(await get('checks/C9?token=TOK')).toEqual(nothing);
    expect(await get('checks?id=C1,C9&token=TOK')).toEqual(nothing);
    expect(await put('checks/C9?token=TOK', '{"enabled": true, "type": "DNS"}')).toEqual(nothing);
    expect(await remove('checks/C9?token=TOK')).toEqual(nothing);
    expect(await post('checks?token=wrong', DNS)).toEqual(WRONG_TOKEN);
    expect(await post('checks?token=TOK&customerid=NOSUCH', DNS)).toEqual(WRONG_CUSTOMER);
    expect(await put('checks/C2?token=TOK', '{"enabled": "maybe", "type": "DNS"}')).toEqual(
      failed('enabled is "maybe"'),
    );
    expect(await put('checks?label=[&disableall=true&token=TOK')).toEqual(failed('label is "["'));
    expect(Object.keys((await get('checks?token=TOK')).body).toSorted()).toEqual(['C1', 'C2']);
  });
});
