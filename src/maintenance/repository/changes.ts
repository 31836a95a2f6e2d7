import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../prisma/client/client.ts';
import type { Approvable } from '../../approvals/rules.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import type { RunState } from '../../series/rules.ts';
import type { Content } from '../fields.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../rules/reminders.ts';
import type { Selector } from '../rules/selector.ts';
import type { Status } from '../rules/status.ts';
import { type Maintenance, maintenanceFields, readMaintenances, toMaintenance } from './maintenances.ts';
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
  readonly reopensId?: number;
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
    data: ids.flatMap((maintenanceId) =>
      (checks ?? []).map((checkId, position) => ({ accountId, maintenanceId, checkId, position })),
    ),
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

/** A maintenance that is due at `now`, locked; those that another process has locked are skipped. */
export async function lockDue(tx: Queries, now: Date, except: readonly number[]) {
  const rows = await tx.$queryRaw<{ accountId: number; id: number }[]>`
    select account_id as "accountId", id from maintenances
    where next_due_at <= ${now} and not id = any(${[...except]}::int[])
    order by next_due_at, id limit 1 for update skip locked`;
  return rows[0];
}

/** When the next maintenance or series of any account is due (UTC); null: none ever is. */
export async function findNextDueAt(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ due: Date | null }[]>`
    select least((select min(next_due_at) from maintenances), (select min(next_due_at) from series)) as due`;
  return rows[0]?.due ?? null;
}

/** When the next window of any account starts or ends (UTC); null: none is open. */
export async function findNextStartOrEnd(db: Queries): Promise<Date | null> {
  const rows = await db.$queryRaw<{ next: Date | null }[]>`
    select min(case status when 'scheduled' then scheduled_start_date else ends_at end) as next
    from maintenances where status in ('scheduled', 'in-progress')`;
  return rows[0]?.next ?? null;
}

/** The reminders of a scope (minutes before the start); null: of maintenances without a scope. */
export async function findReminders(db: Queries, accountId: number, scopeId: number | null) {
  if (scopeId === null) return DEFAULT_REMINDERS_MINUTES;
  const scope = await db.scope.findFirst({ where: { accountId, id: scopeId }, select: { reminders: true } });
  return scope?.reminders ?? DEFAULT_REMINDERS_MINUTES;
}

/** Sets the reminders of a locked maintenance, and when it is due next. Its version stays, as people edited nothing. */
export async function setReminded(
  tx: Queries,
  maintenance: Maintenance,
  { remindedUntil, reminders }: Partial<Pick<Maintenance, 'remindedUntil' | 'reminders'>>,
): Promise<void> {
  const changed = { ...maintenance, ...(remindedUntil && { remindedUntil }), ...(reminders && { reminders }) };
  await tx.maintenance.update({
    where: { id: maintenance.id },
    data: { remindedUntil: changed.remindedUntil, nextDueAt: nextDue(changed) },
  });
}

export async function lockScheduledInScope(tx: Queries, accountId: number, scopeId: number): Promise<Maintenance[]> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and scope_id = ${scopeId} and status = 'scheduled'
    order by id for update`;
  return readMaintenances(tx, { where: { accountId, scopeId, status: 'scheduled' }, orderBy: { id: 'asc' } });
}

/** Stores how a sentence was understood until its preview is answered. Returns the id of the draft. */
export async function saveDraft(
  db: Queries,
  accountId: number,
  personId: string,
  content: Prisma.InputJsonObject,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  await db.draft.create({ data: { id, accountId, personId, content, createdAt: now } });
  return id;
}

/** The content of a draft, which the caller validates; undefined: the draft was deleted. */
export async function findDraft(db: Queries, accountId: number, id: string): Promise<unknown> {
  const row = await db.draft.findFirst({ where: { accountId, id }, select: { content: true } });
  return row?.content;
}

export async function discardDraft(db: Queries, accountId: number, id: string): Promise<void> {
  await db.draft.deleteMany({ where: { accountId, id } });
}

/** @param before UTC */
export async function deleteDraftsBefore(db: Queries, before: Date): Promise<void> {
  await db.draft.deleteMany({ where: { createdAt: { lt: before } } });
}
