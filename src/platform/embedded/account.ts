import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../data-dir.ts';

const exec = promisify(execFile);

/** The operating system's account that PostgreSQL runs as. */
export type Account = {
  readonly name: string;
  /** Set when it is another account than the one Lull runs as. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
};

const another = 'Set DATABASE_URL to a PostgreSQL of your own, or start Lull as another user than root.';

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as the owner of its folder, or for a new folder as the
 * user `postgres`, who is made when missing. Started by anyone else, it runs as them.
 */
export async function chooseAccount(cluster: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { name: userInfo().username, ids: undefined };
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `number ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } };
  }
  return (await lookUp('postgres')) ?? (await create('postgres'));
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await exec('id', [flag, name])).stdout)),
    );
    if (uid === undefined || gid === undefined || !Number.isInteger(uid) || !Number.isInteger(gid)) return undefined;
    return { name, ids: { uid, gid } };
  } catch {
    return undefined;
  }
}

async function create(name: string): Promise<Account> {
  try {
    await exec('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  } catch (error) {
    // Another start may have made it at this very moment: the look-up below decides.
    const made = await lookUp(name);
    if (made !== undefined) return made;
    throw new StartError(
      `PostgreSQL does not run as root, and the user ${name} could not be made (${String(error)}). ${another}`,
    );
  }
  const made = await lookUp(name);
  if (made === undefined)
    throw new StartError(`PostgreSQL does not run as root, and there is no user ${name}. ${another}`);
  return made;
}

/** Whether the account can go into a folder, as the system itself answers. */
export async function canAccess(account: Account, folder: string): Promise<boolean> {
  if (account.ids === undefined) return true;
  try {
    await exec('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account.ids, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** The outermost folder on the way to `folder` that the account cannot enter. */
export async function findInaccessibleFolder(account: Account, folder: string): Promise<string> {
  const parent = dirname(folder);
  if (parent === folder || (await canAccess(account, parent))) return folder;
  return findInaccessibleFolder(account, parent);
}
