import { lockUnapproved, setRequiresApproval } from '../../approvals/repository.ts';
import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { announceChanged, announceEverywhere, toCoverage } from '../../maintenance/commands/announce.ts';
import { applyRules } from '../../maintenance/commands/apply-rules.ts';
import { updateMaintenance } from '../../maintenance/repository/changes.ts';
import { listOpenInScope } from '../../maintenance/repository/coverage.ts';
import { lockScheduledInScope, setReminded, setReminders } from '../../maintenance/repository/due.ts';
import { sortReminders, validateReminders } from '../../maintenance/rules/reminders.ts';
import type { Visibility } from '../../maintenance/rules/status.ts';
import { validateName, validateText } from '../../maintenance/rules/validation.ts';
import { advisoryLock, isUniqueViolation, type Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { scopeHasServices, scopeNameTaken, scopeNotFound } from '../errors.ts';
import { assertUnused } from '../services/commands.ts';
import {
  createScope,
  findScope,
  findScopeByName,
  findScopeUsage,
  listServicesInScope,
  removeScopeRow,
  type ScopeSettings,
  type ScopeValues,
  updateScope,
} from './repository.ts';

/** @throws UserError `forbidden`, `invalid`, or `conflict` when a scope has that name already */
export async function addScope(ctx: ActionContext, actor: Actor, input: ScopeValues): Promise<ScopeSettings> {
  authorize(actor, 'add-scope');
  const name = input.name.trim();
  const problems = [
    ...validateName('scope', name),
    ...validateText('description', input.description ?? '', MAX_DESCRIPTION_CHARS),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = () => scopeNameTaken({ name }, 'name');
  const add = inTransaction(ctx, async (tx, now) => {
    if ((await findScopeByName(tx, actor.accountId, name)) !== null) {
      throw taken();
    }
    const scope = await createScope(tx, actor.accountId, { ...input, name });
    await record(tx, actor, now, {
      type: 'scope.added',
      subject: { kind: 'scope', id: scope.id },
      after: { name, description: scope.description, visibility: scope.visibility },
    });
    return scope;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'scopes_named_once' ? taken() : error;
  });
}

/** What is not named stays as it is. */
export interface ScopeEdit {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly visibility?: Visibility | undefined;
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
 * @throws UserError `forbidden`, `not-found`, `conflict` when a scope has that name already, or `invalid` with every field
 *   that is wrong
 */
export async function editScope(ctx: ActionContext, actor: Actor, id: number, edit: ScopeEdit): Promise<ScopeSettings> {
  authorize(actor, 'edit-scope');
  const problems = [
    ...validateReminders(edit.reminders ?? []),
    ...(edit.name === undefined ? [] : validateName('scope', edit.name.trim())),
    ...validateText('description', edit.description ?? '', MAX_DESCRIPTION_CHARS),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = () => scopeNameTaken({ name: edit.name?.trim() ?? '' }, 'name');
  const changing = inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `scope:${id}`);
    const scope = await findScope(tx, actor.accountId, id);
    if (scope === null) throw scopeNotFound({ id });
    const reminders = sortReminders(edit.reminders ?? scope.reminders);
    const { requiresApproval = scope.requiresApproval } = edit;
    const values = {
      name: edit.name?.trim() ?? scope.name,
      description: edit.description ?? scope.description,
      visibility: edit.visibility ?? scope.visibility,
    };
    const change = difference(fieldsOf(scope), fieldsOf({ ...values, reminders, requiresApproval }));
    if (change === undefined) return scope;
    const other = await findScopeByName(tx, actor.accountId, values.name);
    if (other !== null && other.id !== id) throw taken();
    const before = await listOpenInScope(tx, actor.accountId, id);
    await updateScope(tx, id, values);
    if (requiresApproval !== scope.requiresApproval) {
      await setRequiresApproval(tx, id, requiresApproval);
      if (!requiresApproval) await freeUnapproved(tx, actor, now);
    }
    const otherReminders = 'reminders' in change.after;
    // Locked anew: those that were freed are other versions now.
    await setReminders(tx, actor.accountId, id, reminders);
    for (const maintenance of otherReminders ? await lockScheduledInScope(tx, actor.accountId, id) : []) {
      await setReminded(tx, maintenance, { remindedUntil: now, reminders });
    }
    await record(tx, actor, now, {
      type: 'scope.changed',
      subject: { kind: 'scope', id },
      ...change,
    });
    await wakeSchedulers(tx);
    // Another name or visibility shows in what is announced already.
    await announceChanged(tx, before, await listOpenInScope(tx, actor.accountId, id));
    return { ...scope, ...values, reminders, requiresApproval };
  });
  return changing.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'scopes_named_once' ? taken() : error;
  });
}

/** As the HTTP interface names them. */
function fieldsOf(scope: Omit<ScopeSettings, 'id'>) {
  const { name, description, visibility, reminders, requiresApproval } = scope;
  return { name, description, visibility, reminders, requires_approval: requiresApproval };
}

/** What waits for an approval that no scope it touches wants any more waits no longer. */
async function freeUnapproved(tx: Queries, actor: Actor, now: Date): Promise<void> {
  for (const maintenance of await lockUnapproved(tx, actor.accountId)) {
    const after = { times: maintenance, coverage: toCoverage(maintenance) };
    const { approval } = await applyRules(tx, actor, now, { before: maintenance, after, recheck: true });
    if (approval.approval !== null) continue;
    const free = await updateMaintenance(tx, maintenance, approval, now);
    await record(tx, actor, now, {
      type: 'maintenance.changed',
      maintenanceId: free.id,
      before: { approval: maintenance.approval },
      after: { approval: null },
    });
    await announceEverywhere(tx, free);
  }
}

/**
 * Removes a scope from the catalogue, with its freezes and subscriptions. What is past still names it. It may have no
 * services any more, and nothing open may need it.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with what needs it
 */
export async function removeScope(ctx: ActionContext, actor: Actor, id: number): Promise<ScopeSettings> {
  authorize(actor, 'remove-scope');
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `scope:${id}`);
    const scope = await findScope(tx, actor.accountId, id);
    if (scope === null) throw scopeNotFound({ id });
    const services = await listServicesInScope(tx, actor.accountId, id);
    if (services.length > 0) {
      throw scopeHasServices({ name: scope.name, count: services.length, services: services.slice(0, 5) });
    }
    assertUnused('scope', scope.name, await findScopeUsage(tx, actor.accountId, id));
    await removeScopeRow(tx, actor.accountId, id, now);
    await record(tx, actor, now, {
      type: 'scope.removed',
      subject: { kind: 'scope', id },
      before: { name: scope.name },
    });
    return scope;
  });
}
