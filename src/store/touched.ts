import type { Selecting } from '../domain/selector.ts';
import type { Queries } from './database.ts';
import { isId } from './key.ts';
import { selectedChecks } from './selected.ts';

/** A scope that a window touches. */
export interface TouchedScope {
  readonly id: number;
  readonly name: string;
  readonly requiresApproval: boolean;
}

/** The scope of a window, those of its services, and those of the services that the checks it names or chooses watch. */
export async function touchedScopes(
  db: Queries,
  accountId: number,
  about: {
    readonly scopeId: number | null;
    readonly services: readonly number[];
    readonly checks: readonly string[] | null;
    readonly selector?: (Selecting & { readonly chosen?: readonly string[] | null }) | null;
  },
): Promise<TouchedScope[]> {
  const { selector } = about;
  const chosen = selector ? (selector.chosen ?? (await selectedChecks(db, accountId, selector.text))) : [];
  const checks = [...(about.checks ?? []), ...chosen];
  return db.scope.findMany({
    where: {
      accountId,
      OR: [
        ...(about.scopeId !== null && isId(about.scopeId) ? [{ id: about.scopeId }] : []),
        { services: { some: { id: { in: about.services.filter(isId) } } } },
        ...(checks.length === 0 ? [] : [{ services: { some: { checks: { some: { checkId: { in: checks } } } } } }]),
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, requiresApproval: true },
  });
}
