import type { Approval } from '../domain/approval.ts';
import type { Reader } from '../domain/audience.ts';
import { type Interval, OPEN, type Status } from '../domain/maintenance.ts';
import { maintenancesFor, servicesFor } from './audience.ts';
import type { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';
import { fields, type Maintenance, toMaintenance } from './maintenances.ts';

export interface MaintenanceFilter {
  /** Only those that this reader may know of, by what it may know of them. All when left out. */
  reader?: Reader;
  statuses?: readonly Status[];
  /** Only those that wait for the approval of somebody else than those who asked, as this person is. */
  approvableBy?: string;
  /** Only those that have this text in their name. */
  matching?: string;
  /** Only windows that end after this instant. */
  endsAfter?: Date;
  /** Only windows that start before this instant. */
  startsBefore?: Date;
  services?: readonly number[];
  /** Only the runs of this series. */
  series?: number;
  /** Only those of this scope. */
  scope?: number;
  /** Only those of this scope, or of a service that lives in it. */
  touchingScope?: number;
  /** Only those that this person scheduled. */
  owner?: string;
  /** Only those made through the NodePing interface. */
  adHoc?: true;
}

/** Ordered by start; `newestFirst` turns that round. Ties are broken by id. */
export async function listMaintenances(
  db: Queries,
  accountId: number,
  filter: MaintenanceFilter = {},
  page: { limit: number; offset?: number; newestFirst?: boolean } = { limit: 200 },
): Promise<Maintenance[]> {
  const order = page.newestFirst ? 'desc' : 'asc';
  const rows = await db.maintenance.findMany({
    where: where(accountId, filter),
    orderBy: [{ scheduledStart: order }, { id: order }],
    take: page.limit,
    skip: page.offset ?? 0,
    select: fields,
  });
  return rows.map(toMaintenance);
}

export async function countMaintenances(db: Queries, accountId: number, filter: MaintenanceFilter): Promise<number> {
  return db.maintenance.count({ where: where(accountId, filter) });
}

function where(accountId: number, filter: MaintenanceFilter): Prisma.MaintenanceWhereInput {
  const reader = filter.reader ?? 'internal';
  return {
    accountId,
    AND: [maintenancesFor(reader)],
    ...(filter.statuses ? { status: { in: [...filter.statuses] } } : {}),
    ...(filter.approvableBy === undefined
      ? {}
      : { approval: 'pending' satisfies Approval, NOT: { requestedBy: { has: filter.approvableBy } } }),
    ...(filter.matching ? { name: { contains: filter.matching, mode: 'insensitive' as const } } : {}),
    ...(filter.endsAfter ? { scheduledEnd: { gt: filter.endsAfter } } : {}),
    ...(filter.startsBefore ? { scheduledStart: { lt: filter.startsBefore } } : {}),
    ...(filter.series === undefined ? {} : { seriesId: filter.series }),
    ...(filter.owner === undefined ? {} : { ownerId: filter.owner }),
    ...(filter.adHoc === undefined ? {} : { adHoc: filter.adHoc }),
    ...(filter.touchingScope === undefined ? {} : { OR: touching(filter.touchingScope, reader) }),
    ...(filter.scope === undefined ? {} : { scopeId: filter.scope }),
    ...(filter.services
      ? { services: { some: { serviceId: { in: [...filter.services] }, service: servicesFor(reader) } } }
      : {}),
  };
}

function touching(scopeId: number, reader: Reader): Prisma.MaintenanceWhereInput[] {
  return [{ scopeId }, { services: { some: { service: { AND: [{ scopeId }, servicesFor(reader)] } } } }];
}

/** The open windows that intersect this one in time; what they share is for domain/conflicts to say. */
export async function openBetween(db: Queries, accountId: number, window: Interval): Promise<Maintenance[]> {
  const rows = await db.maintenance.findMany({
    where: {
      accountId,
      status: { in: [...OPEN] },
      scheduledStart: { lt: window.end },
      scheduledEnd: { gt: window.start },
    },
    orderBy: [{ scheduledStart: 'asc' }, { id: 'asc' }],
    select: fields,
  });
  return rows.map(toMaintenance);
}

/**
 * How many runs of a series were missed one after another up to this occurrence, itself included. One that is wholly past
 * at `now` and still scheduled is about to be.
 */
export async function missedInARow(
  db: Queries,
  accountId: number,
  seriesId: number,
  occurrence: Date,
  now: Date,
): Promise<number> {
  const missed = { OR: [{ missed: true }, { status: 'scheduled', scheduledEnd: { lte: now } }] };
  const { _max } = await db.maintenance.aggregate({
    where: { accountId, seriesId, NOT: missed, status: { not: 'canceled' }, occurrence: { lt: occurrence } },
    _max: { occurrence: true },
  });
  const after = _max.occurrence === null ? {} : { gt: _max.occurrence };
  return db.maintenance.count({ where: { accountId, seriesId, ...missed, occurrence: { lte: occurrence, ...after } } });
}
