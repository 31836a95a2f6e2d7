import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import type { Actor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { prefetch } from '../maintenance/commands/prefetch.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { coveredChecks, needOf } from '../maintenance/rules/coverage.ts';
import { toExtent } from '../maintenance/rules/extent.ts';
import { plannedWindow } from '../maintenance/rules/times.ts';
import type { ActionContext, Repeated } from '../platform/transactions.ts';
import { withSeries } from '../series/planning.ts';
import { type Series, updateSeries } from '../series/repository.ts';
import { approveLocked } from './commands.ts';
import {
  seriesApprovalInvalid,
  seriesApprovalNotNeeded,
  seriesOutdated,
  seriesSecondPersonRequired,
} from './errors.ts';
import { isAnotherPerson, isRunApproved, MAX_SERIES_APPROVAL_DAYS, type StandingApproval } from './rules.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * Approves a series as it is for some days: its runs that end until then start approved, and those that are scheduled and
 * await an approval have it.
 * @param options.version that the person saw
 * @throws UserError `forbidden`, `not-found`, `second-person-required`, `invalid-request`, or `conflict` when no scope of the
 *   series requires an approval or it changed
 */
export async function approveSeries<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  { days, version }: { readonly days: number; readonly version?: number | undefined },
  once?: Once,
): Promise<Series | Repeated<Once>> {
  return withSeries(ctx, actor, id, 'approve', once, async (tx, { series, runs }, now) => {
    const { key, accountId } = series;
    if (!isAnotherPerson(series, actor.id)) throw seriesSecondPersonRequired({ actor: actor.name, key });
    if (version !== undefined && version !== series.version) throw seriesOutdated({ key });
    const max = MAX_SERIES_APPROVAL_DAYS;
    if (!Number.isInteger(days) || days < 1 || days > max) {
      throw UserError.invalid([seriesApprovalInvalid.at('days', { days, max })]);
    }
    const until = new Date(now.getTime() + days * DAY_MS);
    const coverage = toCoverage(series);
    await prefetch(tx, runs, { events: 1 });
    const around = await readSurroundings(tx, accountId, needOf(coverage));
    const { scopes, services, checks, selector } = toExtent(around, coverage, { start: now, end: until });
    if (scopes.length === 0) throw seriesApprovalNotNeeded({ key });
    const standing: StandingApproval = {
      ...{ scopes, services, checks, selector, until },
      by: { id: actor.id, name: actor.name },
    };
    const approved = await updateSeries(tx, series, { standingApproval: standing }, now);
    await record(tx, actor, now, {
      type: 'series.approved',
      subject: { kind: 'series', id },
      before: { approved_until: series.standingApproval && utc(series.standingApproval.until) },
      after: { approved_until: utc(until), requested_by: [...series.requestedBy] },
    });
    const approvedChecks = coveredChecks(around, coverage);
    for (const run of runs) {
      const extent = toExtent(around, toCoverage(run), plannedWindow(run));
      const awaits = run.approval === 'pending' && run.run?.state === 'following' && isAnotherPerson(run, actor.id);
      if (awaits && isRunApproved({ after: { extent }, standing, approvedChecks })) {
        await approveLocked(tx, actor, now, run);
      }
    }
    return approved;
  });
}
