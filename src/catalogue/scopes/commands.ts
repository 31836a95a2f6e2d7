import { record } from '../../audit/record.ts';
import { assertValid } from '../../core/errors.ts';
import { MAX_DESCRIPTION_CHARS } from '../../core/limits.ts';
import { type Difference, difference } from '../../core/merge.ts';
import { Pauses } from '../../core/pauses.ts';
import { type Actor, authorize } from '../../core/permissions.ts';
import { assessEach, onlyResult } from '../../core/refusals.ts';
import { withCoverageChange } from '../../maintenance/commands/coverage.ts';
import { DEFAULT_REMINDERS_MINUTES, sortReminders, validateReminders } from '../../maintenance/rules/reminders.ts';
import { validateName, validateText } from '../../maintenance/rules/validation.ts';
import type { Queries } from '../../platform/database.ts';
import { nextId, reserveIds } from '../../platform/ids.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { advisoryLocks } from '../../platform/sql.ts';
import { type ActionContext, inTransaction } from '../../platform/transactions.ts';
import { AffectedMaintenances } from '../affected.ts';
import { scopeHasServices, scopeNameTaken, scopeNotFound } from '../errors.ts';
import { assertUnused } from '../usage.ts';
import {
  readScopesForChange,
  readUsage,
  removeScopeRows,
  type ScopeSettings,
  type ScopeValues,
  writeScope,
} from './repository.ts';

/** Absent fields keep their values, or those of every new scope. */
export type ScopeEdit = { readonly [Field in keyof ScopeValues]?: ScopeValues[Field] | undefined } & {
  /** Minutes before the start of a maintenance; empty: none. */
  readonly reminders?: readonly number[] | undefined;
  /**
   * Whether maintenances that touch the scope need an approval. Setting it does not affect scheduled ones; clearing it
   * frees those that wait for one.
   */
  readonly requiresApproval?: boolean | undefined;
};

/** Without an id, the scope is new. */
interface ScopeChange {
  readonly id: number | undefined;
  readonly edit: ScopeEdit;
}

/** @throws UserError `forbidden`, `invalid`, or `conflict` when a scope has that name already */
export async function addScope(ctx: ActionContext, actor: Actor, input: ScopeValues): Promise<ScopeSettings> {
  return saveScope(ctx, actor, { id: undefined, edit: input });
}

/**
 * Changes a scope. Scheduled maintenances follow; reminders that are already past by the new setting are not sent.
 * @throws UserError `forbidden`, `not-found`, `conflict` when the name is taken, or `invalid`
 */
export async function editScope(ctx: ActionContext, actor: Actor, id: number, edit: ScopeEdit): Promise<ScopeSettings> {
  return saveScope(ctx, actor, { id, edit });
}

export async function saveScope(ctx: ActionContext, actor: Actor, change: ScopeChange): Promise<ScopeSettings> {
  return onlyResult(saveScopes(ctx, actor, [change]));
}

/**
 * Adds and changes scopes, completely or not at all.
 * @returns the scopes, in the order of the changes
 * @throws UserError `forbidden`; RefusedChanges
 */
export async function saveScopes(
  ctx: ActionContext,
  actor: Actor,
  changes: readonly ScopeChange[],
): Promise<readonly ScopeSettings[]> {
  const existing = changes.flatMap(({ id }) => id ?? []);
  if (existing.length < changes.length) authorize(actor, 'add-scope');
  if (existing.length > 0) authorize(actor, 'edit-scope');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLocks(tx, accountId, 'scope', existing);
    const names = changes.map(({ edit }) => edit.name?.trim() ?? null);
    const stored = await readScopesForChange(tx, accountId, existing, names);
    const plans = await assessEach(changes, (change, position) => planChange(stored, change, position));
    const save = () => savePlans(tx, actor, now, plans);
    const renames = plans.some(({ changed }) => changed !== undefined && 'name' in changed.after);
    return renames && stored.followed ? withCoverageChange(tx, accountId, now, save) : save();
  });
}

interface Plan {
  /** Undefined: it is new. */
  readonly before: ScopeSettings | undefined;
  readonly wanted: Omit<ScopeSettings, 'id'>;
  readonly changed: Difference<ReturnType<typeof scopeForAudit>> | undefined;
}

const NEW: Omit<ScopeSettings, 'id' | 'name'> = {
  description: '',
  visibility: 'public',
  reminders: [...DEFAULT_REMINDERS_MINUTES],
  requiresApproval: false,
};

