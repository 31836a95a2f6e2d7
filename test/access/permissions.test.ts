import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantRole } from '../../src/access/commands.ts';
import { approve, decline } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck, removeCheck } from '../../src/checks/commands.ts';
import { addProvider, editProvider, removeProvider } from '../../src/checks/provider-commands.ts';
import { previewSync, syncProvider } from '../../src/checks/sync.ts';
import { comment } from '../../src/comments/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import { type Actor, ROLES, type Role } from '../../src/core/permissions.ts';
import { addFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { getMaintenance } from '../../src/maintenance/commands/find.ts';
import { preview, schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { configureAccount } from '../../src/settings/commands.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { connected } from '../checks/providers/connected.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const NOBODY = 999_999;
/** Every action on something that does not exist, so that whoever may is told just that; and the least role that may. */
const ACTIONS: Record<string, [least: Role, act: (actor: Actor) => Promise<unknown>]> = {
  find: ['viewer', (actor) => getMaintenance(w.ctx, actor, NOBODY)],
  preview: [
    'viewer',
    (actor) => preview(w.ctx, actor, { ...w.input({ services: [NOBODY] }), scopeId: null, channels: [] }),
  ],
  schedule: ['operator', (actor) => schedule(w.ctx, actor, w.input({ services: [NOBODY] }))],
  start: ['operator', (actor) => start(w.ctx, actor, NOBODY)],
  finish: ['operator', (actor) => finish(w.ctx, actor, NOBODY, 'succeed')],
  extend: ['operator', (actor) => extend(w.ctx, actor, NOBODY, 30)],
  reschedule: ['operator', (actor) => reschedule(w.ctx, actor, NOBODY, w.soon(1e6, 1e6))],
  cancel: ['operator', (actor) => cancel(w.ctx, actor, NOBODY, undefined)],
  comment: ['operator', (actor) => comment(w.ctx, actor, NOBODY, { text: 'hello', internal: false })],
  subscribe: [
    'operator',
    (actor) => subscribe(w.ctx, actor, { channel: 'C1', audience: 'internal', serviceId: NOBODY }),
  ],
  'add a service': ['operator', (actor) => addService(w.ctx, actor, { name: 'api', scopeId: NOBODY })],
  'add a scope': ['admin', (actor) => addScope(w.ctx, actor, { name: '' })],
  'change a scope': ['admin', (actor) => editScope(w.ctx, actor, NOBODY, { reminders: [60] })],
  'give a role': ['admin', (actor) => grantRole(w.ctx, actor, 'nobody', 'viewer')],
  'change settings': ['admin', (actor) => configureAccount(w.ctx, actor, { timezone: 'Mars/Olympus' })],
  approve: ['approver', (actor) => approve(w.ctx, actor, NOBODY)],
  decline: ['approver', (actor) => decline(w.ctx, actor, NOBODY, undefined)],
  'add a freeze': [
    'admin',
    (actor) => addFreeze(w.ctx, actor, { ...w.soon(0, 1), scopeId: NOBODY, reason: 'Holidays', effect: 'block' }),
  ],
  'remove a freeze': ['admin', (actor) => removeFreeze(w.ctx, actor, NOBODY)],
  'see what a sync would do': ['admin', (actor) => previewSync(w.ctx, actor, 'nobody', async () => [])],
  sync: ['admin', (actor) => syncProvider(w.ctx, actor, 'nobody', async () => [], '')],
  'remove a check': ['admin', (actor) => removeCheck(w.ctx, actor, 'NONE')],
  'connect a monitoring system': [
    'admin',
    (actor) => {
      const input = { name: 'Not A Name', kind: 'nodeping', settings: {}, credentials: {}, enabled: true };
      return addProvider(w.ctx, actor, input, connected(w.ctx.database));
    },
  ],
  'change a monitoring system': [
    'admin',
    (actor) => editProvider(w.ctx, actor, 'none', { enabled: false }, connected(w.ctx.database)),
  ],
  'remove a monitoring system': ['admin', (actor) => removeProvider(w.ctx, actor, 'none')],
  'add a check': [
    'admin',
    (actor) =>
      addCheck(w.ctx, actor, {
        name: 'c',
        services: [NOBODY],
        provider: 'builtin',
        externalId: null,
        enabled: true,
        tags: [],
      }),
  ],
};

describe.each(Object.entries(ACTIONS))('to %s', (_, [least, act]) => {
  test.each(ROLES)(`takes at least the role ${least}: %s`, async (role) => {
    const outcome = await act(w.person(role)).then(
      () => 'done',
      (error: unknown) => (error instanceof UserError ? error.kind : error),
    );
    if (ROLES.indexOf(role) < ROLES.indexOf(least)) expect(outcome).toBe('forbidden');
    else expect(['done', 'not-found', 'invalid']).toContain(outcome);
  });
});

test('whoever may not is told who, what, which role they have and which it takes', async () => {
  await expect(start(w.ctx, w.person('viewer'), 1)).rejects.toMatchObject({
    code: 'role-required',
    params: { actor: 'Ana', permission: 'start', needed: 'operator', role: 'viewer' },
  });
  await expect(start(w.ctx, w.person('none'), 1)).rejects.toMatchObject({
    params: { actor: 'Ana', needed: 'operator', role: 'none' },
  });
});

test('what was refused changes nothing and is no event', async () => {
  const before = await w.ctx.database.auditEvent.count();
  for (const [, act] of Object.values(ACTIONS)) await act(w.person('none')).catch(() => {});
  expect(await w.ctx.database.auditEvent.count()).toBe(before);
  expect(await w.ctx.database.receipt.count()).toBe(0);
});
