import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { SCENARIOS } from './scenarios.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The rounds of all scenarios, on a machine that has other things to do. */
const HOUR_MS = 3_600_000;

/** What `npm run faults -- --short` printed. */
let printed = '';

beforeAll(async () => {
  const seed = process.env.CI === 'true' ? ['--seed', '42'] : [];
  printed = await new Promise((resolve) => {
    execFile('npm', ['run', '--silent', 'faults', '--', '--short', ...seed], { cwd: root }, (_, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}, HOUR_MS);

describe('after the short form of a fault', () => {
  const short = Object.entries(SCENARIOS).filter(
    ([, { shortRounds, isPossible }]) => shortRounds > 0 && (isPossible?.() ?? true),
  );
  test.each(short.map(([name]) => name))('%s, everything is right', (name) => {
    const row = printed.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect(row, printed).toMatch(/\| 0 \|$/);
  });
});
