import type { Prisma } from '../../prisma/client/client.ts';
import { type Check, MUTES_NOW, readChecks } from '../checks/repository.ts';
import { isId } from '../core/keys.ts';
import type { Limited, Reader } from '../core/permissions.ts';
import { isPublic, visibleChecks, visibleScopes, visibleServices } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, byName, nameContains, type Page, pageOrder, searchText } from '../platform/rows.ts';
import { queryRows, sql } from '../platform/sql.ts';
import { readScopes, type ScopeSettings } from './scopes/repository.ts';
import { readServices, type ServiceSettings } from './services/repository.ts';

type CatalogueOrder = 'name' | 'id';

/** The values of each filter are alternatives. */
interface ServiceSearch {
  readonly scopes?: readonly number[] | undefined;
  /** Parts of names. */
  readonly texts?: readonly string[] | undefined;
}

export interface CheckSearch {
  readonly services?: readonly number[] | undefined;
  /** Of one of its services. */
  readonly scopes?: readonly number[] | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  /** Whether it is on and muted by no maintenance in progress. */
  readonly active?: boolean | undefined;
  readonly texts?: readonly string[] | undefined;
}

const nameContainsAny = (texts: readonly string[] | undefined) =>
  texts === undefined ? {} : { OR: texts.map(nameContains) };

