import type { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import { visibleScopes } from '../../maintenance/repository/visibility.ts';
import { OPEN_STATUSES, type Visibility } from '../../maintenance/rules/status.ts';
import { readVisibility } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, escapeLike } from '../../platform/stored-values.ts';

export interface Scope {
  id: number;
  name: string;
}

/** A scope with what is set for all its maintenances. */
export interface ScopeSettings extends Scope {
  description: string;
  /** How long before its start a maintenance is reminded of (minutes), longest first. */
  reminders: number[];
  /** A second person approves each maintenance that touches it, or it does not start. */
  requiresApproval: boolean;
  visibility: Visibility;
}

const scopeFields = {
  id: true,
  name: true,
  description: true,
  reminders: true,
  requiresApproval: true,
  visibility: true,
} as const;

function toScopeSettings<T extends { visibility: string }>(row: T): Omit<T, 'visibility'> & { visibility: Visibility } {
  return { ...row, visibility: readVisibility(row.visibility) };
}

export async function listScopes(
  db: Queries,
  accountId: number,
  reader: Reader = 'internal',
): Promise<ScopeSettings[]> {
  const rows = await db.scope.findMany({
    where: { accountId, removedAt: null, AND: [visibleScopes(reader)] },
    orderBy: [...byName],
    select: scopeFields,
  });
  return rows.map(toScopeSettings);
}

export async function findScope(db: Queries, accountId: number, id: number): Promise<ScopeSettings | null> {
  if (!isId(id)) return null;
  const row = await db.scope.findFirst({ where: { accountId, id, removedAt: null }, select: scopeFields });
  return row && toScopeSettings(row);
}

/** What can be said of a scope besides its reminders and approvals, which concern what is scheduled. */
export interface ScopeValues {
  name: string;
  description?: string | undefined;
  visibility?: Visibility | undefined;
}

export async function createScope(db: Queries, accountId: number, scope: ScopeValues): Promise<ScopeSettings> {
  const { name, description = '', visibility = 'public' } = scope;
  const data = { accountId, name, description, visibility };
  return toScopeSettings(await db.scope.create({ data, select: scopeFields }));
}

export async function updateScope(db: Queries, id: number, values: ScopeValues): Promise<void> {
  const { name, description, visibility } = values;
  await db.scope.update({
    where: { id },
    data: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(visibility === undefined ? {} : { visibility }),
    },
  });
}

/** Rows as scopes; what to look for, in which order and how many is for the query to say, the account included. */
export async function readScopes(
  db: Queries,
  query: Pick<Prisma.ScopeFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ScopeWhereInput },
): Promise<ScopeSettings[]> {
  return (await db.scope.findMany({ ...query, select: scopeFields })).map(toScopeSettings);
}

/** Whether a scope has that name already, whatever its case. */
export async function findScopeByName(db: Queries, accountId: number, name: string): Promise<Scope | null> {
  return db.scope.findFirst({
    where: { accountId, removedAt: null, name: { equals: escapeLike(name), mode: 'insensitive' } },
    select: { id: true, name: true },
  });
}

/** The names of the services of a scope. */
export async function listServicesInScope(db: Queries, accountId: number, scopeId: number): Promise<string[]> {
  const where = { accountId, scopeId, removedAt: null };
  const rows = await db.service.findMany({ where, orderBy: [...byName], select: { name: true } });
  return rows.map(({ name }) => name);
}

export async function findScopeUsage(db: Queries, accountId: number, id: number): Promise<Usage> {
  const maintenances = { accountId, deletedAt: null, status: { in: [...OPEN_STATUSES] }, scopeId: id };
  return readUsage(db, maintenances, { accountId, scopeId: id });
}

export async function removeScopeRow(tx: Queries, accountId: number, id: number, now: Date): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, scopeId: id } });
  await tx.freeze.deleteMany({ where: { accountId, scopeId: id } });
  await tx.scope.update({ where: { accountId, id }, data: { removedAt: now } });
}

/** What still needs a scope or a service: the ids of open maintenances and the keys of series. */
export interface Usage {
  readonly maintenances: readonly number[];
  readonly series: readonly string[];
}

export async function readUsage(
  db: Queries,
  open: Prisma.MaintenanceWhereInput,
  series: Prisma.SeriesWhereInput,
): Promise<Usage> {
  const maintenances = await db.maintenance.findMany({ where: open, select: { id: true }, orderBy: { id: 'asc' } });
  const recurring = await db.series.findMany({ where: series, select: { key: true }, orderBy: { id: 'asc' } });
  return { maintenances: maintenances.map(({ id }) => id), series: recurring.map(({ key }) => key) };
}
