import { lullIn } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import { removeInstallation } from '../store/installations.ts';
import { type Ground, transact } from './action.ts';

/**
 * Keeps that a Slack workspace removed Lull. Its account and all its records stay, and its windows start and end as
 * planned; nothing more is said in Slack until it is installed again.
 * @param token as sealed: one that came since stays
 * @param reason Slack's word for it, such as `account_inactive`
 * @returns false when that was known already
 */
export async function uninstall(ground: Ground, accountId: number, token: string, reason: string): Promise<boolean> {
  return transact(ground, async (tx, now) => {
    if (!(await removeInstallation(tx, accountId, token, now))) return false;
    await record(tx, lullIn(accountId), now, { action: 'uninstall', after: { reason } });
    return true;
  });
}
