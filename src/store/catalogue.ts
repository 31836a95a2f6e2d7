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
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

const scopeFields = { id: true, name: true, reminders: true, requiresApproval: true, visibility: true } as const;

function toScopeSettings<T extends { visibility: string }>(row: T): Omit<T, 'visibility'> & { visibility: Visibility } {
  return { ...row, visibility: readVisibility(row.visibility) };
}

export async function listScopes(
  db: Queries,
  accountId: number,
  reader: Reader = 'internal',
): Promise<ScopeSettings[]> {
  const rows = await db.scope.findMany({
    where: { accountId, AND: [scopesFor(reader)] },
    orderBy: [...byName],
    select: scopeFields,
  });
  return rows.map(toScopeSettings);
}

export async function findScope(db: Queries, accountId: number, id: number): Promise<ScopeSettings | null> {
  if (!isId(id)) return null;
  const row = await db.scope.findFirst({ where: { accountId, id }, select: scopeFields });
  return row && toScopeSettings(row);
}

export async function createScope(db: Queries, accountId: number, name: string): Promise<ScopeSettings> {
  return toScopeSettings(await db.scope.create({ data: { accountId, name }, select: scopeFields }));
}

/** Whether a scope has that name already, whatever its case. */
export async function scopeNamed(db: Queries, accountId: number, name: string): Promise<Scope | null> {
  return db.scope.findFirst({
    where: { accountId, name: { equals: literally(name), mode: 'insensitive' } },
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
  filter: { reader?: Reader; matching?: string; ids?: readonly number[]; limit?: number; offset?: number } = {},
): Promise<Service[]> {
  const reader = filter.reader ?? 'internal';
  const rows = await db.service.findMany({
    where: {
      accountId,
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
  return db.service.count({ where: { accountId } });
}

export async function serviceNamed(
  db: Queries,
  accountId: number,
  name: string,
  scopeId: number | null,
): Promise<Service | null> {
  const row = await db.service.findFirst({
    where: { accountId, scopeId, name: { equals: literally(name), mode: 'insensitive' } },
    select: serviceFields,
  });
  return row && toService(row);
}

export async function createService(
  db: Queries,
  accountId: number,
  service: { name: string; scopeId: number | null },
): Promise<Service> {
  return toService(await db.service.create({ data: { accountId, ...service }, select: serviceFields }));
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
