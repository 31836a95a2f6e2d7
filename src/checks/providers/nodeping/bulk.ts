import type { Check, Filter } from './api.ts';

/** Fewer checks than this are told one by one. */
const WORTH_IT = 10;

/** A bulk call, and the checks it is about. */
export interface Bulk {
  readonly filter: Filter;
  readonly ids: readonly string[];
}

/**
 * The bulk calls that are about wanted checks and no other. How NodePing compares a label or a target is not documented, so
 * a value serves only if every check that contains it, in capitals or not, is wanted; and only if it is plain text, should
 * it be taken for a pattern.
 * @param all every check of the account
 * @param wanted the ids of those to be switched
 */
export function bulkCalls(all: ReadonlyMap<string, Check>, wanted: ReadonlySet<string>): readonly Bulk[] {
  if (wanted.size < WORTH_IT) return [];
  if ([...all.keys()].every((id) => wanted.has(id))) return [{ filter: { by: 'all' }, ids: [...all.keys()] }];
  const calls: Bulk[] = [];
  const left = new Set(wanted);
  for (const filter of filters(all, wanted)) {
    const ids = [...all].filter(([, check]) => mayMatch(check, filter)).map(([id]) => id);
    if (ids.some((id) => !wanted.has(id)) || ids.filter((id) => left.has(id)).length < WORTH_IT) continue;
    calls.push({ filter, ids });
    for (const id of ids) left.delete(id);
  }
  return calls;
}

/** Every value that several wanted checks have in common, the most common first. */
function filters(all: ReadonlyMap<string, Check>, wanted: ReadonlySet<string>): Filter[] {
  const counts = new Map<string, { filter: Filter; count: number }>();
  for (const [id, check] of all) {
    if (!wanted.has(id)) continue;
    for (const by of ['type', 'label', 'target'] as const) {
      const value = valueIn(check, by);
      if (value === undefined || !/^[\w :/-]+$/.test(value)) continue;
      const key = `${by} ${value}`;
      const known = counts.get(key) ?? { filter: { by, value }, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
  }
  const common = [...counts.values()].filter(({ count }) => count >= WORTH_IT);
  return common.sort((a, b) => b.count - a.count).map(({ filter }) => filter);
}

function mayMatch(check: Check, filter: Filter): boolean {
  if (filter.by === 'all') return true;
  return (valueIn(check, filter.by) ?? '').toLowerCase().includes(filter.value.toLowerCase());
}

function valueIn(check: Check, by: 'label' | 'target' | 'type'): string | undefined {
  return by === 'target' ? check.parameters?.target : check[by];
}
