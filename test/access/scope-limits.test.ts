import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { httpErrorText } from '../../src/texts/http-errors.ts';
import { type World, world } from '../world.ts';

let w: World;
const made: Record<string, number> = {};
let deployer: Actor;

beforeAll(async () => {
  w = await world();
  for (const name of ['shop', 'ledger']) {
    const scope = await addScope(w.ctx, w.lull, { name });
    made[name] = scope.id;
    made[`${name}-api`] = (await addService(w.ctx, w.lull, { name: `${name}-api`, scopeId: scope.id })).id;
  }
  made.loose = (await addService(w.ctx, w.lull, { name: 'loose', scopeId: null })).id;
  deployer = { ...w.person('admin', 'token:1'), name: 'the token deploys', scopes: [made.shop ?? 0] };
});
afterAll(() => w.close());

const id = (name: string): number => made[name] ?? expect.unreachable();
const on = (...services: string[]) => w.input({ services: services.map(id) });
const refusal = async (doing: Promise<unknown>) => {
  const error = await doing.then(
    () => expect.unreachable(),
    (fault: unknown) => fault,
  );
  return error instanceof UserError ? [error.kind, httpErrorText(error)] : [String(error)];
};

test('somebody limited to a scope schedules in it, and in no other', async () => {
  expect((await schedule(w.ctx, deployer, on('shop-api'))).scope?.name).toBe('shop');
  const both = await addCheck(w.ctx, w.lull, {
    name: 'both',
    services: [id('shop-api'), id('ledger-api')],
    provider: 'builtin',
    externalId: null,
    enabled: true,
    tags: [],
  });
  expect(await refusal(schedule(w.ctx, deployer, w.input({ services: [], checks: [both.id] })))).toEqual([
    'forbidden',
    `the token deploys is limited to the scope ${id('shop')}, and this window touches others, too.`,
  ]);
  const nothing = w.input({ services: [], selector: { text: 'tag:nothing', follows: true } });
  expect(await refusal(schedule(w.ctx, deployer, nothing))).toEqual([
    'forbidden',
    `the token deploys is limited to the scope ${id('shop')}, and this window is in no scope.`,
  ]);
});

test('what is in other scopes, or in none, is to them as if it did not exist', async () => {
  const services = [id('ledger-api'), id('loose'), 999_999];
  for (const service of services) {
    const refused = await refusal(schedule(w.ctx, deployer, w.input({ services: [id('shop-api'), service] })));
    expect(refused).toEqual(['invalid', `There is no service with id ${service}.`]);
  }
  expect((await refusal(schedule(w.ctx, deployer, { ...on('shop-api'), scopeId: id('ledger') })))[0]).toBe('invalid');
});

test('they change no window of others, may not even know of it, and take none of theirs out of the scope', async () => {
  const theirs = await schedule(w.ctx, deployer, on('shop-api'));
  const others = await schedule(w.ctx, w.ana, on('ledger-api'));
  const both = await schedule(w.ctx, w.ana, on('shop-api', 'ledger-api'));
  expect((await refusal(cancel(w.ctx, deployer, others.id, undefined)))[0]).toBe('not-found');
  expect((await refusal(cancel(w.ctx, deployer, both.id, undefined)))[0]).toBe('forbidden');
  expect((await refusal(edit(w.ctx, deployer, theirs.id, { services: [id('ledger-api')] })))[0]).toBe('invalid');
  expect((await refusal(edit(w.ctx, deployer, theirs.id, { services: [], checks: [] })))[0]).toBe('invalid');
  expect((await edit(w.ctx, deployer, theirs.id, { name: 'Still in the shop' }))?.name).toBe('Still in the shop');
});

test('what is about the whole account is not for them, whatever their role', async () => {
  expect(await refusal(addScope(w.ctx, deployer, { name: 'more' }))).toEqual([
    'forbidden',
    `the token deploys may not add scopes: it is limited to the scope ${id('shop')}, and this is about the whole account.`,
  ]);
});
