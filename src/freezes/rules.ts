import { type Problem, UserError } from '../core/errors.ts';
import { intersect } from '../maintenance/overlaps.ts';
import type { Interval } from '../maintenance/status.ts';
import { validateText } from '../maintenance/window.ts';

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
    const message = `It falls into ${freezes.map(freezeInWords).join(', and ')}. Choose another time. An admin may override this with a reason.`;
    super('conflict', message, [{ field: 'scheduled_start_date', message }]);
    this.freezes = freezes;
  }
}

const iso = (instant: Date) => instant.toISOString().replace(/:00\.000Z$/, 'Z');

/** `the freeze "Holidays" of everything (2026-12-24T00:00Z to 2026-12-27T00:00Z)` */
function freezeInWords({ reason, scope, start, end }: Freeze): string {
  return `the freeze "${reason}" of ${scope === null ? 'everything' : scope.name} (${iso(start)} to ${iso(end)})`;
}

/** What is wrong with a freeze to be added at `now`. */
export function validateFreeze({ start, end, reason }: Interval & { readonly reason: string }, now: Date): Problem[] {
  return [
    ...validateReason('reason', reason),
    ...(end <= start
      ? [{ field: 'end', message: `The end, ${iso(end)}, is not after the start, ${iso(start)}. Give a later end.` }]
      : end <= now
        ? [{ field: 'end', message: `The end, ${iso(end)}, is in the past: it is ${iso(now)} now. Give a later end.` }]
        : []),
  ];
}

/** What is wrong with the reason of a freeze, of an override, or of a refusal to approve. */
export function validateReason(field: string, reason: string): Problem[] {
  if (reason.trim() === '') return [{ field, message: 'Give a reason, such as "Agreed with the release team".' }];
  return validateText(field, reason, LONGEST_REASON);
}
