import { difference, type Fields } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { inOrder, problemsOfReminders } from '../domain/reminders.ts';
import { lockUnapproved, setRequiresApproval } from '../store/approvals.ts';
import { record } from '../store/audit.ts';
import { findScope, type ScopeSettings } from '../store/catalogue.ts';
import type { Queries } from '../store/database.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { updateMaintenance } from '../store/maintenances.ts';
import { lockScheduledOf, setReminded, setReminders } from '../store/reminders.ts';
import { makeSeriesOfScopeDue } from '../store/series.ts';
import { type Ground, transact } from './action.ts';
import { needsApproval } from './ask-approval.ts';
import { announceEverywhere, coverageOf } from './effects.ts';

/** What is not named stays as it is. */
export interface ScopeEdit {
  /** How long before its start a maintenance of the scope is reminded of (minutes); empty: not at all. */
  readonly reminders?: readonly number[] | undefined;
  /**
   * Whether a second person approves each maintenance that touches it. What is scheduled already is not asked for; what
   * waits and needs no approval any more is free to start.
   */
  readonly requiresApproval?: boolean | undefined;
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
    const { requiresApproval = scope.requiresApproval } = edit;
    const change = difference(fieldsOf(scope), fieldsOf({ reminders, requiresApproval }));
    if (change === undefined) return scope;
    if (requiresApproval !== scope.requiresApproval) {
      await setRequiresApproval(tx, id, requiresApproval);
      if (!requiresApproval) await freeUnapproved(tx, actor, now);
    }
    const otherReminders = 'reminders' in change.after;
    // Locked anew: those that were freed are other versions now.
    await setReminders(tx, actor.accountId, id, reminders);
    for (const maintenance of otherReminders ? await lockScheduledOf(tx, actor.accountId, id) : []) {
      await setReminded(tx, maintenance, { remindedUntil: now, reminders });
    }
    await makeSeriesOfScopeDue(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      action: 'edit-scope',
      subject: `scope:${id}`,
      ...change,
    });
    await wakeSchedulers(tx);
    return { ...scope, reminders, requiresApproval };
  });
}

/** As the HTTP interface names them. */
function fieldsOf({ reminders, requiresApproval }: Pick<ScopeSettings, 'reminders' | 'requiresApproval'>): Fields {
  return { reminders, requires_approval: requiresApproval };
}

/** What waits for an approval that no scope it touches wants any more waits no longer. */
async function freeUnapproved(tx: Queries, actor: Actor, now: Date): Promise<void> {
  for (const maintenance of await lockUnapproved(tx, actor.accountId)) {
    if (await needsApproval(tx, actor.accountId, coverageOf(maintenance))) continue;
    const free = await updateMaintenance(tx, maintenance, { approval: null, requestedBy: [] }, now);
    await record(tx, actor, now, {
      action: 'edit',
      maintenanceId: free.id,
      before: { approval: maintenance.approval },
      after: { approval: null },
    });
    await announceEverywhere(tx, free);
  }
}
