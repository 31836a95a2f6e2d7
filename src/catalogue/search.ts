import { type Check, readChecks } from '../checks/repository.ts';
import { isId } from '../core/keys.ts';
import type { Limited, Reader } from '../core/permissions.ts';
import { visibleChecks, visibleScopes, visibleServices } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';
import { escapeLike, searchText } from '../platform/stored-values.ts';
import { readScopes, type ScopeSettings } from './scopes/repository.ts';
import { readServices, type ServiceSettings } from './services/repository.ts';

/** What the parts of the catalogue are ordered by. */
export type CatalogueOrder = 'name' | 'id';

const named = (texts: readonly string[] | undefined) =>
  texts === undefined
    ? {}
    : {
        OR: texts.map((text) => ({
          name: { contains: escapeLike(searchText(text)), mode: 'insensitive' as const },
        })),
      };

/** One page of the scopes that somebody may know of. */
export async function searchScopes(
  db: Queries,
  accountId: number,
  reader: Reader,
  { texts }: { readonly texts?: readonly string[] | undefined },
  page: Page<CatalogueOrder, string>,
): Promise<ScopeSettings[]> {
  const where = { accountId, removedAt: null, AND: [visibleScopes(reader), named(texts), afterPosition(page)] };
  return readScopes(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleScope(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<ScopeSettings | undefined> {
  if (!isId(id)) return undefined;
  const [scope] = await readScopes(db, {
    where: { accountId, id, removedAt: null, AND: [visibleScopes(reader)] },
    take: 1,
  });
  return scope;
}

/** One page of the services that somebody may know of, with the status they have for them. */
export async function searchServices(
  db: Queries,
  accountId: number,
  reader: Reader,
  {
    scopes,
    texts,
  }: { readonly scopes?: readonly number[] | undefined; readonly texts?: readonly string[] | undefined },
  page: Page<CatalogueOrder, string>,
): Promise<ServiceSettings[]> {
  const where = {
    accountId,
    removedAt: null,
    ...(scopes === undefined ? {} : { scopeId: { in: [...scopes] } }),
    AND: [visibleServices(reader), named(texts), afterPosition(page)],
  };
  return readServices(db, reader, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleService(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<ServiceSettings | undefined> {
  if (!isId(id)) return undefined;
  const where = { accountId, id, removedAt: null, AND: [visibleServices(reader)] };
  const [service] = await readServices(db, reader, { where, take: 1 });
  return service;
}

/** What checks are looked for by: those of one list are "or", the lists are "and". */
export interface CheckSearch {
  readonly services?: readonly number[] | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly texts?: readonly string[] | undefined;
}

/** One page of the checks that somebody of the account may know of. */
export async function searchChecks(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { services, providers, tags, enabled, texts }: CheckSearch,
  page: Page<CatalogueOrder, string, string>,
): Promise<Check[]> {
  const plain = (words: readonly string[]) => words.map(searchText);
  const where = {
    accountId,
    removedAt: null,
    ...(enabled === undefined ? {} : { enabled }),
    ...(providers === undefined ? {} : { provider: { in: plain(providers) } }),
    ...(tags === undefined ? {} : { tags: { hasSome: plain(tags) } }),
    ...(services === undefined ? {} : { services: { some: { serviceId: { in: [...services] } } } }),
    AND: [visibleChecks(reader), named(texts), afterPosition(page)],
  };
  return readChecks(db, { where, orderBy: pageOrder(page), take: page.limit });
}

export async function findVisibleCheck(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  id: string,
): Promise<Check | undefined> {
  if (!/^[A-Z0-9]{1,40}$/.test(id)) return undefined;
  const [check] = await readChecks(db, {
    where: { accountId, id, removedAt: null, AND: [visibleChecks(reader)] },
    take: 1,
  });
  return check;
}

/** A scope or a service as far as it says itself what it is. */
export interface Named {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

export type NamedKind = 'scope' | 'service';

const fields = { id: true, name: true, description: true } as const;
const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

/** One page of the scopes or services that somebody may know of, by name, and how many there are in all. */
export async function listNamedPage(
  db: Queries,
  kind: NamedKind,
  accountId: number,
  reader: Reader,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly items: readonly Named[]; readonly total: number }> {
  const page = { orderBy: [...byName], take: limit, skip: offset, select: fields };
  if (kind === 'scope') {
    const where = { accountId, removedAt: null, AND: [visibleScopes(reader)] };
    return { items: await db.scope.findMany({ where, ...page }), total: await db.scope.count({ where }) };
  }
  const where = { accountId, removedAt: null, AND: [visibleServices(reader)] };
  return { items: await db.service.findMany({ where, ...page }), total: await db.service.count({ where }) };
}

/** One that somebody may know of. */
export async function findNamed(
  db: Queries,
  kind: NamedKind,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<Named | null> {
  if (!isId(id)) return null;
  const one = { accountId, id, removedAt: null };
  return kind === 'scope'
    ? db.scope.findFirst({ where: { ...one, AND: [visibleScopes(reader)] }, select: fields })
    : db.service.findFirst({ where: { ...one, AND: [visibleServices(reader)] }, select: fields });
}