export async function searchScopes(
  db: Queries,
  accountId: number,
  reader: Reader,
  { texts }: Pick<ServiceSearch, 'texts'>,
  page: Page<CatalogueOrder, string>,
): Promise<ScopeSettings[]> {
  const where = {
    accountId,
    removedAt: null,
    AND: [visibleScopes(reader), nameContainsAny(texts), afterPosition(page)],
  };
  return readScopes(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleScope(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<ScopeSettings | undefined> {
  const where = { accountId, id: { in: [id].filter(isId) }, removedAt: null, AND: [visibleScopes(reader)] };
  return (await readScopes(db, { where }))[0];
}

export async function searchServices(
  db: Queries,
  accountId: number,
  reader: Reader,
  { scopes, texts }: ServiceSearch,
  page: Page<CatalogueOrder, string>,
): Promise<ServiceSettings[]> {
  const where = {
    accountId,
    removedAt: null,
    ...(scopes === undefined ? {} : { scopeId: { in: [...scopes] } }),
    AND: [visibleServices(reader), nameContainsAny(texts), afterPosition(page)],
  };
  return readServices(db, reader, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleService(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<ServiceSettings | undefined> {
  const where = { accountId, id: { in: [id].filter(isId) }, removedAt: null, AND: [visibleServices(reader)] };
  return (await readServices(db, reader, { where }))[0];
}

function toCheckWhere(
  accountId: number,
  reader: Limited | 'internal',
  { services, scopes, providers, tags, enabled, active, texts }: CheckSearch,
): Prisma.CheckWhereInput {
  const onService = (service: Prisma.ServiceWhereInput) => ({
    services: { some: { service: { AND: [service, visibleServices(reader)] } } },
  });
  const activeNow = { enabled: true, mutes: { none: MUTES_NOW } };
  return {
    accountId,
    removedAt: null,
    ...(enabled === undefined ? {} : { enabled }),
    ...(providers === undefined ? {} : { provider: { in: providers.map(searchText) } }),
    ...(tags === undefined ? {} : { tags: { hasSome: tags.map(searchText) } }),
    AND: [
      visibleChecks(reader),
      nameContainsAny(texts),
      services === undefined ? {} : onService({ id: { in: [...services] } }),
      scopes === undefined ? {} : onService({ scopeId: { in: [...scopes] } }),
      active === undefined ? {} : active ? activeNow : { NOT: activeNow },
    ],
  };
}

export async function searchChecks(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  search: CheckSearch,
  page: Page<CatalogueOrder, string, string> & { readonly offset?: number },
): Promise<Check[]> {
  const where = { AND: [toCheckWhere(accountId, reader, search), afterPosition(page)] };
  const query = { where, orderBy: pageOrder(page), take: page.limit, skip: page.offset ?? 0 };
  return readChecks(db, query, reader);
}

export async function countVisibleChecks(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  search: CheckSearch,
): Promise<number> {
  return db.check.count({ where: toCheckWhere(accountId, reader, search) });
}

/** By name. @param ids only these; default: all */
export async function listVisibleChecks(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  ids?: readonly string[],
): Promise<Check[]> {
  const named = ids && { id: { in: [...ids] } };
  const where = { accountId, removedAt: null, ...named, AND: [visibleChecks(reader)] };
  return readChecks(db, { where, orderBy: [...byName] }, reader);
}

export async function findVisibleCheck(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  id: string,
): Promise<Check | undefined> {
  return (await listVisibleChecks(db, accountId, reader, [searchText(id)]))[0];
}

export type NamedKind = 'scope' | 'service';

export type Named = Pick<ScopeSettings, 'id' | 'name' | 'description'>;

/** One page of the scopes or services that the reader may see, by name, and their total number. */
export async function listNamedPage(
  db: Queries,
  kind: NamedKind,
  accountId: number,
  reader: Reader,
  { limit: take, offset: skip }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly items: readonly Named[]; readonly total: number }> {
  const select = { id: true, name: true, description: true } as const;
  const page = { orderBy: [...byName], take, skip, select };
  if (kind === 'scope') {
    const where = { accountId, removedAt: null, AND: [visibleScopes(reader)] };
    return { items: await db.scope.findMany({ where, ...page }), total: await db.scope.count({ where }) };
  }
  const where = { accountId, removedAt: null, AND: [visibleServices(reader)] };
  return { items: await db.service.findMany({ where, ...page }), total: await db.service.count({ where }) };
}

/** Of a scope or service, what the reader can see in it. */
export interface Contents {
  readonly maintenances: number;
  /** On, and muted by no maintenance in progress. */
  readonly activeChecks: number;
  readonly otherChecks: number;
}

/** @param ids of scopes or services that the reader can see. Those without contents are not in the result */
export async function countContents(
  db: Queries,
  kind: NamedKind,
  accountId: number,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, Contents>> {
  const named = kind === 'scope' ? sql`scope_id` : sql`id`;
  // Maintenances and services in a scope that the reader is limited to are visible, and no checks are public.
  const isVisible = reader === 'public' ? isPublic : sql`true`;
  const isVisibleService = reader === 'public' ? sql`visibility = 'public'` : sql`true`;
  const rows = await queryRows<{ id: number; maintenances: number; active: number; other: number }>(
    db,
    sql`
      with members as (
        select ${named} as named, id as service_id from services
        where account_id = ${accountId} and ${named} = any(${[...ids]}::int[]) and ${isVisibleService}
      ), windows as (
        select named, maintenance_id from members join maintenance_services using (service_id)
        union
        select scope_id, id from maintenances
        where ${kind === 'scope'}::boolean and account_id = ${accountId} and scope_id = any(${[...ids]}::int[])
      ), counted as (
        select named, count(*) as maintenances, 0 as active, 0 as other
        from windows join maintenances m on m.id = maintenance_id
        where m.deleted_at is null and ${isVisible}
        group by named
        union all
        select named, 0, count(*) filter (where is_active), count(*) filter (where not is_active)
        from (
          select distinct named, checks.id, checks.enabled and not exists (
            select 1 from mutes join maintenances m on m.id = mutes.maintenance_id
            where mutes.check_id = checks.id and mutes.ended_at is null and m.status = 'in-progress'
          ) as is_active
          from members join service_checks using (service_id) join checks on checks.id = check_id
          where checks.removal_date is null and ${reader !== 'public'}::boolean
        ) as watched
        group by named
      )
      select named as id, sum(maintenances)::int as maintenances, sum(active)::int as active, sum(other)::int as other
      from counted group by named`,
  );
  return new Map(
    rows.map(({ id, maintenances, active, other }) => [id, { maintenances, activeChecks: active, otherChecks: other }]),
  );
}
