import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { nextOccurrences } from '../../src/core/recurrence/index.ts';
import { extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { cancel, start } from '../../src/maintenance/commands/transitions.ts';
import { listMaintenances } from '../../src/maintenance/repository/list.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import {
  editSeries,
  pauseSeries,
  resumeSeries,
  type SeriesEdit,
  scheduleSeries,
  skipRun,
} from '../../src/series/commands.ts';
import { findSeries, type Series } from '../../src/series/repository.ts';
import { occursAt, PLAN_AHEAD_MS, PLAN_AHEAD_RUNS } from '../../src/series/rules.ts';
import { cases } from '../draws.ts';
import { hours, minutes, type World, world } from '../world.ts';
import { seriesInput, settle } from './a-series.ts';

let w: World;
let services: number[];
beforeAll(async () => {
  w = await world();
  services = [(await w.service('api')).id, (await w.service('web')).id];
});
afterAll(() => w.close());

const LINES = ['0 3 * * 0', '30 2 * * *', '0 */6 * * *', '15 * * * *', '0 22 * * 1-5', '0 1 1 * *'];
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];

type Operation =
  | { do: 'wait'; minutes: number }
  | { do: 'skip' | 'resume' }
  | { do: 'pause'; runs: 'keep' | 'cancel' | undefined }
  | { do: 'edit'; edit: SeriesEdit }
  | { do: 'cancel' | 'start' | 'extend'; nth: number }
  | { do: 'move'; nth: number; by: number };

const nth = fc.nat(4);
const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 30 * 60 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 9 * 1440 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('skip' as const, 'resume' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pause' as const), runs: fc.constantFrom('keep', 'cancel', undefined) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      edit: fc.oneof(
        fc.record({ cron: fc.constantFrom(...LINES) }),
        fc.record({ timezone: fc.constantFrom(...ZONES) }),
        fc.record({ durationMinutes: fc.integer({ min: 5, max: 45 }), name: fc.constantFrom('a', 'b', 'c') }),
        fc.record({
          services: fc.constantFrom([0], [1], [0, 1]).map((chosen) => chosen.map((index) => services[index] ?? 0)),
        }),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'start' as const, 'extend' as const), nth }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('move' as const), nth, by: fc.integer({ min: 10, max: 3000 }) }),
  },
);

/** Does it as somebody would; what the present state does not allow is refused and changes nothing. */
async function perform(operation: Operation, series: Series, runs: readonly Maintenance[]): Promise<void> {
  const { ctx, ana } = w;
  const open = runs.filter((run) => run.status === 'scheduled');
  const chosen = 'nth' in operation ? open[operation.nth % Math.max(1, open.length)] : undefined;
  if ('nth' in operation && chosen === undefined) return;
  const id = chosen?.id ?? 0;
  switch (operation.do) {
    case 'wait':
      w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(operation.minutes)));
      return settle(ctx);
    case 'skip':
      await skipRun(ctx, ana, series.id);
      return;
    case 'resume':
      await resumeSeries(ctx, ana, series.id);
      return;
    case 'pause':
      await pauseSeries(ctx, ana, series.id, operation.runs);
      return;
    case 'edit':
      await editSeries(ctx, ana, series.id, operation.edit);
      return;
    case 'cancel':
      await cancel(ctx, ana, id, undefined);
      return;
    case 'start':
      await start(ctx, ana, id);
      return;
    case 'extend':
      await extend(ctx, ana, id, 10);
      return;
    case 'move':
      await reschedule(ctx, ana, id, { start: new Date(w.clock.now().getTime() + minutes(operation.by)) });
  }
}

const found = async (id: number) => {
  const series = await findSeries(w.ctx.database, w.account.id, id);
  if (series === undefined) throw new Error('the series is gone');
  return { series, runs: await listMaintenances(w.ctx.database, w.account.id, { series: [id] }, { limit: 10_000 }) };
};
const key = (run: Maintenance) => run.run?.occurrence.getTime() ?? 0;

function mutesFor(series: Series, runs: readonly Maintenance[]): void {
  const now = w.clock.now();
  const standing = runs.filter(({ run }) => run?.state !== 'withdrawn');
  expect(new Set(standing.map(key)).size, 'each occurrence has one run').toBe(standing.length);
  for (const { run, status } of runs) {
    if (run?.state === 'skipped' || run?.state === 'withdrawn') expect(status).toBe('canceled');
  }
  if (!series.enabled) {
    expect(series.nextDueAt).toBeNull();
    return;
  }
  expect(series.nextDueAt?.getTime(), 'it is planned until later').toBeGreaterThan(now.getTime() - hours(0.01));

  // Of what is to come, the first windows have their runs: those within a day, and until one is open.
  const known = new Map(standing.map((run) => [key(run), run]));
  let ahead = 0;
  for (const occurrence of nextOccurrences(series, now, PLAN_AHEAD_RUNS + standing.length)) {
    const soon = occurrence.start.getTime() <= now.getTime() + PLAN_AHEAD_MS;
    if (ahead >= PLAN_AHEAD_RUNS || (!soon && ahead > 0)) break;
    const run = known.get(occurrence.start.getTime());
    expect(run, `${occurrence.start.toISOString()} has a run`).toBeDefined();
    if (run?.status === 'scheduled') ahead += 1;
  }
  expect(ahead, 'one is open ahead').toBeGreaterThan(0);

  // Those that follow are as the series is.
  for (const run of runs) {
    if (run.status !== 'scheduled' || run.run?.state !== 'following' || run.scheduledStart <= now) continue;
    expect(occursAt(series, key(run) === 0 ? now : new Date(key(run)))?.end).toEqual(run.scheduledEnd);
    expect({ name: run.name, services: run.services }).toEqual({ name: series.name, services: series.services });
  }
}

test('whatever is done to a series, each window has one run, the next ones are made, and what was left out stays out', async () => {
  const begin = fc.integer({ min: Date.UTC(2027, 0), max: Date.UTC(2028, 0) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...LINES),
      fc.constantFrom(...ZONES),
      begin,
      fc.array(operations, { minLength: 3, maxLength: 15 }),
      async (cron, timezone, at, steps) => {
        w.clock.moveTo(new Date(at));
        const input = seriesInput({ services: services.slice(0, 1), cron, timezone, durationMinutes: 30 });
        const { id } = await scheduleSeries(w.ctx, w.ana, input);
        for (const step of steps) {
          const { series: _, ...before } = { ...(await found(id)) };
          const decided = before.runs.filter(({ status }) => status !== 'scheduled');
          try {
            await perform(step, (await found(id)).series, before.runs);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
          await settle(w.ctx);
          const after = await found(id);
          mutesFor(after.series, after.runs);
          const known = new Map(after.runs.map((run) => [run.id, run]));
          for (const run of decided) {
            const later = known.get(run.id);
            if (run.status !== 'in-progress') expect(later?.status).toBe(run.status);
            expect(later?.run).toMatchObject({ state: run.run?.state, occurrence: run.run?.occurrence });
          }
        }
        await w.ctx.database.maintenance.deleteMany();
        await w.ctx.database.series.deleteMany();
      },
    ),
    { numRuns: cases(8) },
  );
}, 3_600_000);
