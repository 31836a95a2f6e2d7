import type { Approval } from '../../approvals/rules.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import type { RunState } from '../../series/rules.ts';
import type { Content } from '../fields.ts';
import type { Selector } from '../rules/selector.ts';
import type { Status } from '../rules/status.ts';
import { type Maintenance, maintenanceFields, toMaintenance } from './maintenances.ts';

export interface NewMaintenance extends Content {
  accountId: number;
  key: string;
  /** Made through the NodePing interface. */
  adHoc?: boolean;
  scopeId: number | null;
  timezone: string;
  scheduledStart: Date;
  scheduledEnd: Date;
  nextDueAt: Date | null;
  remindedUntil: Date;
  owner: { id: string; name: string };
  approval: Approval | null;
  requestedBy: readonly string[];
  services: readonly number[];
  checks: readonly string[] | null;
  selector?: Selector | null;
  /** The maintenance that it goes on with. */
  reopensId?: number;
  /** Of a series. */
  run?: { readonly seriesId: number; readonly occurrence: Date };
}

/** The columns of a selector; undefined: as they are. */
export function toSelectorColumns(selector: Selector | null | undefined) {
  if (selector === undefined) return {};
  return { selector: selector?.text ?? null, selectorFollows: selector?.follows ?? false };
}

export async function insertMaintenance(tx: Queries, input: NewMaintenance, now: Date): Promise<Maintenance> {
  const { services, checks, selector, owner, run, requestedBy, ...values } = input;
  const { id } = await tx.maintenance.create({
    data: {
      ...values,
      requestedBy: [...requestedBy],
      namesChecks: checks !== null,
      ...toSelectorColumns(selector),
      ownerId: owner.id,
      ownerName: owner.name,
      ...(run === undefined ? {} : { ...run, runState: 'following' satisfies RunState }),
      createdAt: now,
      updatedAt: now,
    },
    select: { id: true },
  });
  await replaceServices(tx, input.accountId, id, services);
  await replaceChecks(tx, input.accountId, id, checks ?? []);
  const row = await tx.maintenance.findUniqueOrThrow({ where: { id }, select: maintenanceFields });
  return toMaintenance(row);
}

/**
 * Records windows of a series that passed while nothing ran.
 * @param windows in order, with a new key each; the start is the occurrence
 * @returns their ids, in order
 */
export async function insertMissedRuns(
  tx: Queries,
  input: Omit<
    NewMaintenance,
    'key' | 'scheduledStart' | 'scheduledEnd' | 'nextDueAt' | 'remindedUntil' | 'approval' | 'requestedBy' | 'run'
  >,
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
      namesChecks: checks !== null,
      ...toSelectorColumns(selector),
      ownerId: owner.id,
      ownerName: owner.name,
      createdAt: now,
      updatedAt: now,
    })),
    select: { id: true, scheduledStart: true },
  });
  const ids = rows.sort((a, b) => a.scheduledStart.getTime() - b.scheduledStart.getTime()).map(({ id }) => id);
  const pairs = <T>(of: readonly T[]) => ids.flatMap((maintenanceId) => of.map((each) => ({ maintenanceId, each })));
  await tx.maintenanceService.createMany({
    data: pairs(services).map(({ maintenanceId, each }) => ({ accountId, maintenanceId, serviceId: each })),
  });
  await tx.maintenanceCheck.createMany({
    data: pairs(checks ?? []).map(({ maintenanceId, each }) => ({ accountId, maintenanceId, checkId: each })),
  });
  return ids;
}

export interface MaintenanceChanges extends Partial<Content> {
  status?: Status;
  missed?: boolean;
  scopeId?: number | null;
  timezone?: string;
  scheduledStart?: Date;
  scheduledEnd?: Date;
  startedAt?: Date | null;
  endedAt?: Date | null;
  endsAt?: Date | null;
  postCheckAt?: Date | null;
  nextDueAt?: Date | null;
  remindedUntil?: Date;
  services?: readonly number[];
  checks?: readonly string[] | null;
  selector?: Selector | null;
  /** What the selector chose when the window began. */
  selected?: readonly string[];
  runState?: RunState;
  approval?: Approval | null;
  requestedBy?: readonly string[];
  deletedAt?: Date;
}

/** Writes the changes of a locked maintenance and counts its version up. */
export async function updateMaintenance(
  tx: Queries,
  maintenance: Maintenance,
  changes: MaintenanceChanges,
  now: Date,
): Promise<Maintenance> {
  const { services, checks, selector, selected, requestedBy, ...values } = changes;
  const { accountId, id } = maintenance;
  if (services !== undefined) await replaceServices(tx, accountId, id, services);
  if (checks !== undefined) await replaceChecks(tx, accountId, id, checks ?? []);
  const row = await tx.maintenance.update({
    where: { id },
    data: {
      ...values,
      ...(checks === undefined ? {} : { namesChecks: checks !== null }),
      ...toSelectorColumns(selector),
      ...(selected === undefined ? {} : { selected: [...selected] }),
      ...(requestedBy === undefined ? {} : { requestedBy: [...requestedBy] }),
      updatedAt: now,
      version: { increment: 1 },
    },
    select: maintenanceFields,
  });
  return toMaintenance(row);
}

async function replaceServices(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  ids: readonly number[],
): Promise<void> {
  await tx.maintenanceService.deleteMany({ where: { accountId, maintenanceId } });
  await tx.maintenanceService.createMany({ data: ids.map((serviceId) => ({ accountId, maintenanceId, serviceId })) });
}

async function replaceChecks(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  ids: readonly string[],
): Promise<void> {
  await tx.maintenanceCheck.deleteMany({ where: { accountId, maintenanceId } });
  await tx.maintenanceCheck.createMany({ data: ids.map((checkId) => ({ accountId, maintenanceId, checkId })) });
}
