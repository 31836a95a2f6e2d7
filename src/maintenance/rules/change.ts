import {
  type Approvable,
  type ApprovalRefusal,
  assessApproval,
  canStart,
  covers,
  type Extent,
  type StandingApproval,
} from '../../approvals/rules.ts';
import type { Problem } from '../../core/errors.ts';
import { type Actor, isAllowed } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import { type Freeze, findFreezes, findNewFreezes, validateReason } from '../../freezes/rules.ts';
import { endInPast, endNotAfterStart, startFixed, startInPast } from '../errors.ts';
import { can, dueStep, type Step } from './lifecycle.ts';
import { isWithinLimit } from './limits.ts';
import { type Lifecycle, OPEN_STATUSES, type Status, type Times } from './status.ts';
import { currentWindow, hasSamePlan, plannedWindow } from './times.ts';
import { validateTimes } from './validation.ts';

interface ProposedState extends Times {
  /** That it touches: its own, those of its services, and those that its checks watch. */
  readonly scopes: readonly { readonly id: number }[];
  readonly extent: Extent;
}

export interface PreviousState extends ProposedState, Approvable {
  readonly id: number;
  /** Of a run of a series; null: it is none. */
  readonly run?: unknown;
  /** The ids of freezes that an admin overrode for it. */
  readonly overriddenFreezes?: readonly number[];
}

export interface ProposedChange {
  /** Null for a new one. */
  readonly before: PreviousState | null;
  readonly after: ProposedState;
  /** Of any scope, that share time with it after the change. */
  readonly freezes: readonly Freeze[];
  readonly actor: Actor;
  /** The ids of the checks that what was approved before covers now. */
  readonly approvedChecks: readonly string[];
  /** Of the series that a new one is a run of. */
  readonly standing?: StandingApproval | null | undefined;
  /** The people who make the change. */
  readonly requesters: readonly string[];
  /** Whether the texts that people approve change. */
  readonly rewords?: boolean | undefined;
  readonly now: Date;
  /** Why freezes that block are overridden. */
  readonly overrideReason?: string | undefined;
  /**
   * Nobody is there to choose another time, as for a run of a series: times in the past do not block, nor do freezes, for
   * which the series decides.
   */
  readonly unattended?: boolean | undefined;
  /** The maintenance does not change, but what it touches or what its scopes require does. */
  readonly recheck?: boolean | undefined;
  /** The record is corrected: what is over, and when it began, can change as well. */
  readonly corrects?: boolean | undefined;
}

export type Violation =
  | { readonly rule: 'times'; readonly problems: readonly Problem[] }
  | { readonly rule: 'scopes'; readonly touched: readonly number[] }
  | { readonly rule: 'approval'; readonly refusal: ApprovalRefusal }
  | { readonly rule: 'freeze'; readonly freezes: readonly Freeze[] }
  | { readonly rule: 'override-permission' }
  | { readonly rule: 'override-reason'; readonly problems: readonly Problem[] };

/** Freezes that a change enters, and why those that block were overridden. */
export interface EnteredFreezes {
  readonly freezes: readonly Freeze[];
  readonly overrideReason: string | undefined;
}

export interface Assessment {
  /** The first one is reported; none: the change is allowed. */
  readonly violations: readonly Violation[];
  readonly approval: Approvable;
  readonly entered: EnteredFreezes;
}

export function assessChange(change: ProposedChange): Assessment {
  const {
    before,
    after,
    actor,
    now,
    unattended = false,
    corrects,
    rewords = false,
    recheck = false,
    standing = null,
  } = change;
  const { approval, refusal } = assessApproval({ ...change, rewords, recheck, standing });
  const { violations, ...entered } = assessFreezes(change);
  const problems = unattended ? [] : validateNewTimes(before, after, now, corrects);
  return {
    violations: [
      ...(problems.length === 0 ? [] : [{ rule: 'times', problems } as const]),
      ...outsideScopes(before, after, actor),
      ...(refusal === undefined ? [] : [{ rule: 'approval', refusal } as const]),
      ...violations,
    ],
    approval,
    entered,
  };
}

type PreviousTimes = Times & { readonly id: number };

/** Only times that change are checked: the start of an existing maintenance may be in the past by now. */
export function validateNewTimes(before: PreviousTimes | null, after: Times, now: Date, corrects = false): Problem[] {
  const window = currentWindow(after);
  if (before === null) return validateTimes(window, now);
  const wasScheduled = before.status === 'scheduled';
  if (!wasScheduled && after.status === 'scheduled') return validateReturn(window, now);
  if (corrects && !(wasScheduled && after.status === 'scheduled')) return validateRecord(before, after, now);
  if (before.status !== after.status) return [];
  const sameStart = isSame(before.scheduledStart, after.scheduledStart);
  if (before.status === 'in-progress' && !sameStart) {
    return [startFixed.at('scheduled_start_date', { id: before.id, start: before.scheduledStart })];
  }
  if (sameStart && isSame(currentWindow(before).end, window.end)) return [];
  return validateMove(window, sameStart, now);
}

