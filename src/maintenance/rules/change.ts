import { type Approvable, approvalAfterChange, canStart, initialApproval } from '../../approvals/rules.ts';
import type { Problem } from '../../core/errors.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { type Freeze, findFreezes, findNewFreezes, validateReason } from '../../freezes/rules.ts';
import { endInPast, startFixed, startInPast } from '../errors.ts';
import { dueStep, type Step } from './lifecycle.ts';
import type { Lifecycle, Times } from './status.ts';
import { currentWindow } from './times.ts';
import { validateTimes } from './validation.ts';

/** A scope that a maintenance touches: its own, one of its services, or one that its checks watch. */
export interface TouchedScope {
  readonly id: number;
  readonly requiresApproval: boolean;
}

/** A maintenance as it would be. */
export interface ProposedState extends Times {
  readonly scopes: readonly TouchedScope[];
}

/** A maintenance as it was. */
export interface PreviousState extends ProposedState, Approvable {
  readonly id: number;
  readonly owner: { readonly id: string };
}

export interface ProposedChange {
  /** Null for a new one. */
  readonly before: PreviousState | null;
  readonly after: ProposedState;
  /** Those that share time with it as it would be, whatever their scope. */
  readonly freezes: readonly Freeze[];
  readonly actor: Actor;
  /** Who asks for a new one. */
  readonly requesterId: string;
  readonly now: Date;
  /** Why a freeze that blocks is to be overridden. */
  readonly overrideReason?: string | undefined;
  /** Nobody is there to choose another time, such as for a run of a series: freezes and times in the past do not block. */
  readonly unattended?: boolean | undefined;
  /** The maintenance stays as it is; what it touches, or what its scopes require, changed. */
  readonly recheck?: boolean | undefined;
}

/** What keeps a change from being made. */
export type Violation =
  | { readonly rule: 'times'; readonly problems: readonly Problem[] }
  | { readonly rule: 'scopes'; readonly touched: readonly number[] }
  | { readonly rule: 'approval'; readonly approval: 'pending' | 'declined' }
  | { readonly rule: 'freeze'; readonly freezes: readonly Freeze[] }
  | { readonly rule: 'override-permission' }
  | { readonly rule: 'override-reason'; readonly problems: readonly Problem[] };

/** The freezes that a change enters, and why those that block were overridden. */
export interface EnteredFreezes {
  readonly freezes: readonly Freeze[];
  readonly overrideReason: string | undefined;
}

export interface Assessment {
  /** In the order in which they are reported; none: the change may be made. */
  readonly violations: readonly Violation[];
  /** The approval that the change leads to. */
  readonly approval: Approvable;
  readonly entered: EnteredFreezes;
}

/** Judges a change by its result, whichever command asks for it. */
export function assessChange(change: ProposedChange): Assessment {
  const { before, after, actor, now, unattended = false } = change;
  const approval = approvalAfter(change);
  const { violations, ...entered } = assessFreezes(change);
  const problems = unattended ? [] : validateNewTimes(before, after, now);
  return {
    violations: [
      ...(problems.length === 0 ? [] : [{ rule: 'times', problems } as const]),
      ...outsideScopes(after, actor),
      ...unapprovedStart(before, after, approval),
      ...violations,
    ],
    approval,
    entered,
  };
}

/** Times that stay as they are need not be possible anymore: a late start is the scheduler's. */
export function validateNewTimes(before: (Times & { readonly id: number }) | null, after: Times, now: Date): Problem[] {
  const window = currentWindow(after);
  if (before === null) return validateTimes(window, now);
  if (before.status === 'in-progress' && after.status === 'scheduled') return validateReturn(window, now);
  if (before.status !== after.status) return [];
  const sameStart = isSame(before.scheduledStart, after.scheduledStart);
  if (before.status === 'in-progress' && !sameStart) {
    return [startFixed.at('scheduled_start_date', { id: before.id, start: before.scheduledStart })];
  }
  if (sameStart && isSame(currentWindow(before).end, window.end)) return [];
  return validateMove(window, sameStart, now);
}

