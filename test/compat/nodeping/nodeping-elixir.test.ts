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
 * The Elixir client `nodeping`. It sends the token in the query, with the customer before it, updates maintenances with POST,
 * and sends JSON without spaces. It knows the statuses 200, 403, 404 and 409, and crashes on others.
 * @see https://hex.pm/packages/nodeping
 */
let at: Awaited<ReturnType<typeof startWithCustomer>>;
beforeAll(async () => {
  at = await startWithCustomer('C1', 'C2');
});
afterAll(() => at.close());
beforeEach(() => reset(at));

const HACKNEY = { 'user-agent': 'hackney/1.17.4' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const get = (path: string) => call(at, 'GET', `/api/1/${path}`, { headers: HACKNEY });
const remove = (path: string) => call(at, 'DELETE', `/api/1/${path}`, { headers: HACKNEY });
const post = (path: string, body: string) =>
  call(at, 'POST', `/api/1/${path}`, { headers: { ...HACKNEY, ...JSON_TYPE }, body });
const put = (path: string, body?: string) =>
  call(
    at,
    'PUT',
    `/api/1/${path}`,
    body === undefined ? { headers: HACKNEY, body: '' } : { headers: { ...HACKNEY, ...JSON_TYPE }, body },
  );

/** `{:ok, result}` */
const ok = (body: Answer) => ({ status: 200, body });
/** `{:ok, %{"error" => ...}}`, and with status 403 `{:error, %{"error" => ...}}` */
const failed = (error: string, status = 200) => ({ status, body: { error: expect.stringContaining(error) } });

const OWN = '?token=TOK';
const CUSTOMER = '?customerid=CUST&token=TOK';
/** Queries that name nobody, and the answers to them. */
const STRANGERS = [
  ['?token=wrong', failed('This token is unknown', 403)],
  ['?customerid=NOSUCH&token=TOK', failed('customerid is "NOSUCH"', 403)],
] as const;

const SCHEDULED =
  '{"checklist":["C2","C1"],"cron":"15 14 1 * *","duration":30,"enabled":false,"name":"scheduled maintenance"}';
const scheduled = {
  name: 'scheduled maintenance',
  enabled: false,
  cron: '15 14 1 * *',
  duration: 30,
  checklist: ['C2', 'C1'],
};
const AD_HOC = '{"checklist":["C1","C2"],"duration":30,"id":"ad-hoc","name":"ad-hoc maintenance"}';
const adHoc = { name: 'ad-hoc maintenance', enabled: false, duration: 30, checklist: ['C1', 'C2'] };

/** A schedule with the id of the examples. */
async function given(query = OWN) {
  await renameTo(at, entryIn(await post(`maintenance${query}`, SCHEDULED))[0], 'NZT101');
}

describe('NodePing.Maintenance', () => {
  test('create(token, 30, name, checks, %{id: "ad-hoc"}), which waits to be enabled', async () => {
    const answer = await post(`maintenance${OWN}`, AD_HOC);
    const [id] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(adHoc), ...SAVED }));
    expect(await get(`maintenance/${id}${OWN}`)).toEqual(ok({ [id]: toRead(adHoc) }));

    const enabled = await post(`maintenance/${id}${OWN}`, '{"checklist":["C1"],"duration":24,"enabled":true}');
    const started = { ...adHoc, enabled: true, duration: 24, checklist: ['C1'] };
    expect(enabled).toEqual(ok({ [id]: toEntry(started), ...SAVED }));
    await at.settle();
    const running = await get(`maintenance/${id}${OWN}`);
    const [, { history }] = entryIn(running);
    expect(running).toEqual(ok({ [id]: { ...toRead(started), processing: true, history } }));
    expect(Object.values(history as Answer)).toEqual([{ disabledchecklist: ['C1'], skippedchecklist: [] }]);
  });

  test('create(token, 30, name, checks, %{cron: cron, enabled: false}, customerid)', async () => {
    const answer = await post(`maintenance${CUSTOMER}`, SCHEDULED);
    const [id, { nextrun }] = entryIn(answer);
    expect(answer).toEqual(ok({ [id]: toEntry(scheduled), ...SAVED }));
    expect(new Date(Number(nextrun)).toISOString()).toMatch(/-01T14:15:00\.000Z$/);
    expect(await get(`maintenance/${id}${CUSTOMER}`)).toEqual(ok({ [id]: toRead(scheduled) }));
    expect(await get(`maintenance${OWN}`)).toEqual(ok({ schedules: {} }));
  });

  test('get(token), get(token, customerid), get_by_id(token, id) and get_by_id(token, id, customerid)', async () => {
    await given(CUSTOMER);
    expect(await get(`maintenance${OWN}`)).toEqual(ok({ schedules: {} }));
    expect(await get(`maintenance${CUSTOMER}`)).toEqual(ok({ schedules: { NZT101: toRead(scheduled) } }));
    expect(await get(`maintenance/NZT101${OWN}`)).toEqual(failed('There is no maintenance NZT101'));
    expect(await get(`maintenance/NZT101${CUSTOMER}`)).toEqual(ok({ NZT101: toRead(scheduled) }));
  });

  test('update(token, "NZT101", 30, checks, %{name: name}): a POST, which keeps the rest', async () => {
    await given();
    const body = '{"checklist":["C1","C2"],"duration":45,"name":"new maintenance name"}';
    const updated = { ...scheduled, name: 'new maintenance name', duration: 45, checklist: ['C1', 'C2'] };
    expect(await post(`maintenance/NZT101${OWN}`, body)).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await get(`maintenance${OWN}`)).toEqual(ok({ schedules: { NZT101: toRead(updated) } }));
  });

  test('update with every option, in a sub-account', async () => {
    await given(CUSTOMER);
    const body = '{"checklist":[],"cron":"2 12 * * *","duration":20,"enabled":true,"name":"m"}';
    const updated = { name: 'm', enabled: true, cron: '2 12 * * *', duration: 20, checklist: [] };
    expect(await post(`maintenance/NZT101${CUSTOMER}`, body)).toEqual(ok({ NZT101: toEntry(updated), ...SAVED }));
    expect(await get(`maintenance${CUSTOMER}`)).toEqual(ok({ schedules: { NZT101: toRead(updated) } }));
  });

  test('delete(token, "NZT101", customerid)', async () => {
    await given(CUSTOMER);
    expect(await remove(`maintenance/NZT101${OWN}`)).toEqual(failed('There is no maintenance NZT101'));
    expect(await remove(`maintenance/NZT101${CUSTOMER}`)).toEqual(ok(REMOVED));
    expect(await get(`maintenance${CUSTOMER}`)).toEqual(ok({ schedules: {} }));
  });

  test.each([
    ['no cron line', '{"checklist":["C1"],"duration":30,"name":"n"}', 'cron is missing'],
    ['a cron line that is none', '{"checklist":["C1"],"cron":"monthly","duration":30,"name":"n"}', 'monthly'],
    ['no duration', '{"checklist":["C1"],"cron":"15 14 1 * *","duration":null,"name":"n"}', 'duration is missing'],
    [
      'a duration that is no whole number',
      '{"checklist":["C1"],"cron":"15 14 1 * *","duration":1.5,"name":"n"}',
      'duration is 1.5',
    ],
    ['no checklist', '{"checklist":null,"cron":"15 14 1 * *","duration":30,"name":"n"}', 'checklist is missing'],
    [
      'a check that does not exist',
      '{"checklist":["C9"],"duration":30,"id":"ad-hoc","name":"n"}',
      'checklist names C9',
    ],
  ])('create has an error with %s', async (_, body, error) => {
    expect(await post(`maintenance${OWN}`, body)).toEqual(failed(error));
    expect(await get(`maintenance${OWN}`)).toEqual(ok({ schedules: {} }));
  });

  test('every function has an error with a wrong token, and with a customer that does not exist', async () => {
    await given();
    for (const [query, error] of STRANGERS) {
      expect(await get(`maintenance${query}`)).toEqual(error);
      expect(await get(`maintenance/NZT101${query}`)).toEqual(error);
      expect(await post(`maintenance${query}`, SCHEDULED)).toEqual(error);
      expect(await post(`maintenance${query}`, AD_HOC)).toEqual(error);
      expect(await post(`maintenance/NZT101${query}`, '{"checklist":[],"duration":1}')).toEqual(error);
      expect(await remove(`maintenance/NZT101${query}`)).toEqual(error);
    }
    expect(await get(`maintenance${OWN}`)).toEqual(ok({ schedules: { NZT101: toRead(scheduled) } }));
  });

  test('get_by_id, update and delete have an error with an unknown id', async () => {
    const nothing = failed('There is no maintenance NOSUCH');
    expect(await get(`maintenance/NOSUCH${OWN}`)).toEqual(nothing);
    expect(await post(`maintenance/NOSUCH${OWN}`, '{"checklist":[],"duration":1}')).toEqual(nothing);
    expect(await remove(`maintenance/NOSUCH${OWN}`)).toEqual(nothing);
  });
});

