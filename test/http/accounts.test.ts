import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccountByTeam } from '../../src/access/accounts.ts';
import { systemActor } from '../../src/core/permissions.ts';
import { configureAccount } from '../../src/settings/commands.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from './served.ts';
import { type Described, described } from './v1/described.ts';

// Which account a request is for, who reads it without a token, and what caches may keep.

let at: TestServer;
let document: Described;
let other: number;
let own: string;

const anonymousReads = (accountId: number, allowed: boolean) =>
  configureAccount(at.ctx, systemActor(accountId), { anonymousReads: allowed });

beforeAll(async () => {
  at = await startTestServer();
  document = await described(at);
  own = await at.token('admin');
  const team = { id: 'T0OTHER', name: 'Other' };
  other = (await findAccountByTeam(at.ctx.database, team, { timezone: 'UTC', defaultChannel: null })).id;
});
afterAll(() => at.close());

const PAGES = ['/', '/status.json', '/feed.atom', '/calendar.ics', '/maintenances/1', '/maintenances/1.ics'];
const PRODMANAGER = ['maintenance', 'scope', 'service', 'monitor', 'incident'].map((each) => `/api/${each}`);

/** Everything that somebody may read without a token, by the document and the lists above. */
function governed(): string[] {
  const open = document.operations.filter(
    ({ method, security }) => method === 'GET' && JSON.stringify(security).includes('{}'),
  );
  expect(open.length).toBeGreaterThan(8);
  return [...open.map(({ path }) => `/api/v1${path.replaceAll(/\{\w+\}/g, '1')}`), ...PAGES, ...PRODMANAGER];
}

