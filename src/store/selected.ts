import { readSelector, type Selectable } from '../domain/selector.ts';
import type { Queries } from './database.ts';

/** The ids of the checks that a selector chooses now; none for one that cannot be read. */
export async function selectedChecks(db: Queries, accountId: number, selector: string): Promise<string[]> {
  const reading = readSelector(selector);
  if (!reading.ok) return [];
  const checks = await db.check.findMany({
    where: { accountId, removedAt: null },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      name: true,
      tags: true,
      provider: true,
      services: { select: { service: { select: { name: true, scope: { select: { name: true } } } } } },
    },
  });
  return checks
    .filter(({ services, ...check }) => {
      const selectable: Selectable = {
        ...check,
        services: services.map(({ service }) => service.name),
        scopes: services.flatMap(({ service }) => service.scope?.name ?? []),
      };
      return reading.matches(selectable);
    })
    .map(({ id }) => id);
}
