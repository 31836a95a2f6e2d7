import { findAccount } from '../../access/accounts.ts';
import { hasApprovalRequests } from '../../approvals/repository.ts';
import { findScope } from '../../catalogue/scopes/repository.ts';
import { listServices } from '../../catalogue/services/repository.ts';
import { findChannelRef } from '../../channels.ts';
import { listMutes, listProvidersOfChecks } from '../../checks/mute-repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import { listHomeViewers } from '../../home/repository.ts';
import type { Queries } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import {
  type Destination,
  listAnnouncedChannels,
  listSubscribedChannels,
  planAnnouncements,
  suppressPublicPosts,
  toDestinations,
} from '../repository/announcements.ts';
import { listSelectedChecks } from '../repository/coverage.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Selector } from '../rules/selector.ts';
import { windowAudience } from '../rules/visibility.ts';

/** How long an App Home may show what was (milliseconds). */
const REFRESHED_WITHIN = 1_000;

/** What a maintenance is about, as far as it decides who hears of it and which checks it covers. */
export interface Coverage {
  readonly visibility: Maintenance['visibility'];
  readonly scopeId: number | null;
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  /** Chooses checks beside those, or has chosen them. */
  readonly selector?: (Selector & { readonly chosen?: readonly string[] | null }) | null;
}

export function toCoverage(
  maintenance: Pick<Maintenance, 'visibility' | 'scope' | 'services' | 'checks'> & Pick<Coverage, 'selector'>,
): Coverage {
  return {
    visibility: maintenance.visibility,
    scopeId: maintenance.scope?.id ?? null,
    services: maintenance.services.map((service) => service.id),
    checks: maintenance.checks,
    selector: maintenance.selector ?? null,
  };
}

/** The channels that hear of it: those subscribed, the account's default one, and those named for it. */
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

/** The checks it switches off: those it names, else those of its services; and those that its selector chooses. */
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

/** Announces a maintenance wherever it should be heard of, channels that subscribed since included, and to who approves it. */
export async function announceEverywhere(
  tx: Queries,
  maintenance: Maintenance,
  named: readonly string[] = [],
): Promise<void> {
  const { accountId, id } = maintenance;
  const destinations = await findDestinations(tx, accountId, toCoverage(maintenance), named);
  for (const channel of await planAnnouncements(tx, accountId, id, destinations)) {
    await enqueue(tx, 'announce', { accountId, maintenanceId: id, ...channel });
  }
  if (await hasApprovalRequests(tx, accountId, id))
    await enqueue(tx, 'ask-approvers', { accountId, maintenanceId: id });
  await refreshHomes(tx, accountId);
}

/**
 * Brings the App Homes up to date that somebody may be looking at: soon, and once for all that changes until then, as
 * each of many windows that start at one instant asks for it.
 */
async function refreshHomes(tx: Queries, accountId: number): Promise<void> {
  if ((await listHomeViewers(tx, accountId, 1)).length === 0) return;
  const soon = { notBefore: new Date(Date.now() + REFRESHED_WITHIN), ifNotWaiting: true };
  await enqueue(tx, 'homes', { accountId }, soon);
}

/** Brings the announcements there are up to date. */
export async function reannounce(tx: Queries, accountId: number, maintenanceId: number): Promise<void> {
  for (const channel of await listAnnouncedChannels(tx, accountId, maintenanceId)) {
    await enqueue(tx, 'announce', { accountId, maintenanceId, ...channel });
  }
}

/** Its end was changed: those providers are told that were told the other one. */
export async function reconcileMuted(tx: Queries, { accountId, id, status }: Maintenance): Promise<void> {
  if (status !== 'in-progress') return;
  const held = (await listMutes(tx, accountId, id)).filter((mute) => mute.endedAt === null);
  await reconcileChecks(
    tx,
    accountId,
    held.map((mute) => mute.checkId),
  );
}

/** Has the providers of these checks brought to what the holds say. */
export async function reconcileChecks(tx: Queries, accountId: number, checks: readonly string[]): Promise<void> {
  for (const provider of await listProvidersOfChecks(tx, accountId, checks)) {
    await enqueue(tx, 'reconcile', { accountId, provider });
  }
}

/**
 * Announces maintenances again, because what they are about was changed. Of one that turned internal or public by it, what
 * has happened so far is not told in public afterwards.
 * @param before the same ones, as they were
 */
export async function announceChanged(
  tx: Queries,
  before: readonly Maintenance[],
  after: readonly Maintenance[],
): Promise<void> {
  const audiences = new Map(before.map(({ id, audience }) => [id, audience]));
  for (const maintenance of after) {
    await announceEverywhere(tx, maintenance);
    const was = audiences.get(maintenance.id);
    if (was !== undefined && was !== maintenance.audience) {
      await suppressPublicPosts(tx, maintenance.accountId, maintenance.id);
    }
  }
}
