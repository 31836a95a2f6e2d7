import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { differenceFromSchema } from '../../src/store/schema-engine.ts';
import { emptyDatabase, type TestDatabase } from '../database.ts';

describe('prisma/migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await emptyDatabase();
    await migrate(database.url);
  });
  afterAll(() => database.close());

  it('make exactly what prisma/schema.prisma says', async () => {
    // Otherwise: npm run migration NAME
    expect(await differenceFromSchema(database.url)).toBeUndefined();
  });
});
