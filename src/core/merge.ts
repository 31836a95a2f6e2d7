import { isDeepStrictEqual } from 'node:util';

/** A value as the record keeps it. */
export type Value = string | number | boolean | null | readonly (string | number)[];
export type Fields = Readonly<Record<string, Value>>;

export interface Difference<T extends object> {
  readonly before: Partial<T>;
  readonly after: Partial<T>;
}

/** The fields that differ, as they were and as they are; undefined when none does. */
export function difference<T extends object>(before: T, after: T): Difference<T> | undefined {
  const was: Partial<T> = {};
  const is: Partial<T> = {};
  for (const field in after) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    was[field] = before[field];
    is[field] = after[field];
  }
  return Object.keys(is).length === 0 ? undefined : { before: was, after: is };
}

/** What each field was at some time: a text that is the same as long as its value is. */
export type Fingerprints = Readonly<Record<string, string>>;

/** The fields that are not what was seen, those that came and those that went among them. */
export function changedFields(seen: Fingerprints, is: Fingerprints): string[] {
  return [...new Set([...Object.keys(seen), ...Object.keys(is)])].filter((field) => is[field] !== seen[field]);
}

/** What two made of the same thing that both had seen. */
export interface Merge {
  /** The fields that others changed since. */
  readonly theirs: readonly string[];
  /** Those that this person alone changed. */
  readonly mine: readonly string[];
  /** Those that both changed, each to another value. */
  readonly disputed: readonly string[];
}

/**
 * A three-way merge by field.
 * @param wanted what this person makes of it, in the fields that were shown; `is`: what it is by now
 */
export function merge(seen: Fingerprints, wanted: Fingerprints, is: Fingerprints): Merge {
  const theirs = changedFields(seen, is);
  const changed = changedFields(seen, wanted).filter((field) => field in wanted);
  return {
    theirs,
    mine: changed.filter((field) => !theirs.includes(field)),
    disputed: changed.filter((field) => theirs.includes(field) && wanted[field] !== is[field]),
  };
}
