import type { Clock } from '../clock.ts';
import { type Actor, mustBeAllowed, mustBeWithinScopes } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Database, Queries } from '../store/database.ts';
import { isPassing, isUnstorable } from '../store/fault.ts';
import { enqueuingLast } from '../store/jobs.ts';
import { findMaintenance, lockMaintenance, type Maintenance } from '../store/maintenances.ts';
import { firstTime } from '../store/receipts.ts';
import { findSeries, type Series } from '../store/series.ts';
import { touchedScopes } from '../store/touched.ts';
import { type Coverage, coverageOf } from './effects.ts';

/** What every action stands on. */
export interface Ground {
  readonly database: Database;
  readonly clock: Clock;
  /**
   * Why a monitoring system of this kind can have no check with this id, in a sentence; undefined when it may have one.
   * Absent where no kinds of systems are known.
   */
  readonly problemOfId?: (kind: string, externalId: string) => string | undefined;
  /** Runs first in every transaction: what throws in it keeps the action from being done. */
  readonly first?: (tx: Queries) => Promise<void>;
  /** The transaction that actions are part of, where several are done as one. */
  readonly within?: Queries;
}

/** How often a transaction is tried that lost a race to another one. */
const TRIES = 4;
/** What is said where no rule named the field first. */
const UNSTORABLE = 'One of the texts has the character U+0000, which cannot be stored. Leave it out.';

/**
 * Runs one action in one transaction. The time is read once, so that all it writes carries the same instant. When it loses
 * a race to another transaction, `work` runs again.
 * @param timeout after which it is given up (milliseconds), where that is not the usual one
 * @throws Refusal of kind `invalid` for a text that cannot be stored, and whatever `work` throws
 */
export async function transact<T>(
  ground: Ground,
  work: (tx: Queries, now: Date) => Promise<T>,
  { timeout }: { readonly timeout?: number } = {},
): Promise<T> {
  if (ground.within !== undefined) return work(ground.within, ground.clock.now());
  for (let tries = 1; ; tries++) {
    try {
      return await ground.database.$transaction(
        async (tx) => {
          await ground.first?.(tx);
          return enqueuingLast(tx, () => work(tx, ground.clock.now()));
        },
        timeout === undefined ? {} : { timeout },
      );
    } catch (error) {
      if (isUnstorable(error)) throw new Refusal('invalid', UNSTORABLE);
      if (tries === TRIES || !isPassing(error)) throw error;
    }
  }
}

/**
 * The same for a request that may come twice.
 * @param once its key; a second request with the same key (a double click, a redelivery) does nothing
 * @returns undefined when the request was acted upon before
 */
export async function transactOnce<T>(
  ground: Ground,
  actor: Actor,
  once: string | undefined,
  work: (tx: Queries, now: Date) => Promise<T>,
): Promise<T | undefined> {
  return transact(ground, async (tx, now) => {
    if (once !== undefined && !(await firstTime(tx, actor.accountId, once, now))) return undefined;
    return work(tx, now);
  });
}

export function noSuchMaintenance(id: number | string): Refusal {
  return new Refusal('not-found', `There is no maintenance ${id}. \`/maintenance list\` shows those there are.`);
}

/**
 * A maintenance to be changed, locked.
 * @throws Refusal of kind `not-found`, or `forbidden` to somebody who is limited to other scopes
 */
export async function lock(tx: Queries, actor: Actor, id: number): Promise<Maintenance> {
  const maintenance = await lockMaintenance(tx, actor.accountId, id);
  if (maintenance === undefined) throw noSuchMaintenance(id);
  await holdToScopes(tx, actor, coverageOf(maintenance), noSuchMaintenance(id));
  return maintenance;
}

/**
 * Holds somebody who is limited to scopes to windows that touch those alone.
 * @param unseen what there is to say of a window that they may not even know of
 * @throws Refusal of kind `forbidden`, or `unseen`
 */
export async function holdToScopes(
  tx: Queries,
  actor: Actor,
  coverage: Pick<Coverage, 'scopeId' | 'services' | 'checks' | 'selector'>,
  unseen?: Refusal,
): Promise<void> {
  const { scopes } = actor;
  if (scopes === undefined) return;
  const touched = (await touchedScopes(tx, actor.accountId, coverage)).map(({ id }) => id);
  if (unseen !== undefined && !touched.some((id) => scopes.includes(id))) throw unseen;
  mustBeWithinScopes(actor, touched);
}

/**
 * One maintenance, for somebody who may see it.
 * @throws Refusal of kind `not-found` or `forbidden`
 */
export async function find(ground: Ground, actor: Actor, id: number): Promise<Maintenance> {
  mustBeAllowed(actor, 'read');
  const maintenance = await findMaintenance(ground.database, actor.accountId, id);
  if (maintenance === undefined) throw noSuchMaintenance(id);
  return maintenance;
}

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

/** A window that time began or ended, and how long after its instant (milliseconds). */
export interface Transition {
  readonly kind: 'start' | 'finish';
  readonly lateBy: number;
}

/** `idle`: none is due, or every due one is being worked on by another process. */
export type Advance =
  | { readonly outcome: 'idle' }
  | { readonly outcome: 'moved'; readonly id: number; readonly transition?: Transition | undefined }
  | { readonly outcome: 'failed'; readonly id: number; readonly error: unknown };

/**
 * One step that time asks for, in one transaction.
 * @param work takes a due row, tells its id to `took`, and moves it
 */
export async function advanceOneStep(
  ground: Ground,
  work: (tx: Queries, now: Date, took: (id: number) => void) => Promise<void>,
): Promise<Advance> {
  let id: number | undefined;
  try {
    await transact(ground, (tx, now) =>
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
