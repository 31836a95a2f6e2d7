import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/access/token-commands.ts';
import { addScope } from '../../../src/catalogue/scopes/commands.ts';
import { addCheck, removeCheck } from '../../../src/checks/commands.ts';
import { listMutes } from '../../../src/checks/mute-repository.ts';
import { newKey } from '../../../src/core/keys.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { start } from '../../../src/maintenance/commands/transitions.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { type Answer, call, callWith } from './calling.ts';

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

const ids = new Map<string, string>();
const add = async (name: string, externalId: string) => {
  const values = { name, services: [], provider: 'builtin', externalId, enabled: true, tags: ['web'] };
  const { id } = await addCheck(at.ctx, at.lull, values);
  ids.set(externalId, id);
};
/** A check of another monitoring system. */
const addElsewhere = (name: string, externalId: string) =>
  at.ctx.database.check.create({
    data: { id: newKey(10), accountId: at.account.id, name, provider: 'elsewhere', externalId },
  });
beforeEach(async () => {
  await at.ctx.database.mute.deleteMany();
  await at.ctx.database.maintenance.deleteMany();
  await at.ctx.database.check.deleteMany();
  await add('web front', 'W1');
  await add('web back', 'W2');
  await add('database', 'D1');
});

const get = async (path: string) => (await call(at, 'GET', `/api/1/checks${path}`)).body;
const put = (path: string) => call(at, 'PUT', `/api/1/checks${path}`);
const states = async () => {
  const all = Object.entries(await get(`?token=${ADMIN_TOKEN}`));
  return Object.fromEntries(all.map(([id, check]) => [id, (check as Answer).enable]));
};

