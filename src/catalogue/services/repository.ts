import type { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Audience, Reader } from '../../core/permissions.ts';
import { seesService, visibleMaintenances, visibleServices } from '../../maintenance/repository/visibility.ts';
import type { ServiceStatus, Visibility } from '../../maintenance/rules/status.ts';
import { effectiveStatus, readServiceStatus } from '../../maintenance/rules/status.ts';
import { readVisibility, serviceAudience } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, escapeLike } from '../../platform/rows.ts';
import { queryRows, sql } from '../../platform/sql.ts';
import type { Scope } from '../scopes/repository.ts';

export interface Service {
  id: number;
  name: string;
  scope: Scope | null;
  /** Considers the visibility of its scope, too. */
  audience: Audience;
  /** The worst of its own status and of the maintenances in progress on it. */
  status: ServiceStatus;
}

export interface ServiceSettings extends Service {
  description: string;
  /** Its own, without that of its scope. */
  visibility: Visibility;
  /** Slack user ids. */
  owners: string[];
  /** Ids of its checks. */
  checks: string[];
}

export interface ServiceValues {
  name: string;
  scopeId: number | null;
  description?: string | undefined;
  visibility?: Visibility | undefined;
  /** Slack user ids. */
  owners?: readonly string[] | undefined;
}

/** Its status comes from the maintenances that the reader may see. */
const serviceFieldsFor = (reader: Reader) =>
  ({
    id: true,
    name: true,
    status: true,
    visibility: true,
    scope: { select: { id: true, name: true, visibility: true } },
    maintenances: {
      where: { maintenance: { AND: [{ status: 'in-progress' }, visibleMaintenances(reader)] } },
      select: { maintenance: { select: { serviceStatus: true } } },
    },
  }) as const satisfies Prisma.ServiceSelect;

const settingsFieldsFor = (reader: Reader) =>
  ({
    ...serviceFieldsFor(reader),
    description: true,
    owners: true,
    checks: { where: { check: { removedAt: null } }, select: { checkId: true }, orderBy: { checkId: 'asc' } },
  }) as const satisfies Prisma.ServiceSelect;

type Row<Select extends Prisma.ServiceSelect> = Prisma.ServiceGetPayload<{ select: Select }>;

function toService(row: Row<ReturnType<typeof serviceFieldsFor>>): Service {
  const { id, name, scope } = row;
  const visibility = readVisibility(row.visibility);
  return {
    id,
    name,
    scope: scope && { id: scope.id, name: scope.name },
    audience: serviceAudience({ visibility, scope: scope && { visibility: readVisibility(scope.visibility) } }),
    status: effectiveStatus(
      readServiceStatus(row.status),
      row.maintenances.map(({ maintenance }) => readServiceStatus(maintenance.serviceStatus)),
    ),
  };
}

/** Services whose own name or scope's name contains the text, or both as they are displayed: `Production / api`. */
function matchingServices(text: string): Prisma.ServiceWhereInput[] {
  const containing = (part: string) => ({ contains: escapeLike(part), mode: 'insensitive' as const });
  const [, scope, name] = /^(.*?)\s*\/\s*(.*)$/s.exec(text) ?? [];
  return [
    { name: containing(text) },
    { scope: { name: containing(text) } },
    ...(scope === undefined || name === undefined
      ? []
      : [{ name: containing(name), scope: { name: containing(scope) } }]),
  ];
}

