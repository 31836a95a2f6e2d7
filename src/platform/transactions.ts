import type { Clock } from '../core/clock.ts';
import { nullCharacter } from '../core/common-errors.ts';
import type { Actor } from '../core/permissions.ts';
import { type Database, isRetryable, isUnstorable, type Queries } from './database.ts';
import { claimKey } from './idempotency.ts';
import { withDeferredJobs } from './jobs.ts';

/** What every action stands on. */
export interface ActionContext {
  readonly database: Database;
  readonly clock: Clock;
  /**
   * Why a monitoring system of this kind can have no check with this id, in a sentence; undefined when it may have one.
   * Absent where no kinds of systems are known.
   */
  readonly validateExternalId?: (kind: string, externalId: string) => string | undefined;
  /** Runs first in every transaction: what throws in it keeps the action from being done. */
  readonly first?: (tx: Queries) => Promise<void>;
  /** The transaction that actions are part of, where several are done as one. */
  readonly within?: Queries;
}

/** How often a transaction is tried that lost a race to another one. */
const TRIES = 4;

/**
 * Runs one action in one transaction. The time is read once, so that all it writes carries the same instant. When it loses
 * a race to another transaction, `work` runs again.
 * @param timeout after which it is given up (milliseconds), where that is not the usual one
 * @throws UserError `null-character`, and whatever `work` throws
 */
export async function inTransaction<T>(
  ctx: ActionContext,
  work: (tx: Queries, now: Date) => Promise<T>,
  { timeout }: { readonly timeout?: number } = {},
): Promise<T> {
  if (ctx.within !== undefined) return work(ctx.within, ctx.clock.now());
  for (let tries = 1; ; tries++) {
    try {
      return await ctx.database.$transaction(
        async (tx) => {
          await ctx.first?.(tx);
          return withDeferredJobs(tx, () => work(tx, ctx.clock.now()));
        },
        timeout === undefined ? {} : { timeout },
      );
    } catch (error) {
      // No rule named the field before.
      if (isUnstorable(error)) throw nullCharacter({});
      if (tries === TRIES || !isRetryable(error)) throw error;
    }
  }
}

/** What a command with an idempotency key also returns, when it ran before; nothing without a key. */
export type Repeated<Once extends string | undefined> = Once extends undefined ? never : undefined;

/**
 * Like `inTransaction`, for a request that may come twice.
 * @param once its idempotency key; a second request with the same key (a double click, a redelivery) does nothing
 * @returns undefined when the request was acted upon before
 */
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

/** A window that time began or ended, and how long after its instant (milliseconds). */
export interface TimedTransition {
  readonly kind: 'start' | 'finish';
  readonly lateBy: number;
}

/** `idle`: none is due, or every due one is being worked on by another process. */
export type AdvanceResult =
  | { readonly outcome: 'idle' }
  | { readonly outcome: 'moved'; readonly id: number; readonly transition?: TimedTransition | undefined }
  | { readonly outcome: 'failed'; readonly id: number; readonly error: unknown };

/**
 * One step that time asks for, in one transaction.
 * @param work takes a due row, tells its id to `took`, and moves it
 */
export async function advanceOneStep(
  ctx: ActionContext,
  work: (tx: Queries, now: Date, took: (id: number) => void) => Promise<void>,
): Promise<AdvanceResult> {
  let id: number | undefined;
  try {
    await inTransaction(ctx, (tx, now) =>
      work(tx, now, (taken) => {
        id = taken;
      }),
    );
  } catch (error) {
    // Without an id it is the database that failed, which is the scheduler's to wait for.
    if (id === undefined) throw error;
    return { outcome: 'failed', id, error };
  }
  return id === undefined ? { outcome: 'idle' } : { outcome: 'moved', id };
}
