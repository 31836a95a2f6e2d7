import type { Queries } from './database.ts';
import { queryRows, sql } from './sql.ts';
import { openTransaction, type Transaction } from './transaction.ts';

/** The tables whose ids rows of other tables refer to before they are written. */
const SEQUENCES = [
  'maintenances',
  'series',
  'audit_events',
  'comments',
  'scopes',
  'services',
  'subscriptions',
] as const;
export type Sequence = (typeof SEQUENCES)[number];

/** How many ids a transaction is likely to need. */
export type NewIds = { readonly [Table in Sequence]?: number };

interface Kept {
  readonly ids: number[];
  /** How many were fetched one after another. */
  fetched: number;
}

const kept = new WeakMap<Transaction, Map<Sequence, Kept>>();

function keptIds(transaction: Transaction, sequence: Sequence): Kept {
  const bySequence = kept.get(transaction) ?? new Map<Sequence, Kept>();
  const found = bySequence.get(sequence) ?? { ids: [], fetched: 0 };
  kept.set(transaction, bySequence.set(sequence, found));
  return found;
}

/** Keeps new ids for `nextId`: what reads anyway can fetch them in the same statement. */
export function keepIds(tx: Queries, sequence: Sequence, ids: readonly number[]): void {
  const transaction = openTransaction(tx);
  if (transaction !== undefined) keptIds(transaction, sequence).ids.push(...ids);
}

/** Fetches in one statement the ids that a transaction knows it needs, if `nextId` has not kept so many. */
export async function reserveIds(tx: Queries, ids: NewIds): Promise<void> {
  const transaction = openTransaction(tx);
  if (transaction === undefined) return;
  const missing = SEQUENCES.map((sequence) => (ids[sequence] ?? 0) - keptIds(transaction, sequence).ids.length);
  if (missing.every((count) => count <= 0)) return;
  const rows = await queryRows<{ sequence: Sequence; ids: number[] }>(
    tx,
    sql`
      select sequence, array(
        select nextval((sequence || '_id_seq')::regclass)::int from generate_series(1, count)) as ids
      from unnest(${[...SEQUENCES]}::text[], ${missing}::int[]) as wanted (sequence, count)`,
  );
  for (const { sequence, ids: fetched } of rows) keepIds(tx, sequence, fetched);
}

/** The id of a new row. Ids increase within a transaction. */
export async function nextId(db: Queries, sequence: Sequence): Promise<number> {
  const transaction = openTransaction(db);
  const known = transaction && keptIds(transaction, sequence);
  const next = known?.ids.shift();
  if (next !== undefined) return next;
  // As many again, for a transaction that needs more and more.
  const count = Math.max(1, known?.fetched ?? 1);
  const rows = await queryRows<{ id: number }>(
    db,
    sql`select nextval(${`${sequence}_id_seq`}::regclass)::int as id from generate_series(1, ${count}::int)`,
  );
  const [first, ...others] = rows.map(({ id }) => id);
  if (first === undefined) throw new Error(`the sequence of ${sequence} gave no id`);
  if (known !== undefined) {
    known.ids.push(...others);
    known.fetched += count;
  }
  return first;
}
