import { spawnSync } from 'node:child_process';

/**
 * Whether a program is on this machine. In CI a missing one is a failure; on a person's machine what needs it is skipped,
 * and this says how to get it.
 * @param debian the package that brings it
 */
export function installed(program: string, debian: string): boolean {
  const found = spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
  if (found) return true;
  const words = `${program} is not installed: apt-get install -y --no-install-recommends ${debian}`;
  if (process.env.CI === 'true') throw new Error(words);
  console.warn(`Tests are skipped: ${words}`);
  return false;
}