describe('NodePing.Checks', () => {
  /** Every member of its check type, with those of its caller. */
  const PING = (values: string) =>
    `{"autodiag":false,"dep":null,"homeloc":false,"interval":15,"ipv6":false,"notifications":null,"public":false,"runlocations":null,"sens":2,"threshold":5,"type":"PING",${values}}`;

  test('create_check, get_by_id, get_many, update_check, mute_check and delete_check in a sub-account', async () => {
    const members = '"enabled":true,"label":"x","target":"example.com"';
    const { body: created } = await post(`checks${CUSTOMER}`, PING(members));
    const id = String(created._id);
    const check = {
      ...{ _id: id, label: 'x', type: 'PING', enable: 'active', tags: [], parameters: { target: 'example.com' } },
    };
    expect(created).toEqual(check);
    expect(await get(`checks/${id}${CUSTOMER}`)).toEqual(ok(check));
    expect(await get(`checks/${id}${CUSTOMER}&lastresult=true`)).toEqual(ok(check));
    expect(await get(`checks?customerid=CUST&id=${id}&token=TOK`)).toEqual(ok({ [id]: check }));
    expect(Object.keys((await get(`checks${CUSTOMER}`)).body).toSorted()).toEqual(['C1', 'C2', id].toSorted());

    // It sends the default of what its caller leaves out: not enabled.
    const updated = { ...check, label: 'y', enable: 'inactive' };
    const update = PING('"enabled":false,"label":"y","target":"example.com"');
    expect(await put(`checks/${id}${CUSTOMER}`, update)).toEqual(ok(updated));
    expect(await put(`checks/${id}${CUSTOMER}`, '{"mute":1796045206010,"type":"PING"}')).toEqual(ok(updated));
    expect(await put(`checks/${id}${CUSTOMER}`, '{"mute":true,"type":"PING"}')).toEqual(ok(updated));
    expect(await remove(`checks/${id}${CUSTOMER}`)).toEqual(ok({ ok: true, id }));
    expect(await get(`checks/${id}${CUSTOMER}`)).toEqual(failed(`There is no check ${id}`));
  });

  test('disable_all_checks(token, true, label: label), of the account or a sub-account', async () => {
    const all = { enabled: 2, disabled: 0, disableall: 0 };
    const disabled = await put('checks?disableall=true&token=TOK&label=check%20C1');
    expect(disabled).toEqual(ok({ enabled: 1, disabled: 1, disableall: 1 }));
    expect(await put('checks?disableall=false&token=TOK&type=BUILTIN')).toEqual(ok(all));
    const theirs = await put('checks?disableall=true&token=TOK&customerid=CUST');
    expect(theirs).toEqual(ok({ enabled: 0, disabled: 2, disableall: 2 }));
    expect(await get(`checks${OWN}`)).toEqual(ok({ C1: toCheck('C1'), C2: toCheck('C2') }));
    expect(await put('checks?disableall=false&token=TOK&customerid=CUST')).toEqual(ok(all));
  });

  test('check_exists? looks for an id, or an error', async () => {
    expect(await get(`checks/C1${OWN}`)).toEqual(ok(toCheck('C1')));
    expect(await get(`checks/C9${OWN}`)).toEqual(failed('There is no check C9'));
  });

  test('have an error with a wrong token, a customer that does not exist, and an unknown id', async () => {
    for (const [query, error] of STRANGERS) {
      expect(await get(`checks${query}`)).toEqual(error);
      expect(await get(`checks/C1${query}`)).toEqual(error);
      expect(await post(`checks${query}`, PING('"enabled":true,"label":"x","target":"example.com"'))).toEqual(error);
      expect(await put(`checks/C1${query}`, '{"mute":true,"type":"PING"}')).toEqual(error);
      expect(await remove(`checks/C1${query}`)).toEqual(error);
    }
    expect(await put(`checks/C9${OWN}`, '{"mute":true,"type":"PING"}')).toEqual(failed('There is no check C9'));
    expect(await remove(`checks/C9${OWN}`)).toEqual(failed('There is no check C9'));
    expect(Object.keys((await get(`checks${OWN}`)).body).toSorted()).toEqual(['C1', 'C2']);
  });
});

