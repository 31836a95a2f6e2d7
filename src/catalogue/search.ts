import { type Check, readChecks } from '../checks/repository.ts';
import { isId } from '../core/keys.ts';
import type { Limited, Reader } from '../core/permissions.ts';
import { visibleChecks, visibleScopes, visibleServices } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, byName, escapeLike, type Page, pageOrder, searchText } from '../platform/rows.ts';
import { readScopes, type ScopeSettings } from './scopes/repository.ts';
import { readServices, type ServiceSettings } from './services/repository.ts';

type CatalogueOrder = 'name' | 'id';

/** The values of each filter are alternatives. */
interface ServiceSearch {
  readonly scopes?: readonly number[] | undefined;
  /** Parts of names. */
  readonly texts?: readonly string[] | undefined;
}

interface CheckSearch {
  readonly services?: readonly number[] | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly texts?: readonly string[] | undefined;
}

function nameContains(texts: readonly string[] | undefined) {
  if (texts === undefined) return {};
  const patterns = texts.map((text) => escapeLike(searchText(text)));
  return { OR: patterns.map((contains) => ({ name: { contains, mode: 'insensitive' as const } })) };
}

export async function searchScopes(
  db: Queries,
  accountId: number,
  reader: Reader,
  { texts }: Pick<ServiceSearch, 'texts'>,
  page: Page<CatalogueOrder, string>,
): Promise<ScopeSettings[]> {
  const where = { accountId, removedAt: null, AND: [visibleScopes(reader), nameContains(texts), afterPosition(page)] };
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
    AND: [visibleServices(reader), nameContains(texts), afterPosition(page)],
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

export async function searchChecks(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { services, providers, tags, enabled, texts }: CheckSearch,
  page: Page<CatalogueOrder, string, string>,
): Promise<Check[]> {
  const where = {
    accountId,
    removedAt: null,
    ...(enabled === undefined ? {} : { enabled }),
    ...(providers === undefined ? {} : { provider: { in: providers.map(searchText) } }),
    ...(tags === undefined ? {} : { tags: { hasSome: tags.map(searchText) } }),
    ...(services === undefined ? {} : { services: { some: { serviceId: { in: [...services] } } } }),
    AND: [visibleChecks(reader), nameContains(texts), afterPosition(page)],
  };
  return readChecks(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleCheck(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  id: string,
): Promise<Check | undefined> {
  const where = { accountId, id: searchText(id), removedAt: null, AND: [visibleChecks(reader)] };
  return (await readChecks(db, { where, take: 1 }))[0];
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
