import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { type ScopeSettings, writeScope } from '../../src/catalogue/scopes/repository.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import { findService, type WantedService, writeService } from '../../src/catalogue/services/repository.ts';
import { endMutes, insertMutes } from '../../src/checks/mute-repository.ts';
import { type Check, findCheck, writeCheck, writeServiceChecks } from '../../src/checks/repository.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { planAnnouncements } from '../../src/maintenance/repository/announcements.ts';
import { updateMaintenance } from '../../src/maintenance/repository/changes.ts';
import { readBelongings, readLocked } from '../../src/maintenance/repository/locked.ts';
import { readSurroundings } from '../../src/maintenance/repository/surroundings.ts';
import type { Queries } from '../../src/platform/database.ts';
import { execute, queryRows, sql } from '../../src/platform/sql.ts';
import { attempt, runTransaction, write } from '../../src/platform/transaction.ts';
import { writeSubscription } from '../../src/subscriptions/repository.ts';
import { recordingStatements } from '../statements.ts';
import { hours, type World, world } from '../world.ts';

let w: World;
let eu: ScopeSettings;
let us: ScopeSettings;
let api: number;
let web: number;
let health: string;
let loose: string;
/** It runs, and has muted `health`. */
let running: number;
let planned: number;
beforeAll(async () => {
  w = await world();
  eu = await addScope(w.ctx, w.lull, { name: 'EU' });
  us = await addScope(w.ctx, w.lull, { name: 'US' });
  const service = await w.service('api', ['health']);
  api = service.id;
  health = service.checks[0]?.id ?? '';
  await editService(w.ctx, w.lull, api, { scopeId: eu.id });
  const other = await w.service('web', ['loose']);
  web = other.id;
  loose = other.checks[0]?.id ?? '';
  await editService(w.ctx, w.lull, web, { checks: [] });
  await addFreeze(w.ctx, w.lull, { ...w.soon(0, hours(9)), scopeId: eu.id, reason: 'Holidays', effect: 'warn' });
  running = (await schedule(w.ctx, w.ana, w.input({ services: [api] }))).id;
  planned = (await schedule(w.ctx, w.ana, w.input({ services: [web] }))).id;
  await start(w.ctx, w.ana, running);
  await w.ctx.database.mute.updateMany({ data: { outcome: 'muted', intendedAt: now(), decidedAt: now() } });
});
afterAll(() => w.close());

const now = () => w.clock.now();

class Undone extends Error {}

async function undone(work: (tx: Queries) => Promise<void>): Promise<void> {
  const run = runTransaction(w.ctx.database, async (tx) => {
    await work(tx);
    throw new Undone();
  });
  await expect(run).rejects.toThrow(Undone);
}

/** Expects that `change`, which only calls `write`, is seen by the next read of the transaction, as if it read everything anew. */
async function expectSeen(read: (tx: Queries) => Promise<unknown>, change: (tx: Queries) => Promise<unknown>) {
  await undone(async (tx) => {
    const before = structuredClone(await read(tx));
    await change(tx);
    const next = structuredClone(await read(tx));
    // Any statement that may write.
    await execute(tx, sql`select 1`);
    const anew = await read(tx);
    expect(next).toEqual(anew);
    expect(next).not.toEqual(before);
  });
}

const changeScope = (tx: Queries, scope: ScopeSettings, changes: Partial<ScopeSettings>) =>
  writeScope(tx, w.account.id, { ...scope, ...changes }, false);

async function changeService(tx: Queries, id: number, changes: Partial<WantedService>): Promise<void> {
  const service = (await findService(w.ctx.database, w.account.id, id)) ?? expect.unreachable();
  await writeService(tx, w.account.id, id, { ...service, scopeId: service.scope?.id ?? null, ...changes }, false);
}

async function changeCheck(tx: Queries, changes: Partial<Check>): Promise<void> {
  const check = (await findCheck(w.ctx.database, w.account.id, health)) ?? expect.unreachable();
  await writeCheck(tx, w.account.id, { ...check, ...changes }, false);
}

