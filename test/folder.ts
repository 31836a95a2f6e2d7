import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A new folder for a test, which every user may enter. It goes with the run, together with any PostgreSQL started in it. */
export async function temporaryFolder(name = 'folder'): Promise<string> {
  const folder = await mkdtemp(join(inject('folder'), `${name}-`));
  await chmod(folder, 0o755);
  return folder;
}
