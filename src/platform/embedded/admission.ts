import { randomBytes } from 'node:crypto';
import { lchown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';

const MAP = 'lull';
const HEADER = '# Written by Lull at each start: only the user that runs Lull may connect, over the Unix socket.\n';

/**
 * Writes who may connect to the server of a cluster: the user that runs this process, whom the operating system names.
 * @returns whether this changed, so that a running server must read it again
 */
export async function admitOnlyThisUser(folder: string, account: Account, superuser: string): Promise<boolean> {
  const files = {
    'pg_hba.conf': `${HEADER}local all "${superuser}" peer map=${MAP}\n`,
    'pg_ident.conf': `${HEADER}${MAP} "${userInfo().username.replaceAll('"', '""')}" "${superuser}"\n`,
  };
  let changed = false;
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    changed = true;
    // The folder belongs to another user where Lull runs as root, so nothing there may be followed or opened again.
    const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(unfinished, text, { flag: 'wx', mode: 0o600 });
      if (account.ids !== undefined) await lchown(unfinished, account.ids.uid, account.ids.gid);
      await rename(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  return changed;
}
