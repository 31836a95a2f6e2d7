import { type Problem, UserError } from '../core/errors.ts';
import type { Interval } from '../core/time.ts';
import { endInPast, endNotAfterStart } from '../maintenance/errors.ts';
import { intersect } from '../maintenance/rules/times.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import { reasonRequired, windowFrozen } from './errors.ts';

/** What a freeze does to a window that falls into it: it is refused but for an override, or it is remarked. */
export const FREEZE_EFFECTS = ['block', 'warn'] as const;
export type FreezeEffect = (typeof FREEZE_EFFECTS)[number];

/** A time in which nothing should be changed; without a scope, nothing at all. */
export interface Freeze extends Interval {
  readonly id: number;
  readonly scope: { readonly id: number; readonly name: string } | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
}

/** A window, and the scopes that it touches: its own, those of its services, and those that its checks watch. */
export interface PlacedWindow extends Interval {
  readonly scopes: readonly number[];
}

const LONGEST_REASON = 1000;

/** The freezes that a window falls into. Both are half-open: one that ends as the other begins is not in it. */
export function findFreezes<T extends Freeze>(window: PlacedWindow, freezes: readonly T[]): T[] {
  return freezes.filter(
    (freeze) => intersect(window, freeze) && (freeze.scope === null || window.scopes.includes(freeze.scope.id)),
  );
}

/**
 * The freezes that a change brings a window into. Those it was in before were decided upon then, or came after it: whoever
 * extends running work at night is not asked about them again.
 */
export function findNewFreezes<T extends Freeze>(
  before: PlacedWindow,
  after: PlacedWindow,
  freezes: readonly T[],
): T[] {
  const known = findFreezes(before, freezes);
  return findFreezes(after, freezes).filter((freeze) => !known.includes(freeze));
}

/** The window falls into a freeze that blocks. Nothing was changed. */
export class FreezeConflict extends UserError {
  readonly freezes: readonly Freeze[];

  constructor(freezes: readonly Freeze[]) {
    const shown = freezes.map(({ reason, scope, start, end }) => ({ reason, scope: scope?.name ?? null, start, end }));
    super(windowFrozen({ freezes: shown }, 'scheduled_start_date'));
    this.freezes = freezes;
  }
}

/** What is wrong with a freeze to be added at `now`. */
export function validateFreeze({ start, end, reason }: Interval & { readonly reason: string }, now: Date): Problem[] {
  return [
    ...validateReason('reason', reason),
    ...(end <= start
      ? [endNotAfterStart.at('end', { start, end })]
      : end <= now
        ? [endInPast.at('end', { end, now })]
        : []),
  ];
}

/** What is wrong with the reason of a freeze, of an override, or of a refusal to approve. */
export function validateReason(field: string, reason: string): Problem[] {
  if (reason.trim() === '') return [reasonRequired.at(field, {})];
  return validateText(field, reason, LONGEST_REASON);
}
