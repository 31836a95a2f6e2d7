import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One migration of `prisma/migrations`, in the order they are applied. */
export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** The project's `prisma` folder, from the sources as well as from the build. */
export const prismaDir = fileURLToPath(new URL('../../prisma', import.meta.url));

/** Reads the migrations of a folder laid out as Prisma does: `<time>_<name>/migration.sql`. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      // As Prisma computes it, which writes it beside the migration's name in the database.
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
