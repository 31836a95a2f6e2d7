import type { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Audience, Reader } from '../../core/permissions.ts';
import { visibleMaintenances, visibleServices } from '../../maintenance/repository/visibility.ts';
import {
  effectiveStatus,
  OPEN_STATUSES,
  readServiceStatus,
  type ServiceStatus,
  type Visibility,
} from '../../maintenance/rules/status.ts';
import { readVisibility, serviceAudience } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, escapeLike } from '../../platform/stored-values.ts';
import { readUsage, type Scope, type Usage } from '../scopes/repository.ts';

export interface Service {
  id: number;
  name: string;
  scope: Scope | null;
  /** Who may know of it, its scope considered. */
  audience: Audience;
  /** The worst of its own status and of the windows in progress on it. */
  status: ServiceStatus;
}

/** A service with what is set of it. */
export interface ServiceSettings extends Service {
  description: string;
  /** Its own; `audience` considers that of its scope. */
  visibility: Visibility;
  /** Slack user ids. */
  owners: string[];
  /** Ids of its checks. */
  checks: string[];
}

/** What a reader may know of a service, in one query: its status comes from the windows that the reader may know of. */
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

const serviceFields = serviceFieldsFor('internal');

interface ServiceRow {
  id: number;
  name: string;
  status: string;
  visibility: string;
  scope: (Scope & { visibility: string }) | null;
  maintenances: { maintenance: { serviceStatus: string } }[];
}

function toService(row: ServiceRow): Service {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope && { id: row.scope.id, name: row.scope.name },
    audience: serviceAudience({
      visibility: readVisibility(row.visibility),
      scope: row.scope && { visibility: readVisibility(row.scope.visibility) },
    }),
    status: effectiveStatus(
      readServiceStatus(row.status),
      row.maintenances.map(({ maintenance }) => readServiceStatus(maintenance.serviceStatus)),
    ),
  };
}

const containing = (text: string) => ({ contains: escapeLike(text), mode: 'insensitive' as const });

/** By their own name or that of their scope, or by both as they are shown: `Production / api`. */
function matchingServices(text: string): Prisma.ServiceWhereInput[] {
  const [, scope, name] = /^(.*?)\s*\/\s*(.*)$/s.exec(text) ?? [];
  return [
    { name: containing(text) },
    { scope: { name: containing(text) } },
    ...(scope === undefined || name === undefined
      ? []
      : [{ name: containing(name), scope: { name: containing(scope) } }]),
  ];
}

/** The services of an account, by name. `matching` limits them to names that contain the text; `ids` to those. */
export async function listServices(
  db: Queries,
  accountId: number,
  filter: {
    reader?: Reader;
    matching?: string;
    ids?: readonly number[];
    /** Those that were removed, too. */
    removed?: boolean;
    limit?: number;
    offset?: number;
  } = {},
): Promise<Service[]> {
  const reader = filter.reader ?? 'internal';
  const rows = await db.service.findMany({
    where: {
      accountId,
      ...(filter.removed === true ? {} : { removedAt: null }),
      AND: [visibleServices(reader)],
      ...(filter.matching ? { OR: matchingServices(filter.matching) } : {}),
      ...(filter.ids ? { id: { in: filter.ids.filter(isId) } } : {}),
    },
    orderBy: [...byName],
    select: serviceFieldsFor(reader),
    skip: filter.offset ?? 0,
    ...(filter.limit === undefined ? {} : { take: filter.limit }),
  });
  return rows.map(toService);
}

export async function countServices(db: Queries, accountId: number): Promise<number> {
  return db.service.count({ where: { accountId, removedAt: null } });
}

export async function findServiceByName(
  db: Queries,
  accountId: number,
  name: string,
  scopeId: number | null,
): Promise<Service | null> {
  const row = await db.service.findFirst({
    where: { accountId, scopeId, removedAt: null, name: { equals: escapeLike(name), mode: 'insensitive' } },
    select: serviceFields,
  });
  return row && toService(row);
}

