import type { Clock } from '../core/clock.ts';
import { nullCharacter } from '../core/common-errors.ts';
import type { Actor } from '../core/permissions.ts';
import { type Database, isRetryable, isUnstorable, type Queries } from './database.ts';
import { claimKey } from './idempotency.ts';
import { toQuotaError } from './quotas.ts';
import { runTransaction } from './transaction.ts';

/** Dependencies of a command. */
export interface ActionContext {
  readonly database: Database;
  readonly clock: Clock;
  /** Why a monitoring system of this kind cannot have a check with this id, in a sentence; undefined when it can. */
  readonly validateExternalId?: (kind: string, externalId: string) => string | undefined;
  /** Runs first in every transaction; an error in it prevents the command. */
  readonly first?: (tx: Queries) => Promise<void>;
  /** The transaction to use, if several commands form one. */
  readonly within?: Queries;
}

const MAX_TRIES = 4;

/**
 * Runs a command in one transaction with one reading of the clock. `work` runs again if it loses a race to another.
 * @param timeout milliseconds
 * @throws UserError `null-character`, `quota-reached`, and whatever `work` throws
 */
export async function inTransaction<T>(
  ctx: ActionContext,
  work: (tx: Queries, now: Date) => Promise<T>,
  { timeout }: { readonly timeout?: number } = {},
): Promise<T> {
  if (ctx.within !== undefined) return work(ctx.within, ctx.clock.now());
  for (let tries = 1; ; tries++) {
    try {
      return await runTransaction(
        ctx.database,
        async (tx) => {
          await ctx.first?.(tx);
          return work(tx, ctx.clock.now());
        },
        timeout,
      );
    } catch (error) {
      if (isUnstorable(error)) throw nullCharacter({});
      const quotaError = toQuotaError(error);
      if (quotaError !== undefined) throw quotaError;
      if (tries === MAX_TRIES || !isRetryable(error)) throw error;
    }
  }
}

/** What a command with an idempotency key also returns, when it ran before; nothing without a key. */
export type Repeated<Once extends string | undefined> = Once extends undefined ? never : undefined;

/** As `inTransaction`; a second request with the same key (a redelivery) does nothing and returns undefined. */
export function inTransactionOnce<T, Once extends string | undefined>(
  ctx: ActionContext,
  actor: Actor,
  once: Once | undefined,
  work: (tx: Queries, now: Date) => Promise<T>,
): Promise<T | Repeated<Once>>;
export async function inTransactionOnce(
  ctx: ActionContext,
  actor: Actor,
  once: string | undefined,
  work: (tx: Queries, now: Date) => Promise<unknown>,
): Promise<unknown> {
  return inTransaction(ctx, async (tx, now) => {
    if (once !== undefined && !(await claimKey(tx, actor.accountId, once, now))) return undefined;
    return work(tx, now);
  });
}

/** A scheduled start or end; `lateBy` in milliseconds. */
export type TimedTransition = { readonly kind: 'start' | 'finish'; readonly lateBy: number };

/** What was due and was advanced, and what could not be. Both empty: nothing is due that another process is not working on. */
export interface Advanced {
  readonly moved: readonly number[];
  readonly failed: readonly { readonly id: number; readonly error: unknown }[];
  readonly transitions: readonly TimedTransition[];
}

export const nothingDue: Advanced = { moved: [], failed: [], transitions: [] };
