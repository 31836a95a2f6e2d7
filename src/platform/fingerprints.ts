import { createHash } from 'node:crypto';
import { fieldsChanged } from '../core/common-errors.ts';
import { UserError } from '../core/errors.ts';
import { changedFields, type Fields, type Fingerprints } from '../core/merge.ts';
import type { Queries } from './database.ts';
import { advisoryLock } from './sql.ts';
import type { ActionContext } from './transactions.ts';

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

export function fingerprints(fields: Readonly<Record<string, unknown>>): Fingerprints {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, digest(JSON.stringify(value))]));
}

/**
 * A context whose transactions take a lock and run `check` first.
 * @param lock of what is changed, such as `scope:4`: the same that its commands take
 * @param check throws to prevent the change
 */
export function withLock(
  ctx: ActionContext,
  accountId: number,
  lock: string,
  check: (tx: Queries) => Promise<void>,
): ActionContext {
  return {
    ...ctx,
    async first(tx) {
      await advisoryLock(tx, accountId, lock);
      await check(tx);
      await ctx.first?.(tx);
    },
  };
}

/** Somebody else changed these fields since the form was opened. Nothing was overwritten. */
export class FieldConflict extends UserError {
  constructor(fields: readonly string[]) {
    super(fieldsChanged({ fields }));
  }
}

/**
 * A context whose transactions fail with `FieldConflict` if fields changed since they were shown.
 * @param shown fingerprints of the fields as they were shown
 * @param current reads the fields; throws if the record does not exist anymore
 */
export function ifUnchanged(
  ctx: ActionContext,
  accountId: number,
  lock: string,
  shown: Fingerprints,
  current: (tx: Queries) => Promise<Fields>,
): ActionContext {
  return withLock(ctx, accountId, lock, async (tx) => {
    const changed = changedFields(shown, fingerprints(await current(tx)));
    if (changed.length > 0) throw new FieldConflict(changed);
  });
}
