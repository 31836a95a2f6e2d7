import { type Actor, mustBeAllowed, type Role } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import { putGrant } from '../store/roles.ts';
import { type Ground, transact } from './action.ts';

/**
 * Gives a role to a Slack user or a user group, or takes back what was given. The admins of the workspace are admins
 * without it and stay so (domain/roles), so that an account is never without one.
 * @param role undefined: from then on the default holds
 * @throws Refusal `forbidden`, or `invalid` for what is neither a user nor a group
 */
export async function grantRole(ground: Ground, actor: Actor, subject: string, role: Role | undefined): Promise<void> {
  mustBeAllowed(actor, 'grant-role');
  if (!/^[UWS][A-Z0-9]{2,30}$/.test(subject)) {
    const message = `subject is ${JSON.stringify(subject)}; the id of a Slack user or user group is expected, such as U024BE7LH.`;
    throw Refusal.invalid([{ field: 'subject', message }]);
  }
  await transact(ground, async (tx, now) => {
    const before = await putGrant(tx, actor.accountId, subject, role, now);
    if (before === role) return;
    await record(tx, actor, now, {
      action: 'grant-role',
      subject: `role:${subject}`,
      before: { role: before ?? null },
      after: { role: role ?? null },
    });
  });
}
