import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { countRowsHandled, countRowsVisited, recordingStatements } from '../statements.ts';
import { silent, type World, world } from '../world.ts';
import { Monitoring, only } from './monitoring.ts';

const CHECKS = 4_000;

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

test('the checks of a large window are muted and unmuted in statements that look at each of them a few times', async () => {
  const { id: scopeId } = await addScope(w.ctx, w.lull, { name: 'Production' });
  const { id: service } = await addService(w.ctx, w.lull, { name: 'large', scopeId });
  const session = await w.session();
  await session.query(
    `insert into checks (id, account_id, name, provider, external_id)
       select 'B' || i, $1, 'check ' || i, 'ours', 'B' || i from generate_series(1, $2::int) as i`,
    [w.account.id, CHECKS],
  );
  await session.query('insert into service_checks select account_id, $1, id from checks', [service]);
  const monitoring = new Monitoring();
  const job = { accountId: w.account.id, provider: 'ours' };
  const statements = await recordingStatements(async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service] }));
    await start(w.ctx, w.ana, id);
    await reconcile(w.ctx, only(monitoring, 'ours'), silent, job);
    await finish(w.ctx, w.ana, id, 'succeed');
    await reconcile(w.ctx, only(monitoring, 'ours'), silent, job);
  });
  const { rows } = await session.query('select count(*)::int as count from mutes where released_at is not null');
  expect(rows).toEqual([{ count: CHECKS }]);
  const writes = statements.filter(({ text }) => /^\s*update (mutes|checks)/i.test(text));
  expect(writes.length).toBeGreaterThanOrEqual(5);
  for (const statement of writes) {
    expect(await countRowsVisited(w, statement), statement.text).toBeLessThanOrEqual(5 * CHECKS);
  }
  const reads = statements.filter(({ text }) => /^\s*with asked_accounts/.test(text));
  expect(reads.length).toBeGreaterThanOrEqual(3);
  for (const statement of reads) {
    expect(await countRowsHandled(w, statement), statement.text).toBeLessThanOrEqual(40 * CHECKS);
  }
});
