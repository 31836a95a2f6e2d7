import pg from 'pg';

/**
 * Connections of PostgreSQL. One that is lost while nobody listens to it (and there are such moments between two users of
 * a connection) ends the process otherwise; whoever used it hears of it by the query that fails.
 * @param lost is told of every connection that was lost
 */
export function openPool(options: pg.PoolConfig, lost: (error: Error) => void = () => {}): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
