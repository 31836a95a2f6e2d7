import type { Problem } from '../domain/refusal.ts';
import { listChecks } from '../store/checks.ts';
import type { Queries } from '../store/database.ts';
import { findScope, listScopes } from '../store/scopes.ts';
import { listServices } from '../store/services.ts';

/** What is wrong with what a window refers to. Ids that are not of this account are answered like ids that do not exist. */
export async function unknownReferences(
  tx: Queries,
  accountId: number,
  {
    services,
    checks,
    scopeId,
  }: {
    readonly services: readonly number[];
    readonly checks: readonly string[] | null;
    readonly scopeId: number | null;
  },
): Promise<Problem[]> {
  return [
    ...(await unknownServices(tx, accountId, services)),
    ...(await unknownChecks(tx, accountId, checks ?? [])),
    ...(await unknownScope(tx, accountId, scopeId)),
  ];
}

/** The same of services alone. @param field that named them */
export async function unknownServices(
  tx: Queries,
  accountId: number,
  ids: readonly number[],
  field = 'services',
): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listServices(tx, accountId, { ids })).map(({ id }) => id));
  return without(known, ids, field, 'service');
}

/** The same of checks. */
export async function unknownChecks(tx: Queries, accountId: number, ids: readonly string[]): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listChecks(tx, accountId, { ids })).map(({ id }) => id));
  return without(known, ids, 'checks', 'check');
}

/** The same of one scope. @param id null: of none */
export async function unknownScope(tx: Queries, accountId: number, id: number | null): Promise<Problem[]> {
  if (id === null || (await findScope(tx, accountId, id)) !== null) return [];
  return without(new Set(), [id], 'scope', 'scope');
}

/** The same of several. */
export async function unknownScopes(tx: Queries, accountId: number, ids: readonly number[]): Promise<Problem[]> {
  if (ids.length === 0) return [];
  const known = new Set((await listScopes(tx, accountId)).map(({ id }) => id));
  return without(known, ids, 'scopes', 'scope');
}

function without<Id>(known: ReadonlySet<Id>, ids: readonly Id[], field: string, kind: string): Problem[] {
  const missing = ids.filter((id) => !known.has(id));
  return missing.length === 0 ? [] : [{ field, message: `There is no ${kind} with id ${missing.join(', ')}.` }];
}
