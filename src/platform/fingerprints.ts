import { createHash } from 'node:crypto';
import { fieldsChanged } from '../core/common-errors.ts';
import { UserError } from '../core/errors.ts';
import { changedFields, type Fields, type Fingerprints } from '../core/merge.ts';
import { advisoryLock, type Queries } from './database.ts';
import type { ActionContext } from './transactions.ts';

/** The same text has the same digest, and another text another one: 16 characters of base64url. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Fields as somebody saw them, in a few characters each. */
export function fingerprints(fields: Readonly<Record<string, unknown>>): Fingerprints {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, digest(JSON.stringify(value))]));
}

/**
 * The ctx of a change that is done only when `look` has nothing against it, which looks in its transaction: of several
 * that come at once, the next looks when the one before it is done, for not every row is locked when it is read.
 * @param turn of what is to be changed, such as `scope:4`: the one that its actions take, where they take one
 */
export function withLock(
  ctx: ActionContext,
  accountId: number,
  turn: string,
  look: (tx: Queries) => Promise<void>,
): ActionContext {
  return {
    ...ctx,
    async first(tx) {
      await advisoryLock(tx, accountId, turn);
      await look(tx);
      await ctx.first?.(tx);
    },
  };
}

/** Others changed what somebody saw before they saved. Nothing was overwritten. */
export class FieldConflict extends UserError {
  constructor(fields: readonly string[]) {
    super(fieldsChanged({ fields }));
  }
}

/**
 * The ctx of a change by somebody who saw these fields, which is done only while all of them are as they were.
 * @param current what they are now; it throws where there is nothing to be changed any more
 */
export function ifUnchanged(
  ctx: ActionContext,
  accountId: number,
  turn: string,
  seen: Fingerprints,
  current: (tx: Queries) => Promise<Fields>,
): ActionContext {
  return withLock(ctx, accountId, turn, async (tx) => {
    const changed = changedFields(seen, fingerprints(await current(tx)));
    if (changed.length > 0) throw new FieldConflict(changed);
  });
}
