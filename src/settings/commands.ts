import { type AccountSettings, readSettings, updateSettings } from '../access/accounts.ts';
import type { DefaultRole } from '../access/rules.ts';
import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { validatePostCheck } from '../maintenance/rules/lifecycle.ts';
import { validateZone } from '../maintenance/rules/validation.ts';
import { advisoryLock } from '../platform/database.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { validateChannel } from '../subscriptions/rules.ts';

/** What is not named stays as it is. */
export interface AccountEdit {
  /** What full members are without a grant. */
  readonly defaultRole?: DefaultRole;
  /** An IANA zone, for people and tools that name none. */
  readonly timezone?: string;
  /** Slack's id of the channel that hears of everything; null: none. */
  readonly defaultChannel?: string | null;
  /** How long after a window its checks are looked at once more (minutes); 0: they are not. */
  readonly postCheckAfter?: number;
}

/** @throws UserError `forbidden`, or `invalid` for a zone that does not exist, what is no channel, or minutes that cannot be */
export async function configureAccount(ctx: ActionContext, actor: Actor, edit: AccountEdit): Promise<AccountSettings> {
  authorize(actor, 'configure-account');
  const problems = [
    ...(edit.timezone === undefined ? [] : validateZone(edit.timezone)),
    ...(edit.defaultChannel == null ? [] : validateChannel('default_channel', edit.defaultChannel)),
    ...(edit.postCheckAfter === undefined ? [] : validatePostCheck(edit.postCheckAfter)),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, 'settings');
    const is = await readSettings(tx, actor.accountId);
    const wanted = { ...is, ...edit };
    const change = difference(fieldsOf(is), fieldsOf(wanted));
    if (change === undefined) return is;
    await updateSettings(tx, actor.accountId, wanted);
    await record(tx, actor, now, { type: 'settings.changed', ...change });
    return wanted;
  });
}

const fieldsOf = ({ defaultRole, timezone, defaultChannel, postCheckAfter }: AccountSettings) => ({
  default_role: defaultRole,
  timezone,
  default_channel: defaultChannel,
  post_check_after: postCheckAfter,
});
