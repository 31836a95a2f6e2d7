import fc from 'fast-check';

/** A fixed seed in CI makes a failure there reproducible; local runs draw new cases each time. */
if (process.env.CI === 'true') fc.configureGlobal({ seed: 42 });

/**
 * The number of cases that a property test draws.
 * @param usual few enough that the test file takes a few seconds
 * @returns `LULL_CASES` if that is more (`npm run test:long`), otherwise `usual`
 */
export function cases(usual: number): number {
  return Math.max(usual, Number(process.env.LULL_CASES ?? 0));
}
