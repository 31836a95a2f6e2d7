import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantRole } from '../../src/access/commands.ts';
import { approve, decline } from '../../src/approvals/commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck, removeCheck } from '../../src/checks/commands.ts';
import { addProvider, editProvider, removeProvider } from '../../src/checks/provider-commands.ts';
import { previewSync, syncProvider } from '../../src/checks/sync-commands.ts';
import { comment } from '../../src/comments/commands.ts';
import { Refusal } from '../../src/core/errors.ts';
import { type Actor, ROLES, type Role } from '../../src/core/permissions.ts';
import { addFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { find } from '../../src/maintenance/commands/find.ts';
import { cancel, finish } from '../../src/maintenance/commands/finish.ts';
import { extend, reschedule } from '../../src/maintenance/commands/reschedule.ts';
import { preview, schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/start.ts';
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
  find: ['viewer', (actor) => find(w.ground, actor, NOBODY)],
  preview: [
    'viewer',
    (actor) => preview(w.ground, actor, { ...w.input({ services: [NOBODY] }), scopeId: null, channels: [] }),
  ],
  schedule: ['operator', (actor) => schedule(w.ground, actor, w.input({ services: [NOBODY] }))],
  start: ['operator', (actor) => start(w.ground, actor, NOBODY)],
  finish: ['operator', (actor) => finish(w.ground, actor, NOBODY, 'succeed')],
  extend: ['operator', (actor) => extend(w.ground, actor, NOBODY, 30)],
  reschedule: ['operator', (actor) => reschedule(w.ground, actor, NOBODY, w.soon(1e6, 1e6))],
  cancel: ['operator', (actor) => cancel(w.ground, actor, NOBODY, undefined)],
  comment: ['operator', (actor) => comment(w.ground, actor, NOBODY, { text: 'hello', internal: false })],
  subscribe: [
    'operator',
    (actor) => subscribe(w.ground, actor, { channel: 'C1', audience: 'internal', serviceId: NOBODY }),
  ],
  'add a service': ['operator', (actor) => addService(w.ground, actor, { name: 'api', scopeId: NOBODY })],
  'add a scope': ['admin', (actor) => addScope(w.ground, actor, { name: '' })],
  'change a scope': ['admin', (actor) => editScope(w.ground, actor, NOBODY, { reminders: [60] })],
  'give a role': ['admin', (actor) => grantRole(w.ground, actor, 'nobody', 'viewer')],
  'change settings': ['admin', (actor) => configureAccount(w.ground, actor, { timezone: 'Mars/Olympus' })],
  approve: ['approver', (actor) => approve(w.ground, actor, NOBODY)],
  decline: ['approver', (actor) => decline(w.ground, actor, NOBODY, undefined)],
  'add a freeze': [
    'admin',
    (actor) => addFreeze(w.ground, actor, { ...w.soon(0, 1), scopeId: NOBODY, reason: 'Holidays', effect: 'block' }),
  ],
  'remove a freeze': ['admin', (actor) => removeFreeze(w.ground, actor, NOBODY)],
  'see what a sync would do': ['admin', (actor) => previewSync(w.ground, actor, 'nobody', async () => [])],
  sync: ['admin', (actor) => syncProvider(w.ground, actor, 'nobody', async () => [], '')],
  'remove a check': ['admin', (actor) => removeCheck(w.ground, actor, 'NONE')],
  'connect a monitoring system': [
    'admin',
    (actor) => {
      const input = { name: 'Not A Name', kind: 'nodeping', settings: {}, credentials: {}, enabled: true };
      return addProvider(w.ground, actor, input, connected(w.ground.database));
    },
  ],
  'change a monitoring system': [
    'admin',
    (actor) => editProvider(w.ground, actor, 'none', { enabled: false }, connected(w.ground.database)),
  ],
  'remove a monitoring system': ['admin', (actor) => removeProvider(w.ground, actor, 'none')],
  'add a check': [
    'admin',
    (actor) =>
      addCheck(w.ground, actor, {
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
      (error: unknown) => (error instanceof Refusal ? error.kind : error),
    );
    if (ROLES.indexOf(role) < ROLES.indexOf(least)) expect(outcome).toBe('forbidden');
    else expect(['done', 'not-found', 'invalid']).toContain(outcome);
  });
});

test('whoever may not is told who, what, which role they have and which it takes', async () => {
  await expect(start(w.ground, w.person('viewer'), 1)).rejects.toThrow(
    'Ana may not start maintenances: that needs the role operator, and Ana has the role viewer. An admin can give it.',
  );
  await expect(start(w.ground, w.person('none'), 1)).rejects.toThrow(
    'that needs the role operator, and Ana has none; guests never have one.',
  );
});

test('what was refused changes nothing and is no event', async () => {
  const before = await w.ground.database.auditEvent.count();
  for (const [, act] of Object.values(ACTIONS)) await act(w.person('none')).catch(() => {});
  expect(await w.ground.database.auditEvent.count()).toBe(before);
  expect(await w.ground.database.receipt.count()).toBe(0);
});
