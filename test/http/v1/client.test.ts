import { ok } from '@oazapfts/runtime';
import { generateSource } from 'oazapfts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodePingPeer } from '../../checks/providers/nodeping-peer.ts';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../served.ts';
import { described } from './described.ts';
import * as generated from './generated/client.ts';

/** Names of the functions of the client that were called. */
const used = new Set<string>();
const client = new Proxy(generated, {
  get(of, name) {
    used.add(String(name));
    return Reflect.get(of, name);
  },
});

let at: TestServer;
let peer: NodePingPeer;
beforeAll(async () => {
  peer = await NodePingPeer.start();
  at = await startTestServer();
  generated.defaults.baseUrl = `${at.url}/api/v1`;
  generated.defaults.headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
});
afterAll(async () => {
  await at.close();
  await peer.close();
});

const NOTE =
  '// @ts-nocheck: its own code is not written for exactOptionalPropertyTypes; what it exports has types all the same.\n';

test('the generated client matches the document (vitest -u updates it)', async () => {
  const source = NOTE + (await generateSource(`${at.url}/api/v1/openapi.json`));
  await expect(source).toMatchFileSnapshot('generated/client.ts');
});

const time = (hours: number) => new Date(at.clock.now().getTime() + hours * 3_600_000).toISOString();
const times = (from: number, to: number) => ({ scheduled_start_date: time(from), scheduled_end_date: time(to) });
const named = { name: 'Upgrade' };

test('a generated client can call every operation', async () => {
  const { operations } = await described(at);
  await catalogue();
  await maintenances();
  await recurring();
  await monitoring();
  await rules();
  await access();
  const missing = operations.map(({ operationId }) => operationId).filter((id) => !used.has(id));
  expect(missing).toEqual([]);
});

async function catalogue() {
  const scope = await ok(client.createScope({ name: 'Production' }));
  expect((await ok(client.listScopes({ q: ['prod'] }))).items).toMatchObject([{ id: scope.id }]);
  expect(await ok(client.updateScope(scope.id, { description: 'All of it' }))).toMatchObject({
    description: 'All of it',
  });
  expect(await ok(client.getScope(scope.id))).toMatchObject({ name: 'Production' });
  const service = await ok(client.createService({ name: 'shop', scope: scope.id }));
  expect((await ok(client.listServices({ scope: [scope.id] }))).items).toMatchObject([{ name: 'shop' }]);
  expect(await ok(client.updateService(service.id, { name: 'web shop' }))).toMatchObject({ name: 'web shop' });
  expect(await ok(client.getService(service.id))).toMatchObject({ scope: scope.id, status: 'up' });
  const check = await ok(client.createCheck({ name: 'shop home', services: [service.id], tags: ['http'] }));
  expect((await ok(client.listChecks({ tag: ['http'], enabled: 'true' }))).items).toMatchObject([{ id: check.id }]);
  expect(await ok(client.updateCheck(check.id, { enabled: false }))).toMatchObject({ enabled: false });
  expect(await ok(client.getCheck(check.id))).toMatchObject({ name: 'shop home' });
  await ok(client.deleteCheck(check.id));
  await ok(client.deleteService(service.id));
  await ok(client.deleteScope(scope.id));
  expect(await client.getScope(scope.id)).toMatchObject({ status: 404 });
  const document = await ok(client.getCatalogue());
  expect(document).toMatchObject({ scopes: [], services: [] });
  const whole = { ...document, scopes: [{ name: 'EU' }], services: [{ name: 'api', scope: 'EU' }] };
  await ok(client.applyCatalogue(whole, { dryRun: 'true' }));
  await ok(client.applyCatalogue(whole));
  expect((await ok(client.listServices())).items).toMatchObject([{ name: 'api' }]);
}

async function service(): Promise<number> {
  const [first] = (await ok(client.listServices())).items;
  return first?.id ?? 0;
}

