import { Pauses } from '../core/pauses.ts';
import type { Queries } from './database.ts';
import { attempt } from './transaction.ts';
import { type ActionContext, type Advanced, inTransaction, nothingDue, type TimedTransition } from './transactions.ts';

/** Which due rows to take. */
export interface Due {
  readonly now: Date;
  /** Ids to skip: one that failed must not hold up the others. */
  readonly except: readonly number[];
  /** Only these. */
  readonly only?: readonly number[] | undefined;
  readonly limit: number;
}

/** How rows of a kind are advanced when they are due, many in one transaction. */
export interface Batch<Row, Step = Row> {
  /** Locks rows that are due. */
  lock(tx: Queries, due: Due): Promise<Row[]>;
  /** Reads what all of them need, together. @returns a step for each */
  prepare(tx: Queries, rows: readonly Row[], now: Date): Promise<readonly Step[]>;
  /** Takes the step of one row. */
  advance(tx: Queries, step: Step, now: Date): Promise<TimedTransition | undefined>;
  /** After the steps that did not fail. */
  finish?(tx: Queries, steps: readonly Step[], now: Date): Promise<void>;
}

/** Takes one step with each of the rows that are due, in one transaction. One that fails does not hold up the others. */
export async function advanceBatch<Row extends { readonly id: number }, Step extends { readonly id: number }>(
  ctx: ActionContext,
  batch: Batch<Row, Step>,
  due: Omit<Due, 'now'>,
): Promise<Advanced> {
  let taken: number[] = [];
  try {
    return await inTransaction(ctx, async (tx, now) => {
      taken = [];
      const rows = await batch.lock(tx, { ...due, now });
      taken = rows.map(({ id }) => id);
      return rows.length === 0 ? nothingDue : advanceAll(tx, batch, rows, now);
    });
  } catch (error) {
    // Without ids, the database itself failed, and the scheduler waits for it.
    const [id, ...others] = taken;
    if (id === undefined) throw error;
    if (others.length === 0) return { ...nothingDue, failed: [{ id, error }] };
    return advanceHalves(ctx, batch, due, taken);
  }
}

/** After an error that says nothing about which row causes it. */
async function advanceHalves<Row extends { readonly id: number }, Step extends { readonly id: number }>(
  ctx: ActionContext,
  batch: Batch<Row, Step>,
  due: Omit<Due, 'now'>,
  ids: readonly number[],
): Promise<Advanced> {
  const middle = Math.ceil(ids.length / 2);
  const first = await advanceBatch(ctx, batch, { ...due, only: ids.slice(0, middle) });
  const second = await advanceBatch(ctx, batch, { ...due, only: ids.slice(middle) });
  return {
    moved: [...first.moved, ...second.moved],
    failed: [...first.failed, ...second.failed],
    transitions: [...first.transitions, ...second.transitions],
  };
}

async function advanceAll<Row, Step extends { readonly id: number }>(
  tx: Queries,
  batch: Batch<Row, Step>,
  rows: readonly Row[],
  now: Date,
): Promise<Advanced> {
  const done: Step[] = [];
  const failed: { id: number; error: unknown }[] = [];
  const transitions: TimedTransition[] = [];
  const pauses = new Pauses();
  for (const step of await batch.prepare(tx, rows, now)) {
    await pauses.pause();
    const { error } = await attempt(tx, async () => {
      const transition = await batch.advance(tx, step, now);
      if (transition !== undefined) transitions.push(transition);
    });
    if (error === undefined) done.push(step);
    else failed.push({ id: step.id, error });
  }
  await batch.finish?.(tx, done, now);
  return { moved: done.map(({ id }) => id), failed, transitions };
}
