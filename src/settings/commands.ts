import { type AccountSettings, readSettings, type Settings, updateSettings } from '../access/accounts.ts';
import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { validatePostCheck } from '../maintenance/rules/lifecycle.ts';
import { validateZone } from '../maintenance/rules/validation.ts';
import { advisoryLock } from '../platform/sql.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { validateChannel } from '../subscriptions/rules.ts';

/** Values that are left out stay as they are. */
type AccountEdit = Partial<AccountSettings>;

/** @throws UserError `forbidden`, or `invalid` for an unknown time zone, channel or number of minutes */
export async function configureAccount(ctx: ActionContext, actor: Actor, edit: AccountEdit): Promise<Settings> {
  authorize(actor, 'configure-account');
  const problems = [
    ...(edit.timezone === undefined ? [] : validateZone(edit.timezone)),
    ...(edit.defaultChannel == null ? [] : validateChannel('default_channel', edit.defaultChannel)),
    ...(edit.postCheckAfter === undefined ? [] : validatePostCheck(edit.postCheckAfter)),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, 'settings');
    const current = await readSettings(tx, actor.accountId);
    const wanted = { ...current, ...edit };
    const change = difference(toRecorded(current), toRecorded(wanted));
    if (change === undefined) return current;
    await updateSettings(tx, actor.accountId, edit);
    await record(tx, actor, now, { type: 'settings.changed', ...change });
    return wanted;
  });
}

const toRecorded = ({ defaultRole, timezone, defaultChannel, postCheckAfter, anonymousReads }: AccountSettings) => ({
  default_role: defaultRole,
  timezone,
  default_channel: defaultChannel,
  post_check_after: postCheckAfter,
  anonymous_reads: anonymousReads,
});
