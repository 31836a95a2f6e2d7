import type { Status } from '../maintenance/rules/status.ts';

export const APPROVALS = ['pending', 'approved', 'declined'] as const;
export type Approval = (typeof APPROVALS)[number];

export interface Approvable {
  /** Null: it needs none. */
  readonly approval: Approval | null;
  /** The ids of the people who requested it since it was last approved: none of them can approve it. */
  readonly requestedBy: readonly string[];
}

const NOT_NEEDED: Approvable = { approval: null, requestedBy: [] };

/** Of a new maintenance. @param required whether any scope that it touches requires approval */
export function initialApproval(required: boolean, requester: string): Approvable {
  return required ? { approval: 'pending', requestedBy: [requester] } : NOT_NEEDED;
}

/**
 * After a change. It must be approved again, as another window was approved, and whoever changed it counts as a requester.
 * Work in progress keeps its approval.
 */
export function approvalAfterChange(
  before: Approvable & { readonly status: Status; readonly owner: { readonly id: string } },
  required: boolean,
  changedBy: string,
): Approvable {
  if (before.status !== 'scheduled') return { approval: before.approval, requestedBy: before.requestedBy };
  if (!required) return NOT_NEEDED;
  const { approval, owner } = before;
  const requesters = approval === null ? [owner.id] : approval === 'approved' ? [] : before.requestedBy;
  return { approval: 'pending', requestedBy: [...new Set([...requesters, changedBy])] };
}

export function canStart({ approval }: Pick<Approvable, 'approval'>): boolean {
  return approval === null || approval === 'approved';
}

export function isAnotherPerson({ requestedBy }: Pick<Approvable, 'requestedBy'>, personId: string): boolean {
  return !requestedBy.includes(personId);
}

export type RequestedApproval =
  | { readonly state: 'open' }
  /** Decided by this person. */
  | { readonly state: 'approved' | 'declined'; readonly by: { readonly id: string; readonly name: string } }
  /** Decided, changed since, and requested again in another message. */
  | { readonly state: 'again' }
  /** The maintenance is over, or no longer needs an approval. */
  | { readonly state: 'closed' };
