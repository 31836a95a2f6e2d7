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
 * The Python client `nodepingpy`, which the Ansible collection uses. It sends everything in a JSON body, on GET and DELETE
 * too, without members that are null, zero, or an empty text or list.
 * @see https://pypi.org/project/nodepingpy/
 */
let at: Awaited<ReturnType<typeof startWithCustomer>>;
beforeAll(async () => {
  at = await startWithCustomer('C1', 'C2');
});
afterAll(() => at.close());
beforeEach(() => reset(at));

const headers = {
  ...{ 'accept-encoding': 'identity', 'user-agent': 'Python-urllib/3.11', connection: 'close' },
  'content-type': 'application/json; charset=utf-8',
};
const send = (method: string, path: string, body: string) => call(at, method, `/api/1/${path}`, { headers, body });

const ok = (body: Answer) => ({ status: 200, body });
/** An answer with an error, which this client looks for in any answer. */
const failed = (error: string, status = 200) => ({ status, body: { error: expect.stringContaining(error) } });

const OWN = '{"token": "TOK"}';
const CUSTOMER = '{"token": "TOK", "customerid": "CUST"}';
/** Bodies that name nobody, and the answers to them. */
const STRANGERS = [
  ['{"token": "wrong"}', failed('This token is unknown', 403)],
  ['{"token": "TOK", "customerid": "NOSUCH"}', failed('customerid is "NOSUCH"', 403)],
] as const;

const SCHEDULED =
  '{"duration": 60, "checklist": ["C2", "C1"], "enabled": true, "name": "scheduled maintenance", "cron": "5 0 * 8 *", "token": "TOK"}';
const scheduled = {
  name: 'scheduled maintenance',
  enabled: true,
  cron: '5 0 * 8 *',
  duration: 60,
  checklist: ['C2', 'C1'],
};
const WAITING =
  '{"duration": 30, "checklist": ["C1", "C2"], "enabled": false, "name": "n", "id": "ad-hoc", "token": "TOK"}';
const waiting = { name: 'n', enabled: false, duration: 30, checklist: ['C1', 'C2'] };

/** Entries with the ids of the examples. */
async function given(customer = '') {
  const withCustomer = (body: string) => body.replace('"TOK"', `"TOK"${customer}`);
  await renameTo(at, entryIn(await send('POST', 'maintenance', withCustomer(SCHEDULED)))[0], 'NZT101');
  await renameTo(at, entryIn(await send('POST', 'maintenance/ad-hoc', withCustomer(WAITING)))[0], '9VKOB');
}
const IN_CUSTOMER = ', "customerid": "CUST"';

