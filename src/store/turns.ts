import type { Queries } from './database.ts';

/** Waits until nobody else of an account has the turn of this name, and has it until the transaction ends. */
export async function takeTurn(tx: Queries, accountId: number, name: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${accountId} ${name}`}, 0))`;
}
