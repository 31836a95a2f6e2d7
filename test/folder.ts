import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

/** Creates a folder that every user can enter. It is removed after the run, and any PostgreSQL started in it is stopped. */
export async function temporaryFolder(name = 'folder'): Promise<string> {
  const folder = await mkdtemp(join(inject('folder'), `${name}-`));
  await chmod(folder, 0o755);
  return folder;
}
