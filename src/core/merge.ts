import { isDeepStrictEqual } from 'node:util';

export type Value = string | number | boolean | null | readonly (string | number)[];
export type Fields = Readonly<Record<string, Value>>;

export type Difference<T extends object> = { readonly before: Partial<T>; readonly after: Partial<T> };

/** The fields that differ with their values before and after, or undefined if none does. */
export function difference<T extends object>(before: T, after: T): Difference<T> | undefined {
  const old: Partial<T> = {};
  const changed: Partial<T> = {};
  for (const field in after) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    old[field] = before[field];
    changed[field] = after[field];
  }
  return Object.keys(changed).length === 0 ? undefined : { before: old, after: changed };
}

/** A text per field that changes when its value does. */
export type Fingerprints = Readonly<Record<string, string>>;

/** The fields that changed, including added and removed ones. */
export function changedFields(before: Fingerprints, after: Fingerprints): string[] {
  return Object.keys({ ...before, ...after }).filter((field) => after[field] !== before[field]);
}

export interface Merge {
  /** The fields that others changed. */
  readonly theirs: readonly string[];
  /** The fields that only this person changed. */
  readonly mine: readonly string[];
  /** The fields that both changed, to different values. */
  readonly disputed: readonly string[];
}

/** A three-way merge: `base` was shown to a person, `wanted` is what they made of it, `current` the present values. */
export function merge(base: Fingerprints, wanted: Fingerprints, current: Fingerprints): Merge {
  const theirs = changedFields(base, current);
  const changed = changedFields(base, wanted).filter((field) => field in wanted);
  return {
    theirs,
    mine: changed.filter((field) => !theirs.includes(field)),
    disputed: changed.filter((field) => theirs.includes(field) && wanted[field] !== current[field]),
  };
}