async function maintenances() {
  const on = { services: [await service()] };
  const window = { ...named, ...on, ...times(1, 3) };
  const made = await ok(client.createMaintenance(window, { idempotencyKey: 'once' }));
  const again = await ok(client.createMaintenance(window, { idempotencyKey: 'once' }));
  expect(again.id).toBe(made.id);
  expect((await ok(client.listMaintenances({ status: ['scheduled'], limit: 1 }))).items).toMatchObject([
    { id: made.id },
  ]);
  expect(await ok(client.updateMaintenance(made.id, { description: 'To 17' }))).toMatchObject({ description: 'To 17' });
  const { items: _, ...read } = { items: [], ...(await ok(client.getMaintenance(made.id))) };
  expect(await ok(client.replaceMaintenance(made.id, { ...read, name: 'Reindex' }))).toMatchObject({ name: 'Reindex' });
  await ok(client.moveMaintenance(made.id, { scheduled_start_date: time(2) }));
  expect(await ok(client.startMaintenance(made.id))).toMatchObject({ status: 'in-progress' });
  expect(await ok(client.getNow())).toMatchObject({ in_maintenance: true, next: null });
  expect(await client.getNow({ exit: 'true' })).toMatchObject({ status: 423 });
  await ok(client.extendMaintenance(made.id, { minutes: 30 }));
  const comment = await ok(client.createComment(made.id, { comment: 'Half way' }));
  await ok(client.updateComment(made.id, comment.id, { comment: 'Nearly there' }));
  expect((await ok(client.listComments(made.id))).items).toMatchObject([{ comment: 'Nearly there' }]);
  await ok(client.deleteComment(made.id, comment.id));
  expect(await ok(client.finishMaintenance(made.id, { status: 'failed' }))).toMatchObject({ status: 'failed' });
  expect(await ok(client.reopenMaintenance(made.id))).toMatchObject({ status: 'in-progress', reopens: made.id });
  expect((await ok(client.listHistory(made.id))).items.length).toBeGreaterThan(3);
  expect(await ok(client.getMaintenanceCalendar(made.id))).toContain('BEGIN:VEVENT');
  expect((await ok(client.listAudit({ maintenance: [made.id] }))).items.length).toBeGreaterThan(3);
  const other = await ok(client.createMaintenance({ ...named, ...on, ...times(5, 6) }));
  await ok(client.cancelMaintenance(other.id, { reason: 'Not needed' }));
  await ok(client.deleteMaintenance(other.id));
  const [scope] = (await ok(client.listScopes())).items;
  await ok(client.updateScope(scope?.id ?? 0, { requires_approval: true }));
  const guarded = await ok(client.createMaintenance({ ...named, ...on, ...times(7, 8) }));
  expect(guarded).toMatchObject({ approval: 'pending' });
  await ok(client.updateScope(scope?.id ?? 0, { requires_approval: false }));
  expect(await ok(client.createParse({ text: 'tomorrow 2am for 2h', timezone: 'UTC' }))).toMatchObject({
    outcome: 'window',
  });
}

async function recurring() {
  const nightly = { name: 'Nightly', cron: '0 3 * * *', duration_minutes: 30 };
  const made = await ok(client.createSeries({ ...nightly, services: [await service()] }));
  await ok(client.previewSeries({ cron: '0 3 * * *', timezone: 'UTC', duration_minutes: 30 }));
  expect((await ok(client.listSeries({ enabled: 'true' }))).items).toMatchObject([{ id: made.id }]);
  expect(await ok(client.getSeries(made.id))).toMatchObject({ name: 'Nightly' });
  await ok(client.updateSeries(made.id, { duration_minutes: 45 }));
  await ok(client.replaceSeries(made.id, { ...nightly, services: [await service()] }));
  await ok(client.skipRun(made.id));
  const override = { override_reason: 'Agreed', until: '2037-01-01T00:00:00Z' };
  expect(await client.overrideFreezes(made.id, override)).toMatchObject({ status: 409 });
  expect((await ok(client.listRuns(made.id))).items.length).toBeGreaterThan(0);
  await ok(client.pauseSeries(made.id, { runs: 'cancel' }));
  await ok(client.resumeSeries(made.id));
  await ok(client.deleteSeries(made.id));
}

