import { type Problem, UserError } from '../core/errors.ts';
import type { Interval } from '../core/time.ts';
import { intersect } from '../maintenance/rules/times.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import { reasonRequired, windowFrozen } from './errors.ts';

/** A window in a freeze is refused unless the freeze is overridden, or only warned about. */
export const FREEZE_EFFECTS = ['block', 'warn'] as const;
export type FreezeEffect = (typeof FREEZE_EFFECTS)[number];

/** A period of a freeze, in which nothing in a scope, or nothing at all, should be changed. A recurring one has many. */
export interface Freeze extends Interval {
  readonly id: number;
  readonly scope: { readonly id: number; readonly name: string } | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
}

/** A window with the scopes that it touches: its own, those of its services, and those that its checks watch. */
export interface PlacedWindow extends Interval {
  readonly scopes: readonly number[];
}

/** What a series does with a run that falls into a freeze that blocks. */
export const DURING_FREEZE = ['skip', 'move'] as const;
export type DuringFreeze = (typeof DURING_FREEZE)[number];

/** Where a run takes place. `skipped`: nowhere, and the window is the one that it would have had. */
export interface Placement extends Interval {
  readonly outcome: 'kept' | 'moved' | 'skipped';
  /** The freezes that move or skip it. */
  readonly freezes: readonly Freeze[];
}

interface RunRules {
  readonly duringFreeze: DuringFreeze;
  /** The ids of freezes that an admin overrode for it. */
  readonly overridden: readonly number[];
  /** When the next run of its series starts: a moved one ends by then. Undefined: there is none. */
  readonly nextStart: () => Date | undefined;
}

/**
 * Where a run of a series takes place. One in a freeze that blocks is skipped, or moved to the first time after it at which
 * the whole run fits; skipped as well if the next run starts before that would end.
 * @param freezes all that share time with the run up to the next one
 */
export function placeRun(
  { scopes, ...window }: PlacedWindow,
  freezes: readonly Freeze[],
  { duringFreeze, overridden, nextStart }: RunRules,
): Placement {
  const blocking = freezes.filter(({ id, effect }) => effect === 'block' && !overridden.includes(id));
  const { start, end } = window;
  const hit = findFreezes({ start, end, scopes }, blocking);
  if (hit.length === 0) return { start, end, outcome: 'kept', freezes: [] };
  const skipped = { start, end, outcome: 'skipped', freezes: hit } as const;
  if (duringFreeze === 'skip') return skipped;
  const length = end.getTime() - start.getTime();
  let passed = hit;
  let moved: Interval = window;
  // Each step passes the end of a freeze for good.
  for (let inside = hit; inside.length > 0; inside = findFreezes({ ...moved, scopes }, blocking)) {
    passed = [...new Set([...passed, ...inside])];
    const after = Math.max(...inside.map((freeze) => freeze.end.getTime()));
    moved = { start: new Date(after), end: new Date(after + length) };
  }
  const next = nextStart();
  if (next !== undefined && moved.end > next) return skipped;
  return { start: moved.start, end: moved.end, outcome: 'moved', freezes: passed };
}

/** Freezes as events name them. */
export const toNamed = (freezes: readonly Freeze[]) => freezes.map(({ id, reason }) => ({ id, reason }));

/** The reasons of freezes in one line; null: of none. */
export const describeReasons = (freezes: readonly Freeze[]): string | null =>
  freezes.length === 0 ? null : [...new Set(freezes.map(({ reason }) => reason))].join(', ').slice(0, MAX_REASON_CHARS);

const MAX_REASON_CHARS = 1000;

/** Those of an account that are not over: each change of a window is compared with those that share time with it. */
export const MAX_FREEZES = 500;

/** The freezes that a window is in. Both are half-open: a freeze that starts when the window ends is not among them. */
export function findFreezes<T extends Freeze>(window: PlacedWindow, freezes: readonly T[]): T[] {
  return freezes.filter(
    (freeze) => intersect(window, freeze) && (freeze.scope === null || window.scopes.includes(freeze.scope.id)),
  );
}

/** The freezes that a change brings a window into. Those that it was in before do not count again. */
export function findNewFreezes<T extends Freeze>(before: PlacedWindow, after: PlacedWindow, freezes: readonly T[]) {
  const known = findFreezes(before, freezes);
  return findFreezes(after, freezes).filter((freeze) => !known.includes(freeze));
}

/** The window is in freezes that block. Nothing was changed. */
export class FreezeConflict extends UserError {
  readonly freezes: readonly Freeze[];

  constructor(freezes: readonly Freeze[]) {
    const shown = freezes.map(({ reason, scope, start, end }) => ({ reason, scope: scope?.name ?? null, start, end }));
    super(windowFrozen({ freezes: shown }, 'scheduled_start_date'));
    this.freezes = freezes;
  }
}

export function validateReason(field: string, reason: string): Problem[] {
  if (reason.trim() === '') return [reasonRequired.at(field, {})];
  return validateText(field, reason, MAX_REASON_CHARS);
}
