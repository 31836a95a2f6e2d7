import type { Approvable } from '../../approvals/rules.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import type { RunState } from '../../series/rules.ts';
import type { Content } from '../fields.ts';
import type { Selector } from '../rules/selector.ts';
import type { Status } from '../rules/status.ts';
import { type Maintenance, maintenanceFields, toMaintenance } from './maintenances.ts';
import { coverageColumns, insertedCoverage, updatedCoverage } from './stored-window.ts';

interface Plan extends Content {
  readonly scopeId: number | null;
  readonly timezone: string;
  readonly scheduledStart: Date;
  readonly scheduledEnd: Date;
  readonly nextDueAt: Date | null;
  readonly remindedUntil: Date;
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  readonly selector?: Selector | null;
}

export interface NewMaintenance extends Plan, Approvable {
  readonly accountId: number;
  readonly key: string;
  /** Made through the NodePing interface. */
  readonly adHoc?: boolean;
  readonly owner: { readonly id: string; readonly name: string };
  /** The maintenance that it reopens. */
  readonly reopensId?: number;
  /** Of a series. */
  readonly run?: { readonly seriesId: number; readonly occurrence: Date } | undefined;
}

export async function insertMaintenance(tx: Queries, input: NewMaintenance, now: Date): Promise<Maintenance> {
  const { services, checks, selector, owner, run, requestedBy, ...values } = input;
  const row = await tx.maintenance.create({
    data: {
      ...values,
      requestedBy: [...requestedBy],
      ...insertedCoverage({ services, checks, selector }),
      ownerId: owner.id,
      ownerName: owner.name,
      ...(run && { ...run, runState: 'following' satisfies RunState }),
      createdAt: now,
      updatedAt: now,
    },
    select: maintenanceFields,
  });
  return toMaintenance(row);
}

/**
 * Inserts runs of a series that were missed.
 * @param windows in order, with a new key each; the start is the occurrence
 * @returns their ids, in order
 */
export async function insertMissedRuns(
  tx: Queries,
  input: Content &
    Pick<NewMaintenance, 'accountId' | 'scopeId' | 'timezone' | 'owner' | 'services' | 'checks' | 'selector'>,
  seriesId: number,
  windows: readonly (Interval & { readonly key: string })[],
  now: Date,
): Promise<number[]> {
  const { services, checks, selector, owner, ...values } = input;
  const { accountId } = values;
  const rows = await tx.maintenance.createManyAndReturn({
    data: windows.map(({ key, start, end }) => ({
      ...values,
      key,
      seriesId,
      occurrence: start,
      runState: 'following' satisfies RunState,
      scheduledStart: start,
      scheduledEnd: end,
      remindedUntil: now,
      status: 'failed' satisfies Status,
      missed: true,
      ...coverageColumns(checks, selector),
      ownerId: owner.id,
      ownerName: owner.name,
      createdAt: now,
      updatedAt: now,
    })),
    select: { id: true, scheduledStart: true },
  });
  const ids = rows.sort((a, b) => a.scheduledStart.getTime() - b.scheduledStart.getTime()).map(({ id }) => id);
  await tx.maintenanceService.createMany({
    data: ids.flatMap((maintenanceId) => services.map((serviceId) => ({ accountId, maintenanceId, serviceId }))),
  });
  await tx.maintenanceCheck.createMany({
    data: ids.flatMap((maintenanceId) => (checks ?? []).map((checkId) => ({ accountId, maintenanceId, checkId }))),
  });
  return ids;
}

type Transition = Pick<
  Maintenance,
  'status' | 'missed' | 'startedAt' | 'endedAt' | 'endsAt' | 'postCheckAt' | 'deletedAt'
>;

export interface MaintenanceChanges extends Partial<Plan & Transition & Approvable> {
  /** The checks that the selector chose when the window began. */
  readonly selected?: readonly string[];
  readonly runState?: RunState;
}

/** Writes the changes of a locked maintenance, and increments its version. */
export async function updateMaintenance(tx: Queries, { id }: Maintenance, changes: MaintenanceChanges, now: Date) {
  const { services, checks, selector, selected, requestedBy, ...values } = changes;
  const row = await tx.maintenance.update({
    where: { id },
    data: {
      ...values,
      ...updatedCoverage({ services, checks, selector }),
      ...(selected && { selected: [...selected] }),
      ...(requestedBy && { requestedBy: [...requestedBy] }),
      updatedAt: now,
      version: { increment: 1 },
    },
    select: maintenanceFields,
  });
  return toMaintenance(row);
}