async function monitoring() {
  peer.accounts.get('')?.set('P1', { label: 'home', type: 'HTTP', enable: 'active', target: 'https://a.example' });
  expect((await ok(client.listProvidersKinds())).items.length).toBeGreaterThan(1);
  const credentials = { token: peer.token };
  await ok(client.createProviders({ name: 'pings', kind: 'nodeping', settings: { url: peer.url }, credentials }));
  expect((await ok(client.listProviders())).items).toMatchObject([{ name: 'pings' }]);
  const difference = await ok(client.listProvidersSync('pings'));
  await ok(client.createProvidersSync('pings', { seen: difference.seen }));
  expect(await ok(client.getProviders('pings'))).toMatchObject({ checks: 1 });
  await ok(client.updateProviders('pings', { enabled: false }));
  await ok(client.deleteProviders('pings', { abandon: 'true' }));
}

async function rules() {
  const freeze = await ok(
    client.createFreeze({ reason: 'Holidays', start: time(500), end: time(600), effect: 'warn' }),
  );
  expect((await ok(client.listFreezes())).items).toMatchObject([{ id: freeze.id }]);
  await ok(client.updateFreeze(freeze.id, { reason: 'New year' }));
  expect(await ok(client.getFreeze(freeze.id))).toMatchObject({ reason: 'New year' });
  await ok(client.deleteFreeze(freeze.id));
  const heard = await ok(client.createSubscription({ channel: 'C0OPS' }));
  expect((await ok(client.listSubscriptions({ channel: ['C0OPS'] }))).items).toMatchObject([{ id: heard.id }]);
  await ok(client.updateSubscription(heard.id, { audience: 'public' }));
  expect(await ok(client.getSubscription(heard.id))).toMatchObject({ audience: 'public' });
  await ok(client.deleteSubscription(heard.id));
}

async function access() {
  expect(await ok(client.updateSettings({ post_check_after: 10 }))).toMatchObject({
    post_check_after: 10,
    timezone: 'UTC',
  });
  expect(await ok(client.getSettings())).toMatchObject({ post_check_after: 10, default_role: 'operator' });
  const token = await ok(client.makeToken({ name: 'a script', rights: 'read' }));
  expect((await ok(client.listTokens())).items).toContainEqual(expect.objectContaining({ id: token.id }));
  expect(await ok(client.getToken(token.id))).toMatchObject({ name: 'a script', last_use_date: null });
  await ok(client.revokeToken(token.id));
  const calendar = await ok(client.makeCalendar({ name: 'on call' }));
  expect((await ok(client.listCalendars())).items).toMatchObject([{ id: calendar.id }]);
  expect(await ok(client.getCalendar(calendar.id))).toMatchObject({ name: 'on call' });
  await ok(client.revokeCalendar(calendar.id));
  const webhook = await ok(client.addWebhook({ url: 'https://hooks.example/lull' }));
  await ok(client.editWebhook(webhook.id, { description: 'For the wall' }));
  expect(await ok(client.getWebhook(webhook.id))).toMatchObject({ description: 'For the wall' });
  expect((await ok(client.listWebhooks())).items).toMatchObject([{ id: webhook.id }]);
  await ok(client.rotateWebhookSecret(webhook.id));
  const delivery = await ok(client.pingWebhook(webhook.id));
  expect((await ok(client.listDeliveries(webhook.id))).items).toMatchObject([{ id: delivery.id }]);
  // As after a day of failed attempts.
  await at.ctx.database.delivery.updateMany({ data: { state: 'failed' } });
  expect(await ok(client.resendDelivery(webhook.id, delivery.id))).toMatchObject({ id: delivery.id });
  await ok(client.removeWebhook(webhook.id));
}
