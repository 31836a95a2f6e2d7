import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { installed } from '../installed.ts';
import { BENCHMARKS, SEPARATE } from './benchmarks.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const hasServers = installed('prometheus-alertmanager', 'prometheus-alertmanager') && installed('icinga2', 'icinga2');

/** They start several programs each, on a machine that may have other things to do. */
const HOUR_MS = 3_600_000;

describe.skipIf(!hasServers)('a benchmark, on a small scale', () => {
  test.each(Object.keys({ ...BENCHMARKS, ...SEPARATE }))(
    '%s compares Lull with something else',
    async (name) => {
      const { stdout } = await run('npm', ['run', '--silent', 'bench', '--', '--smoke', name], { cwd: root });
      const [, , ...rows] = stdout.split('\n').filter((line) => line.startsWith('|'));
      expect(stdout).toMatch(/\d+ CPUs .*Node v\d+.*PostgreSQL \d+.*commit [0-9a-f]+/);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const [, , lull, baseline, ratio] = row.split('|').map((cell) => cell.trim());
        expect(lull, row).toMatch(/\d/);
        expect(baseline, row).toMatch(/\d/);
        expect(Number(ratio), row).toBeGreaterThan(0);
      }
    },
    HOUR_MS,
  );
});
