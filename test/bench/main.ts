import { BENCHMARKS, SEPARATE } from './benchmarks.ts';
import { FULL, Lab, SMOKE } from './lab.ts';
import { describeRun, tableHead, tableRow } from './report.ts';

/**
 * `npm run bench` runs every benchmark, `npm run bench -- create list` those two; `--smoke` does just enough to see that
 * they work. Prints the table of docs/performance.md. Exits with 1 when one of them could not run.
 */
async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const names = given.filter((arg) => arg !== '--smoke');
  const all = new Map(Object.entries({ ...BENCHMARKS, ...SEPARATE }));
  const unknown = names.filter((name) => !all.has(name));
  if (unknown.length > 0) {
    throw new Error(`There is no benchmark ${unknown.join(', ')}. There are: ${[...all.keys()].join(', ')}.`);
  }
  const lab = await Lab.open(given.includes('--smoke') ? SMOKE : FULL);
  const interrupted = () => void lab.close().finally(() => process.exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    console.log(`${describeRun(await lab.postgresVersion())}\n\n${tableHead}`);
    for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
      const begun = performance.now();
      try {
        for await (const row of all.get(name)?.(lab) ?? []) console.log(tableRow(row));
      } catch (error) {
        console.error(`${name} failed:`, error);
        process.exitCode = 1;
      }
      await lab.release();
      console.error(`  ${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
  } finally {
    await lab.close();
  }
}

await main();
