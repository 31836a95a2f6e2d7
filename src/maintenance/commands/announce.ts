import { findAccount } from '../../access/accounts.ts';
import { hasApprovalRequests } from '../../approvals/repository.ts';
import { findScope } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { findChannelRef, findPersonKind } from '../../channels.ts';
import { listMutes, listProvidersOfChecks } from '../../checks/mute-repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import { listHomeViewers } from '../../home/repository.ts';
import type { Queries } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import {
  type Destination,
  findOwner,
  insertNotice,
  listSubscribedChannels,
  outdateAnnouncements,
  planAnnouncements,
  suppressPublicPosts,
  toDestinations,
} from '../repository/announcements.ts';
import { listSelectedChecks, type Touching } from '../repository/coverage.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Visibility } from '../rules/status.ts';
import { windowAudience } from '../rules/visibility.ts';

const HOMES_REFRESH_DELAY_MS = 1_000;

/** What decides where a maintenance is announced and which checks it covers. */
export interface Coverage extends Touching {
  readonly visibility: Visibility;
}

export function toCoverage({
  visibility,
  scope,
  services,
  checks,
  selector = null,
}: Pick<Maintenance, 'visibility' | 'scope' | 'services' | 'checks'> & Pick<Coverage, 'selector'>): Coverage {
  return { visibility, scopeId: scope?.id ?? null, services: services.map(({ id }) => id), checks, selector };
}

/** Where a maintenance is announced: the subscribed channels, the default channel, and those named for it. */
export async function findDestinations(
  db: Queries,
  accountId: number,
  coverage: Coverage,
  named: readonly string[] = [],
): Promise<Destination[]> {
  const services = await listServices(db, accountId, { ids: coverage.services });
  const scopes = [coverage.scopeId, ...services.map((service) => service.scope?.id ?? null)];
  const subscribed = await listSubscribedChannels(db, accountId, {
    services: coverage.services,
    scopes: scopes.filter((id): id is number => id !== null),
  });
  const account = await findAccount(db, accountId);
  const extra = [...named, ...(account?.defaultChannel ? [account.defaultChannel] : [])];
  const refs = extra.flatMap((channel) => findChannelRef(channel) ?? []);
  const all = await toDestinations(db, accountId, [...subscribed, ...refs]);
  const scope = coverage.scopeId === null ? null : await findScope(db, accountId, coverage.scopeId);
  const isPublic = windowAudience({ visibility: coverage.visibility, scope, services }) === 'public';
  return isPublic ? all : all.filter(({ audience }) => audience === 'internal');
}

/** The checks that a maintenance names, else those of its services; and those that its selector chooses. */
export async function listCoveredChecks(
  db: Queries,
  accountId: number,
  { services, checks, selector }: Pick<Coverage, 'services' | 'checks' | 'selector'>,
): Promise<Check[]> {
  const named = await listChecks(db, accountId, checks === null ? { services } : { ids: checks });
  if (!selector) return named;
  const known = new Set(named.map(({ id }) => id));
  const chosen = selector.chosen ?? (await listSelectedChecks(db, accountId, selector.text));
  const others = await listChecks(db, accountId, { ids: chosen.filter((id) => !known.has(id)) });
  return [...named, ...others].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

/** Announces a maintenance in all its channels, those subscribed since included, and refreshes requests for its approval. */
export async function announceEverywhere(tx: Queries, maintenance: Maintenance, named: readonly string[] = []) {
  const { accountId, id } = maintenance;
  const destinations = await findDestinations(tx, accountId, toCoverage(maintenance), named);
  for (const channel of await planAnnouncements(tx, accountId, id, destinations)) {
    await enqueue(tx, 'announce', { accountId, ...channel });
  }
  if (await hasApprovalRequests(tx, accountId, id))
    await enqueue(tx, 'ask-approvers', { accountId, maintenanceId: id });
  await refreshHomes(tx, accountId);
}

/** Refreshes the open App Homes of an account: once for all changes within the delay, as many windows may start at one instant. */
async function refreshHomes(tx: Queries, accountId: number): Promise<void> {
  if ((await listHomeViewers(tx, accountId, 1)).length === 0) return;
  const soon = { notBefore: new Date(Date.now() + HOMES_REFRESH_DELAY_MS), ifNotWaiting: true };
  await enqueue(tx, 'homes', { accountId }, soon);
}

export async function reannounce(tx: Queries, accountId: number, maintenanceId: number): Promise<void> {
  for (const channel of await outdateAnnouncements(tx, accountId, maintenanceId)) {
    await enqueue(tx, 'announce', { accountId, ...channel });
  }
}

/** Announces a change of a maintenance. If its audience changed, what happened before stays out of the public threads. */
export async function announceChange(
  tx: Queries,
  before: Maintenance,
  after: Maintenance,
  named: readonly string[] = [],
): Promise<void> {
  await announceEverywhere(tx, after, named);
  if (before.audience !== after.audience) await suppressPublicPosts(tx, after.accountId, after.id);
}

/** Announces maintenances that a change of the catalogue affects. @param before the same ones, before that change */
export async function announceChanges(tx: Queries, before: readonly Maintenance[], after: readonly Maintenance[]) {
  for (const maintenance of after) {
    const previous = before.find(({ id }) => id === maintenance.id);
    await announceChange(tx, previous ?? maintenance, maintenance);
  }
}

/** Reconciles the checks that a running maintenance mutes, as its end changed, which is the end of their downtimes. */
export async function reconcileMuted(tx: Queries, { accountId, id, status }: Maintenance): Promise<void> {
  if (status !== 'in-progress') return;
  const muted = (await listMutes(tx, accountId, id)).flatMap((mute) => (mute.endedAt === null ? [mute.checkId] : []));
  await reconcileChecks(tx, accountId, muted);
}

export async function reconcileChecks(tx: Queries, accountId: number, checks: readonly string[]): Promise<void> {
  for (const provider of await listProvidersOfChecks(tx, accountId, checks)) {
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
  /** By the id of the event. */
  | `declined:${number}`
  /** A webhook, by its id, was disabled before it got all events of the maintenance. */
  | `webhook-disabled:${number}`
  | `not-announced:${string}`;

/** Notifies the owner of an event in a direct message, if the owner is a person in a chat. */
export async function notifyOwner(
  tx: Queries,
  { accountId, id }: Pick<Maintenance, 'accountId' | 'id'>,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  const person = await findOwner(tx, accountId, id);
  if (person !== undefined) await notifyPerson(tx, { accountId, id }, person, reason, eventId);
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
  if (await insertNotice(tx, { accountId, maintenanceId: id, personId: person, reason, eventId })) {
    await enqueue(tx, 'notify', { accountId, person });
  }
}