/** What can be said of a service. */
export interface ServiceValues {
  name: string;
  scopeId: number | null;
  description?: string | undefined;
  visibility?: Visibility | undefined;
  /** Slack user ids. */
  owners?: readonly string[] | undefined;
}

const settingsFields = {
  ...serviceFields,
  description: true,
  owners: true,
  checks: { where: { check: { removedAt: null } }, select: { checkId: true }, orderBy: { checkId: 'asc' } },
} as const satisfies Prisma.ServiceSelect;

function toServiceSettings(
  row: ServiceRow & { description: string; owners: string[]; checks: { checkId: string }[] },
): ServiceSettings {
  return {
    ...toService(row),
    description: row.description,
    visibility: readVisibility(row.visibility),
    owners: row.owners,
    checks: row.checks.map(({ checkId }) => checkId),
  };
}

export async function createService(db: Queries, accountId: number, service: ServiceValues): Promise<Service> {
  const { name, scopeId, description = '', visibility = 'public', owners = [] } = service;
  const data = { accountId, name, scopeId, description, visibility, owners: [...owners] };
  return toService(await db.service.create({ data, select: serviceFields }));
}

export async function findService(db: Queries, accountId: number, id: number): Promise<ServiceSettings | null> {
  if (!isId(id)) return null;
  const row = await db.service.findFirst({ where: { accountId, id, removedAt: null }, select: settingsFields });
  return row && toServiceSettings(row);
}

/** Rows as services, each with the status it has for this reader; the rest is for the query to say, the account included. */
export async function readServices(
  db: Queries,
  reader: Reader,
  query: Pick<Prisma.ServiceFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ServiceWhereInput },
): Promise<ServiceSettings[]> {
  const select = { ...settingsFields, ...serviceFieldsFor(reader) };
  return (await db.service.findMany({ ...query, select })).map(toServiceSettings);
}

/** Every service with what is set of it, by name. */
export async function listServiceSettings(db: Queries, accountId: number): Promise<ServiceSettings[]> {
  const rows = await db.service.findMany({
    where: { accountId, removedAt: null },
    orderBy: [...byName],
    select: settingsFields,
  });
  return rows.map(toServiceSettings);
}

/** @param checks the ids of its checks from now on; undefined: as they are */
export async function updateService(
  db: Queries,
  accountId: number,
  id: number,
  { owners, description, visibility, ...values }: ServiceValues,
  checks?: readonly string[],
): Promise<void> {
  await db.service.update({
    where: { accountId, id },
    data: {
      ...values,
      ...(description === undefined ? {} : { description }),
      ...(visibility === undefined ? {} : { visibility }),
      ...(owners === undefined ? {} : { owners: [...owners] }),
    },
  });
  if (checks === undefined) return;
  await db.serviceCheck.deleteMany({ where: { accountId, serviceId: id, checkId: { notIn: [...checks] } } });
  await db.serviceCheck.createMany({
    data: checks.map((checkId) => ({ accountId, serviceId: id, checkId })),
    skipDuplicates: true,
  });
}

export async function findServiceUsage(db: Queries, accountId: number, id: number): Promise<Usage> {
  const on = { services: { some: { serviceId: id } } };
  const maintenances = { accountId, deletedAt: null, status: { in: [...OPEN_STATUSES] }, ...on };
  return readUsage(db, maintenances, { accountId, ...on });
}

/** Its checks stay, in other services or in none; channels that heard of it alone hear of it no more. */
export async function removeServiceRow(tx: Queries, accountId: number, id: number, now: Date): Promise<void> {
  await tx.serviceCheck.deleteMany({ where: { accountId, serviceId: id } });
  await tx.subscription.deleteMany({ where: { accountId, serviceId: id } });
  await tx.service.update({ where: { accountId, id }, data: { removedAt: now } });
}

/** The services that this person owns, by their ids. @param personId a Slack user id */
export async function listServicesOwnedBy(db: Queries, accountId: number, personId: string): Promise<number[]> {
  const rows = await db.service.findMany({
    where: { accountId, removedAt: null, owners: { has: personId } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
