import type { HomeView } from '@slack/types';
import type { Logger } from 'pino';
import { countServices, listServices, servicesOwnedBy } from '../catalogue/services/repository.ts';
import { type Actor, may } from '../core/permissions.ts';
import { PostRefused } from '../delivery/announce.ts';
import { countMaintenances, listMaintenances, type MaintenanceFilter } from '../maintenance/repository/maintenances.ts';
import { OPEN, type Status } from '../maintenance/status.ts';
import { type Effects, enqueue } from '../platform/jobs.ts';
import type { Ground } from '../platform/transactions.ts';
import { findHome, homeViewers, updateHome, windowsBetween } from './repository.ts';
import { daysAhead, type HomeContent, homeView, SHOWN } from './slack/view.ts';

/** Where App Homes are shown. Each call is made once: a job that failed is tried again by the queue. */
export interface HomePublisher {
  /**
   * Who somebody is, and the IANA zone they live in.
   * @throws PostRefused
   */
  person(accountId: number, personId: string): Promise<{ readonly actor: Actor; readonly timezone: string }>;
  /** @throws PostRefused */
  publish(accountId: number, personId: string, view: HomeView): Promise<void>;
}

const OVER: readonly Status[] = ['succeed', 'failed', 'canceled'];

/** Brings the App Homes up to date that somebody may be looking at. */
export async function homesOf({ database }: Ground, { accountId }: Effects['homes']): Promise<void> {
  for (const person of await homeViewers(database, accountId)) await enqueue(database, 'home', { accountId, person });
}

/** Brings the App Home of one person to the present state. Doing it twice changes nothing. */
export async function home(ground: Ground, publisher: HomePublisher, log: Logger, job: Effects['home']): Promise<void> {
  const { accountId, person: personId } = job;
  const { database } = ground;
  const kept = await findHome(database, accountId, personId);
  if (kept === undefined) return;
  try {
    const { actor, timezone } = await publisher.person(accountId, personId);
    const view = homeView(actor, timezone, await contentFor(ground, actor, timezone));
    const rendered = JSON.stringify(view);
    if (kept.rendered === rendered) return;
    await publisher.publish(accountId, personId, view);
    await updateHome(database, accountId, personId, rendered);
  } catch (error) {
    if (!(error instanceof PostRefused)) throw error;
    if (error.reason.kind === 'disconnected') return;
    if (error.reason.kind === 'later') {
      const notBefore = new Date(Date.now() + error.reason.retryAfterSeconds * 1000);
      await enqueue(database, 'home', job, { notBefore });
      return;
    }
    log.warn({ person: personId, error }, 'an App Home could not be shown');
  }
}

async function contentFor(ground: Ground, actor: Actor, zone: string): Promise<HomeContent> {
  const { accountId, id: personId } = actor;
  const { database } = ground;
  const now = ground.clock.now();
  const part = async (filter: MaintenanceFilter, limit: number) => {
    const shown = await listMaintenances(database, accountId, filter, { limit });
    const total = shown.length < limit ? shown.length : await countMaintenances(database, accountId, filter);
    return { shown, total };
  };
  const over = { statuses: OVER, startsBefore: now };
  const days = daysAhead(now, zone);
  const week = { start: days[0]?.interval.start ?? now, end: days.at(-1)?.interval.end ?? now };
  const owned = await servicesOwnedBy(database, accountId, personId);
  const none = { shown: [], total: 0 };
  return {
    waiting: may(actor, 'approve')
      ? await part({ statuses: ['scheduled'], approvableBy: personId }, SHOWN.waiting)
      : none,
    yours: {
      services: {
        shown: await listServices(database, accountId, { ids: owned, limit: SHOWN.services }),
        total: owned.length,
      },
      windows: owned.length === 0 ? none : await part({ statuses: OPEN, services: owned }, SHOWN.yours),
    },
    active: await part({ statuses: ['in-progress'] }, SHOWN.waiting + SHOWN.yours + SHOWN.active),
    next: await part({ statuses: ['scheduled'] }, SHOWN.waiting + SHOWN.yours + SHOWN.next),
    own: await part(
      { statuses: OPEN, owner: personId },
      SHOWN.waiting + SHOWN.yours + SHOWN.active + SHOWN.next + SHOWN.own,
    ),
    recent: await listMaintenances(database, accountId, over, { limit: SHOWN.recent, newestFirst: true }),
    services: {
      shown: await listServices(database, accountId, { limit: SHOWN.services }),
      total: await countServices(database, accountId),
    },
    days,
    week: await windowsBetween(database, accountId, week, SHOWN.calendar),
  };
}
