import { MAX_NAME_CHARS } from '../core/limits.ts';

/** A check as its monitoring system has it. */
export interface ListedCheck {
  /** The system's own id of it. */
  readonly externalId: string;
  readonly name: string;
  /** Whether it is on over there. */
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** A check as Lull has it. */
export interface StoredCheck {
  /** Lull's id. */
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** One that goes by another name or has other tags over there. */
export interface ChangedCheck {
  readonly before: StoredCheck;
  readonly after: ListedCheck;
}

/** What a sync would do: `came` is added, `went` is removed, `changed` takes the name and tags from over there. */
export interface SyncDifference {
  readonly added: readonly ListedCheck[];
  readonly removed: readonly StoredCheck[];
  readonly changed: readonly ChangedCheck[];
}

/**
 * What differs between the checks of a monitoring system and those that Lull has of it, each by external id.
 * @param listed as the system says it: names and tags are trimmed and cut here, and of one id said twice the first counts
 */
export function syncDifference(kept: readonly StoredCheck[], listed: readonly ListedCheck[]): SyncDifference {
  const there = new Map<string, ListedCheck>();
  for (const each of listed) if (!there.has(each.externalId)) there.set(each.externalId, tidy(each));
  const here = new Map(kept.map((each) => [each.externalId, each]));
  const byId = (a: { externalId: string }, b: { externalId: string }) => (a.externalId < b.externalId ? -1 : 1);
  return {
    added: [...there.values()].filter(({ externalId }) => !here.has(externalId)).sort(byId),
    removed: kept.filter(({ externalId }) => !there.has(externalId)).sort(byId),
    changed: [...kept].sort(byId).flatMap((before): ChangedCheck[] => {
      const after = there.get(before.externalId);
      return after === undefined || same(before, after) ? [] : [{ before, after }];
    }),
  };
}

/** Whether there is nothing to do. */
export function isInSync({ added, removed, changed }: SyncDifference): boolean {
  return added.length + removed.length + changed.length === 0;
}

/** As a check may be named and tagged. */
function tidy({ externalId, name, enabled, tags }: ListedCheck): ListedCheck {
  const tidied = (text: string) => text.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_NAME_CHARS).trim();
  const named = tidied(name) || tidied(externalId);
  return { externalId, name: named, enabled, tags: [...new Set(tags.map(tidied))].filter((tag) => tag !== '').sort() };
}

function same(before: StoredCheck, after: ListedCheck): boolean {
  return before.name === after.name && JSON.stringify([...before.tags].sort()) === JSON.stringify(after.tags);
}
