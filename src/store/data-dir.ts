import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/**
 * Makes the data folder when it is not there.
 * @throws StartError when it cannot be made.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o755 });
    // A strict umask of root's would close the new folder to PostgreSQL's user. What is private within it has its own mode.
    if (made !== undefined && process.getuid?.() === 0) await chmod(dataDir, 0o755);
  } catch (error) {
    throw new StartError(
      `The data folder ${dataDir} cannot be made (${reason(error)}). Set LULL_DATA_DIR to a folder that can be written to.`,
    );
  }
}

/** The admin token kept in the data folder, and the path of its file, for the person who looks for it. */
export type KeptToken = { readonly token: string; readonly file: string };

/**
 * Reads the admin token of a data folder, made on the first start. Only the user who started Lull can read its file.
 * @throws StartError when the file cannot be read or made, or holds no token.
 */
export async function keptAdminToken(dataDir: string): Promise<KeptToken> {
  await makeDataDir(dataDir);
  const file = join(dataDir, 'admin-token');
  const unfinished = join(dataDir, `.admin-token-${randomBytes(6).toString('hex')}`);
  try {
    if (!(await exists(file))) {
      await writeFile(unfinished, `lull_${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
      await link(unfinished, file); // whole or not at all; of two starts at once, the second takes the first one's
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, reason(error));
  } finally {
    await rm(unfinished, { force: true });
  }
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (token.length < 16) throw unusable(file, 'it holds less than 16 characters');
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
    return { token, file };
  } catch (error) {
    throw error instanceof StartError ? error : unusable(file, reason(error));
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function unusable(file: string, why: string): StartError {
  return new StartError(
    `The admin token in ${file} cannot be used: ${why}. Remove the file to have a new one made, or set LULL_ADMIN_TOKEN.`,
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
