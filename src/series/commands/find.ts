import { type Actor, authorize } from '../../core/permissions.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { seriesNotFound } from '../errors.ts';
import { findSeries, type Series } from '../repository.ts';

/**
 * One series by its id or its key, for somebody who may see it.
 * @throws UserError of kind `not-found` or `forbidden`
 */
export async function getSeries(ctx: ActionContext, actor: Actor, ref: number | string): Promise<Series> {
  authorize(actor, 'read');
  const series = await findSeries(ctx.database, actor.accountId, ref);
  if (series === undefined) throw seriesNotFound({ ref });
  return series;
}
