import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContentVersion } from '../../src/access/accounts.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { countingStatements } from '../statements.ts';
import { hours } from '../world.ts';
import { startTestServer, type TestServer } from './served.ts';

let at: TestServer;
let service: number;
beforeAll(async () => {
  at = await startTestServer();
  service = (await addService(at.ctx, at.lull, { name: 'api', scopeId: null })).id;
  const { id } = await window('Postgres upgrade');
  await comment(at.ctx, at.ana, id, { text: 'Soon', internal: false });
  const nightly = { ...at.input({ name: 'Backups', services: [service] }), cron: '5 */2 * * *', durationMinutes: 30 };
  await scheduleSeries(at.ctx, at.ana, nightly);
});
afterAll(() => at.close());

const window = (name: string) =>
  schedule(at.ctx, at.ana, at.input({ name, services: [service], ...at.soon(hours(2), hours(1)) }));
const get = async (path: string) => (await at.send('GET', path)).text;
const rename = (session: pg.Client, name: string) =>
  session.query('update maintenances set name = $1, version = version + 1', [name]);

const PATHS = ['/', '/status.json', '/feed.atom', '/calendar.ics', '/api/v1/now', '/api/v1/maintenances'];

const FIRST_HOST = 'lull.example';
const SECOND_HOST = 'another-and-much-longer-name.of-the-same-installation.example';
const unfold = (text: string) => text.replaceAll('\r\n ', '');

describe('what many read', () => {
  test.each(PATHS.slice(0, -1))('%s is rendered once: later requests take two statements', async (path) => {
    const first = await get(path);
    const statements = await countingStatements(async () => {
      expect(await get(path)).toBe(first);
    });
    expect(statements).toHaveLength(2);
  });

  test('/ is rendered once for concurrent requests', async () => {
    await window('For everybody at the same time');
    const one = await countingStatements(() => get('/'));
    await window('For everybody at the same time, again');
    const many = await countingStatements(() => Promise.all(Array.from({ length: 10 }, () => get('/'))));
    // Each looks for its account and the version.
    expect(many.length).toBeLessThanOrEqual(one.length + 9 * 2);
  });

  test.each(PATHS.slice(0, 4))('%s is rendered once, whatever hosts requests name', async (path) => {
    const visit = async (host: string) => (await at.send('GET', path, { headers: { host } })).text;
    const at1 = await visit(FIRST_HOST);
    const statements = await countingStatements(async () => {
      const at2 = await visit(SECOND_HOST);
      expect(at2).not.toContain(FIRST_HOST);
      expect(unfold(at2)).toBe(unfold(at1).replaceAll(FIRST_HOST, SECOND_HOST));
      for (const line of path.endsWith('.ics') ? at2.split('\r\n') : []) expect(line.length).toBeLessThanOrEqual(75);
      expect(await visit(FIRST_HOST)).toBe(at1);
    });
    expect(statements).toHaveLength(4);
    expect(unfold(at1).includes(`http://${FIRST_HOST}/`)).toBe(path !== '/');
    expect(await visit('evil"&.example')).not.toContain('evil"');
  });

  test.each(PATHS)(
    '%s shows a change that another process commits, also one that began before others',
    async (path) => {
      const [late, early] = [await at.session(), await at.session()];
      await late.query('begin');
      await late.query("set local lock_timeout = '5s'");
      await rename(late, `Late ${path.length}`);
      await get(path);
      // The other one does not wait for it.
      await early.query("set lock_timeout = '5s'");
      await early.query('update services set description = $1 where id = $2', [path, service]);
      expect(await get(path)).not.toContain(`Late ${path.length}`);
      await late.query('commit');
      expect(await get(path)).toContain(`Late ${path.length}`);
    },
  );

  test('/ draws windows over each other as one bar, however many they are', async () => {
    const bars = (await get('/')).match(/<rect/g) ?? [];
    // Of the series with twelve windows a day, and of single windows.
    expect(bars.length).toBeGreaterThan(1);
    expect(bars.length).toBeLessThan(6);
  });

  test.each(['/', '/calendar.ics'])('%s is compressed for those who accept it', async (path) => {
    const plain = await at.send('GET', path, { headers: { 'accept-encoding': 'gzip;q=0, br' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const compressed = await fetch(`${at.url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(await compressed.text()).toBe(plain.text);
    const tag = compressed.headers.get('etag') ?? '';
    expect(tag).toBe(`W/${plain.headers.etag}`);
    const again = await at.send('GET', path, { headers: { 'accept-encoding': 'gzip', 'if-none-match': tag } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test('/calendar.ics shows what time changes', async () => {
    const first = await get('/calendar.ics');
    at.clock.moveTo(new Date(at.clock.now().getTime() + hours(3)));
    expect(await get('/calendar.ics')).not.toBe(first);
  });
});

test('a calendar shows every one of many series', async () => {
  const session = await at.session();
  await session.query(
    `insert into series (account_id, key, name, cron, timezone, duration_minutes, planned_until, next_due_at, owner_id,
       owner_name, creation_date, update_date)
     select $1, 'MANY' || i, 'One of many ' || i, '0 3 * * *', 'UTC', 30, now(), now(), 'U1', 'Ana', now(), now()
     from generate_series(1, 250) i`,
    [at.account.id],
  );
  const shown = (await get('/calendar.ics')).match(/^UID:MANY\d+/gm);
  expect(new Set(shown).size).toBe(250);
});

test('every change of what is shown is another version', async () => {
  const session = await at.session();
  const version = async () => JSON.stringify(await readContentVersion(at.ctx.database, at.account.id));
  const id = (await window('To be deleted')).id;
  for (const [text, ...values] of [
    ['update accounts set name = $1', 'Renamed'],
    ["insert into scopes (account_id, name) values ($1, 'Made')", at.account.id],
    ["update scopes set visibility = 'internal'"],
    ['update services set name = $1', 'web'],
    ['update maintenances set description = $1', 'Changed'],
    ['update series set enabled = enabled'],
    ["update comments set text = 'Changed'"],
    ['delete from comments'],
    ['delete from maintenance_services where maintenance_id = $1', id],
    ['delete from maintenances where id = $1', id],
  ] as const) {
    const before = await version();
    await session.query(text, [...values]);
    expect([text, (await version()) === before]).toEqual([text, false]);
  }
});
