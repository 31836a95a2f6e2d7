import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that drive a browser or start all of Lull. Each uses several processes, so only two run at a time. */
const whole = [
  'test/e2e/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/bench/*.test.ts',
  'test/playground/page/*.test.ts',
];

/**
 * Words in the paths of tests that depend on a time zone: anything that parses, formats or computes local times. These
 * tests run again in a process whose zone is far from UTC and has a half-hour clock change, to catch code that uses the
 * server's zone. Name a new test after its subject, or add its word here.
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
  // The files of a worker share their modules, because loading them takes a second or two of CPU time per file. This is
  // safe: every file has its own database, and no module keeps state.
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
          // A test file mostly waits for its database, so two workers suit even one core.
          maxWorkers: Math.max(2, availableParallelism()),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'whole',
          include: whole,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'zone',
          include: zoned,
          env: { TZ: 'Australia/Lord_Howe' },
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
