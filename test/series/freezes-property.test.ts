import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { addFreeze, editFreeze, removeFreeze } from '../../src/freezes/commands.ts';
import { listFreezes } from '../../src/freezes/repository.ts';
import { DURING_FREEZE, findFreezes } from '../../src/freezes/rules.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { listMaintenances } from '../../src/maintenance/repository/list.ts';
import { plannedWindow } from '../../src/maintenance/rules/times.ts';
import {
  editSeries,
  pauseSeries,
  resumeSeries,
  type SeriesEdit,
  scheduleSeries,
  skipRun,
} from '../../src/series/commands.ts';
import { cases } from '../draws.ts';
import { minutes, type World, world } from '../world.ts';
import { seriesInput, settle } from './a-series.ts';

let w: World;
let boss: Actor;
let service: number;
let scopes: (number | null)[];
beforeAll(async () => {
  w = await world();
  boss = w.person('admin', 'U0BOSS');
  service = (await w.service('api')).id;
  scopes = [
    null,
    (await addScope(w.ctx, boss, { name: 'prod' })).id,
    (await addScope(w.ctx, boss, { name: 'lab' })).id,
  ];
});
afterAll(() => w.close());

const nth = fc.nat(5);
const span = {
  from: fc.integer({ min: -600, max: 3000 }),
  length: fc.integer({ min: 20, max: 1500 }),
  scope: fc.nat(2),
};
const effect = fc.constantFrom('block' as const, 'block' as const, 'block' as const, 'warn' as const);
const override = fc.constantFrom(undefined, undefined, 'Agreed');
const kind = <const K extends string>(name: K) => fc.constant(name);
const operations = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: kind('wait'), minutes: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 4, arbitrary: fc.record({ do: kind('freeze'), ...span, effect }) },
  { weight: 2, arbitrary: fc.record({ do: kind('refreeze'), nth, ...span, effect }) },
  { weight: 2, arbitrary: fc.record({ do: kind('thaw'), nth }) },
  { weight: 2, arbitrary: fc.record({ do: kind('place'), scope: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: kind('series'),
      edit: fc.oneof(
        fc.record({ duringFreeze: fc.constantFrom('skip' as const, 'move' as const) }),
        fc.record({ cron: fc.constantFrom('0 3 * * *', '0 */6 * * *', '0 3 * * 0'), durationMinutes: fc.constant(50) }),
        fc.record({ durationMinutes: fc.integer({ min: 10, max: 90 }) }),
      ) satisfies fc.Arbitrary<SeriesEdit>,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'skip' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('start' as const, 'move' as const, 'extend' as const, 'describe' as const),
      nth,
      override,
      by: fc.integer({ min: 5, max: 2000 }),
    }),
  },
);
type Operation = typeof operations extends fc.Arbitrary<infer O> ? O : never;

async function perform(operation: Operation, id: number): Promise<void> {
  const { ctx } = w;
  const window = (from: number, length: number) => w.soon(minutes(from), minutes(length));
  const freezes = await listFreezes(ctx.database, w.account.id, w.clock.now());
  const pick = <T>(all: readonly T[], at: number) => all[at % Math.max(1, all.length)];
  switch (operation.do) {
    case 'wait':
      w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(operation.minutes)));
      return settle(ctx);
    case 'freeze': {
      const { from, length, scope, effect } = operation;
      await addFreeze(ctx, boss, { ...window(from, length), scopeId: scopes[scope] ?? null, reason: 'Frozen', effect });
      return;
    }
    case 'refreeze': {
      const { from, length, scope, effect } = operation;
      const chosen = pick(freezes, operation.nth);
      if (chosen === undefined) return;
      await editFreeze(ctx, boss, chosen.id, { ...window(from, length), scopeId: scopes[scope] ?? null, effect });
      return;
    }
    case 'thaw': {
      const chosen = pick(freezes, operation.nth);
      if (chosen !== undefined) await removeFreeze(ctx, boss, chosen.id);
      return;
    }
    case 'place':
      await editService(ctx, boss, service, { scopeId: scopes[operation.scope] ?? null });
      return;
    case 'series':
      await editSeries(ctx, w.ana, id, operation.edit);
      return;
    case 'pause':
      await pauseSeries(ctx, w.ana, id, 'keep');
      return;
    case 'resume':
      await resumeSeries(ctx, w.ana, id);
      return;
    case 'skip':
      await skipRun(ctx, w.ana, id);
      return;
    default: {
      const open = await listMaintenances(
        ctx.database,
        w.account.id,
        { series: [id], statuses: ['scheduled'] },
        { limit: 100 },
      );
      const run = pick(open, operation.nth);
      if (run === undefined) return;
      const { override: overrideReason, by } = operation;
      const person = overrideReason === undefined ? w.ana : boss;
      if (operation.do === 'start') await start(ctx, person, run.id, undefined, overrideReason);
      else if (operation.do === 'move') await reschedule(ctx, person, run.id, { ...window(by, 40), overrideReason });
      else if (operation.do === 'extend') await extend(ctx, person, run.id, by, { overrideReason });
      else await edit(ctx, person, run.id, { description: `Changed ${by}` }, { overrideReason });
    }
  }
}

