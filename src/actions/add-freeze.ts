import { problemsOfFreeze } from '../domain/freezes.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { insertFreeze, type NewFreeze, type StoredFreeze } from '../store/freezes.ts';
import { type Ground, transactOnce } from './action.ts';
import { unknownScope } from './references.ts';

/**
 * Adds a freeze. What is scheduled in it already stays as it is.
 * @throws Refusal `forbidden`, or `invalid` with every field that is wrong
 */
export async function addFreeze(ground: Ground, actor: Actor, input: NewFreeze): Promise<StoredFreeze>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function addFreeze(
  ground: Ground,
  actor: Actor,
  input: NewFreeze,
  once: string | undefined,
): Promise<StoredFreeze | undefined>;
export async function addFreeze(
  ground: Ground,
  actor: Actor,
  input: NewFreeze,
  once?: string,
): Promise<StoredFreeze | undefined> {
  mustBeAllowed(actor, 'add-freeze');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const freeze = { ...input, reason: input.reason.trim() };
    const problems = [...problemsOfFreeze(freeze, now), ...(await unknownScope(tx, actor.accountId, freeze.scopeId))];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const added = await insertFreeze(tx, actor, freeze, now);
    await record(tx, actor, now, { action: 'add-freeze', subject: `freeze:${added.id}`, after: recorded(added) });
    return added;
  });
}

/** As the HTTP interface names them. */
export function recorded({ scope, start, end, reason, effect }: StoredFreeze) {
  return { scope: scope?.id ?? null, start: start.toISOString(), end: end.toISOString(), reason, effect };
}
