import { lockUnapproved } from '../../approvals/repository.ts';
import { record } from '../../audit/record.ts';
import { UserError } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { announceChanges, announceEverywhere, toCoverage } from '../../maintenance/commands/announce.ts';
import { applyRules } from '../../maintenance/commands/apply-rules.ts';
import { prefetch } from '../../maintenance/commands/prefetch.ts';
import { lockScheduledInScope, setReminded, updateMaintenance } from '../../maintenance/repository/changes.ts';
import { listOpenInScope } from '../../maintenance/repository/list.ts';
import { sortReminders, validateReminders } from '../../maintenance/rules/reminders.ts';
import { validateName, validateText } from '../../maintenance/rules/validation.ts';
import type { Queries } from '../../platform/database.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { advisoryLock } from '../../platform/sql.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { scopeHasServices, scopeNameTaken, scopeNotFound } from '../errors.ts';
import { assertUnused, withUniqueName } from '../services/commands.ts';
import {
  createScope,
  findScope,
  findScopeByName,
  listServicesInScope,
  readUsage,
  removeScopeRow,
  type ScopeSettings,
  type ScopeValues,
  updateScope,
} from './repository.ts';

/** @throws UserError `forbidden`, `invalid`, or `conflict` when a scope has that name already */
export async function addScope(ctx: ActionContext, actor: Actor, input: ScopeValues): Promise<ScopeSettings> {
  authorize(actor, 'add-scope');
  const values = { ...input, name: input.name.trim() };
  assertValid(values);
  const taken = scopeNameTaken({ name: values.name }, 'name');
  return withUniqueName(
    () => taken,
    inTransaction(ctx, async (tx, now) => {
      if ((await findScopeByName(tx, actor.accountId, values.name)) !== null) throw taken;
      const scope = await createScope(tx, actor.accountId, values);
      const { name, description, visibility } = scope;
      const subject = { kind: 'scope', id: scope.id } as const;
      await record(tx, actor, now, { type: 'scope.added', subject, after: { name, description, visibility } });
      return scope;
    }),
  );
}

/** Absent fields keep their values. */
export type ScopeEdit = { readonly [Field in keyof ScopeValues]?: ScopeValues[Field] | undefined } & {
  /** Minutes before the start of a maintenance; empty: none. */
  readonly reminders?: readonly number[] | undefined;
  /**
   * Whether maintenances that touch the scope need an approval. Setting it does not affect scheduled ones; clearing it
   * frees those that wait for one.
   */
  readonly requiresApproval?: boolean | undefined;
};

/** @throws UserError `invalid` */
function assertValid({ name, description, reminders }: ScopeEdit): void {
  const problems = [
    ...validateReminders(reminders ?? []),
    ...(name === undefined ? [] : validateName('scope', name)),
    ...validateText('description', description ?? '', MAX_DESCRIPTION_CHARS),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
}

/**
 * Changes a scope. Scheduled maintenances follow; reminders that are already past by the new setting are not sent.
 * @throws UserError `forbidden`, `not-found`, `conflict` when the name is taken, or `invalid`
 */
export async function editScope(ctx: ActionContext, actor: Actor, id: number, edit: ScopeEdit): Promise<ScopeSettings> {
  authorize(actor, 'edit-scope');
  const { accountId } = actor;
  const name = edit.name?.trim();
  assertValid({ ...edit, name });
  const taken = () => scopeNameTaken({ name: name ?? '' }, 'name');
  const change = inTransaction(ctx, async (tx, now) => {
    const { id: _, ...scope } = await lockScope(tx, accountId, id);
    const wanted = {
      name: name ?? scope.name,
      description: edit.description ?? scope.description,
      visibility: edit.visibility ?? scope.visibility,
      reminders: sortReminders(edit.reminders ?? scope.reminders),
      requiresApproval: edit.requiresApproval ?? scope.requiresApproval,
    };
    const changes = difference(scopeForAudit(scope), scopeForAudit(wanted));
    if (changes === undefined) return { id, ...scope };
    const namesake = await findScopeByName(tx, accountId, wanted.name);
    if (namesake !== null && namesake.id !== id) throw taken();
    const openBefore = await listOpenInScope(tx, accountId, id);
    await updateScope(tx, accountId, id, wanted);
    if (scope.requiresApproval && !wanted.requiresApproval) await freeUnapproved(tx, actor, now);
    if ('reminders' in changes.after) {
      // Locked only now, as freeing them changes their versions.
      for (const maintenance of await lockScheduledInScope(tx, accountId, id)) {
        await setReminded(tx, maintenance, { remindedUntil: now, reminders: wanted.reminders });
      }
    }
    await record(tx, actor, now, { type: 'scope.changed', subject: { kind: 'scope', id }, ...changes });
    await wakeSchedulers(tx, 'now');
    // Announcements show the name and depend on the visibility.
    const openAfter = await listOpenInScope(tx, accountId, id);
    await prefetch(tx, openAfter);
    await announceChanges(tx, openBefore, openAfter);
    return { id, ...wanted };
  });
  return withUniqueName(taken, change);
}

/** With the names of the HTTP API. */
const scopeForAudit = ({ requiresApproval: requires_approval, ...scope }: Omit<ScopeSettings, 'id'>) => {
  return { ...scope, requires_approval };
};

/** Frees the maintenances that wait for an approval that no scope requires anymore. */
async function freeUnapproved(tx: Queries, actor: Actor, now: Date): Promise<void> {
  for (const maintenance of await lockUnapproved(tx, actor.accountId)) {
    const change = { before: maintenance, times: maintenance, coverage: toCoverage(maintenance), recheck: true };
    const { approval } = await applyRules(tx, actor, now, change);
    if (approval.approval !== null) continue;
    const free = await updateMaintenance(tx, maintenance, approval, now);
    const changes = { before: { approval: maintenance.approval }, after: { approval: null } };
    await record(tx, actor, now, { type: 'maintenance.changed', maintenanceId: free.id, ...changes });
    await announceEverywhere(tx, free);
  }
}

/**
 * Removes a scope without services, with its freezes and subscriptions. Past maintenances still name it.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with the services, open maintenances or series that need it
 */
export async function removeScope(ctx: ActionContext, actor: Actor, id: number): Promise<ScopeSettings> {
  authorize(actor, 'remove-scope');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    const scope = await lockScope(tx, accountId, id);
    const services = await listServicesInScope(tx, accountId, id);
    if (services.length > 0) {
      throw scopeHasServices({ name: scope.name, count: services.length, services: services.slice(0, 5) });
    }
    assertUnused('scope', scope.name, await readUsage(tx, accountId, { scopeId: id }));
    await removeScopeRow(tx, accountId, id, now);
    const subject = { kind: 'scope', id } as const;
    await record(tx, actor, now, { type: 'scope.removed', subject, before: { name: scope.name } });
    return scope;
  });
}

async function lockScope(tx: Queries, accountId: number, id: number): Promise<ScopeSettings> {
  await advisoryLock(tx, accountId, `scope:${id}`);
  const scope = await findScope(tx, accountId, id);
  if (scope === null) throw scopeNotFound({ id });
  return scope;
}
