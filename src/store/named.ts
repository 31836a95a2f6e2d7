import type { Reader } from '../domain/audience.ts';
import { scopesFor, servicesFor } from './audience.ts';
import type { Queries } from './database.ts';
import { isId } from './key.ts';

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
export async function pageOfNamed(
  db: Queries,
  kind: NamedKind,
  accountId: number,
  reader: Reader,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly items: readonly Named[]; readonly total: number }> {
  const page = { orderBy: [...byName], take: limit, skip: offset, select: fields };
  if (kind === 'scope') {
    const where = { accountId, removedAt: null, AND: [scopesFor(reader)] };
    return { items: await db.scope.findMany({ where, ...page }), total: await db.scope.count({ where }) };
  }
  const where = { accountId, removedAt: null, AND: [servicesFor(reader)] };
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
    ? db.scope.findFirst({ where: { ...one, AND: [scopesFor(reader)] }, select: fields })
    : db.service.findFirst({ where: { ...one, AND: [servicesFor(reader)] }, select: fields });
}
