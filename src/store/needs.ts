import type { Prisma } from './client/client.ts';
import type { Queries } from './database.ts';

/** What still needs a scope or a service: the ids of open maintenances and the keys of series. */
export interface Needs {
  readonly maintenances: readonly number[];
  readonly series: readonly string[];
}

export async function readNeeds(
  db: Queries,
  open: Prisma.MaintenanceWhereInput,
  series: Prisma.SeriesWhereInput,
): Promise<Needs> {
  const maintenances = await db.maintenance.findMany({ where: open, select: { id: true }, orderBy: { id: 'asc' } });
  const recurring = await db.series.findMany({ where: series, select: { key: true }, orderBy: { id: 'asc' } });
  return { maintenances: maintenances.map(({ id }) => id), series: recurring.map(({ key }) => key) };
}
