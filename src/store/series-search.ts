import type { Reader } from '../domain/audience.ts';
import { seriesFor, servicesFor } from './audience.ts';
import type { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';
import { isId } from './key.ts';
import { beyond, inOrder, type Page } from './keyset.ts';
import { readSeries, type Series } from './series.ts';

/** What series are looked for by: those of one list are "or", the lists are "and". */
export interface SeriesSearch {
  readonly enabled?: boolean | undefined;
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
}

/** One page of those that somebody may know of. */
export async function searchSeries(
  db: Queries,
  accountId: number,
  reader: Reader,
  { enabled, scopes, services }: SeriesSearch,
  page: Page<'name' | 'id', string>,
): Promise<Series[]> {
  const on = (service: Prisma.ServiceWhereInput): Prisma.SeriesWhereInput => ({
    services: { some: { service: { AND: [service, servicesFor(reader)] } } },
  });
  const where: Prisma.SeriesWhereInput = {
    accountId,
    ...(enabled === undefined ? {} : { enabled }),
    AND: [
      seriesFor(reader),
      ...(services === undefined ? [] : [on({ id: { in: [...services] } })]),
      ...(scopes === undefined
        ? []
        : [{ OR: [{ scopeId: { in: [...scopes] } }, on({ scopeId: { in: [...scopes] } })] }]),
      beyond(page),
    ],
  };
  return readSeries(db, { where, orderBy: inOrder(page), take: page.limit });
}

/** One that somebody may know of. */
export async function findSeenSeries(
  db: Queries,
  accountId: number,
  reader: Reader,
  id: number,
): Promise<Series | undefined> {
  if (!isId(id)) return undefined;
  const [series] = await readSeries(db, { where: { accountId, id, AND: [seriesFor(reader)] }, take: 1 });
  return series;
}
