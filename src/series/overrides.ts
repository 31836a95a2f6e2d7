import { record } from '../audit/record.ts';
import { assertValid } from '../core/errors.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import { MAX_WINDOW_MS, utc } from '../core/time.ts';
import { findFreezes, toNamed, validateReason } from '../freezes/rules.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { needOf, touchedScopes } from '../maintenance/rules/coverage.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { noFrozenRun } from './errors.ts';
import { planRuns, withSeries } from './planning.ts';
import { type Series, updateSeries } from './repository.ts';
import type { FreezeOverride } from './rules.ts';

/** How many runs ahead of a series can be named at once. */
export const MAX_OVERRIDDEN_RUNS = 50;
/** How far ahead runs in freezes are looked for. */
const SEARCHED_MS = 366 * 86_400_000;

/** Which of the runs ahead that freezes skip or move an admin names. */
export interface OverriddenRuns {
  /** Their occurrences; absent: all until then. */
  readonly runs?: readonly Date[] | undefined;
  readonly until?: Date | undefined;
  /** At most so many, the next ones first. */
  readonly count?: number | undefined;
  readonly reason: string;
}

/**
 * Lets the named runs of a series take place at their own time in spite of the freezes that block them now. Runs that are not
 * named, and freezes that are added later, are not affected.
 * @returns the series and the occurrences that it covers
 * @throws UserError `forbidden`, `not-found`, `invalid-request`, or `no-frozen-run`
 */
export async function overrideFreezes(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  { runs, until, count = MAX_OVERRIDDEN_RUNS, reason }: OverriddenRuns,
): Promise<{ readonly series: Series; readonly occurrences: readonly Date[] }> {
  authorize(actor, 'override-freeze');
  assertValid(validateReason('override_reason', reason));
  return withSeries(ctx, actor, id, 'override-freeze', undefined, async (tx, locked, now) => {
    const { series } = locked;
    const coverage = toCoverage(series);
    const last = new Date(Math.min(until?.getTime() ?? Number.POSITIVE_INFINITY, now.getTime() + SEARCHED_MS));
    const between = { start: now, end: new Date(last.getTime() + MAX_WINDOW_MS) };
    const around = await readSurroundings(tx, actor.accountId, { ...needOf(coverage), between });
    const scopes = touchedScopes(around, coverage).map((scope) => scope.id);
    const blocking = around.freezes.filter(({ effect }) => effect === 'block');
    const { id: by, name, source } = actor;
    const named = nextOccurrences(series, now, SEARCHED_OCCURRENCES, last)
      .filter(({ start }) => runs === undefined || runs.some((each) => each.getTime() === start.getTime()))
      .flatMap((occurrence): FreezeOverride[] => {
        const freezes = findFreezes({ ...occurrence, scopes }, blocking);
        const override = { reason: reason.trim(), by: { id: by, name, source } };
        return freezes.length === 0 ? [] : [{ occurrence: occurrence.start, freezes: toNamed(freezes), ...override }];
      })
      .slice(0, Math.min(count, MAX_OVERRIDDEN_RUNS));
    if (named.length === 0) throw noFrozenRun({ key: series.key });
    const occurrences = named.map(({ occurrence }) => occurrence);
    const isNamed = (each: Date) => occurrences.some((occurrence) => occurrence.getTime() === each.getTime());
    const others = series.freezeOverrides.filter(({ occurrence }) => occurrence > now && !isNamed(occurrence));
    const updated = await updateSeries(tx, series, { freezeOverrides: [...others, ...named] }, now);
    await record(tx, actor, now, {
      type: 'series.freeze_overridden',
      subject: { kind: 'series', id },
      after: {
        runs: occurrences.map(utc),
        freezes: [...new Map(named.flatMap(({ freezes }) => freezes.map((freeze) => [freeze.id, freeze]))).values()],
        override_reason: reason.trim(),
      },
    });
    return { series: (await planRuns(tx, { ...locked, series: updated }, now)).series, occurrences };
  });
}

/** Enough for an hourly series for weeks; more are named in several requests. */
const SEARCHED_OCCURRENCES = 1000;
