import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { nextOccurrences } from '../core/recurrence/index.ts';
import { type Interval, MAX_WINDOW_MS, utc } from '../core/time.ts';
import { describeReasons, findFreezes, type Placement, placeRun, toNamed } from '../freezes/rules.ts';
import { toCoverage } from '../maintenance/commands/announce.ts';
import { changeLocked } from '../maintenance/commands/edit.ts';
import { endMaintenance } from '../maintenance/commands/transitions.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { needOf, touchedScopes } from '../maintenance/rules/coverage.ts';
import { plannedWindow } from '../maintenance/rules/times.ts';
import type { Queries } from '../platform/database.ts';
import type { FreezeOverride } from './rules.ts';

/**
 * Where a locked run takes place whose start has come: freezes, and what it covers, may have changed since it was planned.
 * @returns undefined: as planned
 */
export async function placeAtStart(tx: Queries, run: Maintenance): Promise<Placement | undefined> {
  if (run.run === null) return undefined;
  const { accountId, overriddenFreezes: overridden } = run;
  const { series, occurrence } = run.run;
  const coverage = toCoverage(run);
  const window = plannedWindow(run);
  const readFreezes = async (between: Interval) => {
    const around = await readSurroundings(tx, accountId, { ...needOf(coverage), between });
    return { freezes: around.freezes, scopes: touchedScopes(around, coverage).map(({ id }) => id) };
  };
  const { freezes, scopes } = await readFreezes(window);
  const blocking = freezes.filter(({ id, effect }) => effect === 'block' && !overridden.includes(id));
  if (findFreezes({ ...window, scopes }, blocking).length === 0) return undefined;
  const next = nextOccurrences(series, occurrence)[0]?.start;
  const until = next ?? new Date(window.end.getTime() + MAX_WINDOW_MS);
  const all = until <= window.end ? freezes : (await readFreezes({ start: window.start, end: until })).freezes;
  const { duringFreeze } = series;
  return placeRun({ ...window, scopes }, all, { duringFreeze, overridden, nextStart: () => next });
}

/**
 * Skips a locked, scheduled run, or moves it, as its placement says.
 * @param options.channels where it is announced besides the subscribed ones
 * @param options.overridden the ids of freezes that an admin overrode for it since
 */
export async function holdRun(
  tx: Queries,
  run: Maintenance,
  placement: Placement,
  now: Date,
  {
    channels,
    overridden = [],
  }: { readonly channels?: readonly string[]; readonly overridden?: readonly number[] } = {},
): Promise<Maintenance> {
  const actor = systemActor(run.accountId);
  const { outcome, freezes, start, end } = placement;
  const freezeReason = describeReasons(freezes);
  if (outcome === 'skipped') {
    const skip = { runState: 'frozen', freezeReason, freezes: toNamed(freezes) } as const;
    return endMaintenance(tx, actor, run, now, 'canceled', 'maintenance.freeze_skipped', skip);
  }
  return changeLocked(tx, actor, now, run, {
    times: { scheduledStart: start, scheduledEnd: end },
    values: {
      ...(run.run && { runState: run.run.state }),
      freezeReason,
      overriddenFreezes: [...new Set([...run.overriddenFreezes, ...overridden])],
    },
    unattended: true,
    ...(channels && { channels }),
    event: (moved) => (outcome === 'moved' ? moveEvent(moved, plannedWindow(run), placement) : returnEvent(run, moved)),
  });
}

const recordPlan = ({ start, end }: Interval) => ({ scheduled_start_date: utc(start), scheduled_end_date: utc(end) });

function moveEvent({ id }: Maintenance, before: Interval, placement: Placement) {
  return {
    type: 'maintenance.freeze_moved',
    maintenanceId: id,
    before: recordPlan(before),
    after: { ...recordPlan(placement), freezes: toNamed(placement.freezes) },
  } as const;
}

/** Back to its own window, once the freeze that moved it is lifted. */
function returnEvent(before: Maintenance, after: Maintenance) {
  const record = (run: Maintenance) => ({ ...recordPlan(plannedWindow(run)), timezone: run.timezone });
  return {
    type: 'maintenance.rescheduled',
    maintenanceId: after.id,
    before: record(before),
    after: record(after),
  } as const;
}

/** Records that a new run was made at another time than its series says. */
export async function recordMove(tx: Queries, run: Maintenance, placement: Placement, now: Date): Promise<void> {
  const start = run.run?.occurrence ?? placement.start;
  const length = placement.end.getTime() - placement.start.getTime();
  const before = { start, end: new Date(start.getTime() + length) };
  await record(tx, systemActor(run.accountId), now, moveEvent(run, before, placement));
}

/** Records who overrode freezes for a run, which its internal threads show. */
export async function recordOverride(
  tx: Queries,
  run: Maintenance,
  override: FreezeOverride,
  now: Date,
): Promise<void> {
  const { by, reason, freezes } = override;
  await record(tx, { ...systemActor(run.accountId), ...by }, now, {
    type: 'maintenance.freeze_overridden',
    maintenanceId: run.id,
    internal: true,
    after: { freezes: [...freezes], override_reason: reason },
  });
}
