import { mayBegin } from '../domain/approval.ts';
import type { Actor } from '../domain/permissions.ts';
import type { Reminder } from '../domain/reminders.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { setReminded } from '../store/reminders.ts';
import { announceAgain } from './effects.ts';

/** Reminds of a locked maintenance in its threads. That it ends soon is for those who can do something about it. */
export async function remind(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  { of, minutes }: Reminder,
  now: Date,
): Promise<void> {
  const { accountId, id, name, scheduledStart, scheduledEnd } = maintenance;
  await setReminded(tx, maintenance, { remindedUntil: now });
  await record(tx, actor, now, {
    action: 'remind',
    maintenanceId: id,
    internal: of === 'end',
    after: {
      maintenance: id,
      name,
      minutes,
      ...(mayBegin(maintenance) ? {} : { awaits_approval: true }),
      ...(of === 'start'
        ? { scheduled_start_date: scheduledStart.toISOString() }
        : { scheduled_end_date: scheduledEnd.toISOString() }),
    },
  });
  await announceAgain(tx, accountId, id);
}
