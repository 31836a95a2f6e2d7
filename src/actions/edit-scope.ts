import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { inOrder, problemsOfReminders } from '../domain/reminders.ts';
import { record } from '../store/audit.ts';
import { findScope, type ScopeSettings } from '../store/catalogue.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { lockScheduledOf, setReminded, setReminders } from '../store/reminders.ts';
import { makeSeriesOfScopeDue } from '../store/series.ts';
import { type Ground, transact } from './action.ts';

/** What is not named stays as it is. */
export interface ScopeEdit {
  /** How long before its start a maintenance of the scope is reminded of (minutes); empty: not at all. */
  readonly reminders?: readonly number[] | undefined;
}

/**
 * Changes what is set for all maintenances of a scope. Those that are scheduled already follow: what their new reminders
 * would have said by now is not said.
 * @throws Refusal `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editScope(ground: Ground, actor: Actor, id: number, edit: ScopeEdit): Promise<ScopeSettings> {
  mustBeAllowed(actor, 'edit-scope');
  const problems = problemsOfReminders(edit.reminders ?? []);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transact(ground, async (tx, now) => {
    const scope = await findScope(tx, actor.accountId, id);
    if (scope === null)
      throw new Refusal('not-found', `There is no scope ${id}. GET /api/v1/scopes lists those there are.`);
    const reminders = inOrder(edit.reminders ?? scope.reminders);
    if (reminders.join() === scope.reminders.join()) return scope;
    await setReminders(tx, actor.accountId, id, reminders);
    for (const maintenance of await lockScheduledOf(tx, actor.accountId, id)) {
      await setReminded(tx, maintenance, { remindedUntil: now, reminders });
    }
    await makeSeriesOfScopeDue(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      action: 'edit-scope',
      subject: `scope:${id}`,
      before: { reminders: scope.reminders },
      after: { reminders },
    });
    await wakeSchedulers(tx);
    return { ...scope, reminders };
  });
}
