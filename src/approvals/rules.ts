import { z } from 'zod';
import type { Actor } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import { OPEN_STATUSES, type Status } from '../maintenance/rules/status.ts';

export const APPROVALS = ['pending', 'approved', 'declined'] as const;
export type Approval = (typeof APPROVALS)[number];

/**
 * How far the times of approved work can deviate without another approval: it may start this much early, and work in progress
 * may be extended by this much while the extension awaits its approval.
 */
export const APPROVED_LEEWAY_MS = 60 * 60_000;

/** How long a series can be approved for, and for how long unless the approver chooses. */
export const MAX_SERIES_APPROVAL_DAYS = 180;
export const DEFAULT_SERIES_APPROVAL_DAYS = 90;

/** What was approved. A window can shrink within it. */
export const approvedSchema = z.object({
  /** The ids of the scopes that require approval. */
  scopes: z.array(z.int()).readonly(),
  services: z.array(z.object({ id: z.int(), name: z.string() })).readonly(),
  /** Those that it names; null: those of its services. */
  checks: z.array(z.string()).readonly().nullable(),
  selector: z.object({ text: z.string(), follows: z.boolean() }).nullable(),
  start: z.coerce.date(),
  end: z.coerce.date(),
  /** Somebody declined to extend it: the end is final. */
  final: z.boolean().optional(),
});
export type Approved = Readonly<z.output<typeof approvedSchema>>;

/** The approval of a whole series: its runs that end until then start approved. */
export const standingApprovalSchema = approvedSchema.omit({ start: true, end: true, final: true }).extend({
  until: z.coerce.date(),
  by: z.object({ id: z.string(), name: z.string() }),
});
export type StandingApproval = Readonly<z.output<typeof standingApprovalSchema>>;

export interface Approvable {
  /** Null: it needs none. Pending while in progress: its extension awaits one. */
  readonly approval: Approval | null;
  /** The people who requested or changed it since it was last approved, first who requested it: none can approve it. */
  readonly requestedBy: readonly string[];
  /** Null: nothing that requires approval was approved yet, or was there before its scope required it. */
  readonly approved: Approved | null;
}

/** What a window covers and when, as far as approvals are concerned. */
export interface Extent extends Approved {
  /** What of it is in scopes that require approval: services that it is on, and checks that it covers. */
  readonly guarded: { readonly services: readonly number[]; readonly checks: readonly string[] };
}

/** The people behind an actor: the person, or the one whose token it is or who made it. None: the operator, or Lull. */
export function peopleBehind({ source, id, owner, creator }: Actor): readonly string[] {
  return source === 'slack' ? [id] : [owner, creator].filter((person) => person !== undefined);
}

export interface ApprovalChange {
  /** Null for a new one. */
  readonly before: (Approvable & { readonly status: Status; readonly extent: Extent }) | null;
  readonly after: { readonly status: Status; readonly extent: Extent };
  /** The ids of the checks that what was approved covers now. */
  readonly approvedChecks: readonly string[];
  /** Of the series that a new one is a run of. */
  readonly standing: StandingApproval | null;
  /** The people who make the change. */
  readonly requesters: readonly string[];
  /** Whether the texts that people approve change, such as the name. */
  readonly rewords: boolean;
  /** The maintenance does not change, but what it touches or what its scopes require does. */
  readonly recheck: boolean;
}

/** Why a change that was not approved is refused. */
export type ApprovalRefusal =
  | { readonly reason: 'missing'; readonly approval: 'pending' | 'declined' }
  /** More is covered than what was approved. */
  | { readonly reason: 'growth'; readonly scopes: readonly number[] }
  | { readonly reason: 'end'; readonly end: Date; readonly latest: Date }
  | { readonly reason: 'start'; readonly start: Date; readonly earliest: Date };

export interface ApprovalAssessment {
  readonly approval: Approvable;
  readonly refusal?: ApprovalRefusal;
}

/**
 * Compares a maintenance as it would be with what was approved of it. What shrinks stays approved. A scheduled one that grows
 * or moves awaits approval again. Work in progress that covers more is refused; a later end awaits approval, and ends it by
 * the leeway at the latest until somebody approves it.
 */