interface ServiceFilter {
  readonly reader?: Reader;
  /** Part of their name. */
  readonly matching?: string;
  readonly ids?: readonly number[];
  /** Includes removed services. */
  readonly removed?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** By name. */
export async function listServices(db: Queries, accountId: number, filter: ServiceFilter = {}): Promise<Service[]> {
  const { reader = 'internal', matching, ids, removed = false, limit, offset = 0 } = filter;
  const rows = await db.service.findMany({
    where: {
      accountId,
      ...(removed ? {} : { removedAt: null }),
      AND: [visibleServices(reader)],
      ...(matching ? { OR: matchingServices(matching) } : {}),
      ...(ids ? { id: { in: ids.filter(isId) } } : {}),
    },
    orderBy: [...byName],
    select: serviceFieldsFor(reader),
    skip: offset,
    ...(limit === undefined ? {} : { take: limit }),
  });
  return rows.map(toService);
}

export type ServiceName = Pick<Service, 'id' | 'name' | 'scope'>;

/** All that the reader can see, by name. Sentences are read with thousands of them, so there is no work for each row. */
export async function listServiceNames(db: Queries, accountId: number, reader: Reader): Promise<ServiceName[]> {
  return queryRows<ServiceName>(
    db,
    sql`
      select s.id, s.name,
        case when scopes.id is not null then json_build_object('id', scopes.id, 'name', scopes.name) end as scope
      from services s left join scopes on scopes.id = s.scope_id
      where s.account_id = ${accountId} and s.removal_date is null and ${seesService(reader)}
      order by s.name, s.id`,
  );
}

export async function countServices(db: Queries, accountId: number): Promise<number> {
  return db.service.count({ where: { accountId, removedAt: null } });
}

/** Ignores case. */
export async function findServiceByName(
  db: Queries,
  accountId: number,
  name: string,
  scopeId: number | null,
): Promise<Service | null> {
  const row = await db.service.findFirst({
    where: { accountId, scopeId, removedAt: null, name: { equals: escapeLike(name), mode: 'insensitive' } },
    select: serviceFieldsFor('internal'),
  });
  return row && toService(row);
}

/** @param query selects services of one account */
export async function readServices(
  db: Queries,
  reader: Reader,
  query: Pick<Prisma.ServiceFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ServiceWhereInput },
): Promise<ServiceSettings[]> {
  const rows = await db.service.findMany({ ...query, select: settingsFieldsFor(reader) });
  return rows.map((row) => {
    const { description, owners, checks } = row;
    const visibility = readVisibility(row.visibility);
    return { ...toService(row), description, visibility, owners, checks: checks.map(({ checkId }) => checkId) };
  });
}

export async function findService(db: Queries, accountId: number, id: number): Promise<ServiceSettings | null> {
  if (!isId(id)) return null;
  return (await readServices(db, 'internal', { where: { accountId, id, removedAt: null } }))[0] ?? null;
}

export async function createService(db: Queries, accountId: number, service: ServiceValues): Promise<Service> {
  const { name, scopeId, description = '', visibility = 'public', owners = [] } = service;
  const data = { accountId, name, scopeId, description, visibility, owners: [...owners] };
  return toService(await db.service.create({ data, select: serviceFieldsFor('internal') }));
}

/** @param checks the ids of all its checks */
export async function updateService(
  db: Queries,
  accountId: number,
  id: number,
  values: Prisma.ServiceUncheckedUpdateInput,
  checks: readonly string[],
): Promise<void> {
  await db.service.update({ where: { accountId, id }, data: values });
  await db.serviceCheck.deleteMany({ where: { accountId, serviceId: id, checkId: { notIn: [...checks] } } });
  const data = checks.map((checkId) => ({ accountId, serviceId: id, checkId }));
  await db.serviceCheck.createMany({ data, skipDuplicates: true });
}

/** Keeps the row, as past maintenances name the service. Its checks stay, in other services or in none. */
export async function removeServiceRow(tx: Queries, accountId: number, id: number, now: Date): Promise<void> {
  await tx.serviceCheck.deleteMany({ where: { accountId, serviceId: id } });
  await tx.subscription.deleteMany({ where: { accountId, serviceId: id } });
  await tx.service.update({ where: { accountId, id }, data: { removedAt: now } });
}

/** The ids of the services that a person owns. @param personId a Slack user id */
export async function listServicesOwnedBy(db: Queries, accountId: number, personId: string): Promise<number[]> {
  const where = { accountId, removedAt: null, owners: { has: personId } };
  const rows = await db.service.findMany({ where, orderBy: [...byName], select: { id: true } });
  return rows.map(({ id }) => id);
}