describe('maintenance', () => {
  test('create(TOK, ScheduledCreate(60, checks, True, name, cron))', async () => {
    const answer = await send('POST', 'maintenance', SCHEDULED);
    const [id] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(scheduled), ...SAVED }));
    expect(await send('GET', 'maintenance', OWN)).toEqual(ok({ schedules: { [id]: toRead(scheduled) } }));
  });

  test('create(TOK, AdHocCreate(30, checks, False, name), customerid)', async () => {
    const body =
      '{"duration": 30, "checklist": ["C1", "C2"], "enabled": false, "name": "n", "id": "ad-hoc", "token": "TOK", "customerid": "CUST"}';
    const answer = await send('POST', 'maintenance/ad-hoc', body);
    const [id] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(waiting), ...SAVED }));
    expect(await send('GET', `maintenance/${id}`, CUSTOMER)).toEqual(ok({ [id]: toRead(waiting) }));
    expect(await send('GET', 'maintenance', OWN)).toEqual(ok({ schedules: {} }));
  });

  test('get_all(TOK), get_all(TOK, customerid), get(TOK, "NZT101") and get(TOK, "NZT101", customerid)', async () => {
    await given(IN_CUSTOMER);
    const schedules = { NZT101: toRead(scheduled), '9VKOB': toRead(waiting) };
    expect(await send('GET', 'maintenance', CUSTOMER)).toEqual(ok({ schedules }));
    expect(await send('GET', 'maintenance', OWN)).toEqual(ok({ schedules: {} }));
    expect(await send('GET', 'maintenance/NZT101', CUSTOMER)).toEqual(ok({ NZT101: toRead(scheduled) }));
    expect(await send('GET', 'maintenance/NZT101', OWN)).toEqual(failed('There is no maintenance NZT101'));
  });

  test('update(TOK, "9VKOB", AdHocUpdate(45, checks)): the id in the path wins over that in the body', async () => {
    await given();
    const body = '{"duration": 45, "checklist": ["C2", "C1"], "id": "ad-hoc", "token": "TOK"}';
    const updated = { ...waiting, duration: 45, checklist: ['C2', 'C1'] };
    expect(await send('PUT', 'maintenance/9VKOB', body)).toEqual(ok({ '9VKOB': toEntry(updated), ...SAVED }));
    const { schedules } = (await send('GET', 'maintenance', OWN)).body;
    expect(schedules).toEqual({ NZT101: toRead(scheduled), '9VKOB': toRead(updated) });
  });

  test('update(TOK, "9VKOB", AdHocUpdate(45, checks, True, name), customerid): starts it', async () => {
    await given(IN_CUSTOMER);
    const body =
      '{"duration": 45, "checklist": ["C1"], "enabled": true, "name": "m", "id": "ad-hoc", "token": "TOK", "customerid": "CUST"}';
    const started = { name: 'm', enabled: true, duration: 45, checklist: ['C1'] };
    expect(await send('PUT', 'maintenance/9VKOB', body)).toEqual(ok({ '9VKOB': toEntry(started), ...SAVED }));
    await at.settle(at.customer);
    const running = await send('GET', 'maintenance/9VKOB', CUSTOMER);
    const [, { history }] = entryIn(running);
    expect(running).toEqual(ok({ '9VKOB': { ...toRead(started), processing: true, history } }));
    expect(Object.values(history as Answer)).toEqual([{ disabledchecklist: ['C1'], skippedchecklist: [] }]);
    expect(await send('GET', 'checks', CUSTOMER)).toEqual(ok({ C1: toCheck('C1', 'inactive'), C2: toCheck('C2') }));
    expect(await send('DELETE', 'maintenance/9VKOB', CUSTOMER)).toEqual(ok(REMOVED));
    await at.settle(at.customer);
    expect(await send('GET', 'checks', CUSTOMER)).toEqual(ok({ C1: toCheck('C1'), C2: toCheck('C2') }));
  });

  test('update(TOK, "NZT101", ScheduledUpdate(45, checks)): keeps the rest', async () => {
    await given();
    const body = '{"duration": 45, "checklist": ["C1", "C2"], "token": "TOK"}';
    const updated = { ...scheduled, duration: 45, checklist: ['C1', 'C2'] };
    expect(await send('PUT', 'maintenance/NZT101', body)).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await send('GET', 'maintenance/NZT101', OWN)).toEqual(ok({ NZT101: toRead(updated) }));
  });

  test('update(TOK, "NZT101", ScheduledUpdate(45, checks, False, name, cron), customerid)', async () => {
    await given(IN_CUSTOMER);
    const body =
      '{"duration": 45, "checklist": ["C1"], "enabled": false, "name": "m", "cron": "2 12 * * *", "token": "TOK", "customerid": "CUST"}';
    const updated = { name: 'm', enabled: false, cron: '2 12 * * *', duration: 45, checklist: ['C1'] };
    expect(await send('PUT', 'maintenance/NZT101', body)).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await send('GET', 'maintenance/NZT101', CUSTOMER)).toEqual(ok({ NZT101: toRead(updated) }));
  });

  test('update(TOK, "NZT101", ScheduledUpdate(0, [], False)): a zero and an empty list are left out, and change nothing', async () => {
    await given();
    const updated = { ...scheduled, enabled: false };
    const answer = await send('PUT', 'maintenance/NZT101', '{"enabled": false, "token": "TOK"}');
    expect(answer).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
  });

  test('delete(TOK, "NZT101") and delete(TOK, "9VKOB", customerid)', async () => {
    await given(IN_CUSTOMER);
    expect(await send('DELETE', 'maintenance/NZT101', OWN)).toEqual(failed('There is no maintenance NZT101'));
    expect(await send('DELETE', 'maintenance/NZT101', CUSTOMER)).toEqual(ok(REMOVED));
    expect(await send('DELETE', 'maintenance/9VKOB', CUSTOMER)).toEqual(ok(REMOVED));
    expect(await send('GET', 'maintenance', CUSTOMER)).toEqual(ok({ schedules: {} }));
  });

  test.each([
    [
      'an empty checklist, which it leaves out',
      'maintenance',
      '{"duration": 60, "enabled": false, "name": "s", "cron": "5 0 * 8 *", "token": "TOK"}',
      'checklist is missing',
    ],
    [
      'a duration of 0, which it leaves out',
      'maintenance/ad-hoc',
      '{"checklist": ["C1"], "enabled": true, "name": "s", "id": "ad-hoc", "token": "TOK"}',
      'duration is missing',
    ],
    [
      'no cron line',
      'maintenance',
      '{"duration": 60, "checklist": ["C1"], "enabled": true, "name": "s", "token": "TOK"}',
      'cron is missing',
    ],
    [
      'a cron line that is none',
      'maintenance',
      '{"duration": 60, "checklist": ["C1"], "enabled": true, "name": "s", "cron": "daily at 5", "token": "TOK"}',
      'daily at 5',
    ],
    [
      'a duration that is no number',
      'maintenance/ad-hoc',
      '{"duration": "1h", "checklist": ["C1"], "enabled": true, "name": "s", "id": "ad-hoc", "token": "TOK"}',
      'duration is "1h"',
    ],
    [
      'a check that does not exist',
      'maintenance/ad-hoc',
      '{"duration": 60, "checklist": ["C1", "C9"], "enabled": true, "name": "s", "id": "ad-hoc", "token": "TOK"}',
      'checklist names C9',
    ],
  ])('create has an error with %s', async (_, path, body, error) => {
    expect(await send('POST', path, body)).toEqual(failed(error));
    expect(await send('GET', 'maintenance', OWN)).toEqual(ok({ schedules: {} }));
  });

  test('every function has an error with a wrong token, and with a customer that does not exist', async () => {
    await given();
    for (const [who, error] of STRANGERS) {
      const as = (body: string) => body.replace('"token": "TOK"', who.slice(1, -1));
      expect(await send('GET', 'maintenance', who)).toEqual(error);
      expect(await send('GET', 'maintenance/NZT101', who)).toEqual(error);
      expect(await send('POST', 'maintenance', as(SCHEDULED))).toEqual(error);
      expect(await send('POST', 'maintenance/ad-hoc', as(WAITING))).toEqual(error);
      expect(await send('PUT', 'maintenance/NZT101', as(SCHEDULED))).toEqual(error);
      expect(await send('DELETE', 'maintenance/NZT101', who)).toEqual(error);
    }
    const { schedules } = (await send('GET', 'maintenance', OWN)).body;
    expect(schedules).toEqual({ NZT101: toRead(scheduled), '9VKOB': toRead(waiting) });
  });

  test('get, update and delete have an error with an unknown id', async () => {
    const UPDATE = '{"duration": 45, "checklist": ["C1"], "token": "TOK"}';
    for (const [method, body] of [
      ['GET', OWN],
      ['PUT', UPDATE],
      ['DELETE', OWN],
    ] as const) {
      const answer = await send(method, 'maintenance/NOSUCH', body);
      expect([method, answer]).toEqual([method, failed('There is no maintenance NOSUCH')]);
    }
  });
});

