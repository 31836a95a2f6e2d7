import fc from 'fast-check';

/** In CI the property tests draw the same cases every time, so that what fails there fails here; elsewhere new ones. */
if (process.env.CI === 'true') fc.configureGlobal({ seed: 42 });

/**
 * How many cases a property test draws.
 * @param usual enough for every run: the whole file takes a few seconds
 * @returns `LULL_CASES` where that is more, for the long form (`npm run test:long`)
 */
export function cases(usual: number): number {
  return Math.max(usual, Number(process.env.LULL_CASES ?? 0));
}