describe('NodePing.Accounts', () => {
  test('get_account(token) lists the sub-accounts, and get_account(token, customerid) is about one', async () => {
    expect(await get(`accounts${OWN}`)).toEqual(ok({ CUST: { name: 'A customer', status: 'Active' } }));
    expect(await get(`accounts${CUSTOMER}`)).toEqual(ok(toAccount('A customer', 'CUST')));
    for (const [query, error] of STRANGERS) expect(await get(`accounts${query}`)).toEqual(error);
  });

  test('create_subaccount(token, args): its id is the customerid of the next calls', async () => {
    const members =
      '"autodiagnotifications":false,"contactname":"My Name","email":"me@example.com","emailme":false,"location":"nam"';
    const created = await post(`accounts${OWN}`, `{${members},"name":"A name","timezone":"-7"}`);
    expect(created).toEqual(ok(toAccount('A name')));
    expect(await get(`checks?customerid=${created.body._id}&token=TOK`)).toEqual(ok({}));
    // A name is required here.
    expect(await post(`accounts${OWN}`, `{${members},"name":null,"timezone":"-7"}`)).toEqual(failed('name'));
  });

  test('update_account, delete_subaccount and disable_notifications have an error', async () => {
    const update = '{"autodiagnotifications":false,"timezone":"-2"}';
    expect(await put(`accounts${CUSTOMER}`, update)).toEqual(failed('PUT is not possible here'));
    const suppress = 'accounts?customerid=CUST&accountsuppressall=true&token=TOK';
    expect(await put(suppress)).toEqual(failed('PUT is not possible here'));
    expect(await remove(`accounts${CUSTOMER}`)).toEqual(failed('DELETE is not possible here'));
  });
});
