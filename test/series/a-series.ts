import { listMaintenances } from '../../src/maintenance/repository/list.ts';
import type { ActionContext } from '../../src/platform/transactions.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import type { NewSeriesInput } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';

/** Sundays at 3 in Berlin, for two hours. */
export function seriesInput(values: Partial<NewSeriesInput> & Pick<NewSeriesInput, 'services'>): NewSeriesInput {
  return {
    name: 'Vacuum',
    cron: '0 3 * * 0',
    timezone: 'Europe/Berlin',
    durationMinutes: 120,
    checks: null,
    scopeId: null,
    channels: [],
    ...values,
  };
}

/** All that time asks for now, as the alarm does it: windows first. */
export async function settle(ctx: ActionContext): Promise<void> {
  for (;;) {
    let advance = await advanceDueMaintenances(ctx);
    if (advance.moved.length + advance.failed.length === 0) advance = await planDueSeries(ctx);
    if (advance.failed[0] !== undefined) throw advance.failed[0].error;
    if (advance.moved.length === 0) return;
  }
}

/** The runs of a series by their occurrence: `2027-03-21T02:00 scheduled following`. */
export async function runsOf(
  { database }: ActionContext,
  series: { accountId: number; id: number },
): Promise<string[]> {
  const runs = await listMaintenances(database, series.accountId, { series: [series.id] }, { limit: 10_000 });
  return runs
    .sort((a, b) => occurrence(a) - occurrence(b) || a.id - b.id)
    .map(
      (run) =>
        `${run.run?.occurrence.toISOString().slice(0, 16)} ${run.missed ? 'missed' : run.status} ${run.run?.state}`,
    );
}

function occurrence({ run }: { run: { occurrence: Date } | null }): number {
  return run?.occurrence.getTime() ?? 0;
}
