import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import type { Check } from '../store/checks.ts';
import type { Queries } from '../store/database.ts';
import { type Matching, switchRegister, switchTogether } from '../store/register.ts';
import { type Ground, transact } from './action.ts';
import { enforce } from './effects.ts';

/**
 * Switches a check of Lull's own register on or off by hand, in the caller's transaction and for somebody who may. One that a
 * window has off and that is switched on is told of in its thread, and left on.
 * @throws Refusal `conflict` for a check that its own monitoring system switches
 */
export async function switchCheck(
  tx: Queries,
  actor: Actor,
  { id, name, provider, enabled: was }: Check,
  enabled: boolean,
  now: Date,
): Promise<void> {
  if (provider !== 'builtin') {
    throw new Refusal(
      'conflict',
      `The check ${name} is switched in its own monitoring system, ${provider}. Switch it there, or schedule a maintenance, which has it off from its start to its end.`,
    );
  }
  await switchRegister(tx, actor.accountId, id, enabled);
  if (was !== enabled) {
    const change = { before: { enabled: was }, after: { enabled } };
    await record(tx, actor, now, { action: 'switch-check', subject: `check:${id}`, ...change });
  }
  await enforce(tx, actor.accountId, [id]);
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
