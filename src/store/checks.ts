import type { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';
import { newKey } from './key.ts';
import { byName, literally } from './stored.ts';

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
