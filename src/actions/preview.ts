import { overlaps } from '../domain/conflicts.ts';
import type { Freeze } from '../domain/freezes.ts';
import type { Interval } from '../domain/maintenance.ts';
import { type Actor, may, mustBeAllowed } from '../domain/permissions.ts';
import type { Destination } from '../store/announcements.ts';
import type { Check } from '../store/checks.ts';
import { openBetween } from '../store/maintenance-list.ts';
import type { Maintenance } from '../store/maintenances.ts';
import type { Ground } from './action.ts';
import { needsApproval } from './ask-approval.ts';
import { covering } from './cover.ts';
import { type Coverage, checksOf, coverageOf, destinationsOf } from './effects.ts';
import { freezesFor } from './mind-freezes.ts';

/** What scheduling a window would mean, without doing it. */
export interface Preview {
  /** Those that it switches off. */
  readonly checks: readonly Check[];
  /** Those that it covers and leaves alone, as their monitoring system is disabled. */
  readonly leftAlone: readonly Check[];
  readonly destinations: readonly Destination[];
  /** Open maintenances that share time and a service or a check with it. */
  readonly overlaps: readonly Maintenance[];
  /** The freezes that it falls into. */
  readonly freezes: readonly Freeze[];
  /** Whether a second person has to approve it before it starts. */
  readonly needsApproval: boolean;
  /** Whether whoever asks may override those that block. */
  readonly mayOverride: boolean;
}

/** @param id of the maintenance itself when it exists already, so that it does not overlap itself */
export async function preview(
  ground: Ground,
  actor: Actor,
  window: Interval & Coverage & { readonly channels: readonly string[] },
  id = 0,
): Promise<Preview> {
  mustBeAllowed(actor, 'read');
  const db = ground.database;
  const { switched, leftAlone } = await covering(db, actor.accountId, window);
  const open = await openBetween(db, actor.accountId, window);
  const occupied = await Promise.all(
    open.map(async (maintenance) => ({
      maintenance,
      id: maintenance.id,
      start: maintenance.scheduledStart,
      end: maintenance.scheduledEnd,
      services: maintenance.services.map((service) => service.id),
      checks: (await checksOf(db, actor.accountId, coverageOf(maintenance))).map((check) => check.id),
    })),
  );
  const wanted = { id, ...window, checks: [...switched, ...leftAlone].map((check) => check.id) };
  return {
    checks: switched,
    leftAlone,
    destinations: await destinationsOf(db, actor.accountId, window, window.channels),
    freezes: await freezesFor(db, actor.accountId, window),
    needsApproval: await needsApproval(db, actor.accountId, window),
    mayOverride: may(actor, 'override-freeze'),
    overlaps: overlaps(wanted, occupied).map(({ maintenance }) => maintenance),
  };
}