export function assessApproval(change: ApprovalChange): ApprovalAssessment {
  const { before, after, requesters, recheck } = change;
  const { extent } = after;
  const required = extent.scopes.length > 0;
  const requestedBy = recheck ? (before?.requestedBy ?? []) : unite(before?.requestedBy, requesters);
  const pending: Approvable = { approval: 'pending', requestedBy, approved: before?.approved ?? null };
  const free: Approvable = { approval: null, requestedBy, approved: null };
  const kept = before === null ? free : { ...onlyApprovable(before), requestedBy };
  const missing = (approval: 'pending' | 'declined' = 'pending'): ApprovalAssessment => ({
    approval: pending,
    refusal: { reason: 'missing', approval },
  });
  if (before === null) {
    if (!required) return { approval: free };
    if (isWork(after)) return missing();
    const isApproved = isRunApproved(change);
    return { approval: isApproved ? { approval: 'approved', requestedBy, approved: toApproved(extent) } : pending };
  }
  if (after.status === 'scheduled') return { approval: required ? assessScheduled(change, pending, kept) : free };
  if (after.status === 'in-progress') {
    if (before.status === 'in-progress') return required ? assessRunning(change, pending, kept) : { approval: kept };
    if (before.status === 'scheduled') return assessStart(before, extent, kept);
    return required ? missing() : { approval: kept };
  }
  return isUnapprovedRecord(before, after) ? missing() : { approval: kept };
}

const onlyApprovable = ({ approval, requestedBy, approved }: Approvable): Approvable => {
  return { approval, requestedBy, approved };
};

/** Whether a new run needs no approval of its own, as its series has one. */
export function isRunApproved({
  after: { extent },
  standing,
  approvedChecks,
}: Pick<ApprovalChange, 'standing' | 'approvedChecks'> & { readonly after: { readonly extent: Extent } }): boolean {
  return (
    standing !== null &&
    extent.end <= standing.until &&
    covers(standing, extent) &&
    !grows(standing, extent, approvedChecks)
  );
}

function assessScheduled(
  { before, after, approvedChecks, rewords, recheck }: ApprovalChange,
  pending: Approvable,
  kept: Approvable,
): Approvable {
  if (before === null || isOver(before)) return { ...pending, approved: null };
  const { approval, approved } = before;
  if (recheck && approval !== 'approved' && approval !== null) return kept;
  const wasGranted = (approval === 'approved' || approval === null) && approved !== null;
  const { extent } = after;
  if (!wasGranted || rewords || extent.start < approved.start || extent.end > approved.end) return pending;
  return covers(approved, extent) && !grows(approved, extent, approvedChecks) ? kept : pending;
}

type Covering = Pick<Approved, 'services' | 'checks' | 'selector'>;

/** Whether a plan, such as what was approved, has everything that another one covers, in whatever scope. */
export function covers(approved: Covering, { services, checks, selector }: Covering): boolean {
  const ids = approved.services.map(({ id }) => id);
  return (
    services.every(({ id }) => ids.includes(id)) &&
    (checks === null ? approved.checks === null : approved.checks === null || isWithin(checks, approved.checks)) &&
    (selector === null || isSameSelector(selector, approved.selector))
  );
}

/** Whether a window covers more than was approved in scopes that require approval. */
function grows(
  approved: Omit<Approved, 'start' | 'end'>,
  { scopes, guarded, selector }: Extent,
  approvedChecks: readonly string[],
): boolean {
  const ids = approved.services.map(({ id }) => id);
  return !(
    isWithin(scopes, approved.scopes) &&
    isWithin(guarded.services, ids) &&
    isWithin(guarded.checks, approvedChecks) &&
    // Whatever another one chooses now, it can choose more later.
    (selector === null || isSameSelector(selector, approved.selector))
  );
}

function assessRunning(
  { before, after, approvedChecks, recheck }: ApprovalChange,
  pending: Approvable,
  kept: Approvable,
): ApprovalAssessment {
  if (before === null || recheck) return { approval: kept };
  const { extent } = after;
  // Without an approval it can stay as it is, as its scopes required none when it began. Those that require one now are not
  // approved by that.
  const base = before.approved ?? { ...before.extent, scopes: [] };
  const covered = before.approved === null ? before.extent.guarded.checks : approvedChecks;
  const scopes = unite(base.scopes, before.extent.scopes);
  if (grows({ ...base, scopes }, extent, covered)) {
    const added = extent.scopes.filter((id) => !scopes.includes(id));
    return { approval: kept, refusal: { reason: 'growth', scopes: added.length > 0 ? added : extent.scopes } };
  }
  const latest = base.final === true ? base.end : new Date(base.end.getTime() + APPROVED_LEEWAY_MS);
  if (extent.end > latest) return { approval: kept, refusal: { reason: 'end', end: base.end, latest } };
  if (extent.end > base.end) return { approval: { ...pending, approved: toApproved(base) } };
  if (before.approval !== 'pending') return { approval: kept };
  return { approval: { ...kept, approval: 'approved' } };
}

