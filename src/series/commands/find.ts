import { Refusal } from '../../core/errors.ts';
import { type Actor, mustBeAllowed } from '../../core/permissions.ts';
import type { Ground } from '../../platform/transactions.ts';
import { findSeries, type Series } from '../repository.ts';

export function noSuchSeries(ref: number | string): Refusal {
  return new Refusal('not-found', `There is no series ${ref}. \`/maintenance series\` shows those there are.`);
}

/**
 * One series by its id or its key, for somebody who may see it.
 * @throws Refusal of kind `not-found` or `forbidden`
 */
export async function findSeriesOf(ground: Ground, actor: Actor, ref: number | string): Promise<Series> {
  mustBeAllowed(actor, 'read');
  const series = await findSeries(ground.database, actor.accountId, ref);
  if (series === undefined) throw noSuchSeries(ref);
  return series;
}