describe('the Ansible module nodeping_maintenance', () => {
  test('creates an ad-hoc maintenance, which is enabled by default', async () => {
    const body =
      '{"duration": 30, "checklist": ["C1", "C2"], "enabled": true, "name": "ad-hoc maintenance", "id": "ad-hoc", "token": "TOK"}';
    const answer = await send('POST', 'maintenance/ad-hoc', body);
    const [id] = entryIn(answer);
    const started = { name: 'ad-hoc maintenance', enabled: true, duration: 30, checklist: ['C1', 'C2'] };
    expect(answer).toEqual(ok({ [id]: toEntry(started), ...SAVED }));
  });

  test('creates a schedule', async () => {
    const body =
      '{"duration": 60, "checklist": ["C1", "C2"], "enabled": true, "name": "scheduled maintenance", "cron": "5 0 * 8 *", "token": "TOK"}';
    const answer = await send('POST', 'maintenance', body);
    const [id, { nextrun }] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry({ ...scheduled, checklist: ['C1', 'C2'] }), ...SAVED }));
    expect(new Date(Number(nextrun)).toISOString()).toMatch(/-08-01T00:05:00\.000Z$/);
  });
});

describe('checks', () => {
  const PING =
    '{"target": "www.google.com", "ipv6": false, "label": "x", "autodiag": false, "interval": 15, "enabled": true, "public": false, "homeloc": false, "threshold": 5, "sens": 2, "mute": false, "type": "PING", "token": "TOK", "customerid": "CUST"}';
  const ping = (_id: unknown) => ({
    ...{ _id, label: 'x', type: 'PING', enable: 'active', tags: [], parameters: { target: 'www.google.com' } },
  });

  test('create_check, get_by_id, get_many, update_check, mute_check, disable_by and delete_check in a sub-account', async () => {
    const { body: created } = await send('POST', 'checks', PING);
    const id = String(created._id);
    expect(created).toEqual(ping(expect.any(String)));
    expect(await send('GET', `checks/${id}`, CUSTOMER)).toEqual(ok(ping(id)));
    expect(await send('GET', `checks/${id}?uptime=true`, CUSTOMER)).toEqual(ok(ping(id)));
    expect(await send('GET', `checks/${id}`, OWN)).toEqual(failed(`There is no check ${id}`));
    const many = await send('GET', `checks?id=C1%2C${id}`, CUSTOMER);
    expect(many).toEqual(ok({ C1: toCheck('C1'), [id]: ping(id) }));

    const update = '{"enabled": false, "label": "y", "type": "PING", "token": "TOK", "customerid": "CUST"}';
    const updated = { ...ping(id), label: 'y', enable: 'inactive' };
    expect(await send('PUT', `checks/${id}`, update)).toEqual(ok(updated));
    const mute = '{"token": "TOK", "mute": true, "customerid": "CUST"}';
    expect(await send('PUT', `checks/${id}`, mute)).toEqual(ok(updated));

    const disable = (query: string) => send('PUT', `checks?${query}`, CUSTOMER);
    expect(await disable('label=%5Echeck+C&disableall=True')).toEqual(ok({ enabled: 0, disabled: 3, disableall: 2 }));
    expect(await disable('disableall=False')).toEqual(ok({ enabled: 2, disabled: 1, disableall: 0 }));
    expect(await disable('disableall=True')).toEqual(ok({ enabled: 0, disabled: 3, disableall: 2 }));
    const all = { C1: toCheck('C1', 'inactive'), C2: toCheck('C2', 'inactive'), [id]: updated };
    expect(await send('GET', 'checks', CUSTOMER)).toEqual(ok(all));
    await disable('disableall=False');

    expect(await send('DELETE', `checks/${id}`, CUSTOMER)).toEqual(ok({ ok: true, id }));
    expect(await send('GET', `checks/${id}`, CUSTOMER)).toEqual(failed(`There is no check ${id}`));
    expect(await send('GET', 'checks', OWN)).toEqual(ok({ C1: toCheck('C1'), C2: toCheck('C2') }));
  });

  test('get_all with uptime has the checks without it', async () => {
    const { body } = await send('GET', 'checks', '{"token": "TOK", "uptime": true}');
    expect(await send('GET', 'checks', OWN)).toEqual(ok(body));
    expect(Object.keys(body).toSorted()).toEqual(['C1', 'C2']);
  });

  test('have an error with an unknown id, a wrong token and a customer that does not exist', async () => {
    expect(await send('GET', 'checks/C9', OWN)).toEqual(failed('There is no check C9'));
    const update = '{"enabled": true, "type": "PING", "token": "TOK"}';
    expect(await send('PUT', 'checks/C9', update)).toEqual(failed('There is no check C9'));
    expect(await send('DELETE', 'checks/C9', OWN)).toEqual(failed('There is no check C9'));
    for (const [who, error] of STRANGERS) {
      expect(await send('GET', 'checks', who)).toEqual(error);
      expect(await send('PUT', 'checks?disableall=True', who)).toEqual(error);
      expect(await send('DELETE', 'checks/C1', who)).toEqual(error);
    }
    expect(Object.keys((await send('GET', 'checks', OWN)).body).toSorted()).toEqual(['C1', 'C2']);
  });
});

