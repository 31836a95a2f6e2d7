import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { deleteAdHoc, lockAdHoc } from '../store/ad-hocs.ts';
import { record } from '../store/audit.ts';
import { type Ground, holdToScopes, noSuchMaintenance, transact } from './action.ts';
import { cancel } from './cancel.ts';
import { openAdHoc } from './edit-ad-hoc.ts';

/**
 * Forgets a one-off window that waits. One that was enabled is canceled, so that its checks go on again; its record stays.
 * @throws Refusal `forbidden`, or `not-found` when there is none or it is over
 */
export async function removeAdHoc(ground: Ground, actor: Actor, key: string): Promise<void> {
  mustBeAllowed(actor, 'cancel');
  const waited = await transact(ground, async (tx, now) => {
    const waiting = await lockAdHoc(tx, actor.accountId, key);
    if (waiting === undefined) return false;
    const about = { scopeId: null, services: [], checks: waiting.checks };
    await holdToScopes(tx, actor, about, noSuchMaintenance(key));
    await deleteAdHoc(tx, waiting);
    const { name, durationMinutes: duration_minutes, checks } = waiting;
    await record(tx, actor, now, {
      action: 'remove-ad-hoc',
      subject: `ad-hoc:${key}`,
      before: { name, duration_minutes, checks: [...checks] },
    });
    return true;
  });
  if (waited) return;
  const maintenance = await openAdHoc(ground, actor, key);
  if (maintenance === undefined) throw noSuchMaintenance(key);
  await cancel(ground, actor, maintenance.id, undefined);
}
