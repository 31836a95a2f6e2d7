import { endNotApproved, growthNotApproved, startNotApproved } from '../../approvals/errors.ts';
import { type ApprovalRefusal, peopleBehind, type StandingApproval } from '../../approvals/rules.ts';
import { record } from '../../audit/record.ts';
import { assertValid, type Problem, UserError } from '../../core/errors.ts';
import { type Actor, authorize, outsideScopes } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { type Freeze, FreezeConflict, findFreezes } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { approvalMissing } from '../errors.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import {
  type Assessment,
  assessChange,
  type EnteredFreezes,
  type Violation,
  validateNewTimes,
} from '../rules/change.ts';
import {
  coveredChecks,
  mergeNeeds,
  needOf,
  type Surroundings,
  spanOf,
  type Touching,
  touchedScopes,
} from '../rules/coverage.ts';
import { approvedCoverage, toExtent } from '../rules/extent.ts';
import type { Times } from '../rules/status.ts';
import { currentWindow, scheduledTimes } from '../rules/times.ts';
import { toCoverage } from './announce.ts';

export interface MaintenanceChange {
  /** Locked; null for a new one. */
  readonly before: Maintenance | null;
  readonly times: Times;
  readonly coverage: Touching;
  readonly problems?: readonly Problem[];
  /** Words a problem of the times for the fields of the command. */
  readonly mapTimesProblem?: (problem: Problem) => Problem;
  /** The people who request it, if not those behind the actor. */
  readonly requesters?: readonly string[];
  /** Of the series that a new one is a run of. */
  readonly standing?: StandingApproval | null;
  /** Whether the texts that people approve change. */
  readonly rewords?: boolean;
  readonly overrideReason?: string | undefined;
  readonly unattended?: boolean;
  readonly recheck?: boolean;
  readonly corrects?: boolean;
  readonly approvalError?: UserError | undefined;
}

/**
 * Reads what the rules need for a change, and applies them.
 * @returns the approval that the change leads to, and the freezes that it enters
 * @throws UserError `invalid-request` with every wrong field, `outside-scopes` or `approval-missing`; FreezeConflict
 */
export async function applyRules(
  tx: Queries,
  actor: Actor,
  now: Date,
  change: MaintenanceChange,
): Promise<Pick<Assessment, 'approval' | 'entered'>> {
  const { before, times, problems = [], mapTimesProblem = (problem) => problem, unattended = false, corrects } = change;
  // Before the first query, as the database does not take all values.
  const timesProblems = unattended ? [] : validateNewTimes(before, times, now, corrects);
  assertValid([...timesProblems.map(mapTimesProblem), ...problems]);
  const assessment = await assess(tx, actor, now, change);
  const [violation] = assessment.violations;
  if (violation !== undefined) refuse(actor, violation, change);
  return assessment;
}

/** @param known what was read for it already */
async function assess(
  db: Queries,
  actor: Actor,
  now: Date,
  change: MaintenanceChange,
  known?: Surroundings,
): Promise<Assessment> {
  const { before, times, coverage, requesters = peopleBehind(actor), ...how } = change;
  const { accountId } = actor;
  const was = before && toCoverage(before);
  const approved = before === null ? change.standing : before.approved;
  const approvedBefore = approved && approvedCoverage(approved, was ?? coverage);
  const needs = [coverage, ...(was ? [was] : []), ...(approvedBefore ? [approvedBefore] : [])].map(needOf);
  const need = mergeNeeds([...needs, { between: currentWindow(times) }]);
  const around = known ?? (await readSurroundings(db, accountId, need));
  const toState = <T extends Times>(window: Touching, state: T) => ({
    ...state,
    scopes: touchedScopes(around, window),
    extent: toExtent(around, window, currentWindow(state)),
  });
  return assessChange({
    ...how,
    before: before && was && toState(was, before),
    after: toState(coverage, times),
    approvedChecks: approvedBefore ? coveredChecks(around, approvedBefore) : [],
    freezes: around.freezes,
    actor,
    requesters,
    now,
  });
}

