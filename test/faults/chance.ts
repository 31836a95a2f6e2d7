import { administer } from '../database.ts';

export const pickRandom = <T>(items: readonly T[]): T => items[randomBelow(items.length)] as T;

/** A random integer from 0 to `most` - 1. */
export const randomBelow = (limit: number): number => Math.floor(Math.random() * limit);

/** Terminates some of the connections to a database. @param share the share of connections, from 0 to 1 */
export async function cutConnections(url: string, share: number): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await administer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and random() < ${share}`,
  );
}
