import { expect } from 'vitest';
import { addSubaccount } from '../../../src/access/commands.ts';
import { hashToken } from '../../../src/access/token-repository.ts';
import { addCheck } from '../../../src/checks/commands.ts';
import { type Actor, systemActor } from '../../../src/core/permissions.ts';
import { type RequestOptions, startTestServer, type TestServer } from '../../http/served.ts';

/** A JSON object of an answer. */
export type Answer = Record<string, unknown>;

/** Calls `/api/1` and reads the answer, which is JSON always. */
export async function call(at: TestServer, method: string, path: string, sent: RequestOptions = {}) {
  const { status, headers, text } = await at.send(method, path, sent);
  if (!headers['content-type']?.startsWith('application/json')) throw new Error(`${path} is not JSON: ${text}`);
  return { status, body: JSON.parse(text) as Answer };
}

/** The same with a JSON body, as the clients send it. */
export function callWith(at: TestServer, method: string, path: string, body: unknown) {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return call(at, method, path, { headers, body: JSON.stringify(body) });
}

/** Checks that are known by these ids in the monitoring system that their tools come from. */
export async function checksCalled(at: TestServer, actor: Actor, ...externalIds: string[]) {
  for (const externalId of externalIds) {
    const values = { name: `check ${externalId}`, services: [], provider: 'builtin', enabled: true, tags: [] };
    await addCheck(at.ctx, actor, { ...values, externalId });
  }
}

/**
 * Starts a server with `TOK`, the token of an admin named `a client`, and `CUST`, a sub-account.
 * @param externalIds checks of both accounts
 */
export async function startWithCustomer(...externalIds: string[]) {
  const at = await startTestServer();
  const { database } = at.ctx;
  const hash = hashToken('TOK');
  await database.apiToken.create({
    data: { accountId: at.account.id, name: 'a client', hash, rights: 'admin', purpose: 'Tests' },
  });
  const { id: customer } = await addSubaccount(at.ctx, at.lull, { name: 'A customer' });
  await database.account.update({ where: { id: customer }, data: { key: 'CUST' } });
  for (const actor of [at.lull, systemActor(customer)]) await checksCalled(at, actor, ...externalIds);
  return { ...at, customer };
}

/** Removes the maintenances of all accounts, and switches their checks on. */
export async function reset({ ctx: { database } }: TestServer) {
  await database.adHoc.deleteMany();
  await database.mute.deleteMany();
  await database.maintenance.deleteMany();
  await database.series.deleteMany();
  await database.check.updateMany({ data: { enabled: true, bulkDisabled: false } });
}

/** Gives the entry with this key the id that an example has. */
export async function renameTo({ ctx: { database } }: TestServer, key: string, id: string) {
  await database.series.updateMany({ where: { key }, data: { key: id } });
  await database.adHoc.updateMany({ where: { key }, data: { key: id } });
}

export const SAVED = { ok: true, message: 'Maintenance settings were successfully saved.' };
export const REMOVED = { ok: true, message: 'Maintenance removed successfully.' };

/** An entry as it is answered to a change of this, which does not run. */
export const toEntry = ({ name, enabled, cron, duration, checklist }: Answer) => ({
  ...{ name, enabled, processing: false, ...(typeof cron === 'string' ? { cron } : {}), duration, history: {} },
  ...{ nextrun: expect.any(Number), checklist },
});

/** The same as it is read, changed last by the token `TOK`. */
export const toRead = (entry: Answer) => ({
  ...toEntry(entry),
  update: { timestamp: expect.any(Number), user: 'a client' },
});

/** A check of `startWithCustomer`. */
export const toCheck = (_id: string, enable: 'active' | 'inactive' = 'active') => ({
  ...{ _id, label: `check ${_id}`, type: 'BUILTIN', enable, tags: [], parameters: { target: _id } },
});

/** A sub-account; a new one has a key of its own. */
export const toAccount = (customer_name: string, _id: unknown = expect.stringMatching(/^[0-9A-Z]{8}$/)) => ({
  ...{ _id, type: 'customer', customer_name, status: 'Active' },
});

/** The one entry of an answer, with its id. */
export function entryIn({ body }: { body: Answer }): [id: string, entry: Answer] {
  const found = Object.entries(body).find(([, value]) => typeof value === 'object' && value !== null);
  if (found === undefined) throw new Error(`there is no entry in ${JSON.stringify(body)}`);
  return [found[0], found[1] as Answer];
}
