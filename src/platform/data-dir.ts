import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes the data folder when it is not there.
 * @throws StartError when it cannot be made.
 */
export async function createDataDir(dataDir: string): Promise<void> {
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

/** A secret kept in the data folder, and the path of its file, for the person who looks for it. */
export type StoredSecret = { readonly secret: string; readonly file: string };

/** What is kept: the name of its file, what it is called, how it begins, and what to do when it cannot be used. */
const KEPT = {
  'admin-token': {
    called: 'admin token',
    prefix: 'lull_',
    remedy: 'Remove the file to have a new one made, or set LULL_ADMIN_TOKEN.',
  },
  'encryption-key': {
    called: 'encryption key',
    prefix: '',
    remedy: 'Put back the one that was there, or set LULL_ENCRYPTION_KEY; what was kept with it is lost without it.',
  },
} as const;

/**
 * Reads a secret of a data folder, made on the first start. Only the user who started Lull can read its file.
 * @throws StartError when the file cannot be read or made, or holds no secret.
 */
export async function ensureSecret(dataDir: string, name: keyof typeof KEPT): Promise<StoredSecret> {
  await createDataDir(dataDir);
  const file = join(dataDir, name);
  const unfinished = join(dataDir, `.${name}-${randomBytes(6).toString('hex')}`);
  const unusable = (why: string): StartError => {
    const { called, remedy } = KEPT[name];
    return new StartError(`The ${called} in ${file} cannot be used: ${why}. ${remedy}`);
  };
  try {
    if (!(await exists(file))) {
      const made = `${KEPT[name].prefix}${randomBytes(24).toString('base64url')}\n`;
      await writeFile(unfinished, made, { mode: 0o600 });
      await link(unfinished, file); // whole or not at all; of two starts at once, the second takes the first one's
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(reason(error));
  } finally {
    await rm(unfinished, { force: true });
  }
  try {
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret.length < 16) throw unusable('it holds less than 16 characters');
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
    return { secret, file };
  } catch (error) {
    throw error instanceof StartError ? error : unusable(reason(error));
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Lull cannot start, and the person who started it can do something about it.
 * The message is the whole of what they are shown: what is wrong, with the value, and what to do.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
