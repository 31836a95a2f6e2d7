import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../data-dir.ts';

const exec = promisify(execFile);

/** The operating system's account that PostgreSQL runs as. */
export interface Account {
  readonly name: string;
  /** undefined: the account that Lull runs as. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as the owner of its folder, or for a new folder as the user
 * `postgres`, who is created if missing. Started by anyone else, it runs as them.
 * @throws StartError when that user cannot be created
 */
export async function chooseAccount(cluster: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { name: userInfo().username, ids: undefined };
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `number ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } };
  }
  return (await findUser('postgres')) ?? (await createUser('postgres'));
}

async function findUser(name: string): Promise<Account | undefined> {
  try {
    const [uid = Number.NaN, gid = Number.NaN] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await exec('id', [flag, name])).stdout)),
    );
    return Number.isInteger(uid) && Number.isInteger(gid) ? { name, ids: { uid, gid } } : undefined;
  } catch {
    return undefined;
  }
}

async function createUser(name: string): Promise<Account> {
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  const problem = await exec('useradd', [...options, name]).then(() => 'it is not found', String);
  // Looked up in any case, as another start may have created it concurrently.
  const created = await findUser(name);
  if (created !== undefined) return created;
  throw new StartError(
    `PostgreSQL does not run as root, and the user ${name} could not be made (${problem}). ` +
      'Set DATABASE_URL to a PostgreSQL of your own, or start Lull as another user than root.',
  );
}

export async function canAccess(account: Account, folder: string): Promise<boolean> {
  if (account.ids === undefined) return true;
  return exec('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account.ids, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

export async function findInaccessibleFolder(account: Account, folder: string): Promise<string> {
  const parent = dirname(folder);
  if (parent === folder || (await canAccess(account, parent))) return folder;
  return findInaccessibleFolder(account, parent);
}
