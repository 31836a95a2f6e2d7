import type { Logger } from 'pino';
import { countServices, listServices, listServicesOwnedBy } from '../catalogue/services/repository.ts';
import { type Actor, isAllowed } from '../core/permissions.ts';
import { countMaintenances, listMaintenances } from '../maintenance/repository/list.ts';
import type { MaintenanceFilter } from '../maintenance/repository/search.ts';
import { OPEN_STATUSES, type Status } from '../maintenance/rules/status.ts';
import { enqueue, handleDeliveryError, type Jobs } from '../platform/jobs.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { type Home, type HomeContent, listDaysAhead, MAX_SHOWN } from './content.ts';
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

async function readContent(ctx: ActionContext, actor: Actor, zone: string): Promise<HomeContent> {
  const { accountId, id: personId } = actor;
  const { database } = ctx;
  const now = ctx.clock.now();
  const part = async (filter: MaintenanceFilter, limit: number) => {
    const shown = await listMaintenances(database, accountId, filter, { limit });
    const total = shown.length < limit ? shown.length : await countMaintenances(database, accountId, filter);
    return { shown, total };
  };
  const past = { statuses: PAST, startsBefore: now };
  const days = listDaysAhead(now, zone);
  const week = { start: days[0]?.interval.start ?? now, end: days.at(-1)?.interval.end ?? now };
  const owned = await listServicesOwnedBy(database, accountId, personId);
  const none = { shown: [], total: 0 };
  const limit = MAX_SHOWN.services;
  const ownedServices = { shown: await listServices(database, accountId, { ids: owned, limit }), total: owned.length };
  const windows = owned.length === 0 ? none : await part({ statuses: OPEN_STATUSES, services: owned }, MAX_SHOWN.yours);
  const approvable: MaintenanceFilter = { statuses: ['scheduled'], approvableBy: personId };
  // Each list is read beyond what it shows, as the windows shown above it are left out.
  const above = MAX_SHOWN.waiting + MAX_SHOWN.yours;
  const shown = above + MAX_SHOWN.active + MAX_SHOWN.next;
  return {
    waiting: isAllowed(actor, 'approve') ? await part(approvable, MAX_SHOWN.waiting) : none,
    yours: { services: ownedServices, windows },
    active: await part({ statuses: ['in-progress'] }, above + MAX_SHOWN.active),
    next: await part({ statuses: ['scheduled'] }, above + MAX_SHOWN.next),
    own: await part({ statuses: OPEN_STATUSES, owner: personId }, shown + MAX_SHOWN.own),
    recent: await listMaintenances(database, accountId, past, { limit: MAX_SHOWN.recent, newestFirst: true }),
    services: {
      shown: await listServices(database, accountId, { limit }),
      total: await countServices(database, accountId),
    },
    days,
    week: await listWindowsBetween(database, accountId, week, MAX_SHOWN.calendar),
  };
}
