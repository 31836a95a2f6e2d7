import { type AccountSettings, settingsOf, updateSettings } from '../access/accounts.ts';
import type { DefaultRole } from '../access/rules.ts';
import { record } from '../audit/record.ts';
import { Refusal } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, mustBeAllowed } from '../core/permissions.ts';
import { problemsOfLook } from '../maintenance/lifecycle.ts';
import { problemsOfZone } from '../maintenance/window.ts';
import { takeTurn } from '../platform/database.ts';
import { type Ground, transact } from '../platform/transactions.ts';
import { problemsOfChannel } from '../subscriptions/rules.ts';

/** What is not named stays as it is. */
export interface AccountEdit {
  /** What full members are without a grant. */
  readonly defaultRole?: DefaultRole;
  /** An IANA zone, for people and tools that name none. */
  readonly timezone?: string;
  /** Slack's id of the channel that hears of everything; null: none. */
  readonly defaultChannel?: string | null;
  /** How long after a window its checks are looked at once more (minutes); 0: they are not. */
  readonly lookAfter?: number;
}

/** @throws Refusal `forbidden`, or `invalid` for a zone that does not exist, what is no channel, or minutes that cannot be */
export async function configureAccount(ground: Ground, actor: Actor, edit: AccountEdit): Promise<AccountSettings> {
  mustBeAllowed(actor, 'configure-account');
  const problems = [
    ...(edit.timezone === undefined ? [] : problemsOfZone(edit.timezone)),
    ...(edit.defaultChannel == null ? [] : problemsOfChannel('default_channel', edit.defaultChannel)),
    ...(edit.lookAfter === undefined ? [] : problemsOfLook(edit.lookAfter)),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transact(ground, async (tx, now) => {
    await takeTurn(tx, actor.accountId, 'settings');
    const is = await settingsOf(tx, actor.accountId);
    const wanted = { ...is, ...edit };
    const change = difference(fieldsOf(is), fieldsOf(wanted));
    if (change === undefined) return is;
    await updateSettings(tx, actor.accountId, wanted);
    await record(tx, actor, now, { action: 'configure-account', ...change });
    return wanted;
  });
}

const fieldsOf = ({ defaultRole, timezone, defaultChannel, lookAfter }: AccountSettings) => ({
  default_role: defaultRole,
  timezone,
  default_channel: defaultChannel,
  look_after: lookAfter,
});
