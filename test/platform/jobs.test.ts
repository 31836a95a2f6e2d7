import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { enqueue, postpone } from '../../src/platform/jobs.ts';
import { minutes, type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterEach(() => vi.useRealTimers());
afterAll(() => w.close());

test.each([
  ['ahead', 9 * 24 * 60],
  ['behind', -9 * 24 * 60],
])('a job waits as long as it is told to when the clock of Lull is %s', async (_, wrongBy) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes(wrongBy) });
  const job = { accountId: w.account.id, webhookId: 1 };
  const waits = () => w.ctx.database.$queryRaw`
    select run_at between now() + interval '50 seconds' and now() + interval '70 seconds' as "aMinute"
    from graphile_worker.jobs where key like ${`deliver:${w.account.id}:%`} or key like 'webhook:%'`;
  await enqueue(w.ctx.database, 'deliver', job, { notBefore: new Date(Date.now() + minutes(1)) });
  expect(await waits()).toEqual([{ aMinute: true }]);
  await enqueue(w.ctx.database, 'deliver', job, { notBefore: new Date(Date.now() + minutes(30)) });
  await postpone(w.ctx.database, 'deliver', job, new Date(Date.now() + minutes(1)));
  expect(await waits()).toEqual([{ aMinute: true }]);
});