describe('checks, as clients of NodePing ask for them', () => {
  test('are listed by their ids, all or some', async () => {
    const shown = {
      ...{ _id: 'W1', label: 'web front', type: 'BUILTIN', enable: 'active', tags: ['web'] },
      parameters: { target: 'W1' },
    };
    const all = await get(`?token=${ADMIN_TOKEN}`);
    expect(Object.keys(all).toSorted()).toEqual(['D1', 'W1', 'W2']);
    expect(all.W1).toEqual(shown);
    expect(await get(`/W1?token=${ADMIN_TOKEN}`)).toEqual(shown);
    expect(Object.keys(await get(`?id=W1,D1&token=${ADMIN_TOKEN}`)).toSorted()).toEqual(['D1', 'W1']);
    expect(await get(`/${ids.get('W1')}?token=${ADMIN_TOKEN}`)).toEqual(shown);
  });

  test('are switched off and on, in any spelling of clients', async () => {
    for (const [value, enable] of [
      ['inactive', 'inactive'],
      ['active', 'active'],
      ['False', 'inactive'],
      ['true', 'active'],
    ]) {
      const { body } = await put(`/W1?token=${ADMIN_TOKEN}&enabled=${value}`);
      expect(body).toMatchObject({ _id: 'W1', enable });
    }
    const { body } = await callWith(at, 'PUT', '/api/1/checks', { id: 'W2', enabled: false, token: ADMIN_TOKEN });
    expect(body).toMatchObject({ _id: 'W2', enable: 'inactive' });
    expect((await put(`/W1?token=${ADMIN_TOKEN}&label=renamed`)).body).toMatchObject({ label: 'renamed' });
  });

  test('are switched off together, and only those on again', async () => {
    await put(`/W2?token=${ADMIN_TOKEN}&enabled=false`);
    expect((await put(`?token=${ADMIN_TOKEN}&disableall=true`)).body).toEqual({
      enabled: 0,
      disabled: 3,
      disableall: 2,
    });
    expect((await put(`?token=${ADMIN_TOKEN}&disableall=false`)).body).toEqual({
      enabled: 2,
      disabled: 1,
      disableall: 0,
    });
    expect(await states()).toEqual({ W1: 'active', W2: 'inactive', D1: 'active' });
  });

  test.each([
    ['label=%5Eweb', ['W1', 'W2']],
    ['target=D', ['D1']],
    ['type=BUILTIN', ['D1', 'W1', 'W2']],
    ['type=PING', []],
    ['label=front%7Cback&target=2', ['W2']],
  ])('are switched off together where %s matches', async (query, off) => {
    await put(`?token=${ADMIN_TOKEN}&${query}&disableall=True`);
    const inactive = Object.entries(await states()).filter(([, enable]) => enable === 'inactive');
    expect(inactive.map(([id]) => id).toSorted()).toEqual(off);
  });

  test('that are unmuted during a window stay on, which its thread reports', async () => {
    const input = at.input({ services: [], checks: [ids.get('W1') ?? ''] });
    const { id } = await schedule(at.ctx, at.ana, input);
    await start(at.ctx, at.ana, id);
    await at.settle();
    expect(await states()).toMatchObject({ W1: 'inactive' });
    await put(`/W1?token=${ADMIN_TOKEN}&enabled=true`);
    await at.settle();
    expect(await states()).toMatchObject({ W1: 'active' });
    expect(await listMutes(at.ctx.database, at.account.id, id)).toMatchObject([{ outcome: 'unmuted_by_hand' }]);
  });

  test('of another monitoring system are not switched here', async () => {
    await addElsewhere('theirs', 'X1');
    const { status, body } = await put(`/X1?token=${ADMIN_TOKEN}&enabled=false`);
    expect({ status, body }).toEqual({ status: 200, body: { error: expect.stringContaining('elsewhere') } });
    await put(`?token=${ADMIN_TOKEN}&disableall=true`);
    expect(await states()).toMatchObject({ X1: 'active', W1: 'inactive' });
  });

  test("with the same id in two systems have Lull's id", async () => {
    await addElsewhere('the other', 'W1');
    const all = await get(`?token=${ADMIN_TOKEN}`);
    expect(Object.keys(all)).toHaveLength(4);
    expect(Object.keys(all)).not.toContain('W1');
    expect(await get(`/W1?token=${ADMIN_TOKEN}`)).toHaveProperty('error');
  });

  test("are added as NodePing's clients add them; members about monitoring are ignored", async () => {
    const sent = {
      ...{ target: 'www.example.com', port: 53, transport: 'udp', dnstype: 'A', dnsrd: 1, dnssection: 'answer' },
      ...{ contentstring: '', dnstoresolve: '', label: 'name server', autodiag: false, interval: 15, enabled: false },
      ...{ public: false, runlocations: null, homeloc: false, threshold: 5, sens: 2, mute: false, dep: '' },
      ...{ notifications: '', verify: false, type: 'DNS' },
    };
    const { body } = await callWith(at, 'POST', `/api/1/checks?token=${ADMIN_TOKEN}`, sent);
    const { _id: id } = body;
    expect(id).toMatch(/^\d{12}[0-9A-Z]{5}-[0-9A-Z]{8}$/);
    const shown = {
      ...{ _id: id, label: 'name server', type: 'DNS', enable: 'inactive', tags: [] },
      parameters: { target: 'www.example.com' },
    };
    expect(body).toEqual(shown);
    expect(await get(`/${id}?token=${ADMIN_TOKEN}`)).toEqual(shown);
    // The same target again is another check.
    const again = await callWith(at, 'POST', `/api/1/checks?token=${ADMIN_TOKEN}`, { ...sent, enabled: 'active' });
    expect(again.body).toMatchObject({ enable: 'active', parameters: shown.parameters });
    expect(again.body._id).not.toBe(id);
  });

  test.each([
    ['https://example.com/', 'https://example.com/'],
    ['a'.repeat(300), 'a'.repeat(200)],
    ['', 'push'],
  ])('without a label are called after what they watch: %j', async (target, label) => {
    const sent = { label: '', target, type: 'push', token: ADMIN_TOKEN };
    const { body } = await callWith(at, 'POST', '/api/1/checks', sent);
    expect(body).toMatchObject({ label, type: 'PUSH', enable: 'inactive', parameters: { target } });
  });

  test('are changed in label, tags and target; their type stays, and so does the target of another system', async () => {
    const { body } = await callWith(at, 'POST', '/api/1/checks', { type: 'HTTP', target: 'a', token: ADMIN_TOKEN });
    const edit = { type: 'PING', label: 'b', target: 'c', tags: ['d'], interval: 15, token: ADMIN_TOKEN };
    const changed = await callWith(at, 'PUT', `/api/1/checks/${body._id}`, edit);
    expect(changed.body).toEqual({
      ...{ _id: body._id, label: 'b', type: 'HTTP', enable: 'inactive', tags: ['d'], parameters: { target: 'c' } },
    });
    await addElsewhere('theirs', 'X1');
    const theirs = await callWith(at, 'PUT', '/api/1/checks/X1', edit);
    expect(theirs.body).toMatchObject({ label: 'b', type: 'ELSEWHERE', tags: ['d'], parameters: { target: 'X1' } });
  });

  test('that were added here are switched together by their type and target', async () => {
    const sent = { type: 'HTTP', target: 'https://example.com', enabled: true, token: ADMIN_TOKEN };
    const { body } = await callWith(at, 'POST', '/api/1/checks', sent);
    await put(`?token=${ADMIN_TOKEN}&type=%5EHTTP%24&target=example&disableall=true`);
    expect(await states()).toEqual({ W1: 'active', W2: 'active', D1: 'active', [String(body._id)]: 'inactive' });
  });

  test('are removed', async () => {
    const removed = await call(at, 'DELETE', `/api/1/checks/W1?token=${ADMIN_TOKEN}`);
    expect(removed).toEqual({ status: 200, body: { ok: true, id: 'W1' } });
    expect(Object.keys(await states()).toSorted()).toEqual(['D1', 'W2']);
  });

  test('are added and removed by admins', async () => {
    const token = await at.token('write');
    expect((await callWith(at, 'POST', '/api/1/checks', { type: 'HTTP', token })).status).toBe(403);
    expect((await call(at, 'DELETE', `/api/1/checks/W1?token=${token}`)).status).toBe(403);
  });

  test('that were removed are gone', async () => {
    await removeCheck(at.ctx, at.lull, ids.get('W1') ?? '');
    expect(await get(`/W1?token=${ADMIN_TOKEN}`)).toHaveProperty('error');
    expect(Object.keys(await states()).toSorted()).toEqual(['D1', 'W2']);
  });

  test.each([
    ['GET', '/nothing', 'nothing'],
    ['PUT', '/nothing?enabled=true', 'nothing'],
    ['PUT', '/W1?enabled=maybe', 'enabled is "maybe"'],
    ['PUT', '', 'Name the check'],
    ['PUT', '?disableall=perhaps', 'disableall is "perhaps"'],
    ['PUT', '?disableall=true&label=%5B', 'label is "["'],
    ['POST', '', 'type is missing'],
    ['POST', '?type=HTTP&target=%00', 'target is'],
    ['POST', '?type=HTTP&enabled=maybe', 'enabled is "maybe"'],
    ['POST', `?type=HTTP&label=${'x'.repeat(201)}`, 'label has 201 characters'],
    ['PUT', `/W1?label=${'x'.repeat(201)}`, 'label has 201 characters'],
    ['PUT', `/W1?target=${'x'.repeat(2001)}`, 'target has 2001 characters'],
    ['GET', '?id=', 'id is ""'],
    ['DELETE', '', 'Name the check'],
    ['DELETE', '/nothing', 'nothing'],
  ])('answer %s %s with an error, and change nothing', async (method, path, error) => {
    const token = `${path.includes('?') ? '&' : '?'}token=${ADMIN_TOKEN}`;
    const answer = await call(at, method, `/api/1/checks${path}${token}`);
    expect(answer).toEqual({ status: 200, body: { error: expect.stringContaining(error) } });
    expect(await states()).toEqual({ W1: 'active', W2: 'active', D1: 'active' });
  });

  test('are not switched with a token that can only read', async () => {
    const token = await at.token('read');
    expect((await put(`/W1?token=${token}&enabled=false`)).status).toBe(403);
    expect((await put(`?token=${token}&disableall=true`)).status).toBe(403);
  });

  test('are renamed and switched together, or neither', async () => {
    await addElsewhere('theirs', 'X1');
    expect((await put(`/X1?token=${ADMIN_TOKEN}&enabled=false&label=other`)).body).toHaveProperty('error');
    expect(await get(`/X1?token=${ADMIN_TOKEN}`)).toMatchObject({ label: 'theirs' });
    expect((await put(`/W1?token=${ADMIN_TOKEN}&enabled=false&label=other`)).body).toMatchObject({
      enable: 'inactive',
      label: 'other',
    });
  });

  test('of another scope are invisible to a token that is limited to one', async () => {
    const { id } = await addScope(at.ctx, at.lull, { name: 'Shop' });
    const { text } = await createApiToken(at.ctx, at.lull, { name: 'shop', rights: 'admin', scopes: [id] });
    for (const query of ['', '&enabled=false', '&label=other']) {
      expect([query, await put(`/W1?token=${text}${query}`)]).toMatchObject([query, { status: 403 }]);
    }
  });
});
