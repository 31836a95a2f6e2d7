import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { type Check, findCheck } from '../store/checks.ts';
import { removeChecks } from '../store/coverage.ts';
import { type Ground, transact } from './action.ts';
import { changingCoverage } from './cover.ts';

export function noSuchCheck(id: string): Refusal {
  return new Refusal('not-found', `There is no check ${id}. GET /api/v1/checks lists those there are.`);
}

/**
 * Removes a check from Lull; in its monitoring system it stays. Where a window has it off it is switched on again, unless it
 * was off before. What is recorded of past windows stays, and the same check added again is the same one.
 * @throws Refusal `forbidden` or `not-found`
 */
export async function removeCheck(ground: Ground, actor: Actor, id: string): Promise<Check> {
  mustBeAllowed(actor, 'remove-check');
  return transact(ground, async (tx, now) =>
    changingCoverage(tx, actor.accountId, now, async () => {
      const check = await findCheck(tx, actor.accountId, id);
      if (check === null) throw noSuchCheck(id);
      await removeChecks(tx, actor.accountId, [id], now);
      await record(tx, actor, now, {
        action: 'remove-check',
        subject: `check:${id}`,
        before: { name: check.name, provider: check.provider, external_id: check.externalId, services: check.services },
      });
      return check;
    }),
  );
}
