import pg from 'pg';
import { vi } from 'vitest';

/** A statement as it was given to `pg`. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statements that were sent to PostgreSQL during `work`. */
export async function recordingStatements(work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const { query } = pg.Client.prototype;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...sent: unknown[]) {
    const [statement] = sent as [string | { readonly text: string; readonly values?: readonly unknown[] }];
    if (typeof statement === 'string') statements.push({ text: statement, values: [] });
    else statements.push({ text: statement.text, values: statement.values ?? [] });
    return Reflect.apply(query, this, sent);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return statements;
}

/** The texts of the statements that were sent to PostgreSQL during `work`. */
export async function countingStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
  return (await recordingStatements(work)).map(({ text }) => text);
}
