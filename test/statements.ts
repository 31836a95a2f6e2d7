import pg from 'pg';
import { vi } from 'vitest';

/** A statement as it was given to `pg`. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether it has no name, so that PostgreSQL plans it each time. */
  readonly replanned: boolean;
}

/** The statements that were sent to PostgreSQL during `work`. */
export async function recordingStatements(work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const { query } = pg.Client.prototype;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...sent: unknown[]) {
    const [statement] = sent as [string | { text: string; values?: readonly unknown[]; name?: string }];
    const { text, values = [], name = '' } = typeof statement === 'string' ? { text: statement } : statement;
    statements.push({ text, values, replanned: name === '' });
    return Reflect.apply(query, this, sent);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return statements;
}

/** What Slack says of a person is stored once in half a minute, however much they do. */
const NOW_AND_THEN = /^insert into people /;

/** The texts of the statements that were sent to PostgreSQL during `work`, without those of now and then. */
export async function countingStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
  return (await recordingStatements(work)).map(({ text }) => text).filter((text) => !NOW_AND_THEN.test(text));
}

/**
 * How many rows PostgreSQL looks at for a statement, however few it keeps.
 * @param plan made before it knows the values, or for them
 */
export async function countRowsVisited(
  w: { session(): Promise<pg.Client> },
  { text, values }: Pick<Statement, 'text' | 'values'>,
  plan: 'generic' | 'custom' = 'generic',
): Promise<number> {
  const session = await w.session();
  await session.query('begin');
  await session.query(`set local plan_cache_mode = force_${plan}_plan`);
  await session.query({ name: 'planned', text, values: [...values] });
  const { rows } = await session.query<{ visited: number }>(
    'select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as visited from pg_stat_xact_user_tables',
  );
  await session.query('rollback');
  await session.end();
  return rows[0]?.visited ?? Number.NaN;
}

/** How many rows the steps of the plan of a statement handle, also those of intermediate results, as often as they do. */
export async function countRowsHandled(
  w: { session(): Promise<pg.Client> },
  { text, values }: Statement,
): Promise<number> {
  const session = await w.session();
  await session.query('begin');
  const { rows } = await session.query(`explain (analyze, timing off, format json) ${text}`, [...values]);
  await session.query('rollback');
  await session.end();
  const count = (node: Record<string, unknown>): number => {
    const read = (name: string) => Number(node[name] ?? 0);
    const rows = read('Actual Rows') + read('Rows Removed by Filter') + read('Rows Removed by Join Filter');
    const below = (node.Plans ?? []) as Record<string, unknown>[];
    return rows * read('Actual Loops') + below.reduce((sum, child) => sum + count(child), 0);
  };
  return count(rows[0]['QUERY PLAN'][0].Plan);
}