const within = (path: string, account: string) => `${path}?account=${account}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the setting for anonymous reads', () => {
  test('off: everything asks for a token, as it does for an account that does not exist', async () => {
    await anonymousReads(other, false);
    for (const path of governed()) {
      const closed = await at.send('GET', within(path, 'T0OTHER'));
      const unknown = await at.send('GET', within(path, 'T0OTHR2'));
      expect([path, closed.status]).toEqual([path, 401]);
      expect(closed.text.replaceAll('T0OTHER', 'T')).toBe(unknown.text.replaceAll('T0OTHR2', 'T'));
      expect(closed.text).toContain('Authorization: Bearer');
    }
  });

  test('on: nothing asks for one', async () => {
    await anonymousReads(other, true);
    for (const path of governed()) {
      const { status } = await at.send('GET', within(path, 'T0OTHER'));
      expect([path, [200, 404].includes(status)]).toEqual([path, true]);
    }
  });

  test('is changed over HTTP and audited', async () => {
    const headers = { ...bearer(own), 'content-type': 'application/json' };
    const body = JSON.stringify({ anonymous_reads: false });
    expect(JSON.parse((await at.send('PATCH', '/api/v1/settings', { headers, body })).text).anonymous_reads).toBe(
      false,
    );
    const { text } = await at.send('GET', '/api/v1/audit?type=settings.changed&limit=1', { headers: bearer(own) });
    expect(JSON.parse(text).items[0]).toMatchObject({
      before: { anonymous_reads: true },
      after: { anonymous_reads: false },
    });
    await anonymousReads(at.account.id, true);
  });

  test('a workspace that removed Lull has no public pages', async () => {
    const removed = {
      token: null,
      botUserId: 'U1',
      installedById: 'U2',
      installedAt: new Date(),
      removedAt: new Date(),
    };
    await at.ctx.database.installation.create({ data: { accountId: other, ...removed } });
    expect((await at.send('GET', within('/', 'T0OTHER'))).status).toBe(401);
    await at.ctx.database.installation.delete({ where: { accountId: other } });
    expect((await at.send('GET', within('/', 'T0OTHER'))).status).toBe(200);
  });
});

describe('the account that a request names', () => {
  const INTERFACES = ['/api/v1/maintenances', '/api/maintenance', '/api/1/maintenance'];

  test.each(INTERFACES)('%s refuses one that does not match the token, and two different ones', async (path) => {
    const calls: [Record<string, string>, string][] = [
      [{ 'lull-account': 'T0OTHER' }, path],
      [{}, within(path, 'T0OTHER')],
      [{ 'lull-account': 'T0TEST' }, within(path, 'T0OTHER')],
    ];
    for (const [headers, address] of calls) {
      const { status, text } = await at.send('GET', address, { headers: { ...bearer(own), ...headers } });
      expect([address, status >= 400 || 'error' in JSON.parse(text)]).toEqual([address, true]);
      expect(text).toMatch(/T0OTHER/);
    }
    for (const headers of [{}, { 'lull-account': 'T0TEST' }]) {
      const { status, text } = await at.send('GET', path, { headers: { ...bearer(own), ...headers } });
      expect([status, text.includes('error')]).toEqual([200, false]);
    }
  });

  test.each(INTERFACES)('%s takes the admin token of several accounts, for the account that is named', async (path) => {
    for (const headers of [{ 'lull-account': 'T0OTHER' }, {}]) {
      const address = 'lull-account' in headers ? path : within(path, 'T0OTHER');
      const { status, text } = await at.send('GET', address, { headers: { ...bearer(ADMIN_TOKEN), ...headers } });
      expect([status, text.includes('error')]).toEqual([200, false]);
    }
  });

  test('an empty one names none, and readers of several accounts get each their own page', async () => {
    const requests = Array.from({ length: 60 }, (_, index) => ['T0TEST', 'T0OTHER', ''][index % 3] ?? '');
    const answers = await Promise.all(requests.map((account) => at.send('GET', within('/status.json', account))));
    for (const [index, account] of requests.entries()) {
      const { status, text } = answers[index] ?? expect.unreachable();
      if (account === '') expect([account, status]).toEqual([account, 401]);
      else expect(JSON.parse(text)).toMatchObject({ account: account === 'T0TEST' ? 'Test' : 'Other' });
    }
    await at.ctx.database.account.update({
      where: { id: other },
      data: { parentId: at.account.id, slackTeamId: null, key: 'SVBXWZTR' },
    });
    for (const path of [...PAGES.slice(0, 4), '/api/v1/maintenances', '/api/maintenance']) {
      expect([path, (await at.send('GET', within(path, ''))).status]).toEqual([path, 200]);
    }
    await at.ctx.database.account.update({
      where: { id: other },
      data: { parentId: null, slackTeamId: 'T0OTHER', key: null },
    });
  });
});

describe('caches', () => {
  test('keep nothing that a token reads, and no failure, in any interface', async () => {
    const private_ = [
      ...document.operations
        .filter(({ method }) => method === 'GET')
        .map(({ path }) => `/api/v1${path.replaceAll(/\{\w+\}/g, '1')}`),
      ...PRODMANAGER,
      '/api/maintenance/999999',
      '/api/1/maintenance',
      '/api/1/checks',
      '/api/1/nothing',
      '/api/v1/nothing',
      '/nothing',
      '/calendar/aaaaaaaaaaaaaaaaaaaaaaaa.ics',
    ];
    const tokens = [own, 'wrong'];
    for (const token of tokens) {
      for (const path of private_) {
        const { headers } = await at.send('GET', path, { headers: bearer(token) });
        expect([path, headers['cache-control'], headers['x-content-type-options']]).toEqual([
          path,
          'no-store',
          'nosniff',
        ]);
      }
    }
    const changed = await at.send('POST', '/api/v1/maintenances', { headers: bearer(own), body: '{' });
    expect(changed.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('keep what is public', async () => {
    for (const path of [
      '/',
      '/status.json',
      '/feed.atom',
      '/calendar.ics',
      '/api/docs',
      '/api/v1/openapi.json',
      '/api/v1/now',
    ]) {
      const { headers } = await at.send('GET', `${path}?account=T0TEST`);
      expect([path, headers['cache-control']]).toEqual([path, expect.stringMatching(/^(public, |no-cache)/)]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});