/** Those that are in progress now and were not before have no freeze over their plan that is not overridden for them. */
async function expectHeld(id: number, known: Set<number>): Promise<void> {
  const { database } = w.ctx;
  const runs = await listMaintenances(database, w.account.id, { series: [id] }, { limit: 1000 });
  const started = runs.filter((run) => run.startedAt !== null && !known.has(run.id));
  if (started.length === 0) return;
  const freezes = await database.freeze.findMany({ include: { scope: true } });
  const touched = (await database.service.findUniqueOrThrow({ where: { id: service } })).scopeId;
  for (const run of started) {
    known.add(run.id);
    const blocking = freezes.flatMap(({ effect, end, ...freeze }) =>
      effect === 'block' && !run.overriddenFreezes.includes(freeze.id)
        ? [{ ...freeze, end: end ?? freeze.start, effect: 'block' as const }]
        : [],
    );
    const early = run.startedAt !== null && run.startedAt < run.scheduledStart;
    const window =
      early && run.startedAt ? { start: run.startedAt, end: run.endsAt ?? run.scheduledEnd } : plannedWindow(run);
    const place = [...new Set([touched, run.scope?.id ?? null])].flatMap((scope) => scope ?? []);
    expect(findFreezes({ ...window, scopes: place }, blocking)).toEqual([]);
  }
}

/** The run at 16:00 falls into a freeze, and what follows is carried out. */
const FROZEN: Operation[] = [
  { do: 'freeze', from: 200, length: 120, scope: 0, effect: 'block' },
  { do: 'wait', minutes: 300 },
  { do: 'wait', minutes: 600 },
];

test('whatever is done to freezes, series and runs, no run starts in a freeze that blocks unless an admin overrode it', async () => {
  let skipped = 0;
  let moved = 0;
  let began = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DURING_FREEZE),
      fc.array(operations, { minLength: 8, maxLength: 20 }),
      async (duringFreeze, all) => {
        w.clock.moveTo(new Date('2027-03-15T12:00:00Z'));
        const recurrence = { cron: '0 */4 * * *', timezone: 'UTC', durationMinutes: 60 };
        const input = { services: [service], duringFreeze, ...recurrence };
        const { id } = await scheduleSeries(w.ctx, w.ana, seriesInput(input));
        const known = new Set<number>();
        for (const operation of all) {
          try {
            await perform(operation, id);
          } catch (error) {
            // What the present state does not allow is refused, and changes nothing.
            if (!(error instanceof UserError)) throw error;
          }
          await expectHeld(id, known);
        }
        began += known.size;
        const { database } = w.ctx;
        skipped += await database.auditEvent.count({ where: { type: 'maintenance.freeze_skipped' } });
        moved += await database.auditEvent.count({ where: { type: 'maintenance.freeze_moved' } });
        await database.maintenance.deleteMany();
        await database.series.deleteMany();
        await database.freeze.deleteMany();
        await database.auditEvent.deleteMany();
      },
    ),
    { numRuns: cases(12), examples: DURING_FREEZE.map((each) => [each, FROZEN]) },
  );
  expect({ began: began > 0, skipped: skipped > 0, moved: moved > 0 }).toEqual({
    began: true,
    skipped: true,
    moved: true,
  });
}, 3_600_000);
