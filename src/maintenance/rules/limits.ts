import type { Selector } from './selector.ts';

/** Something that an actor limited to scopes made: it mutes only checks of these scopes, whatever else it covers. */
export interface Limitable {
  /** Ids of scopes; null: all checks. */
  readonly limitedTo: readonly number[] | null;
}

/** A stored limit, which is empty where there is none. */
export function readLimit(stored: readonly number[]): Limitable['limitedTo'] {
  return stored.length === 0 ? null : stored;
}

/** Ids of scopes; absent: everything. */
type Limit = readonly number[] | null | undefined;

/** Whether all of these scopes, of which there is at least one, are within a limit. What is in no scope is outside. */
export function isWithinLimit(scopes: readonly number[], limit: Limit): boolean {
  return limit == null || (scopes.length > 0 && scopes.every((id) => limit.includes(id)));
}

/** The limit of a new window: of the actor, and of the window that it is a copy of. */
export function limitOfNew(actor: Limit, copied: Limit = null): readonly number[] | null {
  return actor == null || copied == null ? (actor ?? copied ?? null) : copied.filter((id) => actor.includes(id));
}

interface Covering {
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  readonly selector?: Selector | null;
}

/**
 * The limit of a window after an edit. An editor answers for what they add: a new selector chooses within their own limit,
 * and scopes of added services and checks are added to that of the window.
 * @param addedScopes those of the added services and checks
 */
export function limitAfterEdit(
  limit: Limit,
  editor: Limit,
  before: Covering,
  after: Covering,
  addedScopes: readonly number[],
): readonly number[] | null {
  const { selector } = after;
  const selects = selector?.text !== before.selector?.text || selector?.follows !== before.selector?.follows;
  if (selector && selects) return editor ?? null;
  const isSame = isSameSet(before.services, after.services) && isSameSet(before.checks, after.checks) && !selects;
  if (limit == null) return isSame ? null : (editor ?? null);
  return isSame ? limit : [...new Set([...limit, ...addedScopes])];
}

function isSameSet<Id>(before: readonly Id[] | null, after: readonly Id[] | null): boolean {
  if (before === null || after === null) return before === after;
  return before.length === after.length && before.every((id) => after.includes(id));
}
