import type { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import { visibleScopes } from '../../maintenance/repository/visibility.ts';
import { OPEN_STATUSES, type Visibility } from '../../maintenance/rules/status.ts';
import { readVisibility } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, escapeLike } from '../../platform/rows.ts';

export interface Scope {
  id: number;
  name: string;
}

export interface ScopeSettings extends Scope {
  description: string;
  visibility: Visibility;
  /** Minutes before the start of a maintenance, longest first. */
  reminders: number[];
  /** Maintenances that touch the scope need an approval to start. */
  requiresApproval: boolean;
}

export interface ScopeValues {
  name: string;
  description?: string | undefined;
  visibility?: Visibility | undefined;
}

const scopeFields = {
  id: true,
  name: true,
  description: true,
  reminders: true,
  requiresApproval: true,
  visibility: true,
} as const;

const toScope = <Row extends { visibility: string }>(row: Row) => ({
  ...row,
  visibility: readVisibility(row.visibility),
});

/** @param query selects scopes of one account */
export async function readScopes(
  db: Queries,
  query: Pick<Prisma.ScopeFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ScopeWhereInput },
): Promise<ScopeSettings[]> {
  return (await db.scope.findMany({ ...query, select: scopeFields })).map(toScope);
}

export async function listScopes(
  db: Queries,
  accountId: number,
  reader: Reader = 'internal',
): Promise<ScopeSettings[]> {
  const where = { accountId, removedAt: null, AND: [visibleScopes(reader)] };
  return readScopes(db, { where, orderBy: [...byName] });
}

export async function findScope(db: Queries, accountId: number, id: number): Promise<ScopeSettings | null> {
  if (!isId(id)) return null;
  return (await readScopes(db, { where: { accountId, id, removedAt: null } }))[0] ?? null;
}

/** Ignores case. */
export async function findScopeByName(db: Queries, accountId: number, name: string): Promise<Scope | null> {
  return db.scope.findFirst({
    where: { accountId, removedAt: null, name: { equals: escapeLike(name), mode: 'insensitive' } },
    select: { id: true, name: true },
  });
}

export async function createScope(db: Queries, accountId: number, scope: ScopeValues): Promise<ScopeSettings> {
  const { name, description = '', visibility = 'public' } = scope;
  const data = { accountId, name, description, visibility };
  return toScope(await db.scope.create({ data, select: scopeFields }));
}

export async function updateScope(
  db: Queries,
  accountId: number,
  id: number,
  data: Omit<ScopeSettings, 'id'>,
): Promise<void> {
  await db.scope.update({ where: { accountId, id }, data });
}

/** The names of the services of a scope. */
export async function listServicesInScope(db: Queries, accountId: number, scopeId: number): Promise<string[]> {
  const where = { accountId, scopeId, removedAt: null };
  const rows = await db.service.findMany({ where, orderBy: [...byName], select: { name: true } });
  return rows.map(({ name }) => name);
}

/** Keeps the row, as past maintenances name the scope. */
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
  accountId: number,
  where: { scopeId: number } | { services: { some: { serviceId: number } } },
): Promise<Usage> {
  const orderBy = { id: 'asc' } as const;
  const open = { deletedAt: null, status: { in: [...OPEN_STATUSES] } };
  const maintenances = await db.maintenance.findMany({
    where: { accountId, ...open, ...where },
    select: { id: true },
    orderBy,
  });
  const series = await db.series.findMany({ where: { accountId, ...where }, select: { key: true }, orderBy });
  return { maintenances: maintenances.map(({ id }) => id), series: series.map(({ key }) => key) };
}
