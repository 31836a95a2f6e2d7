import { record } from '../../audit/record.ts';
import { type Problem, UserError } from '../../core/errors.ts';
import { type Actor, authorize, outsideScopes } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { listFreezesBetween } from '../../freezes/repository.ts';
import { type Freeze, FreezeConflict, findFreezes } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { approvalMissing } from '../errors.ts';
import { listTouchedScopes } from '../repository/coverage.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import {
  type Assessment,
  assessChange,
  type EnteredFreezes,
  type Violation,
  validateNewTimes,
} from '../rules/change.ts';
import type { Times } from '../rules/status.ts';
import { currentWindow } from '../rules/times.ts';
import { type Coverage, toCoverage } from './announce.ts';

type Touching = Pick<Coverage, 'scopeId' | 'services' | 'checks' | 'selector'>;

export interface MaintenanceChange {
  /** Locked; null for a new one. */
  readonly before: Maintenance | null;
  readonly after: { readonly times: Times; readonly coverage: Touching };
  /** What is wrong with its other fields. */
  readonly problems?: readonly Problem[];
  /** Reports what is wrong with the times under the fields of a command. */
  readonly mapTimesProblem?: (problem: Problem) => Problem;
  /** Who asks for a new one, if not the actor. */
  readonly requesterId?: string;
  readonly overrideReason?: string | undefined;
  readonly unattended?: boolean;
  readonly recheck?: boolean;
  /** What to throw when it would start without an approval. */
  readonly approvalError?: UserError | undefined;
}

/**
 * Reads what the rules need to know of a change, and applies them.
 * @returns the approval that the change leads to, and the freezes that it enters
 * @throws UserError `invalid` with every field that is wrong, `outside-scopes`, or a missing approval; FreezeConflict
 */
export async function applyRules(
  tx: Queries,
  actor: Actor,
  now: Date,
  change: MaintenanceChange,
): Promise<Pick<Assessment, 'approval' | 'entered'>> {
  const { before, after, problems = [], mapTimesProblem = (problem) => problem, unattended = false } = change;
  // Nothing is looked up by values that the database does not take.
  const times = unattended ? [] : validateNewTimes(before, after.times, now);
  if (times.length + problems.length > 0) throw UserError.invalid([...times.map(mapTimesProblem), ...problems]);
  const assessment = await assess(tx, actor, now, change);
  const [violation] = assessment.violations;
  if (violation !== undefined) refuse(actor, violation, change);
  return assessment;
}

async function assess(db: Queries, actor: Actor, now: Date, change: MaintenanceChange): Promise<Assessment> {
  const { before, after, requesterId = actor.id, overrideReason, unattended, recheck } = change;
  const { accountId } = actor;
  const scopes = await listTouchedScopes(db, accountId, after.coverage);
  const freezes = await listFreezesBetween(db, accountId, currentWindow(after.times));
  const scopesBefore =
    before === null || freezes.length === 0 ? [] : await listTouchedScopes(db, accountId, toCoverage(before));
  return assessChange({
    before: before && { ...before, scopes: scopesBefore },
    after: { ...after.times, scopes },
    freezes,
    actor,
    requesterId,
    now,
    overrideReason,
    unattended,
    recheck,
  });
}

function refuse(actor: Actor, violation: Violation, { before, approvalError }: MaintenanceChange): void {
  switch (violation.rule) {
    case 'times':
    case 'override-reason':
      throw UserError.invalid(violation.problems);
    case 'scopes':
      throw outsideScopes({ actor: actor.name, scopes: actor.scopes ?? [], touched: violation.touched });
    case 'approval':
      throw approvalError ?? approvalMissing({ id: before?.id ?? 0, approval: violation.approval });
    case 'freeze':
      throw new FreezeConflict(violation.freezes);
    case 'override-permission':
      authorize(actor, 'override-freeze');
  }
}

/** What the rules say of a new window, for a preview. */
export async function forecastRules(
  db: Queries,
  actor: Actor,
  now: Date,
  { start, end, ...coverage }: Interval & Touching,
): Promise<{ readonly freezes: readonly Freeze[]; readonly needsApproval: boolean }> {
  const times = newTimes({ start, end });
  const { entered, approval } = await assess(db, actor, now, { before: null, after: { times, coverage } });
  return { freezes: entered.freezes, needsApproval: approval.approval !== null };
}

/** The times of a maintenance that is not scheduled yet. */
export function newTimes({ start, end }: Interval): Times {
  return {
    status: 'scheduled',
    scheduledStart: start,
    scheduledEnd: end,
    startedAt: null,
    endsAt: null,
    endedAt: null,
  };
}

/** The freezes that a window is in. */
export async function listFreezesOn(db: Queries, accountId: number, window: Interval & Touching): Promise<Freeze[]> {
  const scopes = (await listTouchedScopes(db, accountId, window)).map(({ id }) => id);
  return findFreezes({ ...window, scopes }, await listFreezesBetween(db, accountId, window));
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
  const about = { maintenanceId, internal: true };
  const entered = freezes.map(({ id, reason }) => ({ id, reason }));
  if (overrideReason === undefined) {
    await record(tx, actor, now, { ...about, type: 'maintenance.freeze_entered', after: { freezes: entered } });
    return;
  }
  const after = { freezes: entered, override_reason: overrideReason };
  await record(tx, actor, now, { ...about, type: 'maintenance.freeze_overridden', after });
}
