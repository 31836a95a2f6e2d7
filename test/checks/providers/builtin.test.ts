import { afterAll, beforeAll, expect, test } from 'vitest';
import { editCheck } from '../../../src/checks/commands.ts';
import { builtin } from '../../../src/checks/providers/registry.ts';
import { reconcile } from '../../../src/checks/reconcile.ts';
import { findCheck } from '../../../src/checks/repository.ts';
import { schedule } from '../../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../../src/maintenance/commands/transitions.ts';
import { silent, type World, world } from '../../world.ts';
import { only } from '../monitoring.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const { signal } = new AbortController();
const register = () => builtin(w.ctx.database);

test('the built-in register reads whether each check is on, without those it does not know', async () => {
  const { checks } = await w.service('api', ['health', 'canary (off)']);
  const [health, canary] = checks.map(({ id, externalId }) => ({ id, externalId }));
  if (!health || !canary) return expect.unreachable();
  const states = await register().read([health, canary, { id: 'NOPE', externalId: 'NOPE' }], signal);
  expect([...states]).toEqual(
    expect.arrayContaining([
      [health.id, 'on'],
      [canary.id, 'off'],
    ]),
  );
  expect(states.size).toBe(2);
});

test('the built-in register switches checks repeatedly, and no others', async () => {
  const { checks } = await w.service('web', ['page', 'login']);
  const [page, login] = checks.map(({ id, externalId }) => ({ id, externalId }));
  if (!page || !login) return expect.unreachable();
  for (const state of ['off', 'off', 'on', 'off'] as const) {
    const answers =
      state === 'off'
        ? register().switchOff([{ ...page, until: new Date(), windows: [] }], signal)
        : register().switchOn([page], signal);
    expect(await answers).toEqual(new Map([[page.id, { ok: true }]]));
  }
  expect((await findCheck(w.ctx.database, w.account.id, page.id))?.enabled).toBe(false);
  expect((await findCheck(w.ctx.database, w.account.id, login.id))?.enabled).toBe(true);
});

test('a check of the register that somebody switches during its window stays as they want it after the window', async () => {
  const service = await w.service('db', ['off', 'on', 'untouched']);
  const [off = '', on = '', untouched = ''] = service.checks.map(({ id }) => id);
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id] }));
  const run = () => reconcile(w.ctx, only(register()), silent, { accountId: w.account.id, provider: 'builtin' });
  const enabled = async () =>
    Promise.all(
      [off, on, untouched].map(async (each) => (await findCheck(w.ctx.database, w.account.id, each))?.enabled),
    );
  await start(w.ctx, w.ana, id);
  await run();
  expect(await enabled()).toEqual([false, false, false]);
  await editCheck(w.ctx, w.ana, off, { enabled: false });
  await editCheck(w.ctx, w.ana, on, { enabled: true });
  await run();
  expect(await enabled()).toEqual([false, true, false]);
  await finish(w.ctx, w.ana, id, 'succeed');
  await run();
  expect(await enabled()).toEqual([false, true, true]);
});
