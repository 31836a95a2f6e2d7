import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/**
 * The route that answers a request, as it is declared: `/api/v1/maintenances/:id`. What answers all paths is none of its
 * own, and what nothing answers has any path that somebody made up: those are `none`.
 */
export function routeOf(c: Context): string {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none';
}
