import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addScope, editScope, removeScope } from '../../src/catalogue/scopes/commands.ts';
import { addService, editService, removeService } from '../../src/catalogue/services/commands.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { countingStatements } from '../statements.ts';
import { type World, world } from '../world.ts';

/** Between `begin` and `commit`. */
const MOST = 6;

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

let scope: number;
let other: number;
let service: number;
let made = 0;
/** A scope with a service, on which windows are planned that await an approval. */
beforeEach(async () => {
  made += 1;
  scope = (await addScope(w.ctx, w.lull, { name: `EU ${made}` })).id;
  other = (await addScope(w.ctx, w.lull, { name: `US ${made}` })).id;
  service = (await addService(w.ctx, w.lull, { name: 'api', scopeId: scope })).id;
  await editScope(w.ctx, w.lull, scope, { requiresApproval: true });
  await subscribe(w.ctx, w.lull, { channel: 'C0TEAM', audience: 'public', scopeId: scope });
  for (let window = 0; window < 3; window++) {
    await schedule(w.ctx, w.ana, w.input({ services: [service], scopeId: scope }));
  }
});

async function inTransaction(act: () => Promise<unknown>): Promise<readonly string[]> {
  const statements = await countingStatements(act);
  expect(statements.filter((each) => each === 'begin')).toHaveLength(1);
  return statements.slice(statements.indexOf('begin') + 1, statements.lastIndexOf('commit'));
}

test.each<[string, () => Promise<unknown>]>([
  ['adds a scope', () => addScope(w.ctx, w.lull, { name: `New ${made}` })],
  ['renames a scope', () => editScope(w.ctx, w.lull, scope, { name: `Europe ${made}` })],
  ['changes the reminders of a scope', () => editScope(w.ctx, w.lull, scope, { reminders: [5] })],
  ['frees the maintenances of a scope', () => editScope(w.ctx, w.lull, scope, { requiresApproval: false })],
  ['removes a scope', () => removeScope(w.ctx, w.lull, other)],
  ['adds a service', () => addService(w.ctx, w.lull, { name: 'new', scopeId: scope, owners: ['U0ANA'] })],
  ['renames a service', () => editService(w.ctx, w.lull, service, { name: 'web' })],
  ['moves a service', () => editService(w.ctx, w.lull, service, { scopeId: other })],
  ['gives a service owners', () => editService(w.ctx, w.lull, service, { owners: ['U0ANA'] })],
])('who %s causes few statements', async (_, act) => {
  const statements = await inTransaction(act);
  expect(statements.length, statements.map((each) => each.slice(0, 200)).join('\n---\n')).toBeLessThanOrEqual(MOST);
});

test('hiding a service from the public and removing it causes few statements', async () => {
  const unused = (await addService(w.ctx, w.lull, { name: 'unused', scopeId: other })).id;
  const hidden = await inTransaction(() => editService(w.ctx, w.lull, service, { visibility: 'internal' }));
  // What the public channels must not show is written after what is announced.
  expect(hidden.length).toBeLessThanOrEqual(MOST + 2);
  expect((await inTransaction(() => removeService(w.ctx, w.lull, unused))).length).toBeLessThanOrEqual(MOST);
});
