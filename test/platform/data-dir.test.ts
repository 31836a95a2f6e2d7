import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureSecret } from '../../src/platform/data-dir.ts';
import { temporaryFolder } from '../folder.ts';

describe('the admin token of a data folder', () => {
  it('is made on the first start, for Lull alone to read, and stays', async () => {
    const dataDir = join(await temporaryFolder(), 'new/data');
    const first = await ensureSecret(dataDir, 'admin-token');
    expect(first.secret).toMatch(/^lull_[\w-]{32}$/);
    expect(await readFile(first.file, 'utf8')).toBe(`${first.secret}\n`);
    expect((await stat(first.file)).mode & 0o777).toBe(0o600);
    expect(await ensureSecret(dataDir, 'admin-token')).toEqual(first);
    expect(await readdir(dataDir)).toEqual(['admin-token']);
  });

  it('is one and the same for several that start at once', async () => {
    const dataDir = await temporaryFolder();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => ensureSecret(dataDir, 'admin-token')));
    expect(new Set(tokens.map(({ secret }) => secret)).size).toBe(1);
  });

  it('is closed to others again when its file was opened to them', async () => {
    const dataDir = await temporaryFolder();
    const { file } = await ensureSecret(dataDir, 'admin-token');
    await chmod(file, 0o644);
    await ensureSecret(dataDir, 'admin-token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is refused when its file holds none', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'admin-token'), '\n');
    await expect(ensureSecret(dataDir, 'admin-token')).rejects.toThrow(
      `The admin token in ${dataDir}/admin-token cannot be used: it holds less than 16 characters. ` +
        'Remove the file to have a new one made, or set LULL_ADMIN_TOKEN.',
    );
  });
});
