import { type Audience, audienceOfService, type Reader } from '../domain/audience.ts';
import { effectiveStatus, SERVICE_STATUSES, type ServiceStatus, type Visibility } from '../domain/maintenance.ts';
import { maintenancesFor, scopesFor, servicesFor } from './audience.ts';
import type { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';
import { isId, newKey } from './key.ts';

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

export interface Check {
  id: string;
  name: string;
  provider: string;
  externalId: string;
  enabled: boolean;
  tags: string[];
  services: number[];
  /** The in-progress maintenances that have it off. */
  heldBy: number[];
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
      where: { maintenance: { AND: [{ status: 'in-progress' }, maintenancesFor(reader)] } },
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
    audience: audienceOfService({
      visibility: readVisibility(row.visibility),
      scope: row.scope && { visibility: readVisibility(row.scope.visibility) },
    }),
    status: effectiveStatus(
      readServiceStatus(row.status),
      row.maintenances.map(({ maintenance }) => readServiceStatus(maintenance.serviceStatus)),
    ),
  };
}

/** Anything unknown is treated as the stricter one. */
export function readVisibility(text: string): Visibility {
  return text === 'public' ? 'public' : 'internal';
}

/** The column has a constraint with the same words, so anything else means the database and the code differ. */
export function readServiceStatus(text: string): ServiceStatus {
  const status = SERVICE_STATUSES.find((known) => known === text);
  if (status === undefined)
    throw new Error(`service status is ${JSON.stringify(text)}, expected one of ${SERVICE_STATUSES.join(', ')}`);
  return status;
}

/** Comparing without case is a pattern match in PostgreSQL: this is the pattern for a text itself. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

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
    where: { accountId, removedAt: null, AND: [scopesFor(reader)] },
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
export async function scopeNamed(db: Queries, accountId: number, name: string): Promise<Scope | null> {
  return db.scope.findFirst({
    where: { accountId, removedAt: null, name: { equals: literally(name), mode: 'insensitive' } },
    select: { id: true, name: true },
  });
}

const containing = (text: string) => ({ contains: literally(text), mode: 'insensitive' as const });

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
      AND: [servicesFor(reader)],
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

export async function serviceNamed(
  db: Queries,
  accountId: number,
  name: string,
  scopeId: number | null,
): Promise<Service | null> {
  const row = await db.service.findFirst({
    where: { accountId, scopeId, removedAt: null, name: { equals: literally(name), mode: 'insensitive' } },
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
export async function allServiceSettings(db: Queries, accountId: number): Promise<ServiceSettings[]> {
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

/** @param services the ids of its services from now on; undefined: as they are */
export async function updateCheck(
  db: Queries,
  accountId: number,
  id: string,
  values: { name?: string; tags?: readonly string[] },
  services?: readonly number[],
): Promise<void> {
  const { name, tags } = values;
  await db.check.update({
    where: { accountId, id },
    data: { ...(name === undefined ? {} : { name }), ...(tags === undefined ? {} : { tags: [...tags] }) },
  });
  if (services === undefined) return;
  await db.serviceCheck.deleteMany({ where: { accountId, checkId: id, serviceId: { notIn: [...services] } } });
  await db.serviceCheck.createMany({
    data: services.map((serviceId) => ({ accountId, serviceId, checkId: id })),
    skipDuplicates: true,
  });
}

/** The names of the services of a scope. */
export async function servicesOfScope(db: Queries, accountId: number, scopeId: number): Promise<string[]> {
  const where = { accountId, scopeId, removedAt: null };
  const rows = await db.service.findMany({ where, orderBy: [...byName], select: { name: true } });
  return rows.map(({ name }) => name);
}

/** What still needs a scope or a service: the ids of open maintenances and the keys of series. */
export interface Needs {
  readonly maintenances: readonly number[];
  readonly series: readonly string[];
}

const OPEN = ['scheduled', 'in-progress'];

export async function needsOfService(db: Queries, accountId: number, id: number): Promise<Needs> {
  const on = { services: { some: { serviceId: id } } };
  const maintenances = { accountId, deletedAt: null, status: { in: OPEN }, ...on };
  return readNeeds(db, maintenances, { accountId, ...on });
}

export async function needsOfScope(db: Queries, accountId: number, id: number): Promise<Needs> {
  const maintenances = { accountId, deletedAt: null, status: { in: OPEN }, scopeId: id };
  return readNeeds(db, maintenances, { accountId, scopeId: id });
}

async function readNeeds(
  db: Queries,
  open: Prisma.MaintenanceWhereInput,
  series: Prisma.SeriesWhereInput,
): Promise<Needs> {
  const maintenances = await db.maintenance.findMany({ where: open, select: { id: true }, orderBy: { id: 'asc' } });
  const recurring = await db.series.findMany({ where: series, select: { key: true }, orderBy: { id: 'asc' } });
  return { maintenances: maintenances.map(({ id }) => id), series: recurring.map(({ key }) => key) };
}

