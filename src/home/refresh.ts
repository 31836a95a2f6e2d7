import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { readContentVersion } from '../access/accounts.ts';
import { countServices, listServices, listServicesOwnedBy } from '../catalogue/services/repository.ts';
import { type Actor, isAllowed } from '../core/permissions.ts';
import { countMaintenances, listMaintenances } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { MaintenanceFilter } from '../maintenance/repository/search.ts';
import { OPEN_STATUSES, type Status } from '../maintenance/rules/status.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type Home, type HomeContent, listDaysAhead, MAX_SHOWN, type Part, type SharedContent } from './content.ts';
import { findHome, listHomeViewers, listWindowsBetween, updateHome } from './repository.ts';

const PAST: readonly Status[] = ['succeed', 'failed', 'canceled'];

/** Enqueues a refresh of the home pages that people opened recently. */
export async function refreshHomes({ database }: ActionContext, { accountId }: Jobs['homes']): Promise<void> {
  for (const person of await listHomeViewers(database, accountId))
    await enqueue(database, 'home', { accountId, person }, { ifNotWaiting: true });
}

/** Publishes the home page of one person again if it changed. Idempotent. */
export async function refreshHome(ctx: ActionContext, home: Home, log: Logger, job: Jobs['home']): Promise<void> {
  const { accountId, person: personId } = job;
  const { database } = ctx;
  const stored = await findHome(database, accountId, personId);
  if (stored === null) return;
  try {
    await home.assertAllowed(accountId, personId);
    const { actor, timezone } = await home.findPerson(accountId, personId);
    const page = { actor, timezone, content: await readContent(ctx, actor, timezone) };
    const rendered = home.render(page);
    if (stored.rendered === rendered) return;
    await home.publish(accountId, page);
    await updateHome(database, accountId, personId, rendered);
  } catch (error) {
    if ((await handleDeliveryError(database, error, 'home', job)) === undefined) return;
    log.warn({ person: personId, error }, 'an App Home could not be shown');
  }
}

/** How long the content that people share is kept for the next of them. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10;

interface Kept {
  readonly version: string;
  readonly content: Promise<SharedContent>;
}

const kept = new WeakMap<Queries, LRUCache<string, Kept>>();

/** What people in a time zone share, read once for each version of it. */
async function readShared(ctx: ActionContext, accountId: number, zone: string): Promise<SharedContent> {
  const { database } = ctx;
  const now = ctx.clock.now();
  const all = kept.get(database) ?? new LRUCache<string, Kept>({ max: MAX_KEPT, ttl: KEPT_MS, ttlAutopurge: true });
  kept.set(database, all);
  const account = await readContentVersion(database, accountId);
  // Windows that were canceled become recent when they would have begun, and days end, without a change.
  const version = JSON.stringify([account.version, Math.floor(now.getTime() / KEPT_MS)]);
  const key = JSON.stringify([accountId, zone]);
  const known = all.get(key);
  if (known?.version === version) return known.content;
  const content = readSharedContent(database, accountId, zone, now);
  all.set(key, { version, content });
  content.catch(() => all.delete(key));
  return content;
}

async function readSharedContent(db: Queries, accountId: number, zone: string, now: Date): Promise<SharedContent> {
  const past = { statuses: PAST, startsBefore: now };
  const days = listDaysAhead(now, zone);
  const week = { start: days[0]?.interval.start ?? now, end: days.at(-1)?.interval.end ?? now };
  return {
    active: await readPart(db, accountId, { statuses: ['in-progress'] }, ABOVE + MAX_SHOWN.active),
    next: await readPart(db, accountId, { statuses: ['scheduled'] }, ABOVE + MAX_SHOWN.next),
    recent: await listMaintenances(db, accountId, past, { limit: MAX_SHOWN.recent, newestFirst: true }),
    services: {
      shown: await listServices(db, accountId, { limit: MAX_SHOWN.services }),
      total: await countServices(db, accountId),
    },
    days,
    week: await listWindowsBetween(db, accountId, week, MAX_SHOWN.calendar),
  };
}

/** Each list is read beyond what it shows, as the windows shown above it are left out. */
const ABOVE = MAX_SHOWN.waiting + MAX_SHOWN.yours;

async function readPart(
  db: Queries,
  accountId: number,
  filter: MaintenanceFilter,
  limit: number,
): Promise<Part<Maintenance>> {
  const shown = await listMaintenances(db, accountId, filter, { limit });
  const total = shown.length < limit ? shown.length : await countMaintenances(db, accountId, filter);
  return { shown, total };
}

const NONE = { shown: [], total: 0 } as const;

async function readContent(ctx: ActionContext, actor: Actor, zone: string): Promise<HomeContent> {
  const { accountId, id: personId } = actor;
  const { database } = ctx;
  const part = (filter: MaintenanceFilter, limit: number) => readPart(database, accountId, filter, limit);
  const approvable: MaintenanceFilter = { statuses: OPEN_STATUSES, approvableBy: personId };
  const shown = ABOVE + MAX_SHOWN.active + MAX_SHOWN.next;
  return {
    ...(await readShared(ctx, accountId, zone)),
    waiting: isAllowed(actor, 'approve') ? await part(approvable, MAX_SHOWN.waiting) : NONE,
    yours: await readYours(database, accountId, personId),
    own: await part({ statuses: OPEN_STATUSES, owner: personId }, shown + MAX_SHOWN.own),
  };
}

async function readYours(db: Queries, accountId: number, personId: string): Promise<HomeContent['yours']> {
  const owned = await listServicesOwnedBy(db, accountId, personId);
  if (owned.length === 0) return { services: NONE, windows: NONE };
  const shown = await listServices(db, accountId, { ids: owned, limit: MAX_SHOWN.services });
  const windows = await readPart(db, accountId, { statuses: OPEN_STATUSES, services: owned }, MAX_SHOWN.yours);
  return { services: { shown, total: owned.length }, windows };
}
