import { spawnSync } from 'node:child_process';

/**
 * Whether a program is installed. If not, prints how to install it, so that the tests that need it can be skipped.
 * @param debian the Debian package that contains it
 * @throws Error when `CI=true` and the program is missing.
 */
export function installed(program: string, debian: string): boolean {
  const found = spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
  if (found) return true;
  const message = `${program} is not installed: apt-get install -y --no-install-recommends ${debian}`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`Tests are skipped: ${message}`);
  return false;
}
