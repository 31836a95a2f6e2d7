import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that drive a browser or start the whole of Lull. Each uses several processes, so only two run at a time. */
const whole = ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/playground/page/*.test.ts'];

/**
 * Words in the path of a test whose subject depends on a time zone: anything that reads, writes or computes local times.
 * These tests run a second time in a process whose own zone is far from UTC and changes its clock by half an hour, so that
 * code which reads the server's zone is noticed. Name a new test after its subject, or add its word here.
 */
const zoneWords = [
  ...['calendar', 'recurrence', 'series', 'week', 'when', 'zone-clock'],
  ...['dates', 'extension', 'reading', 'reminders', 'time', 'windows', 'zoned'],
  ...['lists', 'maintenance', 'messages', 'modals', 'notice', 'path', 'run-notes'],
];
const zoned = ['calendar', 'recurrence', 'series', 'when']
  .map((word) => `test/**/*${word}*/**/*.test.ts`)
  .concat(zoneWords.map((word) => `test/**/{*-,}${word}{s,}{-*,}.test.ts`));

const common = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  setupFiles: ['test/draws.ts'],
  // The files that a worker runs share their modules: loading them takes a second or two of computing, for each file.
  // Every file has a database of its own, and no module keeps state from one use to the next.
  isolate: false,
};

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
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'zone',
          include: zoned,
          benchmark: { include: [] },
          env: { TZ: 'Australia/Lord_Howe' },
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
