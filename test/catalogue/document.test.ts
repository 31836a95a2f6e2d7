import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { type Calling, calling } from '../http/v1/calling.ts';
import { countingStatements } from '../statements.ts';
import { type World, world } from '../world.ts';

let w: World;
let at: Calling;
beforeEach(async () => {
  w = await world();
  at = calling(w);
});
afterEach(() => w.close());

async function apply(document: object) {
  const { status, body } = await at.call('PUT', '/catalogue', document);
  expect([status, body]).toEqual([200, expect.objectContaining({ applied: true })]);
}

/** A document with so many entries of each kind, and the values that a description stands for. */
function documentOf(count: number, description: string) {
  const places = Array.from({ length: count }, (_, place) => place);
  return {
    scopes: places.map((place) => ({ name: `scope ${place}`, description, reminders: [description.length] })),
    services: places.map((place) => ({
      name: 'api',
      scope: `scope ${place}`,
      description,
      owners: [`U0OWNER${description.length}`],
    })),
    checks: places.map((place) => ({
      external_id: `check ${place}`,
      name: `check ${place}`,
      tags: [description],
      services: [`scope ${place}/api`],
    })),
    subscriptions: places.map((place) => ({
      channel: `C0TEAM${place}`,
      audience: description === 'first' ? 'internal' : 'public',
      service: `scope ${place}/api`,
    })),
  };
}
const NOTHING = { scopes: [], services: [], checks: [], subscriptions: [] };

describe('the number of statements of a document', () => {
  /** More than two for each step would be needed if each entry had one of its own. */
  const MOST = 60;

  test('does not grow with what it adds, changes and removes', async () => {
    const counts: number[][] = [];
    for (const count of [1, 50, 2_000]) {
      const steps: number[] = [];
      for (const document of [documentOf(count, 'first'), documentOf(count, 'another'), NOTHING]) {
        steps.push((await countingStatements(() => apply(document))).length);
      }
      counts.push(steps);
      expect((await at.get('/catalogue')).body).toEqual(NOTHING);
    }
    const [one, some, many] = counts;
    expect(many).toEqual(some);
    expect(one).toEqual(some);
    for (const step of some ?? []) expect(step).toBeLessThanOrEqual(MOST);
  }, 120_000);

  test('does not grow with the maintenances in its scopes', async () => {
    const counts: number[] = [];
    for (const count of [1, 20]) {
      const document = documentOf(count, 'first');
      await apply({ ...document, scopes: document.scopes.map((scope) => ({ ...scope, requires_approval: true })) });
      const services = (await at.get('/services?limit=200')).body.items;
      for (const { id } of services) await schedule(w.ctx, w.ana, w.input({ services: [id] }));
      const hidden = document.scopes.map((scope) => ({ ...scope, visibility: 'internal', reminders: [5] }));
      counts.push((await countingStatements(() => apply({ ...document, scopes: hidden }))).length);
      const open = await w.ctx.database.maintenance.findMany({ where: { status: 'scheduled' } });
      expect(open.map(({ approval }) => approval)).toEqual(services.map(() => null));
      for (const { id } of open) await cancel(w.ctx, w.ana, id, undefined);
      await apply(NOTHING);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});

test('five thousand new scopes are added at once', async () => {
  const names = Array.from({ length: 5_000 }, (_, place) => `scope ${place}`);
  await apply({ scopes: names.map((name) => ({ name })) });
  const { scopes } = (await at.get('/catalogue')).body;
  expect(scopes.map(({ name }: { name: string }) => name)).toEqual(names.toSorted());
  const where = { type: 'scope.added' };
  expect(await w.ctx.database.auditEvent.count({ where })).toBe(5_000);
}, 120_000);
