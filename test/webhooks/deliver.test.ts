import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { comment } from '../../src/comments/commands.ts';
import { reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, reopen, start } from '../../src/maintenance/commands/transitions.ts';
import { toMaintenance } from '../../src/maintenance/http/schemas.ts';
import { parseAllowedAddresses } from '../../src/platform/outbound/addresses.ts';
import { OutboundClient } from '../../src/platform/outbound/client.ts';
import { Vault } from '../../src/platform/vault.ts';
import {
  addWebhook,
  editWebhook,
  pingWebhook,
  removeWebhook,
  resend,
  rotateSecret,
} from '../../src/webhooks/commands.ts';
import { deliver } from '../../src/webhooks/deliver.ts';
import { findWebhook, type WebhookValues, webhookSealPurpose } from '../../src/webhooks/repository.ts';
import { countingStatements, countRowsVisited, recordingStatements } from '../statements.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';

const vault = new Vault(['the encryption key of the tests']);

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent is looked at as JSON, whatever it is.
  readonly message: any;
}

let w: World;
let server: Server;
let received: Received[];
let answer: (message: Received) => number | Promise<number>;
let location: string | undefined;
let outgoing: OutboundClient;

beforeEach(async () => {
  w = await world();
  received = [];
  answer = () => 204;
  location = undefined;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const message: Received = { headers, body, message: JSON.parse(body) };
    received.push(message);
    const status = await answer(message);
    response.writeHead(status, location === undefined ? {} : { location }).end(status === 204 ? '' : 'no\0pe');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/hook?key=1`;
  const read = parseAllowedAddresses('127.0.0.1');
  outgoing = new OutboundClient({ allowed: 'allowed' in read ? read.allowed : expect.unreachable() });
});
afterEach(async () => {
  await outgoing.close();
  await new Promise((resolve) => server.close(resolve));
  await w.close();
});

let url: string;
const admin = () => w.person('admin');
const hook = (values: Partial<WebhookValues> = {}) =>
  addWebhook(w.ctx, admin(), { url, description: '', events: [], audience: 'internal', ...values }, vault);
const window = async () => schedule(w.ctx, w.ana, w.input({ services: [(await w.service(`s${Math.random()}`)).id] }));

/** Everything that waits is tried once more, as after its pause. */
async function delivered(): Promise<void> {
  await w.ctx.database.delivery.updateMany({ where: { state: 'waiting' }, data: { dueAt: new Date(0) } });
  const rows = await w.ctx.database.delivery.findMany({ where: { state: 'waiting' } });
  for (const webhookId of new Set(rows.map((row) => row.webhookId))) await run(webhookId);
}
/** Runs the job of a webhook once. */
const run = (webhookId: number, fetch = outgoing.fetch) =>
  deliver(w.ctx, { fetch, vault, represent: toMaintenance }, silent, { accountId: w.account.id, webhookId });
const types = () => received.map(({ message }) => message.type);
const states = async () =>
  (await w.ctx.database.delivery.findMany({ orderBy: { position: 'asc' } })).map(({ state }) => state);
const stored = async (id: number) => (await findWebhook(w.ctx.database, w.account.id, id)) ?? expect.unreachable();

describe('a webhook', () => {
  test('is told what happens to a maintenance, in order, each message signed so that its receiver can be sure', async () => {
    const { secret } = await hook();
    const { id, scheduledStart } = await window();
    await comment(w.ctx, w.ana, id, { text: 'Replicas are in sync', internal: false });
    await cancel(w.ctx, w.ana, id, 'Not needed');
    await delivered();
    expect(types()).toEqual(['maintenance.scheduled', 'maintenance.commented', 'maintenance.canceled']);
    for (const { body, headers, message } of received) {
      expect(new Verifier(secret).verify(body, headers)).toEqual(message);
      expect(message.data.maintenance).toMatchObject({ id, owner: 'Ana' });
    }
    expect(received[0]?.message.data).toMatchObject({ actor: 'Ana', after: { name: 'Postgres upgrade' } });
    expect(received[1]?.message.data.comment).toBe('Replicas are in sync');
    expect(new Date(received[0]?.message.timestamp).getTime()).toBeLessThan(scheduledStart.getTime());
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect(await states()).toEqual(['delivered', 'delivered', 'delivered']);
  });

  test('hears of the types that it wants, and of what happened while it was enabled', async () => {
    const { webhook } = await hook({ events: ['maintenance.canceled'] });
    const { id } = await window();
    await cancel(w.ctx, w.ana, id, undefined);
    await editWebhook(w.ctx, admin(), webhook.id, { enabled: false }, vault);
    await cancel(w.ctx, w.ana, (await window()).id, undefined);
    await editWebhook(w.ctx, admin(), webhook.id, { enabled: true }, vault);
    await delivered();
    expect(types()).toEqual(['maintenance.canceled']);
  });

  test('is told that a window was reopened, and by which', async () => {
    const { id } = await window();
    await start(w.ctx, w.ana, id);
    await finish(w.ctx, w.ana, id, 'succeed');
    await hook();
    await hook({ audience: 'public' });
    const opened = await reopen(w.ctx, w.ana, id);
    await delivered();
    const told = (name: string) => received.filter(({ message }) => message.type === name);
    expect(told('maintenance.reopened')).toMatchObject([
      { message: { data: { maintenance: { id }, after: { maintenance: opened.id } } } },
    ]);
    const [inside, outside] = told('maintenance.started').map(({ message }) => message.data.maintenance);
    expect(inside).toMatchObject({ id: opened.id, reopens: id });
    expect(outside).toMatchObject({ id: opened.id, reopens: null });
  });

  test('of the public hears nothing internal', async () => {
    await hook({ audience: 'public' });
    const secret = await schedule(
      w.ctx,
      w.ana,
      w.input({ services: [(await w.service('a')).id], visibility: 'internal', name: 'Hidden marker' }),
    );
    await comment(w.ctx, w.ana, secret.id, { text: 'Hidden marker', internal: false });
    const { id } = await window();
    await comment(w.ctx, w.ana, id, { text: 'Hidden marker', internal: true });
    await comment(w.ctx, w.ana, id, { text: 'Seen by all', internal: false });
    await delivered();
    expect(types()).toEqual(['maintenance.scheduled', 'maintenance.commented']);
    const all = received.map(({ body }) => body).join('\n');
    expect(all).not.toContain('Hidden marker');
    expect(all).not.toContain('Ana');
    expect(all).toContain('Seen by all');
    expect((await states()).sort()).toEqual(['delivered', 'delivered', 'skipped', 'skipped']);
  });

  test('whose address is of this machine is not reached unless that is allowed', async () => {
    await hook();
    await window();
    await outgoing.close();
    const read = parseAllowedAddresses('');
    outgoing = new OutboundClient({ allowed: 'allowed' in read ? read.allowed : expect.unreachable() });
    await delivered();
    expect(received).toEqual([]);
    expect((await w.ctx.database.delivery.findFirst())?.error).toContain('127.0.0.1');
  });

  test('that redirects is not followed', async () => {
    await hook();
    location = 'http://169.254.169.254/latest/meta-data';
    answer = () => 307;
    await window();
    await delivered();
    expect(received).toHaveLength(1);
    expect((await w.ctx.database.delivery.findFirst())?.error).toContain('redirects are not followed');
  });
});

describe('many maintenances', () => {
  const many = async (count: number) => {
    const made: { readonly id: number }[] = [];
    for (let at = 0; at < count; at++) made.push(await window());
    return made;
  };

  test('have one job for each webhook, and a few statements for a batch of their messages', async () => {
    const { webhook } = await hook();
    const made = await many(40);
    await cancel(w.ctx, w.ana, made[0]?.id ?? 0, undefined);
    const { rows } = await (await w.session()).query(
      `select distinct split_part(key, '#', 1) as key from graphile_worker.jobs where task_identifier = 'deliver'`,
    );
    expect(rows).toEqual([{ key: `webhook:${w.account.id}:${webhook.id}` }]);
    await w.ctx.database.delivery.updateMany({ data: { dueAt: new Date(0) } });
    const texts = await countingStatements(() => run(webhook.id));
    expect(received).toHaveLength(41);
    expect(await states()).toEqual(Array.from({ length: 41 }, () => 'delivered'));
    expect(texts.length).toBeLessThanOrEqual(8);
  });

  test('get every message, in order, from the next process when one is killed', async () => {
    const { webhook } = await hook();
    const made = await many(30);
    for (const { id } of made) await cancel(w.ctx, w.ana, id, undefined);
    await w.ctx.database.delivery.updateMany({ data: { dueAt: new Date(0) } });
    // The first process gets no answer any more, and writes nothing.
    let sent = 0;
    let killed = () => {};
    const dead = new Promise<void>((resolve) => {
      killed = resolve;
    });
    void run(webhook.id, async (...request) => {
      if (++sent === 20) killed();
      if (sent >= 20) return new Promise<never>(() => {});
      return outgoing.fetch(...request);
    });
    await dead;
    await run(webhook.id);
    expect(new Set(await states())).toEqual(new Set(['delivered']));
    for (const { id } of made) {
      const all = received.filter(({ message }) => message.data.maintenance.id === id);
      const ids = all.map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids).size).toBe(2);
      expect(all.slice(-2).map(({ message }) => message.type)).toEqual([
        'maintenance.scheduled',
        'maintenance.canceled',
      ]);
    }
  });

  test('are not sent to an address that was changed meanwhile for longer than a second', async () => {
    const { webhook } = await hook();
    await many(30);
    await w.ctx.database.delivery.updateMany({ data: { dueAt: new Date(0) } });
    let edited = () => {};
    const isEdited = new Promise<void>((resolve) => {
      edited = resolve;
    });
    answer = async () => {
      await isEdited;
      return 204;
    };
    const sending = run(webhook.id);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), { timeout: 15_000 });
    await editWebhook(w.ctx, admin(), webhook.id, { enabled: false }, vault);
    await sleep(1_100);
    edited();
    await sending;
    expect(received.length).toBeLessThan(30);
    expect(await states()).toContain('waiting');
    const before = received.length;
    await run(webhook.id);
    expect(received).toHaveLength(before);
  });

  test('that wait for their next attempt are looked at a few times, however many they are', async () => {
    const { webhook } = await hook();
    // Of each, the first message failed, and the second waits behind it.
    await (await w.session()).query(
      `insert into webhook_deliveries (id, account_id, webhook_id, maintenance_id, type, due_at, creation_date)
         select gen_random_uuid(), $1, $2, i, 'maintenance.scheduled',
           now() + case message when 1 then interval '1 hour' else interval '-1 minute' end, now()
         from generate_series(1, 4000) as i, generate_series(1, 2) as message order by message, i`,
      [w.account.id, webhook.id],
    );
    const statements = await recordingStatements(() => run(webhook.id));
    expect(received).toEqual([]);
    const reads = statements.filter(({ text }) => text.includes('from webhook_deliveries'));
    expect(reads).toHaveLength(2);
    for (const read of reads) expect(await countRowsVisited(w, read), read.text).toBeLessThanOrEqual(4 * 8000);
  });

  test('are sent although the event of one of them cannot be read', async () => {
    const { webhook } = await hook();
    const [unreadable, other] = [await window(), await window()];
    await cancel(w.ctx, w.ana, unreadable.id, undefined);
    await w.ctx.database.auditEvent.updateMany({
      where: { maintenanceId: unreadable.id, type: 'maintenance.scheduled' },
      data: { type: 'maintenance.unknown' },
    });
    await delivered();
    expect(received.map(({ message }) => message.data.maintenance.id)).toEqual([other.id]);
    const [first, second] = await w.ctx.database.delivery.findMany({
      where: { webhookId: webhook.id, maintenanceId: unreadable.id },
      orderBy: { position: 'asc' },
    });
    expect(first).toMatchObject({ state: 'waiting', attempts: 1, error: expect.stringMatching(/could not compose/) });
    expect(second).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  test('are sent although one of them waits for its next attempt', async () => {
    const { webhook } = await hook();
    answer = () => 500;
    await window();
    await delivered();
    const waiting = async () => {
      const { rows } = await (await w.session()).query<{ later: boolean }>(
        `select run_at > now() as later from graphile_worker.jobs where task_identifier = 'deliver' order by run_at`,
      );
      return rows;
    };
    await (await w.session()).query(`delete from graphile_worker._private_jobs where key not like '%#later'`);
    expect(await waiting()).toEqual([{ later: true }]);
    answer = () => 204;
    await window();
    // A run that ends now asks for the next attempt only.
    await run(webhook.id);
    expect(await waiting()).toEqual([{ later: false }, { later: true }]);
  });
});

describe('a message that is not taken over', () => {
  test('is sent again as it was, with the same id; what comes after it about that maintenance waits, others go on', async () => {
    const { secret } = await hook();
    const held = await window();
    answer = ({ message }) => (message.data.maintenance.id === held.id ? 503 : 204);
    await reschedule(w.ctx, w.ana, held.id, { ...w.soon(hours(5), hours(1)), timezone: 'UTC' });
    const other = await window();
    await delivered();
    expect(new Set(received.map(({ message }) => message.data.maintenance.id))).toEqual(new Set([held.id, other.id]));
    expect(received).toHaveLength(2);
    expect((await w.ctx.database.delivery.findFirst({ where: { status: 503 } }))?.answer).toBe('nope');

    answer = () => 200;
    await delivered();
    expect(received).toHaveLength(4);
    const [first, again, next] = received.filter(({ message }) => message.data.maintenance.id === held.id);
    expect(next?.message.type).toBe('maintenance.rescheduled');
    expect(again?.body).toBe(first?.body);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(() => new Verifier(secret).verify(again?.body ?? '', again?.headers ?? {})).not.toThrow();
  });

  test('waits longer each time, and is given up on after a day', async () => {
    const { webhook } = await hook();
    await window();
    answer = () => 500;
    const pauses: number[] = [];
    for (let tries = 0; tries < 11; tries++) {
      await delivered();
      const row = await w.ctx.database.delivery.findFirstOrThrow();
      if (row.state === 'waiting') pauses.push(row.dueAt.getTime() - Date.now());
    }
    expect(pauses).toHaveLength(10);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    const day = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(day).toBeGreaterThan(hours(23));
    expect(day).toBeLessThan(hours(28));
    expect(await states()).toEqual(['failed']);
    expect((await stored(webhook.id)).enabled).toBe(true);
  });

  test('for a day disables its webhook, and whoever made it is told; enabled again it hears of what waited', async () => {
    const { webhook } = await hook();
    const { id } = await window();
    answer = () => 500;
    await delivered();
    expect((await stored(webhook.id)).failingSince).not.toBeNull();
    const failingSince = new Date(Date.now() - hours(24) - minutes(1));
    await w.ctx.database.webhook.updateMany({ data: { failingSince } });
    await delivered();
    const disabled = await stored(webhook.id);
    expect(disabled.enabled).toBe(false);
    expect(disabled.disabledReason).toMatch(/^Nothing could be delivered since .*: It answered 500/);
    expect(await w.ctx.database.notice.findMany()).toMatchObject([
      { personId: 'U0ANA', maintenanceId: id, reason: `webhook-disabled:${webhook.id}` },
    ]);
    const tries = received.length;
    await delivered();
    expect(received).toHaveLength(tries);

    answer = () => 204;
    await editWebhook(w.ctx, admin(), webhook.id, { enabled: true }, vault);
    await delivered();
    expect(await states()).toEqual(['delivered']);
    expect(await stored(webhook.id)).toMatchObject({ failingSince: null, disabledReason: null });
  });

  test('while the clock of Lull is two days ahead leaves its webhook enabled, and is soon tried again', async () => {
    const { webhook } = await hook();
    await window();
    answer = () => 500;
    await delivered();
    vi.useFakeTimers({ now: Date.now() + hours(48), toFake: ['Date'] });
    try {
      await delivered();
    } finally {
      vi.useRealTimers();
    }
    expect(await stored(webhook.id)).toMatchObject({ enabled: true, disabledReason: null });
    const { attempts, dueAt } = await w.ctx.database.delivery.findFirstOrThrow();
    expect(attempts).toBe(2);
    expect(dueAt.getTime() - Date.now()).toBeLessThan(minutes(5));
  });

  test('for two days, but for one that was taken over in between, leaves its webhook enabled', async () => {
    const { webhook } = await hook();
    await window();
    answer = () => 500;
    await delivered();
    answer = () => 204;
    await delivered();
    expect((await stored(webhook.id)).failingSince).toBeNull();
    w.clock.moveTo(new Date(w.clock.now().getTime() + hours(24) + minutes(1)));
    await window();
    answer = () => 500;
    await delivered();
    expect(await stored(webhook.id)).toMatchObject({ enabled: true, disabledReason: null });
  });

  test('because the address is gone disables it at once', async () => {
    const { webhook } = await hook();
    await window();
    answer = () => 410;
    await delivered();
    expect(await stored(webhook.id)).toMatchObject({
      enabled: false,
      disabledReason: 'The address says that it is gone (410).',
    });
  });

  test('whose answer was lost is sent again, and known by its id', async () => {
    await hook();
    await window();
    // The process dies after the receiver took it over and before that was written.
    const fetch: typeof outgoing.fetch = async (...asked) => {
      await outgoing.fetch(...asked);
      throw new Error('killed');
    };
    const [row] = await w.ctx.database.delivery.findMany();
    if (row === undefined) return expect.unreachable();
    await run(row.webhookId, fetch);
    await delivered();
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([row.id, row.id]);
  });
});

test('for a day after its secret was changed, messages are signed with both', async () => {
  const { webhook, secret } = await hook();
  const rotated = await rotateSecret(w.ctx, admin(), webhook.id, vault);
  await window();
  await delivered();
  const rotatedAt = w.clock.now().getTime();
  w.clock.moveTo(new Date(rotatedAt + hours(24) - minutes(5)));
  await pingWebhook(w.ctx, admin(), webhook.id);
  await delivered();
  expect(received).toHaveLength(2);
  for (const { body, headers } of received) {
    for (const each of [secret, rotated.secret]) new Verifier(each).verify(body, headers);
  }
  w.clock.moveTo(new Date(rotatedAt + hours(24)));
  await pingWebhook(w.ctx, admin(), webhook.id);
  await delivered();
  const ping = received.at(-1);
  expect(ping?.message).toMatchObject({ type: 'ping', data: {} });
  new Verifier(rotated.secret).verify(ping?.body ?? '', ping?.headers ?? {});
  expect(() => new Verifier(secret).verify(ping?.body ?? '', ping?.headers ?? {})).toThrow('No matching signature');
});

test('what was sent can be sent once more, as it was', async () => {
  const { webhook } = await hook();
  await window();
  await delivered();
  const id = received[0]?.headers['webhook-id'] ?? '';
  await resend(w.ctx, admin(), webhook.id, id);
  await expect(resend(w.ctx, admin(), webhook.id, id)).rejects.toThrow('delivery-waiting');
  await delivered();
  expect(received[1]?.body).toBe(received[0]?.body);
});

test('the address of a webhook is sealed: what follows its host is neither stored, recorded nor shown', async () => {
  const secretUrl = 'https://hooks.example/services/pathsecret/part?key=querysecret';
  const { webhook } = await addWebhook(
    w.ctx,
    admin(),
    { url: secretUrl, description: '', events: [], audience: 'internal' },
    vault,
  );
  expect(webhook.url).toBe('https://hooks.example/serv…');
  const moved = 'https://hooks.example/services/othersecret';
  const edited = await editWebhook(w.ctx, admin(), webhook.id, { url: moved }, vault);
  expect(edited.version).toBe(webhook.version + 1);
  // What is not shown can be sent back, or said again.
  for (const url of [edited.url, moved]) {
    expect(await editWebhook(w.ctx, admin(), webhook.id, { url }, vault)).toEqual(edited);
  }
  expect(vault.open(edited.sealedUrl, webhookSealPurpose(w.account.id))).toBe(moved);
  const stored = JSON.stringify([
    await w.ctx.database.webhook.findMany(),
    await w.ctx.database.auditEvent.findMany(),
    await w.ctx.database.delivery.findMany(),
  ]);
  expect(stored).not.toMatch(/pathsecret|querysecret|othersecret/);
  await removeWebhook(w.ctx, admin(), webhook.id);
});

test('secrets are sealed, and no audit row has one, nor the query of an address', async () => {
  const { webhook, secret } = await hook();
  await rotateSecret(w.ctx, admin(), webhook.id, vault);
  const rows = JSON.stringify([
    await w.ctx.database.webhook.findMany({ omit: { url: true, sealedUrl: true } }),
    await w.ctx.database.auditEvent.findMany(),
  ]);
  expect(rows).not.toContain(secret);
  expect(rows).not.toContain('key=1');
});
