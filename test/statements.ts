import pg from 'pg';
import { vi } from 'vitest';

/** The texts of the statements that were sent to PostgreSQL during `work`. */
export async function countingStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
  const texts: string[] = [];
  const { query } = pg.Client.prototype;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...sent: unknown[]) {
    const [statement] = sent;
    texts.push(typeof statement === 'string' ? statement : (statement as { text: string }).text);
    return Reflect.apply(query, this, sent);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return texts;
}
