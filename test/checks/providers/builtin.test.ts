import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtin } from '../../../src/checks/providers/registry.ts';
import { findCheck } from '../../../src/checks/repository.ts';
import { type World, world } from '../../world.ts';

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
