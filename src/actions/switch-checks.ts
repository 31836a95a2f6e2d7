import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { listChecks } from '../store/checks.ts';
import { type Matching, switchRegister, switchTogether } from '../store/register.ts';
import { type Ground, transact } from './action.ts';
import { enforce } from './effects.ts';
import { noSuchCheck } from './remove-check.ts';

/**
 * Switches checks of Lull's own register on or off by hand. One that a window has off and that is switched on is told of in
 * its thread, and left on.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` for a check that its own monitoring system switches
 */
export async function switchChecks(
  ground: Ground,
  actor: Actor,
  ids: readonly string[],
  enabled: boolean,
): Promise<void> {
  mustBeAllowed(actor, 'switch-check');
  await transact(ground, async (tx, now) => {
    const checks = await listChecks(tx, actor.accountId, { ids });
    const missing = ids.find((id) => !checks.some((check) => check.id === id));
    if (missing !== undefined) throw noSuchCheck(missing);
    const foreign = checks.find(({ provider }) => provider !== 'builtin');
    if (foreign !== undefined) {
      const message = `The check ${foreign.name} is switched in its own monitoring system, ${foreign.provider}.`;
      throw new Refusal('conflict', message);
    }
    await switchRegister(tx, actor.accountId, ids, enabled);
    for (const check of checks.filter((one) => one.enabled !== enabled)) {
      await record(tx, actor, now, {
        action: 'switch-check',
        subject: `check:${check.id}`,
        before: { enabled: check.enabled },
        after: { enabled },
      });
    }
    await enforce(tx, actor.accountId, ids);
  });
}

/**
 * Switches off the checks of the register that match and are on, or on again those that were switched off so: what was off
 * before stays off.
 * @throws Refusal `forbidden`, or `invalid` for a pattern that is none
 */
export async function switchChecksTogether(
  ground: Ground,
  actor: Actor,
  matching: Matching,
  enabled: boolean,
): Promise<void> {
  mustBeAllowed(actor, 'switch-check');
  await transact(ground, async (tx, now) => {
    const ids = await switchTogether(tx, actor.accountId, matching, !enabled);
    if (ids === undefined) throw unfit(matching);
    if (ids.length === 0) return;
    const { label = null, target = null, type = null } = matching;
    await record(tx, actor, now, {
      action: 'switch-checks',
      after: { enabled, label, target, type, checks: ids },
    });
    await enforce(tx, actor.accountId, ids);
  });
}

function unfit(matching: Matching): Refusal {
  const patterns = Object.entries(matching).flatMap(([field, pattern]) =>
    pattern === undefined
      ? []
      : [
          {
            field,
            message: `${field} is ${JSON.stringify(pattern)}; a regular expression is expected that can be matched soon.`,
          },
        ],
  );
  return Refusal.invalid(patterns);
}