/** @throws UserError */
function planChange(
  { byId, named }: Awaited<ReturnType<typeof readScopesForChange>>,
  { id, edit }: ScopeChange,
  position: number,
): Plan {
  const name = edit.name?.trim() ?? (id === undefined ? '' : undefined);
  assertValid([
    ...validateReminders(edit.reminders ?? []),
    ...(name === undefined ? [] : validateName('scope', name)),
    ...validateText('description', edit.description ?? '', MAX_DESCRIPTION_CHARS),
  ]);
  const before = id === undefined ? undefined : byId.get(id);
  if (id !== undefined && before === undefined) throw scopeNotFound({ id });
  const current = before ?? { ...NEW, name: '' };
  const wanted = {
    name: name ?? current.name,
    description: edit.description ?? current.description,
    visibility: edit.visibility ?? current.visibility,
    reminders: sortReminders(edit.reminders ?? current.reminders),
    requiresApproval: edit.requiresApproval ?? current.requiresApproval,
  };
  const created = { ...wanted, reminders: NEW.reminders, requiresApproval: NEW.requiresApproval };
  const changed = difference(scopeForAudit(before ?? created), scopeForAudit(wanted));
  const namesake = named.get(position);
  const isTaken = namesake !== undefined && namesake !== id;
  if (isTaken && (before === undefined || changed !== undefined)) throw scopeNameTaken({ name: wanted.name }, 'name');
  return { before, wanted, changed };
}

/** With the names of the HTTP API. */
const scopeForAudit = ({ name, description, visibility, reminders, requiresApproval }: Omit<ScopeSettings, 'id'>) => {
  return { name, description, visibility, reminders, requires_approval: requiresApproval };
};

async function savePlans(tx: Queries, actor: Actor, now: Date, plans: readonly Plan[]): Promise<ScopeSettings[]> {
  const { accountId } = actor;
  const added = plans.filter(({ before }) => before === undefined).length;
  const changes = plans.filter(({ changed }) => changed !== undefined).length;
  const affected = await readAffected(tx, accountId, plans);
  await reserveIds(tx, { scopes: added, audit_events: added + changes + affected.unapproved });
  const saved: ScopeSettings[] = [];
  const pauses = new Pauses();
  for (const { before, wanted, changed } of plans) {
    const id = before?.id ?? (await nextId(tx, 'scopes'));
    const scope = { id, ...wanted };
    const subject = { kind: 'scope', id } as const;
    saved.push(scope);
    if (before === undefined || changed !== undefined) {
      await writeScope(tx, accountId, scope, before === undefined);
    }
    if (before === undefined) {
      const { name, description, visibility } = wanted;
      await record(tx, actor, now, { type: 'scope.added', subject, after: { name, description, visibility } });
    } else if (changed !== undefined) {
      if (before.requiresApproval && !wanted.requiresApproval) await affected.freeUnapproved(actor, now, id);
      if (!before.requiresApproval && wanted.requiresApproval) await affected.acceptOpen(now);
      if ('reminders' in changed.after) await affected.setReminders(now, id, wanted.reminders);
    }
    if (changed !== undefined) await record(tx, actor, now, { type: 'scope.changed', subject, ...changed });
    await pauses.pause();
  }
  if (changes > 0) await wakeSchedulers(tx, 'now');
  await affected.announce();
  return saved;
}

async function readAffected(tx: Queries, accountId: number, plans: readonly Plan[]): Promise<AffectedMaintenances> {
  const changed = plans.filter((plan) => plan.changed !== undefined);
  const ids = (some: readonly Plan[]) => some.flatMap(({ before }) => before?.id ?? []);
  return AffectedMaintenances.read(tx, accountId, {
    scopes: ids(changed),
    events: changed.length + plans.filter(({ before }) => before === undefined).length,
    unapproved: changed.some(({ before, wanted }) => before?.requiresApproval && !wanted.requiresApproval),
    guarding: ids(changed.filter(({ before, wanted }) => !before?.requiresApproval && wanted.requiresApproval)),
    scheduledIn: ids(changed.filter((plan) => plan.changed !== undefined && 'reminders' in plan.changed.after)),
  });
}

/**
 * Removes a scope without services, with its freezes and subscriptions. Past maintenances still name it.
 * @throws UserError `forbidden`, `not-found`, or `conflict` with the services, open maintenances or series that need it
 */
export async function removeScope(ctx: ActionContext, actor: Actor, id: number): Promise<ScopeSettings> {
  return onlyResult(removeScopes(ctx, actor, [id]));
}

/** Removes scopes, all or none. @throws UserError `forbidden`; RefusedChanges */
export async function removeScopes(
  ctx: ActionContext,
  actor: Actor,
  ids: readonly number[],
): Promise<readonly ScopeSettings[]> {
  authorize(actor, 'remove-scope');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLocks(tx, accountId, 'scope', ids);
    const { byId } = await readScopesForChange(tx, accountId, ids, []);
    const usage = await readUsage(tx, accountId, 'scope', [...byId.keys()]);
    const removed = await assessEach(ids, (id) => {
      const scope = byId.get(id);
      if (scope === undefined) throw scopeNotFound({ id });
      const services = usage.get(id)?.services ?? [];
      if (services.length > 0) {
        throw scopeHasServices({ name: scope.name, count: services.length, services: services.slice(0, 5) });
      }
      assertUnused('scope', scope.name, usage.get(id));
      return scope;
    });
    await reserveIds(tx, { audit_events: ids.length });
    await removeScopeRows(tx, accountId, ids, now);
    for (const { id, name } of removed) {
      await record(tx, actor, now, { type: 'scope.removed', subject: { kind: 'scope', id }, before: { name } });
    }
    return removed;
  });
}
