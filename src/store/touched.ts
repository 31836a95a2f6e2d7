import type { Queries } from './database.ts';
import { isId } from './key.ts';

/** A scope that a window touches. */
export interface TouchedScope {
  readonly id: number;
  readonly name: string;
  readonly requiresApproval: boolean;
}

/** The scope of a window, those of its services, and those of the services that the checks it names watch. */
export async function touchedScopes(
  db: Queries,
  accountId: number,
  about: {
    readonly scopeId: number | null;
    readonly services: readonly number[];
    readonly checks: readonly string[] | null;
  },
): Promise<TouchedScope[]> {
  return db.scope.findMany({
    where: {
      accountId,
      OR: [
        ...(about.scopeId !== null && isId(about.scopeId) ? [{ id: about.scopeId }] : []),
        { services: { some: { id: { in: about.services.filter(isId) } } } },
        ...(about.checks === null
          ? []
          : [{ services: { some: { checks: { some: { checkId: { in: [...about.checks] } } } } } }]),
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, requiresApproval: true },
  });
}
