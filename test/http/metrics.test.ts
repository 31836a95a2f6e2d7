import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashToken } from '../../src/access/token-repository.ts';
import { metricsRoutes, observeRequests } from '../../src/http/metrics.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { STATUSES } from '../../src/maintenance/rules/status.ts';
import { watchEventLoop } from '../../src/platform/event-loop.ts';
import { enqueue } from '../../src/platform/jobs.ts';
import { Metrics } from '../../src/platform/metrics.ts';
import { emit } from '../../src/platform/telemetry.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { hours, type World, world } from '../world.ts';

const ADMIN_TOKEN = 'a-token-for-the-tests';
let w: World;
let metrics: Metrics;
let server: Server;
let url: string;

beforeAll(async () => {
  w = await world();
  metrics = new Metrics(w.ctx.database, STATUSES);
  const authentication = { ctx: w.ctx, adminToken: ADMIN_TOKEN, account: async () => w.account.id };
  const app = new Hono();
  app.use(observeRequests);
  app.get('/things/:id', (c) => c.text('a thing'));
  app.route('/', metricsRoutes(metrics, authentication));
  server = createServer(getRequestListener(app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  metrics.close();
  await w.close();
});

/** The value of one metric, such as `lull_maintenances{status="scheduled"}`. */
async function reading(line: string): Promise<number | undefined> {
  const { text } = await metrics.read();
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

describe('the text', () => {
  test('counts maintenances by status, including zero counts', async () => {
    const service = await w.service('api');
    await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
    expect(await reading('lull_maintenances{status="scheduled"}')).toBe(1);
    expect(await reading('lull_maintenances{status="failed"}')).toBe(0);
  });

  test('counts waiting jobs', async () => {
    await enqueue(w.ctx.database, 'reconcile', { accountId: w.account.id, provider: 'builtin' });
    expect(await reading('lull_jobs{job="reconcile",state="waiting"}')).toBe(1);
    expect(await reading('lull_jobs{job="reconcile",state="failed"}')).toBe(0);
  });

  test('reports what blocks the event loop, and so does the log', async () => {
    const warnings: { blockedMs: number }[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line)) });
    const stop = watchEventLoop(log);
    // Its own timer has to run first.
    await setTimeout(100);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await vi.waitFor(() => expect(Math.max(0, ...warnings.map((each) => each.blockedMs))).toBeGreaterThan(200), 5_000);
    stop();
    const count = (await reading('lull_event_loop_blocked_seconds_count')) ?? Number.NaN;
    const unwarned = (await reading('lull_event_loop_blocked_seconds_bucket{le="0.2"}')) ?? Number.NaN;
    expect(count - unwarned).toBe(warnings.length);
    const warned = warnings.reduce((sum, { blockedMs }) => sum + blockedMs, 0) / 1_000;
    const sum = (await reading('lull_event_loop_blocked_seconds_sum')) ?? Number.NaN;
    expect(sum - warned).toBeGreaterThanOrEqual(-1e-6);
    expect(sum - warned).toBeLessThanOrEqual(0.2 * unwarned + 1e-6);
  });

  test('measures how late a scheduled window started', async () => {
    const service = await w.service('late');
    const { scheduledStart } = await schedule(
      w.ctx,
      w.ana,
      w.input({ services: [service.id], ...w.soon(hours(9), hours(9)) }),
    );
    w.clock.moveTo(new Date(scheduledStart.getTime() + 3_000));
    const begun: number[] = [];
    for (
      let moved = await advanceDueMaintenances(w.ctx);
      moved.moved.length > 0;
      moved = await advanceDueMaintenances(w.ctx)
    ) {
      for (const { kind, lateBy } of moved.transitions) if (kind === 'start') begun.push(lateBy);
    }
    expect(begun.some((lateBy) => lateBy >= 3_000 && lateBy < 60_000)).toBe(true);
    emit('transition', { kind: 'start', lateBy: 3_000 });
    expect(await reading('lull_transition_lateness_seconds_bucket{le="2.5",transition="start"}')).toBe(0);
    expect(await reading('lull_transition_lateness_seconds_bucket{le="5",transition="start"}')).toBe(1);
  });

  test('counts requests by route, not by path', async () => {
    await fetch(`${url}/things/1`);
    await fetch(`${url}/things/2`);
    await fetch(`${url}/made-up/${crypto.randomUUID()}`);
    const count = (labels: string) => reading(`lull_http_request_duration_seconds_count{${labels}}`);
    expect(await count('method="GET",route="/things/:id",status="200"')).toBe(2);
    expect(await count('method="GET",route="none",status="404"')).toBe(1);
  });

  test('counts calls to Slack and to monitoring systems by outcome', async () => {
    emit('slack-call', { method: 'chat.postMessage', outcome: 'channel_not_found' });
    emit('provider-call', { provider: 'nodeping', outcome: 'failed' });
    expect(await reading('lull_slack_calls_total{method="chat.postMessage",outcome="channel_not_found"}')).toBe(1);
    expect(await reading('lull_provider_calls_total{provider="nodeping",outcome="failed"}')).toBe(1);
  });
});

describe('the metrics', () => {
  const get = (headers: Record<string, string> = {}) => fetch(`${url}/metrics`, { headers });

  test('are readable by programs on this machine', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toContain('lull_maintenances');
  });

  test('need the admin token behind a proxy on this machine', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.7' };
    expect((await get(proxied)).status).toBe(401);
    expect((await get({ ...proxied, authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get({ ...proxied, authorization: `Bearer ${ADMIN_TOKEN}` })).status).toBe(200);
  });

  test('are readable with the admin token where several accounts use Lull, though it names none', async () => {
    const several = { ctx: w.ctx, adminToken: ADMIN_TOKEN, account: async () => undefined };
    await w.ctx.database.account.create({ data: { name: 'Another', slackTeamId: 'T0ANOTHER' } });
    const app = new Hono().route('/', metricsRoutes(metrics, several));
    const incoming = { socket: { remoteAddress: '203.0.113.7' } };
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    expect((await app.request('/metrics', { headers }, { incoming })).status).toBe(200);
    expect((await app.request('/metrics', {}, { incoming })).status).toBe(401);
  });

  test('are not readable with a token of one account', async () => {
    const token = crypto.randomUUID();
    await w.ctx.database.apiToken.create({
      data: { accountId: w.account.id, name: 'ours', hash: hashToken(token), rights: 'admin', purpose: 'Tests' },
    });
    expect((await get({ 'x-forwarded-for': '203.0.113.7', authorization: `Bearer ${token}` })).status).toBe(403);
  });
});