describe('a transaction that has read what surrounds windows sees at once that', () => {
  const NEW = { id: 5_555, name: 'New', description: '', visibility: 'internal' } as const;
  const read = (tx: Queries) =>
    readSurroundings(tx, w.account.id, {
      services: [api, web, NEW.id],
      scopes: [eu.id, us.id, NEW.id],
      checks: [health, loose],
      channels: ['C0NEW'],
      selectors: ['scope:EU', 'service:api', 'service:web', 'name:health', 'tag:deep'],
      between: w.soon(0, hours(1)),
    });

  test.each<[string, (tx: Queries) => Promise<unknown>]>([
    ['a scope has another name', (tx) => changeScope(tx, eu, { name: 'Europe' })],
    ['a scope is hidden', (tx) => changeScope(tx, us, { visibility: 'internal' })],
    ['a scope requires approvals', (tx) => changeScope(tx, us, { requiresApproval: true })],
    ['a scope is new', (tx) => writeScope(tx, w.account.id, { ...us, ...NEW }, true)],
    ['a service has another name', (tx) => changeService(tx, api, { name: 'zeta' })],
    ['a service is hidden', (tx) => changeService(tx, api, { visibility: 'internal' })],
    ['a service moves', (tx) => changeService(tx, api, { scopeId: us.id })],
    ['a service leaves its scope', (tx) => changeService(tx, api, { scopeId: null })],
    ['a service is new', (tx) => writeService(tx, w.account.id, NEW.id, { ...NEW, owners: [], scopeId: us.id }, true)],
    ['a check has another name', (tx) => changeCheck(tx, { name: 'pulse' })],
    ['a check has other tags', (tx) => changeCheck(tx, { tags: ['deep'] })],
    ['a check joins a service', (tx) => writeServiceChecks(tx, w.account.id, [], [{ service: web, check: loose }])],
    ['a check leaves a service', (tx) => writeServiceChecks(tx, w.account.id, [{ service: api, check: health }], [])],
    [
      'a channel subscribes',
      (tx) => {
        const channel = { channelKind: 'slack', channel: 'C0NEW', audience: 'public', serviceId: web } as const;
        return writeSubscription(tx, w.account.id, { id: NEW.id, ...channel }, true);
      },
    ],
  ])('%s', (_, change) => expectSeen(read, change));

  test('the service of a check that it has read moves', () =>
    expectSeen(
      (tx) => readSurroundings(tx, w.account.id, { checks: [health] }),
      (tx) => changeService(tx, api, { scopeId: null }),
    ));

  test('a service moves into a scope that it has not read', () =>
    expectSeen(
      (tx) => readSurroundings(tx, w.account.id, { services: [web] }),
      (tx) => changeService(tx, web, { scopeId: us.id }),
    ));
});

describe('a transaction that has locked a window sees at once that', () => {
  test.each<[string, (tx: Queries) => Promise<unknown>]>([
    ['a check is muted', (tx) => insertMutes(tx, w.account.id, running, [loose], now())],
    ['a check is unmuted', (tx) => endMutes(tx, running, now())],
    [
      'an unmuted check is muted again',
      async (tx) => {
        await endMutes(tx, running, now());
        await insertMutes(tx, w.account.id, running, [health], now());
      },
    ],
    [
      'it is announced in another channel',
      (tx) =>
        planAnnouncements(tx, w.account.id, running, [{ channelKind: 'slack', channel: 'C0NEW', audience: 'public' }]),
    ],
    [
      'it awaits an approval',
      async (tx) => {
        const [maintenance = expect.unreachable()] = await readLocked(tx, [planned]);
        await updateMaintenance(tx, maintenance, { approval: 'pending' }, now());
      },
    ],
  ])('%s', (_, change) => expectSeen((tx) => readBelongings(tx, [running, planned]), change));

  test('nothing has changed after a part of the transaction that failed', () =>
    undone(async (tx) => {
      const before = structuredClone(await readBelongings(tx, [running, planned]));
      const { error } = await attempt(tx, async () => {
        await insertMutes(tx, w.account.id, planned, [loose], now());
        await endMutes(tx, running, now());
        throw new Undone();
      });
      expect(error).toBeInstanceOf(Undone);
      expect(await readBelongings(tx, [running, planned])).toEqual(before);
    }));
});

describe('a transaction reads anew', () => {
  /** The tables that statements name, of all that there are. */
  async function tablesOf(texts: readonly string[]): Promise<string[]> {
    const known = await queryRows<{ name: string }>(
      w.ctx.database,
      sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const named = new Set(texts.join().match(/\b[a-z_]+\b/g));
    return known.map(({ name }) => name).filter((name) => named.has(name));
  }
  const textsOf = async (read: (tx: Queries) => Promise<unknown>) =>
    (await recordingStatements(() => undone(async (tx) => void (await read(tx))))).map(({ text }) => text);

  /** Expects that any row that is written to `table` has `read` need a statement again, besides that for the row. */
  const expectForgotten = (table: string, read: (tx: Queries) => Promise<unknown>) =>
    undone(async (tx) => {
      await read(tx);
      expect(await recordingStatements(() => read(tx)), table).toEqual([]);
      await write(tx, { table, statement: 'select $rows' }, 'any', {});
      expect(await recordingStatements(() => read(tx)), table).not.toHaveLength(0);
    });

  test('what surrounds windows after it wrote to any table from which it was read', async () => {
    const need = { services: [api], selectors: ['scope:EU'], between: w.soon(0, hours(1)) };
    const read = (tx: Queries) => readSurroundings(tx, w.account.id, need);
    const tables = await tablesOf(await textsOf(read));
    expect(tables).toEqual(
      expect.arrayContaining(['checks', 'providers', 'scopes', 'service_checks', 'subscriptions']),
    );
    for (const table of tables) await expectForgotten(table, read);
  });

  test('what belongs to a window after it wrote to any table from which it was read', async () => {
    const read = (tx: Queries) => readBelongings(tx, [running]);
    // The other parts of the statement read the window itself, which nothing remembers.
    const texts = (await textsOf(read)).map((text) => text.slice(text.indexOf("'ownerId'"), text.indexOf('as stored')));
    const tables = await tablesOf(texts);
    expect(tables).toEqual(expect.arrayContaining(['announcements', 'mutes', 'notices']));
    for (const table of [...tables, 'maintenances']) await expectForgotten(table, read);
  });
});
