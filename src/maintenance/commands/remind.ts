import { canStart } from '../../approvals/rules.ts';
import { record } from '../../audit/record.ts';
import type { Actor } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { setReminded } from '../repository/due.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import type { Reminder } from '../rules/reminders.ts';
import { currentWindow } from '../rules/times.ts';
import { reannounce } from './announce.ts';

/** Posts a reminder in the threads of a locked maintenance. Public threads get no reminder of the end. */
export async function remind(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  { of, minutes }: Reminder,
  now: Date,
): Promise<void> {
  const { accountId, id, name } = maintenance;
  const { start, end } = currentWindow(maintenance);
  await setReminded(tx, maintenance, { remindedUntil: now });
  await record(tx, actor, now, {
    type: 'maintenance.reminded',
    maintenanceId: id,
    internal: of === 'end',
    after: {
      maintenance: id,
      name,
      minutes,
      ...(canStart(maintenance) ? {} : { awaits_approval: true }),
      ...(of === 'start' ? { scheduled_start_date: utc(start) } : { ends_at: utc(end) }),
    },
  });
  await reannounce(tx, accountId, id);
}
