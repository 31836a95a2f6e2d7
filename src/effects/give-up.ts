import { type Ground, transact } from '../actions/action.ts';
import { notifyOwner } from '../actions/notify-owner.ts';
import { lullIn } from '../domain/permissions.ts';
import { type Announcement, announcedChannels, updateAnnouncement } from '../store/announcements.ts';
import { record } from '../store/audit.ts';
import { enqueue } from '../store/jobs.ts';
import { lockMaintenances, type Maintenance } from '../store/maintenances.ts';

/**
 * Keeps that a maintenance cannot be announced in a channel, and why. The owner and the threads of the other channels hear
 * of it, once until it was announced there after all.
 * @param why Slack's word for it, and what a person can do about it
 */
export async function giveUp(
  ground: Ground,
  { accountId, id }: Maintenance,
  announcement: Announcement,
  why: { readonly error: string; readonly advice: string },
): Promise<void> {
  const { channel } = announcement;
  await transact(ground, async (tx, now) => {
    await lockMaintenances(tx, accountId, [id]);
    await updateAnnouncement(tx, announcement.id, { failedAt: now, error: `${why.error}: ${why.advice}` });
    if (announcement.failedAt !== null) return;
    const event = await record(tx, lullIn(accountId), now, {
      action: 'announce-failed',
      maintenanceId: id,
      internal: true,
      after: { channel, ...why },
    });
    for (const other of await announcedChannels(tx, accountId, id)) {
      if (other !== channel) await enqueue(tx, 'announce', { accountId, maintenanceId: id, channel: other });
    }
    await notifyOwner(tx, { accountId, id }, `not-announced:${channel}`, event);
  });
}
