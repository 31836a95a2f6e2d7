import { approvedScopes } from '../../approvals/rules.ts';
import { findChannelRef, findPersonKind } from '../../channels.ts';
import { Pauses } from '../../core/pauses.ts';
import type { Queries } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import {
  insertNotice,
  outdateAnnouncements,
  planAnnouncements,
  suppressPublicPosts,
} from '../repository/announcements.ts';
import { findBelongings } from '../repository/locked.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import { type Coverage, type Destination, findDestinations, needOf, providersOf } from '../rules/coverage.ts';

const HOMES_REFRESH_DELAY_MS = 1_000;

export function toCoverage({
  visibility,
  scope,
  services,
  checks,
  selector = null,
  limitedTo,
  ...rest
}: Pick<Maintenance, 'visibility' | 'scope' | 'services' | 'checks' | 'limitedTo'> &
  Pick<Coverage, 'selector'> &
  Partial<Pick<Maintenance, 'status' | 'approval' | 'approved'>>): Coverage {
  return {
    visibility,
    scopeId: scope?.id ?? null,
    services: services.map(({ id }) => id),
    checks,
    selector,
    limitedTo,
    approvedScopes: approvedScopes(rest),
  };
}

/** Where a maintenance is announced; `named`: the addresses of channels besides those subscribed. */
export async function listDestinations(
  db: Queries,
  accountId: number,
  coverage: Coverage,
  named: readonly string[] = [],
): Promise<Destination[]> {
  const around = await readSurroundings(db, accountId, { ...needOf(coverage), channels: named });
  return findDestinations(
    around,
    coverage,
    named.flatMap((channel) => findChannelRef(channel) ?? []),
  );
}

/** Announces a maintenance in all its channels, those subscribed since included, and refreshes requests for its approval. */
export async function announceEverywhere(tx: Queries, maintenance: Maintenance, named: readonly string[] = []) {
  const { accountId, id, approval } = maintenance;
  await planAnnouncements(tx, accountId, id, await listDestinations(tx, accountId, toCoverage(maintenance), named));
  await reannounce(tx, accountId, id);
  if (approval === 'pending' || (await findBelongings(tx, id)).asksForApproval)
    await enqueue(tx, 'ask-approvers', { accountId, maintenanceId: id });
  await refreshHomes(tx, accountId);
}

/** Refreshes the open App Homes of an account: once for all changes within the delay, as many windows may start at one instant. */
async function refreshHomes(tx: Queries, accountId: number): Promise<void> {
  if (!(await readSurroundings(tx, accountId)).hasHomes) return;
  const soon = { notBefore: new Date(Date.now() + HOMES_REFRESH_DELAY_MS), ifNotWaiting: true };
  await enqueue(tx, 'homes', { accountId }, soon);
}

export async function reannounce(tx: Queries, accountId: number, maintenanceId: number): Promise<void> {
  for (const channel of await outdateAnnouncements(tx, maintenanceId)) {
    await enqueue(tx, 'announce', { accountId, ...channel });
  }
}

interface Change {
  readonly before: Maintenance;
  readonly after: Maintenance;
}

/** Where the audience of maintenances of an account changed, what happened before stays out of their public threads. */
export async function suppressEarlierPosts(tx: Queries, accountId: number, changes: readonly Change[]): Promise<void> {
  const ids = changes.flatMap(({ before, after }) => (before.audience === after.audience ? [] : [after.id]));
  if (ids.length > 0) await suppressPublicPosts(tx, accountId, ids);
}

/** Announces maintenances of an account that changes of the catalogue affect. */
export async function announceChanges(tx: Queries, accountId: number, changes: readonly Change[]): Promise<void> {
  const pauses = new Pauses();
  for (const { after } of changes) {
    await announceEverywhere(tx, after);
    await pauses.pause();
  }
  await suppressEarlierPosts(tx, accountId, changes);
}

/** Reconciles the checks that a running maintenance mutes, as its end changed, which is the end of their downtimes. */
export async function reconcileMuted(tx: Queries, { accountId, id, status }: Maintenance): Promise<void> {
  if (status !== 'in-progress') return;
  const { mutes } = await findBelongings(tx, id);
  const muted = [...mutes].flatMap(([checkId, { ended }]) => (ended ? [] : [checkId]));
  await reconcileChecks(tx, accountId, muted);
}

export async function reconcileChecks(tx: Queries, accountId: number, checks: readonly string[]): Promise<void> {
  if (checks.length === 0) return;
  for (const provider of providersOf(await readSurroundings(tx, accountId, { checks }), checks)) {
    await enqueue(tx, 'reconcile', { accountId, provider });
  }
}

/** Why the owner of a maintenance is notified: once per maintenance and reason. */
export type NoticeReason =
  | 'not-switched-off'
  | 'not-switched-on'
  | 'started-late'
  | 'ended-late'
  | 'missed'
  /** Checks of this provider are off or failing some time after the end. */
  | `not-watching:${string}`
  | 'not-approved'
  | 'owner-deactivated'
  /** By the id of the event. */
  | `declined:${number}`
  /** A webhook, by its id, was disabled before it got all events of the maintenance. */
  | `webhook-disabled:${number}`
  | `not-announced:${string}`;

/** Notifies the owner of an event in a direct message, if the owner is a person in a chat. */
export async function notifyOwner(
  tx: Queries,
  maintenance: Pick<Maintenance, 'accountId' | 'id'>,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  await notifyPerson(tx, maintenance, (await findBelongings(tx, maintenance.id)).ownerId, reason, eventId);
}

/**
 * Notifies whoever can act on an event: the owner; else, if no direct message reaches them, the owners of the services; else
 * the admins. The job that sends it decides.
 */
export async function notifyResponsible(
  tx: Queries,
  { accountId, id }: Pick<Maintenance, 'accountId' | 'id'>,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  const { ownerId: person } = await findBelongings(tx, id);
  await insertNotice(tx, { accountId, maintenanceId: id, personId: person, reason, eventId });
  await enqueue(tx, 'notify', { accountId, person });
}

/** Notifies another person of an event, if direct messages reach them. */
export async function notifyPerson(
  tx: Queries,
  { accountId, id }: Pick<Maintenance, 'accountId' | 'id'>,
  person: string,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  if (findPersonKind(person) === undefined) return;
  await insertNotice(tx, { accountId, maintenanceId: id, personId: person, reason, eventId });
  await enqueue(tx, 'notify', { accountId, person });
}
