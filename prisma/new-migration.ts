/**
 * Writes the migration that brings a database from where the migrations leave it to what `schema.prisma` says:
 *
 *     npm run migration add-risk
 *
 * Review the SQL, and add what schema.prisma cannot express. Committed migrations are never edited.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations.ts';
import { diffSchema } from './schema-engine.ts';

const name = process.argv[2] ?? '';
if (!/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) {
  console.error('Give the migration a name in lower case: npm run migration add-risk');
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'lull-migration-'));
await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
try {
  const server = await startEmbedded(folder, { durable: false });
  try {
    await migrate({ databaseUrl: server.url, folder: 'prisma/migrations' });
    const sql = await diffSchema(server.url, 'prisma/schema.prisma');
    if (sql === undefined) console.log('The migrations match prisma/schema.prisma: nothing to write.');
    else console.log(`Wrote ${await write(sql)}. Review it before you commit it.`);
  } finally {
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function write(sql: string): Promise<string> {
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const migration = join('prisma/migrations', `${timestamp}_${name.replaceAll('-', '_')}`);
  await mkdir(migration);
  await writeFile(join(migration, 'migration.sql'), sql);
  return migration;
}