/** Its checks stay, in other services or in none; channels that heard of it alone hear of it no more. */
export async function removeServiceRow(tx: Queries, accountId: number, id: number, now: Date): Promise<void> {
  await tx.serviceCheck.deleteMany({ where: { accountId, serviceId: id } });
  await tx.subscription.deleteMany({ where: { accountId, serviceId: id } });
  await tx.service.update({ where: { accountId, id }, data: { removedAt: now } });
}

export async function removeScopeRow(tx: Queries, accountId: number, id: number, now: Date): Promise<void> {
  await tx.subscription.deleteMany({ where: { accountId, scopeId: id } });
  await tx.freeze.deleteMany({ where: { accountId, scopeId: id } });
  await tx.scope.update({ where: { accountId, id }, data: { removedAt: now } });
}

const checkFields = {
  id: true,
  name: true,
  provider: true,
  externalId: true,
  enabled: true,
  tags: true,
  services: { select: { serviceId: true }, orderBy: { serviceId: 'asc' } },
  holds: {
    where: { endedAt: null, maintenance: { status: 'in-progress' } },
    select: { maintenanceId: true },
    orderBy: { maintenanceId: 'asc' },
  },
} as const;

interface CheckRow {
  id: string;
  name: string;
  provider: string;
  externalId: string;
  enabled: boolean;
  tags: string[];
  services: { serviceId: number }[];
  holds: { maintenanceId: number }[];
}

function toCheck({ services, holds, ...row }: CheckRow): Check {
  return {
    ...row,
    services: services.map((service) => service.serviceId),
    heldBy: holds.map((hold) => hold.maintenanceId),
  };
}

/** The checks of an account, by name; `services` limits them to those of any of these services, `ids` to those. */
export async function listChecks(
  db: Queries,
  accountId: number,
  filter: {
    services?: readonly number[];
    ids?: readonly string[];
    matching?: string;
    limit?: number;
    offset?: number;
  } = {},
): Promise<Check[]> {
  const rows = await db.check.findMany({
    where: {
      accountId,
      removedAt: null,
      ...(filter.services ? { services: { some: { serviceId: { in: [...filter.services] } } } } : {}),
      ...(filter.ids ? { id: { in: [...filter.ids] } } : {}),
      ...(filter.matching ? { name: { contains: literally(filter.matching), mode: 'insensitive' as const } } : {}),
    },
    orderBy: [...byName],
    select: checkFields,
    skip: filter.offset ?? 0,
    ...(filter.limit === undefined ? {} : { take: filter.limit }),
  });
  return rows.map(toCheck);
}

/** Rows as checks; what to look for, in which order and how many is for the query to say, the account included. */
export async function readChecks(
  db: Queries,
  query: Pick<Prisma.CheckFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.CheckWhereInput },
): Promise<Check[]> {
  return (await db.check.findMany({ ...query, select: checkFields })).map(toCheck);
}

/** How many checks there are, or belong to any of these services. */
export async function countChecks(
  db: Queries,
  accountId: number,
  { services }: { services?: readonly number[] } = {},
): Promise<number> {
  return db.check.count({
    where: {
      accountId,
      removedAt: null,
      ...(services ? { services: { some: { serviceId: { in: [...services] } } } } : {}),
    },
  });
}

export async function findCheck(db: Queries, accountId: number, id: string): Promise<Check | null> {
  const row = await db.check.findFirst({ where: { accountId, id, removedAt: null }, select: checkFields });
  return row && toCheck(row);
}

export async function checkOfProvider(
  db: Queries,
  accountId: number,
  provider: string,
  externalId: string,
): Promise<Check | null> {
  const row = await db.check.findFirst({
    where: { accountId, provider, externalId, removedAt: null },
    select: checkFields,
  });
  return row && toCheck(row);
}

/** `externalId` null: the check's own new id serves. One that was removed comes back as it is said now, with its past. */
export async function createCheck(
  db: Queries,
  accountId: number,
  check: {
    name: string;
    provider: string;
    externalId: string | null;
    enabled: boolean;
    tags: readonly string[];
    services: readonly number[];
  },
): Promise<Check> {
  const { provider, externalId, services } = check;
  const removed =
    externalId === null
      ? null
      : await db.check.findFirst({
          where: { accountId, provider, externalId, removedAt: { not: null } },
          select: { id: true },
        });
  const id = removed?.id ?? newKey(10);
  const said = { name: check.name, enabled: check.enabled, tags: [...check.tags] };
  if (removed === null) {
    await db.check.create({ data: { ...said, id, accountId, provider, externalId: externalId ?? id } });
  } else {
    await db.check.update({ where: { id }, data: { ...said, removedAt: null } });
  }
  await db.serviceCheck.createMany({ data: services.map((serviceId) => ({ accountId, serviceId, checkId: id })) });
  return toCheck(await db.check.findUniqueOrThrow({ where: { id }, select: checkFields }));
}

/** The builtin provider's register: whether these checks should be made now. */
export async function readRegister(db: Queries, ids: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await db.check.findMany({ where: { id: { in: [...ids] } }, select: { id: true, enabled: true } });
  return new Map(rows.map((row) => [row.id, row.enabled]));
}

export async function writeRegister(db: Queries, ids: readonly string[], enabled: boolean): Promise<void> {
  await db.check.updateMany({ where: { id: { in: [...ids] } }, data: { enabled } });
}
