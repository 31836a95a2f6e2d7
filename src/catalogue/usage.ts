import { stillNeeded } from './errors.ts';
import type { Usage } from './scopes/repository.ts';

const MAX_NAMED = 5;

/** @throws UserError `still-needed` */
export function assertUnused(kind: 'service' | 'scope', name: string, usage: Usage | undefined): void {
  const { maintenances = [], series = [] } = usage ?? {};
  const count = maintenances.length + series.length;
  if (count === 0) return;
  const named = { maintenances: maintenances.slice(0, MAX_NAMED), series: series.slice(0, MAX_NAMED) };
  throw stillNeeded({ kind, name, count, ...named });
}
