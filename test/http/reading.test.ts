import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { hours } from '../world.ts';
import { startTestServer, type TestServer } from './served.ts';

/** Public pages and documents about every maintenance. */
const ADDRESSES = ['/', '/status.json', '/feed.atom', '/calendar.ics'];

let at: TestServer;
/** Ids of the resources. Internal ones have SECRET in their names. */
let there: {
  open: number;
  mixed: number;
  hidden: readonly number[];
  api: number;
  closed: number;
  scope: number;
  closedScope: number;
};

beforeAll(async () => {
  at = await startTestServer();
  const { ctx, lull, ana } = at;
  const scope = await addScope(ctx, lull, { name: 'Production' });
  const closedScope = await addScope(ctx, lull, { name: 'SECRET scope', visibility: 'internal' });
  const service = (name: string, visibility: 'public' | 'internal', scopeId: number | null = scope.id) =>
    addService(ctx, lull, { name, scopeId, visibility });
  const api = await service('api', 'public');
  const closed = await service('SECRET service', 'internal');
  const within = await service('SECRET by its scope', 'public', closedScope.id);
  const window = (name: string, services: number[], more: object = {}) =>
    schedule(ctx, ana, at.input({ name, services, ...at.soon(hours(2), hours(1)), ...more }));

  const open = await window('Postgres upgrade', [api.id], { description: 'New <machines> & more' });
  const mixed = await window('Network work', [api.id, closed.id, within.id], { scopeId: null });
  const hidden = [
    await window('SECRET name', [api.id], { visibility: 'internal' }),
    await window('SECRET on a service', [closed.id]),
    await window('SECRET in a scope', [within.id]),
    await window('SECRET of a scope', [api.id], { scopeId: closedScope.id }),
  ];
  const series = {
    cron: '0 3 * * 0',
    timezone: 'Europe/Berlin',
    durationMinutes: 60,
    scopeId: null,
    serviceStatus: 'degraded',
    checks: null,
    description: '',
    risk: null,
    externalReference: null,
    externalLink: null,
    channels: [],
  } as const;
  await scheduleSeries(ctx, ana, { ...series, name: 'Backups', visibility: 'public', services: [api.id] });
  await scheduleSeries(ctx, ana, { ...series, name: 'SECRET series', visibility: 'internal', services: [api.id] });
  await start(ctx, ana, open.id);
  for (const { id } of hidden.slice(0, 2)) await start(ctx, ana, id);
  await comment(ctx, ana, open.id, { text: 'The replica is <promoted>', internal: false });
  await comment(ctx, ana, open.id, { text: 'SECRET comment', internal: true });
  there = {
    open: open.id,
    mixed: mixed.id,
    hidden: hidden.map(({ id }) => id),
    api: api.id,
    closed: closed.id,
    scope: scope.id,
    closedScope: closedScope.id,
  };
});
afterAll(() => at.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${at.url}${path}`, { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('an internal resource', () => {
  test.each([
    ...ADDRESSES,
    ...ADDRESSES.map((path) => `${path}?service=1&scope=1`),
    '/maintenances/1',
    '/maintenances/2',
    '/maintenances/1.ics',
    '/maintenances/2.ics',
  ])('does not appear in %s', async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toContain('SECRET');
    expect(text).not.toContain(at.ana.id);
    for (const id of there.hidden) expect(text).not.toMatch(new RegExp(`maintenances/${id}\\b`));
  });

  test.each(['', '.ics'])('answers like one that does not exist: /maintenances/ID%s', async (ending) => {
    const missing = await get(`/maintenances/99999${ending}`);
    expect(missing.status).toBe(404);
    for (const id of there.hidden) {
      const { status, text } = await get(`/maintenances/${id}${ending}`);
      expect(status).toBe(404);
      expect(text.replace(`maintenance ${id}.`, '')).toBe(missing.text.replace('maintenance 99999.', ''));
    }
  });

  test.each(ADDRESSES)('cannot be used as a filter at %s', async (path) => {
    const service = await get(`${path}?service=${there.closed}`);
    const none = await get(`${path}?service=99999`);
    expect([service.status, none.status]).toEqual([404, 404]);
    expect(service.text.replace(`service ${there.closed}.`, '')).toBe(none.text.replace('service 99999.', ''));
    expect((await get(`${path}?scope=${there.closedScope}`)).status).toBe(404);
  });

  test('does not affect the status of a public service while in progress', async () => {
    const { services } = JSON.parse((await get('/status.json')).text);
    expect(services).toEqual([{ id: there.api, name: 'api', scope: there.scope, status: 'down' }]);
    const found = JSON.parse((await get('/status.json')).text);
    expect(found.in_progress.map(({ id }: { id: number }) => id)).toEqual([there.open]);
  });
});

describe('a page', () => {
  test('shows current and upcoming maintenances and comments without a script', async () => {
    const { text, headers } = await get('/');
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('One maintenance is going on.');
    expect(text).toContain('Postgres upgrade');
    expect(text).toContain('The replica is &lt;promoted&gt;');
    expect(text).toContain('Network work');
    expect(text).toContain('Backups');
  });

  test('loads nothing from other hosts, and has no inline scripts or styles', async () => {
    const { headers, text } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/ style=| on\w+=|<style|<script>/);
    expect(text.match(/(src|href)="(https?:)?\/\/[^"]*"/g)).toBeNull();
    for (const [, address = ''] of text.matchAll(/(?:src|href)="(\/status\.[^"]+)"/g)) {
      const asset = await get(address);
      expect(asset.status).toBe(200);
    }
  });

  test('answers 304 while nothing changed', async () => {
    const { headers } = await get('/');
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+/);
    const again = await get('/', { 'if-none-match': headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  test('of one maintenance shows its public comments', async () => {
    const { text } = await get(`/maintenances/${there.open}`);
    expect(text).toContain('New &lt;machines&gt; &amp; more');
    expect(text).toContain('The replica is &lt;promoted&gt;');
  });

  test('explains an invalid query in a sentence', async () => {
    const wrong = await get('/?service=api');
    expect(wrong.status).toBe(400);
    expect(wrong.headers.get('content-type')).toContain('text/html');
    expect(wrong.text).toContain('service is &quot;api&quot;. Expected the id, a whole number.');
    expect((await get('/maintenances/abc')).status).toBe(404);
    expect((await get('/maintenances/2147483648')).status).toBe(404);
  });

  test('is the same for concurrent requests', async () => {
    const pages = await Promise.all(Array.from({ length: 50 }, () => get('/')));
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
  });
});

describe('the feed', () => {
  test('has an entry for each maintenance, the latest change first', async () => {
    const { text, headers } = await get('/feed.atom');
    expect(headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const titles = [...text.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Maintenance, Test',
      'In progress: Postgres upgrade',
      'Scheduled: Backups',
      'Scheduled: Network work',
    ]);
    expect(text).toContain('The replica is &lt;promoted&gt;');
  });
});

describe('with several accounts', () => {
  test('a query parameter selects the account, and links keep it', async () => {
    const other = await at.ctx.database.account.create({ data: { name: 'Other', slackTeamId: 'T0OTHER' } });
    try {
      const unnamed = await get('/');
      expect(unnamed.status).toBe(401);
      expect(unnamed.text).toContain('?account=');
      expect((await get('/calendar.ics')).status).toBe(401);
      const named = await get('/?account=T0TEST');
      expect(named.text).toContain(`/maintenances/${there.open}?account=T0TEST`);
      expect((await get('/?account=T0OTHER')).text).not.toContain('Postgres upgrade');
    } finally {
      await at.ctx.database.account.delete({ where: { id: other.id } });
    }
  });
});
