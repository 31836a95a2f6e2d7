import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeRun, ms, quantile } from '../bench/report.ts';
import { awaitRight } from './judge.ts';
import { Postgres } from './postgres.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Site } from './site.ts';

/** How many scenarios run concurrently in the short form, as most of each is waiting. */
const CONCURRENT_SHORT = 4;

const MAX_LOG_LINES = 100;

/** What came of the rounds of a scenario. */
interface Outcome {
  rounds: number;
  readonly usableMs: number[];
  readonly rightMs: number[];
  readonly failures: { readonly seed: number; readonly findings: readonly string[] }[];
}

/**
 * `npm run faults` plays every scenario, `npm run faults -- kill-idle` one. `--seed 7` repeats a run, `--times 1` its first
 * round; `--short` plays a few rounds of each, as CI does. Prints the table of docs/reliability.md, and exits with 1 when
 * anything was found.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      times: { type: 'string' },
      short: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0) {
    throw new Error(`There is no scenario ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}.`);
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  const chosen = Object.entries(SCENARIOS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  // By this name the next run of the tests finds and removes it if this process is killed.
  const folder = await mkdtemp(join(tmpdir(), `lull-test-${process.pid}-`));
  await chmod(folder, 0o755); // PostgreSQL, started by root, runs as another user
  const shared = await Postgres.open(join(folder, 'shared'));
  const [version] = await shared.sql('postgres', 'show server_version');
  console.log(`${describeRun(String(version?.server_version))}, seed ${seed}\n`);
  console.log(line(['scenario', 'faults', 'usable again, median (max)', 'all right, median (max)', 'findings']));
  console.log(line(['---', '---', '---', '---', '---']));
  try {
    const left = chosen.values();
    const playNext = async () => {
      for (const [name, scenario] of left) {
        const times = Number(values.times ?? (values.short ? scenario.shortRounds : scenario.rounds));
        if (times === 0) continue;
        if (scenario.isPossible?.() === false) {
          console.error(`  ${name}: left out, as it cannot be played on this machine`);
          continue;
        }
        const begun = performance.now();
        const outcome = await playRounds(scenario, {
          seed,
          times,
          shared,
          folder: join(folder, name),
          log: values.log,
        });
        console.log(describeOutcome(name, scenario, outcome));
        console.error(`  ${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
        for (const failure of outcome.failures) {
          process.exitCode = 1;
          console.error(failure.findings.map((each) => `  - ${each}`).join('\n'));
          console.error(`  Repeat it: npm run faults -- ${name} --seed ${failure.seed} --times 1`);
        }
      }
    };
    await Promise.all(Array.from({ length: values.short ? CONCURRENT_SHORT : 1 }, playNext));
  } finally {
    await shared.stop('fast');
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly seed: number;
  readonly times: number;
  readonly shared: Postgres;
  readonly folder: string;
  readonly log: boolean;
}

async function playRounds(scenario: Scenario, { seed, times, shared, folder, log }: Run): Promise<Outcome> {
  const outcome: Outcome = { rounds: times, usableMs: [], rightMs: [], failures: [] };
  let next = 0;
  const lane = async (index: number) => {
    const own = await scenario.ownPostgres?.(join(folder, String(index)));
    try {
      while (next < times) {
        const round = seed + next++;
        const findings = await playRound(scenario, own?.postgres ?? shared, round, outcome, log);
        if (findings.length > 0) outcome.failures.push({ seed: round, findings });
      }
    } finally {
      await own?.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(times, scenario.lanes) }, (_, index) => lane(index)));
  return outcome;
}

async function playRound(scenario: Scenario, postgres: Postgres, seed: number, outcome: Outcome, log: boolean) {
  const site = await Site.open(postgres, scenario.instances);
  try {
    await scenario.play(site, new Random(seed));
    const findings = await awaitRight(site);
    outcome.usableMs.push(...site.usableAfterMs);
    outcome.rightMs.push(...site.rightAfterMs);
    if (log || findings.length > 0) printLogs(site);
    return findings;
  } catch (error) {
    printLogs(site);
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  } finally {
    await site.close();
  }
}

function printLogs({ instances }: Site): void {
  for (const { lull } of instances) {
    const lines = lull.log.split('\n').map((each) => each.slice(0, 800));
    console.error(lines.slice(-MAX_LOG_LINES).join('\n'));
  }
}

function describeOutcome(
  name: string,
  { title, faults }: Scenario,
  { rounds, usableMs, rightMs, failures }: Outcome,
): string {
  const spread = (times: readonly number[]) =>
    times.length === 0 ? '' : `${ms(quantile(times, 0.5))} (${ms(Math.max(...times))})`;
  return line([
    `\`${name}\`: ${title}`,
    String(rounds * faults),
    spread(usableMs),
    spread(rightMs),
    String(failures.length),
  ]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

await main();
