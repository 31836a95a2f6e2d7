import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** One line of the table: a figure of Lull next to the same figure of something that is not Lull, from the same run. */
export interface Row {
  readonly what: string;
  readonly lull: string;
  readonly baseline: string;
  /** Lull's figure divided by the baseline's. */
  readonly ratio: number;
  /** What issue or page asks for, in words; absent: the figure is only watched. */
  readonly required?: string;
  readonly met?: boolean;
}

const HEADER = ['what', 'Lull', 'baseline', 'ratio', 'required', 'met'] as const;

/** The table of docs/performance.md. */
export const tableHead = `${line(HEADER)}\n${line(HEADER.map(() => '---'))}`;

export function tableRow({ what, lull, baseline, ratio, required = '', met }: Row): string {
  const verdict = required === '' ? '' : met ? 'yes' : '**no**';
  return line([what, lull, baseline, formatRatio(ratio), required, verdict]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return String(ratio);
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 1 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

/** Where and of what the figures are. */
export function describeRun(postgres: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes';
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} CPUs (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, PostgreSQL ${postgres}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}`;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const ms = (milliseconds: number): string =>
  milliseconds >= 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

/** Median and 99th percentile. */
export const spread = (times: readonly number[]): string =>
  `p50 ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}`;

export const perSecond = (rate: number): string => `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s`;
