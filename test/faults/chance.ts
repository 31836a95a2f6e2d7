import { administer } from '../database.ts';

export const oneOf = <T>(these: readonly T[]): T => these[upTo(these.length)] as T;

/** A random integer from 0 to `most` - 1. */
export const upTo = (most: number): number => Math.floor(Math.random() * most);

/** Terminates some of the connections to a database. @param share the share of connections, from 0 to 1 */
export async function cutConnections(url: string, share: number): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await administer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and random() < ${share}`,
  );
}