function assessStart(
  before: Approvable & { readonly extent: Extent },
  { start, end }: Interval,
  kept: Approvable,
): ApprovalAssessment {
  const { approval, approved } = before;
  if (!canStart(before)) {
    const reason = approval === 'declined' ? 'declined' : 'pending';
    return { approval: kept, refusal: { reason: 'missing', approval: reason } };
  }
  if (approved === null) return { approval: kept };
  const earliest = new Date(approved.start.getTime() - APPROVED_LEEWAY_MS);
  if (start < earliest) return { approval: kept, refusal: { reason: 'start', start: approved.start, earliest } };
  return { approval: { ...kept, approved: approvedOnceStarted(approved, { start, end }) } };
}

/** One that starts early is approved for as long as planned, from then. */
function approvedOnceStarted(approved: Approved, { start, end }: Interval): Approved {
  if (start >= approved.start) return approved;
  const length = approved.end.getTime() - approved.start.getTime();
  return { ...approved, start, end: new Date(Math.max(start.getTime() + length, end.getTime())) };
}

/** Whether work is recorded that moved to a scope that requires approval, or that nobody approved before it was over. */
function isUnapprovedRecord(
  before: Approvable & { readonly status: Status; readonly extent: Extent },
  { status, extent }: { readonly status: Status; readonly extent: Extent },
): boolean {
  if (extent.scopes.length === 0 || !isWork({ status })) return false;
  const isMoved = !isWithin(extent.scopes, before.extent.scopes);
  if (isMoved) return true;
  if (isWork(before)) return false;
  return isOver(before) ? before.approval === null || !canStart(before) : !canStart(before);
}

/** @returns what somebody approves of a window as it is */
export function toApproved({ scopes, services, checks, selector, start, end }: Approved): Approved {
  return { scopes, services, checks, selector, start, end };
}

/** What was approved, with scopes that begin to require approval and that a window touched before. */
export function acceptScopes(approved: Approved | null, extent: Extent): Approved {
  return approved === null ? toApproved(extent) : { ...approved, scopes: unite(approved.scopes, extent.scopes) };
}

/**
 * The approval of a series after an edit: it ends when the series grows, runs at other times or for longer, or is reworded.
 * @param extent of the series as it will be
 */
export function standingAfterEdit(
  standing: StandingApproval | null,
  extent: Extent,
  approvedChecks: readonly string[],
  { isOther }: { readonly isOther: boolean },
): StandingApproval | null {
  if (standing === null || isOther) return null;
  return covers(standing, extent) && !grows(standing, extent, approvedChecks) ? standing : null;
}

const isWork = ({ status }: { readonly status: Status }) => status !== 'scheduled' && status !== 'canceled';
const isOver = ({ status }: { readonly status: Status }) => !OPEN_STATUSES.includes(status);
const isWithin = <Id>(ids: readonly Id[], all: readonly Id[]) => {
  const known = new Set(all);
  return ids.every((id) => known.has(id));
};
const unite = <Id>(some: readonly Id[] = [], others: readonly Id[] = []) => [...new Set([...some, ...others])];
const isSameSelector = (a: Approved['selector'], b: Approved['selector']) =>
  a?.text === b?.text && a?.follows === b?.follows;

export function canStart({ approval }: Pick<Approvable, 'approval'>): boolean {
  return approval === null || approval === 'approved';
}

/**
 * The scopes that require approval and in which a window mutes checks.
 * @returns undefined for one that nobody decided on yet, or that is no maintenance: all
 */
export function approvedScopes({
  status,
  approval,
  approved,
}: Partial<Pick<Approvable, 'approval' | 'approved'>> & { readonly status?: Status }): readonly number[] | undefined {
  const isDecided = status === 'in-progress' || (status === 'scheduled' && canStart({ approval: approval ?? null }));
  return isDecided ? (approved?.scopes ?? []) : undefined;
}

/** Whether somebody has to decide: before the start, or on the extension of work in progress. */
export function awaitsApproval({
  status,
  approval,
}: Pick<Approvable, 'approval'> & { readonly status: Status }): boolean {
  return approval === 'pending' && OPEN_STATUSES.includes(status);
}

/** The people who still count as requesters once a maintenance is approved: whoever requested it first. */
export function requestersOnceApproved({ requestedBy }: Pick<Approvable, 'requestedBy'>): readonly string[] {
  return requestedBy.slice(0, 1);
}

export function isAnotherPerson(
  { requestedBy, owner }: Pick<Approvable, 'requestedBy'> & { readonly owner: { readonly id: string } },
  personId: string,
): boolean {
  return owner.id !== personId && !requestedBy.includes(personId);
}

export type RequestedApproval =
  | { readonly state: 'open' }
  /** Decided by this person. */
  | { readonly state: 'approved' | 'declined'; readonly by: { readonly id: string; readonly name: string } }
  /** Decided, changed since, and requested again in another message. */
  | { readonly state: 'again' }
  /** The maintenance is over, or no longer needs an approval. */
  | { readonly state: 'closed' };
