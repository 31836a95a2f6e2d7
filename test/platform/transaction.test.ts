import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record } from '../../src/audit/record.ts';
import { queryRows, sql } from '../../src/platform/sql.ts';
import { attempt, runTransaction } from '../../src/platform/transaction.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const note = (tx: typeof w.ctx.database | Parameters<Parameters<typeof runTransaction>[1]>[0], name: string) =>
  record(tx, w.lull, w.clock.now(), {
    type: 'scope.added',
    subject: { kind: 'scope', id: 1 },
    after: { name, description: '', visibility: 'public' },
  });
const names = async (db: Parameters<typeof queryRows>[0]) =>
  (await queryRows<{ name: string }>(db, sql`select after->>'name' as name from audit_events order by id`)).map(
    ({ name }) => name,
  );

describe('what a transaction collects', () => {
  test('is written before anything else reads, by SQL or through Prisma, and is gone when it fails', async () => {
    const before = await names(w.ctx.database);
    const failing = runTransaction(w.ctx.database, async (tx) => {
      await note(tx, 'first');
      expect(await names(tx)).toEqual([...before, 'first']);
      await note(tx, 'second');
      expect(await tx.auditEvent.count()).toBe(before.length + 2);
      await tx.account.update({ where: { id: w.account.id }, data: { name: 'Renamed' } });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await names(w.ctx.database)).toEqual(before);
    expect((await w.ctx.database.account.findFirstOrThrow()).name).toBe(w.account.name);
  });

  test('by a part that fails is dropped, and the other parts are written', async () => {
    const before = await names(w.ctx.database);
    const errors: unknown[] = [];
    await runTransaction(w.ctx.database, async (tx) => {
      for (const name of ['one', 'two', 'three']) {
        const { error } = await attempt(tx, async () => {
          await note(tx, name);
          if (name === 'two') throw new Error('not this one');
        });
        if (error !== undefined) errors.push(error);
      }
    });
    expect(errors).toEqual([new Error('not this one')]);
    expect((await names(w.ctx.database)).slice(before.length)).toEqual(['one', 'three']);
  });
});

test('Prisma joins the transaction of each of many at once', async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      runTransaction(w.ctx.database, async (tx) => {
        await queryRows(tx, sql`select set_config('lull.mine', ${String(i)}, true)`);
        await tx.account.findFirst();
        const [row] = await tx.$queryRaw<{ mine: string }[]>`select current_setting('lull.mine', true) as mine`;
        expect(row?.mine).toBe(String(i));
      }),
    ),
  );
});

test('a transaction that takes too long fails, and its connection is not used again', async () => {
  const slow = runTransaction(
    w.ctx.database,
    async (tx) => {
      await note(tx, 'late');
      await queryRows(tx, sql`select 1`);
      await sleep(200);
    },
    50,
  );
  await expect(slow).rejects.toThrow('longer than 50 ms');
  expect(await names(w.ctx.database)).not.toContain('late');
});

test('a transaction that waits for another one too long fails', async () => {
  const { id } = w.account;
  const other = await w.session();
  await other.query('begin');
  await other.query('select 1 from accounts where id = $1 for update', [id]);
  const waiting = runTransaction(
    w.ctx.database,
    (tx) => queryRows(tx, sql`select 1 from accounts where id = ${id} for update`),
    200,
  );
  await expect(waiting).rejects.toThrow('longer than 200 ms');
  await other.query('rollback');
});
