import { record } from '../audit/record.ts';
import { assertValid } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { validateScopeId } from '../maintenance/commands/coverage.ts';
import { advisoryLock } from '../platform/database.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { freezeNotFound } from './errors.ts';
import {
  deleteFreeze,
  findFreeze,
  insertFreeze,
  type NewFreeze,
  type StoredFreeze,
  updateFreeze,
} from './repository.ts';
import { validateFreeze } from './rules.ts';

/**
 * Adds a freeze. What is scheduled in it already stays as it is.
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong
 */
export async function addFreeze<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: NewFreeze,
  once?: Once,
): Promise<StoredFreeze | Repeated<Once>> {
  authorize(actor, 'add-freeze');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const freeze = { ...input, reason: input.reason.trim() };
    const problems = [...validateFreeze(freeze, now), ...(await validateScopeId(tx, actor.accountId, freeze.scopeId))];
    assertValid(problems);
    const added = await insertFreeze(tx, actor, freeze, now);
    await record(tx, actor, now, {
      type: 'freeze.added',
      subject: { kind: 'freeze', id: added.id },
      after: freezeForAudit(added),
    });
    return added;
  });
}

/** As the HTTP interface names them. */
export function freezeForAudit({ scope, start, end, reason, effect }: StoredFreeze) {
  return { scope: scope?.id ?? null, start: utc(start), end: utc(end), reason, effect };
}

/** What is not named stays as it is. */
export type FreezeEdit = { readonly [Field in keyof NewFreeze]?: NewFreeze[Field] | undefined };

/**
 * Changes a freeze. What is scheduled in it already stays as it is.
 * @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editFreeze(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: FreezeEdit,
): Promise<StoredFreeze> {
  authorize(actor, 'add-freeze');
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `freeze:${id}`);
    const freeze = await findFreeze(tx, actor.accountId, id);
    if (freeze === undefined) throw freezeNotFound({ id });
    const wanted: NewFreeze = {
      scopeId: edit.scopeId === undefined ? (freeze.scope?.id ?? null) : edit.scopeId,
      start: edit.start ?? freeze.start,
      end: edit.end ?? freeze.end,
      reason: edit.reason?.trim() ?? freeze.reason,
      effect: edit.effect ?? freeze.effect,
    };
    const problems = [...validateFreeze(wanted, now), ...(await validateScopeId(tx, actor.accountId, wanted.scopeId))];
    assertValid(problems);
    const changed = await updateFreeze(tx, actor.accountId, id, wanted);
    const change = difference(freezeForAudit(freeze), freezeForAudit(changed));
    if (change !== undefined)
      await record(tx, actor, now, { type: 'freeze.changed', subject: { kind: 'freeze', id }, ...change });
    return changed;
  });
}

/**
 * Removes a freeze; the audit keeps what it was.
 * @throws UserError `forbidden` or `not-found`
 */
export async function removeFreeze(ctx: ActionContext, actor: Actor, id: number): Promise<StoredFreeze> {
  authorize(actor, 'remove-freeze');
  return inTransaction(ctx, async (tx, now) => {
    const freeze = await findFreeze(tx, actor.accountId, id);
    if (freeze === undefined || !(await deleteFreeze(tx, actor.accountId, id))) {
      throw freezeNotFound({ id });
    }
    await record(tx, actor, now, {
      type: 'freeze.removed',
      subject: { kind: 'freeze', id },
      before: freezeForAudit(freeze),
    });
    return freeze;
  });
}
