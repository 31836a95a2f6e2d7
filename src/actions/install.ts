import { lullIn } from '../domain/permissions.ts';
import { type Account, accountOfTeam } from '../store/accounts.ts';
import { unfinishedAnnouncements } from '../store/announcements.ts';
import { unfinishedApprovals } from '../store/asks.ts';
import { record } from '../store/audit.ts';
import { homeViewers } from '../store/homes.ts';
import { type NewInstallation, putInstallation } from '../store/installations.ts';
import { enqueue } from '../store/jobs.ts';
import { unfinishedNotices } from '../store/notices.ts';
import { type Ground, transact } from './action.ts';

/**
 * Keeps that a Slack workspace added Lull. One that removed it before takes its account up again, with all that was
 * planned in it, and is told now what could not be told meanwhile.
 * @param defaults for an account whose settings nobody changed
 */
export async function install(
  ground: Ground,
  team: { readonly id: string; readonly name: string },
  installation: NewInstallation,
  defaults: { timezone: string; defaultChannel: string | null },
): Promise<Account> {
  return transact(ground, async (tx, now) => {
    const account = await accountOfTeam(tx, team, defaults);
    const accountId = account.id;
    await putInstallation(tx, accountId, installation, now);
    const { installedById, scopes } = installation;
    const installer = { ...lullIn(accountId), id: installedById, name: installedById, source: 'slack' as const };
    await record(tx, installer, now, {
      action: 'install',
      subject: `workspace:${team.id}`,
      after: { scopes: [...scopes] },
    });
    for (const announcement of await unfinishedAnnouncements(tx, now, accountId))
      await enqueue(tx, 'announce', announcement);
    for (const notice of await unfinishedNotices(tx, accountId)) await enqueue(tx, 'notify', notice);
    for (const maintenanceId of await unfinishedApprovals(tx, accountId)) {
      await enqueue(tx, 'approvers', { accountId, maintenanceId });
    }
    for (const person of await homeViewers(tx, accountId)) await enqueue(tx, 'home', { accountId, person });
    return account;
  });
}
