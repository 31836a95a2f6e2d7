import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What drives a browser or starts Lull whole wants the machine for itself: one file at a time, after everything else. */
const whole = ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/playground/page/*.test.ts'];

const common = { testTimeout: 30_000, hookTimeout: 60_000, setupFiles: ['test/draws.ts'] };

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: ['test/server.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'parts',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: whole,
          // A test file waits for its database more than it computes: on two cores, two at a time.
          maxWorkers: Math.max(2, availableParallelism()),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'whole',
          include: whole,
          benchmark: { include: [] },
          // Browsers and processes wait for a machine that others use too: in CI one more try, which the report shows.
          retry: process.env.CI === 'true' ? 1 : 0,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