function validateMove(window: Interval, sameStart: boolean, now: Date): Problem[] {
  const problems = validateTimes(window, now).filter(({ field }) => !(sameStart && field === 'scheduled_start_date'));
  if (problems.length > 0 || window.end > now) return problems;
  return [endInPast.at('scheduled_end_date', { end: window.end, now })];
}

/** A running maintenance that is scheduled again must not start again at once. */
function validateReturn(window: Interval, now: Date): Problem[] {
  const problems = validateTimes(window, now);
  if (problems.length > 0 || window.start > now) return problems;
  return [startInPast.at('scheduled_start_date', { start: window.start, now })];
}

function outsideScopes({ scopes }: ProposedState, actor: Actor): Violation[] {
  const touched = scopes.map(({ id }) => id);
  const within =
    actor.scopes === undefined || (touched.length > 0 && touched.every((id) => actor.scopes?.includes(id)));
  return within ? [] : [{ rule: 'scopes', touched }];
}

function approvalAfter({ before, after, actor, requesterId, recheck = false }: ProposedChange): Approvable {
  const required = after.scopes.some(({ requiresApproval }) => requiresApproval);
  if (before === null) return initialApproval(required, requesterId);
  const { approval, requestedBy } = before;
  if (after.status !== 'scheduled' || (recheck && required)) return { approval, requestedBy };
  return approvalAfterChange(before, required, actor.id);
}

function unapprovedStart(before: Times | null, after: Times, { approval }: Approvable): Violation[] {
  const starts = after.status === 'in-progress' && before?.status !== 'in-progress';
  if (!starts || canStart({ approval })) return [];
  return [{ rule: 'approval', approval: approval === 'declined' ? 'declined' : 'pending' }];
}

/**
 * Another planned start is another window, which is judged by every freeze that it is in. Any other change is judged by
 * the freezes that it brings the window into: whoever extends running work is not asked about the others again.
 */
function assessFreezes({ before, after, freezes, actor, overrideReason, unattended = false }: ProposedChange): {
  readonly violations: readonly Violation[];
} & EnteredFreezes {
  const place = (state: ProposedState) => ({ ...currentWindow(state), scopes: state.scopes.map(({ id }) => id) });
  const moved = before !== null && after.status === 'scheduled' && !isSame(before.scheduledStart, after.scheduledStart);
  const entered =
    before === null || moved
      ? findFreezes(place(after), freezes)
      : findNewFreezes(place(before), place(after), freezes);
  const blocking = entered.filter(({ effect }) => effect === 'block');
  const pass = { violations: [], freezes: entered, overrideReason: undefined };
  if (unattended || blocking.length === 0) return pass;
  if (overrideReason === undefined) return { ...pass, violations: [{ rule: 'freeze', freezes: blocking }] };
  if (!isAllowed(actor, 'override-freeze')) return { ...pass, violations: [{ rule: 'override-permission' }] };
  const problems = validateReason('override_reason', overrideReason);
  if (problems.length > 0) return { ...pass, violations: [{ rule: 'override-reason', problems }] };
  return { violations: [], freezes: entered, overrideReason: overrideReason.trim() };
}

/**
 * The one step that time asks of a maintenance at `now`. One that is not approved at its start is canceled then, and not
 * left scheduled: it would start at whatever later moment somebody approves it, when nobody expects it anymore.
 */
export function nextStep(
  maintenance: Lifecycle & Pick<Approvable, 'approval'>,
  now: Date,
): Step | { readonly kind: 'lapse' } | undefined {
  const step = dueStep(maintenance, now);
  const starts = step?.kind === 'start' || step?.kind === 'miss';
  return starts && !canStart(maintenance) ? { kind: 'lapse' } : step;
}

const isSame = (a: Date, b: Date) => a.getTime() === b.getTime();
