import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureSecret } from '../../src/platform/data-dir.ts';
import { temporaryFolder } from '../folder.ts';

describe('the admin token of a data folder', () => {
  it('is created on the first start, readable only by its owner, and kept', async () => {
    const dataDir = join(await temporaryFolder(), 'new/data');
    const first = await ensureSecret(dataDir, 'admin-token');
    expect(first.secret).toMatch(/^lull_[\w-]{32}$/);
    expect(await readFile(first.file, 'utf8')).toBe(`${first.secret}\n`);
    expect((await stat(first.file)).mode & 0o777).toBe(0o600);
    expect(await ensureSecret(dataDir, 'admin-token')).toEqual(first);
    expect(await readdir(dataDir)).toEqual(['admin-token']);
  });

  it('is the same for processes that start concurrently', async () => {
    const dataDir = await temporaryFolder();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => ensureSecret(dataDir, 'admin-token')));
    expect(new Set(tokens.map(({ secret }) => secret)).size).toBe(1);
  });

  it('gets its file mode restored if the file was readable by others', async () => {
    const dataDir = await temporaryFolder();
    const { file } = await ensureSecret(dataDir, 'admin-token');
    await chmod(file, 0o644);
    await ensureSecret(dataDir, 'admin-token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is rejected if its file is empty', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'admin-token'), '\n');
    await expect(ensureSecret(dataDir, 'admin-token')).rejects.toThrow(
      `The admin token in ${dataDir}/admin-token cannot be used: it holds less than 16 characters. ` +
        'Remove the file to have a new one made, or set LULL_ADMIN_TOKEN.',
    );
  });
});
