import type { Status } from '../maintenance/rules/status.ts';

export const APPROVALS = ['pending', 'approved', 'declined'] as const;
/** What a second person said to a maintenance that needs their approval. */
export type Approval = (typeof APPROVALS)[number];

/** How a maintenance stands with those who approve. */
export interface Approvable {
  /** Null when it needs no approval. */
  readonly approval: Approval | null;
  /** Who asked since it was last approved, by their ids: none of them may approve it. */
  readonly requestedBy: readonly string[];
}

const FREE: Approvable = { approval: null, requestedBy: [] };

/** A new maintenance. @param required whether any scope that it touches wants approval */
export function initialApproval(required: boolean, requester: string): Approvable {
  return required ? { approval: 'pending', requestedBy: [requester] } : FREE;
}

/**
 * After a change of a maintenance that is not in progress: what was approved was another window, so it is asked again, and
 * one who changed what is not approved has asked for it too. Work in progress is not stopped by asking.
 */
export function approvalAfterChange(
  was: Approvable & { readonly status: Status; readonly owner: { readonly id: string } },
  required: boolean,
  changedBy: string,
): Approvable {
  if (was.status !== 'scheduled') return { approval: was.approval, requestedBy: was.requestedBy };
  if (!required) return FREE;
  const asked = was.approval === null ? [was.owner.id] : was.approval === 'approved' ? [] : was.requestedBy;
  return { approval: 'pending', requestedBy: [...new Set([...asked, changedBy])] };
}

/** Whether it may begin, by hand or by itself. */
export function canStart({ approval }: Pick<Approvable, 'approval'>): boolean {
  return approval === null || approval === 'approved';
}

/** Whether this person is a second one to those who asked. */
export function isAnotherPerson({ requestedBy }: Pick<Approvable, 'requestedBy'>, personId: string): boolean {
  return !requestedBy.includes(personId);
}

/** The state of an approval that somebody was asked for. */
export type RequestedApproval =
  | { readonly state: 'open' }
  /** Decided by this person. */
  | { readonly state: 'approved' | 'declined'; readonly by: { readonly id: string; readonly name: string } }
  /** Decided, changed since, and requested again in another message. */
  | { readonly state: 'again' }
  /** The maintenance is over, or no longer needs an approval. */
  | { readonly state: 'closed' };
