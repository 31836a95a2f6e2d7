import { readerOf } from '../domain/audience.ts';
import { difference, type Fields } from '../domain/difference.ts';
import { OPEN } from '../domain/maintenance.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { type AdHocValues, deleteAdHoc, lockAdHoc, updateAdHoc } from '../store/ad-hocs.ts';
import { record } from '../store/audit.ts';
import { listMaintenances } from '../store/maintenance-list.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { type Ground, holdToScopes, noSuchMaintenance, transact } from './action.ts';
import { type AdHocState, checkedAdHoc, enableAdHoc } from './add-ad-hoc.ts';
import { cancel } from './cancel.ts';
import { edit } from './edit.ts';
import { finish } from './finish.ts';

/** What is not named stays as it is. */
export type AdHocEdit = { readonly [K in keyof AdHocValues]?: AdHocValues[K] } & {
  /** True: it begins now. False: one that has begun ends now. */
  readonly enabled?: boolean;
};

/**
 * Changes a one-off window that waits, or the maintenance it has become. A longer or shorter duration counts from its start.
 * @throws Refusal `forbidden`, `not-found` when there is none or it is over, `invalid` with every field that is wrong, or what
 *   enabling, editing and ending a maintenance throw
 */
export async function editAdHoc(ground: Ground, actor: Actor, key: string, asked: AdHocEdit): Promise<AdHocState> {
  mustBeAllowed(actor, 'edit');
  const edited = await editWaiting(ground, actor, key, asked);
  if (edited !== undefined) return edited;
  const maintenance = await openAdHoc(ground, actor, key);
  if (maintenance === undefined) throw noSuchMaintenance(key);
  const { id, status, scheduledStart } = maintenance;
  if (asked.enabled === false) {
    const ended = status === 'scheduled' ? cancel(ground, actor, id, undefined) : finish(ground, actor, id, 'succeed');
    return { begun: (await ended) ?? maintenance };
  }
  const end = asked.durationMinutes && new Date(scheduledStart.getTime() + asked.durationMinutes * 60_000);
  const changed = await edit(ground, actor, id, {
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.checks === undefined ? {} : { checks: asked.checks }),
    ...(end ? { end } : {}),
  });
  return { begun: changed ?? maintenance };
}

/** More than anybody has begun at once. */
const MOST_OPEN = 1000;

/** The maintenances that enabled ones have become, that are not over, and that somebody may know of, by their start. */
export async function openAdHocs({ database }: Ground, actor: Actor): Promise<Maintenance[]> {
  const open = { adHoc: true, statuses: OPEN, reader: readerOf(actor) } as const;
  return listMaintenances(database, actor.accountId, open, { limit: MOST_OPEN });
}

/** The one with this key; undefined when there is none or it is over. */
export async function openAdHoc(ground: Ground, actor: Actor, key: string): Promise<Maintenance | undefined> {
  return (await openAdHocs(ground, actor)).find((maintenance) => maintenance.key === key);
}

/** Undefined when none waits. */
function editWaiting(ground: Ground, actor: Actor, key: string, asked: AdHocEdit): Promise<AdHocState | undefined> {
  return transact(ground, async (tx, now) => {
    const waiting = await lockAdHoc(tx, actor.accountId, key);
    if (waiting === undefined) return undefined;
    const about = { scopeId: null, services: [], checks: waiting.checks };
    await holdToScopes(tx, actor, about, noSuchMaintenance(key));
    const values = await checkedAdHoc(tx, actor, {
      name: asked.name ?? waiting.name,
      durationMinutes: asked.durationMinutes ?? waiting.durationMinutes,
      checks: asked.checks ?? waiting.checks,
    });
    if (asked.enabled === true) {
      await deleteAdHoc(tx, waiting);
      return { begun: await enableAdHoc(tx, actor, key, values, now) };
    }
    const change = difference(fieldsOf(waiting), fieldsOf(values));
    if (change === undefined) return { waiting };
    await record(tx, actor, now, { action: 'edit-ad-hoc', subject: `ad-hoc:${key}`, ...change });
    return { waiting: await updateAdHoc(tx, waiting, values, actor.name, now) };
  });
}

/** As the HTTP interface names them. */
function fieldsOf({ name, durationMinutes, checks }: AdHocValues): Fields {
  return { name, duration_minutes: durationMinutes, checks: checks.toSorted() };
}
