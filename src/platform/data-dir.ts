import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @throws StartError when the folder cannot be created */
export async function createDataDir(dataDir: string): Promise<void> {
  try {
    const created = await mkdir(dataDir, { recursive: true, mode: 0o755 });
    // A strict umask of root would keep PostgreSQL's user out. Private files in the folder have their own modes.
    if (created !== undefined && process.getuid?.() === 0) await chmod(dataDir, 0o755);
  } catch (error) {
    throw new StartError(
      `The data folder ${dataDir} cannot be made (${toMessage(error)}). Set LULL_DATA_DIR to a folder that can be written to.`,
    );
  }
}

const SECRETS = {
  'admin-token': ['admin token', 'lull_', 'Remove the file to have a new one made, or set LULL_ADMIN_TOKEN.'],
  'encryption-key': [
    'encryption key',
    '',
    'Put back the one that was there, or set LULL_ENCRYPTION_KEY; what was kept with it is lost without it.',
  ],
} as const;

/**
 * Reads a secret from the data folder, created on the first start. Only the user who started Lull can read its file.
 * @throws StartError when the file cannot be read or created, or contains no secret
 */
export async function ensureSecret(dataDir: string, name: keyof typeof SECRETS) {
  await createDataDir(dataDir);
  const [label, prefix, remedy] = SECRETS[name];
  const file = join(dataDir, name);
  const unfinished = join(dataDir, `.${name}-${randomBytes(6).toString('hex')}`);
  const unusable = (why: string) => new StartError(`The ${label} in ${file} cannot be used: ${why}. ${remedy}`);
  try {
    if (!existsSync(file)) {
      await writeFile(unfinished, `${prefix}${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
      await link(unfinished, file); // atomic: the second of two concurrent starts uses the secret of the first
    }
  } catch (error) {
    if (!isAlreadyThere(error)) throw unusable(toMessage(error));
  } finally {
    await rm(unfinished, { force: true });
  }
  try {
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret.length < 16) throw unusable('it holds less than 16 characters');
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
    return { secret, file };
  } catch (error) {
    throw error instanceof StartError ? error : unusable(toMessage(error));
  }
}

/** Whether a concurrent start created the file or folder first. */
export function isAlreadyThere(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '');
}

export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Lull cannot start. The message is all that the operator sees: what is wrong, with the value, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
