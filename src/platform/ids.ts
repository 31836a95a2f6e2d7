import type { Queries } from './database.ts';
import { queryRows, sql } from './sql.ts';
import { openTransaction, type Transaction } from './transaction.ts';

/** The tables whose ids rows of other tables refer to before they are written. */
export type Sequence = 'maintenances' | 'audit_events' | 'comments';

/** How many ids a transaction is likely to need. */
export type NewIds = { readonly [Table in Sequence]?: number };

const kept = new WeakMap<Transaction, Map<Sequence, number[]>>();

/** Keeps new ids for `nextId`: what reads anyway can fetch them in the same statement. */
export function keepIds(tx: Queries, sequence: Sequence, ids: readonly number[]): void {
  const transaction = openTransaction(tx);
  if (transaction === undefined) return;
  const bySequence = kept.get(transaction) ?? new Map<Sequence, number[]>();
  kept.set(transaction, bySequence.set(sequence, [...(bySequence.get(sequence) ?? []), ...ids]));
}

/** The id of a new row. Ids increase within a transaction. */
export async function nextId(db: Queries, sequence: Sequence): Promise<number> {
  const transaction = openTransaction(db);
  const next = transaction && kept.get(transaction)?.get(sequence)?.shift();
  if (next !== undefined) return next;
  const [row] = await queryRows<{ id: number }>(db, sql`select nextval(${`${sequence}_id_seq`}::regclass)::int as id`);
  if (row === undefined) throw new Error(`the sequence of ${sequence} gave no id`);
  return row.id;
}