/** The plan may be in the past, and no window ends right away because of a correction. */
function validateRecord(before: Times, after: Times, now: Date): Problem[] {
  const { endsAt } = after;
  const planProblems = hasSamePlan(before, after) ? [] : validateTimes(plannedWindow(after), now);
  const problems = planProblems.filter(({ code }) => code !== startInPast.code);
  if (problems.length > 0) return problems;
  const sameEnd = endsAt !== null && before.endsAt !== null && isSame(endsAt, before.endsAt);
  if (endsAt !== null && endsAt <= now && !sameEnd) return [endInPast.at('scheduled_end_date', { end: endsAt, now })];
  return validateRecordedTimes(after);
}

/** Whether it ended, or will end, after it started. */
export function validateRecordedTimes({ startedAt, endsAt, endedAt }: Omit<Times, 'status'>): Problem[] {
  const [end, field] = endsAt === null ? [endedAt, 'end_date'] : [endsAt, 'start_date'];
  return startedAt === null || end === null || startedAt <= end
    ? []
    : [endNotAfterStart.at(field, { start: startedAt, end })];
}

/**
 * Whether a change is one that people can make to an open maintenance, not a correction of its record.
 * @param fields those that change, by their recorded names
 */
export function isEdit(status: Status, fields: object): boolean {
  const fixed = ['status', 'start_date', 'end_date', ...(status === 'in-progress' ? ['scheduled_start_date'] : [])];
  return can(status, 'edit') && !fixed.some((field) => field in fields);
}

function validateMove(window: Interval, sameStart: boolean, now: Date): Problem[] {
  const problems = validateTimes(window, now).filter(({ field }) => !(sameStart && field === 'scheduled_start_date'));
  if (problems.length > 0 || window.end > now) return problems;
  return [endInPast.at('scheduled_end_date', { end: window.end, now })];
}

/** A maintenance that is scheduled again must not start right away. */
function validateReturn(window: Interval, now: Date): Problem[] {
  const problems = validateTimes(window, now);
  if (problems.length > 0 || window.start > now) return problems;
  return [startInPast.at('scheduled_start_date', { start: window.start, now })];
}

/** One that touched no scope before, as what it covers changed, may still touch none. */
function outsideScopes(before: PreviousState | null, { scopes }: ProposedState, actor: Actor): Violation[] {
  const touched = scopes.map(({ id }) => id);
  const stillNone = touched.length === 0 && before?.scopes.length === 0;
  return stillNone || isWithinLimit(touched, actor.scopes) ? [] : [{ rule: 'scopes', touched }];
}

/**
 * A window that is scheduled or started again, has another planned start or a later planned end, or covers more is assessed
 * against every freeze it is in, any other change only against the freezes it newly enters: who extends running work is not
 * asked about the others again. A
 * run that starts is assessed against all that were not overridden for it: its series skips or moves it before that.
 */
function assessFreezes({ before, after, freezes, actor, overrideReason, unattended = false }: ProposedChange): {
  readonly violations: readonly Violation[];
} & EnteredFreezes {
  const place = (state: ProposedState) => ({ ...currentWindow(state), scopes: state.scopes.map(({ id }) => id) });
  const moved =
    before !== null &&
    (after.status === 'scheduled'
      ? before.status !== 'scheduled' ||
        !isSame(before.scheduledStart, after.scheduledStart) ||
        after.scheduledEnd > before.scheduledEnd
      : isOver(before) && !isOver(after));
  const grows = before !== null && !isOver(after) && !covers(before.extent, after.extent);
  const startsRun =
    before !== null && before.run != null && before.status === 'scheduled' && after.status !== 'scheduled';
  const notOverridden = freezes.filter(({ id }) => before?.overriddenFreezes?.includes(id) !== true);
  const entered = startsRun
    ? findFreezes(place(after), notOverridden)
    : before === null || moved || grows
      ? findFreezes(place(after), freezes)
      : findNewFreezes(place(before), place(after), freezes);
  const blocking = entered.filter(({ effect }) => effect === 'block');
  const allowed = { violations: [], freezes: entered, overrideReason: undefined };
  if (unattended) return { ...allowed, freezes: entered.filter(({ effect }) => effect !== 'block') };
  if (blocking.length === 0) return allowed;
  if (overrideReason === undefined) return { ...allowed, violations: [{ rule: 'freeze', freezes: blocking }] };
  if (!isAllowed(actor, 'override-freeze')) return { ...allowed, violations: [{ rule: 'override-permission' }] };
  const problems = validateReason('override_reason', overrideReason);
  if (problems.length > 0) return { ...allowed, violations: [{ rule: 'override-reason', problems }] };
  return { violations: [], freezes: entered, overrideReason: overrideReason.trim() };
}

/**
 * The step that is due at `now`. A maintenance without its approval lapses at its start: left scheduled, it would start
 * whenever somebody approves it later, when nobody expects it.
 */
export function nextStep(
  maintenance: Lifecycle & Pick<Approvable, 'approval'>,
  now: Date,
): Step | { readonly kind: 'lapse' } | undefined {
  const step = dueStep(maintenance, now);
  const starts = step?.kind === 'start' || step?.kind === 'miss';
  return starts && !canStart(maintenance) ? { kind: 'lapse' } : step;
}

const isOver = ({ status }: Times) => !OPEN_STATUSES.includes(status);
const isSame = (a: Date, b: Date) => a.getTime() === b.getTime();