describe('accounts', () => {
  test('info(TOK) lists the sub-accounts, and info(TOK, customerid) is about one', async () => {
    expect(await send('GET', 'accounts', OWN)).toEqual(ok({ CUST: { name: 'A customer', status: 'Active' } }));
    expect(await send('GET', 'accounts', CUSTOMER)).toEqual(ok(toAccount('A customer', 'CUST')));
  });

  test('is_valid looks for an error', async () => {
    for (const [who, error] of STRANGERS) expect(await send('GET', 'accounts', who)).toEqual(error);
  });

  test('create_subaccount: its id is the customerid of the next calls', async () => {
    const body =
      '{"name": "n", "contactname": "c", "email": "me@example.com", "timezone": "-7", "location": "nam", "emailme": false, "autodiagnotifications": false, "token": "TOK"}';
    const created = await send('POST', 'accounts', body);
    expect(created).toEqual(ok(toAccount('n')));
    const theirs = `{"token": "TOK", "customerid": "${created.body._id}"}`;
    expect(await send('GET', 'maintenance', theirs)).toEqual(ok({ schedules: {} }));
    expect(await send('GET', 'checks', theirs)).toEqual(ok({}));
  });

  test('update_account, delete_subaccount and disable_notifications have an error', async () => {
    const update = '{"location": "eur", "token": "TOK", "customerid": "CUST"}';
    expect(await send('PUT', 'accounts', update)).toEqual(failed('PUT is not possible here'));
    expect(await send('PUT', 'accounts?accountsupressall=true', CUSTOMER)).toEqual(failed('PUT is not possible here'));
    expect(await send('DELETE', 'accounts', CUSTOMER)).toEqual(failed('DELETE is not possible here'));
  });
});
