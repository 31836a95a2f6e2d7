import type { Prisma } from '../../../prisma/client/client.ts';
import { conditions, type FiltersOf, searched } from '../../core/fields.ts';
import { isId } from '../../core/keys.ts';
import type { Reader } from '../../core/permissions.ts';
import type { Queries } from '../../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../../platform/paging.ts';
import { searchText } from '../../platform/stored-values.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Status } from '../rules/status.ts';
import { type Maintenance, readMaintenances } from './maintenances.ts';
import { visibleMaintenances, visibleSeries, visibleServices } from './visibility.ts';

/** What maintenances are looked for by: those of one list are "or", the lists are "and". Instants are UTC. */
export interface MaintenanceSearch {
  readonly statuses?: readonly Status[] | undefined;
  /** Ids: those of the scope itself, and those on a service that lives in it. */
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
  readonly content?: FiltersOf<typeof CONTENT_FIELDS>;
  readonly series?: readonly number[] | undefined;
  /** Anywhere in a text that is searched, whatever the case; or the whole key. */
  readonly texts?: readonly string[] | undefined;
  /** Of the planned start and end. */
  readonly startBefore?: Date | undefined;
  readonly startAfter?: Date | undefined;
  readonly endBefore?: Date | undefined;
  readonly endAfter?: Date | undefined;
  readonly updatedAfter?: Date | undefined;
}

/** What a list of maintenances may be ordered by. */
const MAINTENANCE_ORDERS = ['scheduledStart', 'updatedAt', 'id'] as const;
export type MaintenanceOrder = (typeof MAINTENANCE_ORDERS)[number];

/** One page of those that somebody may know of. A filter finds nothing by what they may not. */
export async function searchMaintenances(
  db: Queries,
  accountId: number,
  reader: Reader,
  search: MaintenanceSearch,
  page: Page<MaintenanceOrder, Date> & { readonly offset?: number },
): Promise<Maintenance[]> {
  return readMaintenances(db, {
    where: { AND: [found(accountId, reader, search), afterPosition(page)] },
    orderBy: pageOrder(page),
    take: page.limit,
    skip: page.offset ?? 0,
  });
}

export async function countMatching(
  db: Queries,
  accountId: number,
  reader: Reader,
  search: MaintenanceSearch,
): Promise<number> {
  return db.maintenance.count({ where: found(accountId, reader, search) });
}

/** One that somebody may know of. */
export async function findVisible(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<Maintenance | undefined> {
  if (!isId(id)) return undefined;
  const [maintenance] = await readMaintenances(db, {
    where: { accountId, id, AND: [visibleMaintenances(reader)] },
    take: 1,
  });
  return maintenance;
}

function found(accountId: number, reader: Reader, search: MaintenanceSearch): Prisma.MaintenanceWhereInput {
  const { statuses, scopes, services, content = {}, series, texts } = search;
  const { startBefore, startAfter, endBefore, endAfter, updatedAfter } = search;
  return {
    accountId,
    ...(statuses === undefined ? {} : { status: { in: [...statuses] } }),
    ...(startBefore || startAfter ? { scheduledStart: between(startAfter, startBefore) } : {}),
    ...(endBefore || endAfter ? { scheduledEnd: between(endAfter, endBefore) } : {}),
    ...(updatedAfter ? { updatedAt: { gt: updatedAfter } } : {}),
    AND: [
      visibleMaintenances(reader),
      ...conditions(CONTENT_FIELDS, content, searchText),
      ...(services === undefined ? [] : [on({ id: { in: [...services] } }, reader)]),
      ...(scopes === undefined
        ? []
        : [{ OR: [{ scopeId: { in: [...scopes] } }, on({ scopeId: { in: [...scopes] } }, reader)] }]),
      ...(series === undefined ? [] : [{ series: { AND: [{ id: { in: [...series] } }, visibleSeries(reader)] } }]),
      ...(texts === undefined ? [] : [{ OR: texts.flatMap(matching) }]),
    ],
  };
}

function on(service: Prisma.ServiceWhereInput, reader: Reader): Prisma.MaintenanceWhereInput {
  return { services: { some: { service: { AND: [service, visibleServices(reader)] } } } };
}

function between(after: Date | undefined, before: Date | undefined): { gt?: Date; lt?: Date } {
  return { ...(after && { gt: after }), ...(before && { lt: before }) };
}

function matching(text: string): Prisma.MaintenanceWhereInput[] {
  const contains = { contains: searchText(text).replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const };
  return [...searched(CONTENT_FIELDS, contains), { key: searchText(text).toUpperCase() }];
}
