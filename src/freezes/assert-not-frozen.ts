import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { type Coverage, toCoverage } from '../maintenance/commands/announce.ts';
import { listTouchedScopes } from '../maintenance/repository/coverage.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Interval } from '../maintenance/status.ts';
import { currentWindow } from '../maintenance/times.ts';
import type { Queries } from '../platform/database.ts';
import { listFreezesBetween } from './repository.ts';
import { type Freeze, FreezeConflict, findFreezes, findNewFreezes, validateReason } from './rules.ts';

type Touching = Pick<Coverage, 'scopeId' | 'services' | 'checks' | 'selector'>;
type Window = Interval & Touching;

/** The freezes that a window falls into all the same, and why one that blocks was overridden. */
export interface FreezeCheck {
  readonly freezes: readonly Freeze[];
  readonly overrideReason: string | undefined;
}

export function toWindow(maintenance: Maintenance): Window {
  return { ...currentWindow(maintenance), ...toCoverage(maintenance) };
}

/** The freezes that a window falls into. */
export async function listFreezesOn(db: Queries, accountId: number, window: Window): Promise<Freeze[]> {
  return findFreezes(await placed(db, accountId, window), await listFreezesBetween(db, accountId, window));
}

/**
 * Sees to it that a window may be where it is to be.
 * @param overrideReason why a freeze that blocks should not hold; needed only where there is one
 * @param before the window as it was, where only the freezes that it newly falls into count
 * @throws FreezeConflict, or UserError `forbidden` or `invalid` for an override
 */
export async function assertNotFrozen(
  tx: Queries,
  actor: Actor,
  window: Window,
  overrideReason: string | undefined,
  before?: Window,
): Promise<FreezeCheck> {
  const after = await placed(tx, actor.accountId, window);
  const all = await listFreezesBetween(tx, actor.accountId, window);
  const freezes =
    before === undefined
      ? findFreezes(after, all)
      : findNewFreezes(await placed(tx, actor.accountId, before), after, all);
  const blocking = freezes.filter(({ effect }) => effect === 'block');
  if (blocking.length === 0) return { freezes, overrideReason: undefined };
  if (overrideReason === undefined) throw new FreezeConflict(blocking);
  authorize(actor, 'override-freeze');
  const problems = validateReason('override_reason', overrideReason);
  if (problems.length > 0) throw UserError.invalid(problems);
  return { freezes, overrideReason: overrideReason.trim() };
}

/** Records that a maintenance is in a freeze, which its internal threads tell. */
export async function recordFreezeCheck(
  tx: Queries,
  actor: Actor,
  now: Date,
  maintenanceId: number,
  { freezes, overrideReason }: FreezeCheck,
): Promise<void> {
  if (freezes.length === 0) return;
  await record(tx, actor, now, {
    action: overrideReason === undefined ? 'enter-freeze' : 'override-freeze',
    maintenanceId,
    internal: true,
    after: {
      freezes: freezes.map(({ id, reason }) => ({ id, reason })),
      ...(overrideReason === undefined ? {} : { override_reason: overrideReason }),
    },
  });
}

async function placed(db: Queries, accountId: number, window: Window) {
  const scopes = await listTouchedScopes(db, accountId, window);
  return { start: window.start, end: window.end, scopes: scopes.map(({ id }) => id) };
}