function refuse(actor: Actor, violation: Violation, change: MaintenanceChange): void {
  switch (violation.rule) {
    case 'times':
    case 'override-reason':
      throw UserError.invalid(violation.problems);
    case 'scopes':
      throw outsideScopes({ actor: actor.name, scopes: actor.scopes ?? [], touched: violation.touched });
    case 'approval':
      throw toApprovalError(violation.refusal, change);
    case 'freeze':
      throw new FreezeConflict(violation.freezes);
    case 'override-permission':
      authorize(actor, 'override-freeze');
  }
}

function toApprovalError(refusal: ApprovalRefusal, { before, approvalError }: MaintenanceChange): UserError {
  const id = before?.id ?? 0;
  switch (refusal.reason) {
    case 'missing':
      return approvalError ?? approvalMissing({ id, approval: refusal.approval });
    case 'growth':
      return growthNotApproved({ id, scopes: refusal.scopes });
    case 'end':
      return endNotApproved({ id, end: refusal.end, latest: refusal.latest }, 'scheduled_end_date');
    case 'start':
      return startNotApproved({ id, start: refusal.start, earliest: refusal.earliest });
  }
}

/**
 * The freezes that a new window would enter, and whether it would need an approval.
 * @param runs other windows on the same services and checks, each of which gets the freezes that block it
 */
export async function forecastRules(
  db: Queries,
  actor: Actor,
  now: Date,
  { start, end, ...coverage }: Interval & Touching,
  runs: readonly Interval[] = [],
) {
  const change = { before: null, times: scheduledTimes({ start, end }), coverage };
  const need = { ...needOf(coverage), between: spanOf([{ start, end }, ...runs]) };
  const around = await readSurroundings(db, actor.accountId, need);
  const { entered, approval } = await assess(db, actor, now, change, around);
  const scopes = touchedScopes(around, coverage).map(({ id }) => id);
  const blocking = around.freezes.filter(({ effect }) => effect === 'block');
  return {
    freezes: entered.freezes,
    needsApproval: approval.approval !== null,
    runs: runs.map((run) => ({ ...run, freezes: findFreezes({ ...run, scopes }, blocking) })),
  };
}

export async function listTouchedScopes(db: Queries, accountId: number, window: Touching) {
  return touchedScopes(await readSurroundings(db, accountId, needOf(window)), window);
}

export async function listFreezesOn(db: Queries, accountId: number, window: Interval & Touching): Promise<Freeze[]> {
  const around = await readSurroundings(db, accountId, { ...needOf(window), between: window });
  return findFreezes({ ...window, scopes: touchedScopes(around, window).map(({ id }) => id) }, around.freezes);
}

/** The freezes that were overridden for a maintenance, once a change overrides those that it enters. */
export function overriddenBy(
  { freezes, overrideReason }: EnteredFreezes,
  before: readonly number[] = [],
): { readonly overriddenFreezes?: readonly number[] } {
  if (overrideReason === undefined) return {};
  const blocking = freezes.filter(({ effect }) => effect === 'block');
  return { overriddenFreezes: [...new Set([...before, ...blocking.map(({ id }) => id)])] };
}

/** Records that a maintenance entered freezes, which its internal threads show. */
export async function recordEnteredFreezes(
  tx: Queries,
  actor: Actor,
  now: Date,
  maintenanceId: number,
  { freezes, overrideReason }: EnteredFreezes,
): Promise<void> {
  if (freezes.length === 0) return;
  const after = { freezes: freezes.map(({ id, reason }) => ({ id, reason })) };
  const event =
    overrideReason === undefined
      ? ({ type: 'maintenance.freeze_entered', after } as const)
      : ({ type: 'maintenance.freeze_overridden', after: { ...after, override_reason: overrideReason } } as const);
  await record(tx, actor, now, { maintenanceId, internal: true, ...event });
}
