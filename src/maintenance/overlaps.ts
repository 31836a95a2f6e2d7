import type { Interval } from '../core/time.ts';

export interface Occupation extends Interval {
  readonly id: number;
  readonly services: readonly number[];
  readonly checks: readonly string[];
}

/** Whether two half-open windows share an instant. */
export function intersect(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The windows among `others` that share both time and a service or a check with `window`. Its own id is left out. */
export function findOverlaps<T extends Occupation>(window: Occupation, others: readonly T[]): T[] {
  const services = new Set(window.services);
  const checks = new Set(window.checks);
  return others.filter(
    (other) =>
      other.id !== window.id &&
      intersect(window, other) &&
      (other.services.some((id) => services.has(id)) || other.checks.some((id) => checks.has(id))),
  );
}
