import { record } from '../audit/record.ts';
import { assertValid, type Problem, UserError } from '../core/errors.ts';
import { newKey } from '../core/keys.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { type Difference, difference } from '../core/merge.ts';
import { Pauses } from '../core/pauses.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { assessEach, onlyResult } from '../core/refusals.ts';
import { reconcileChecks } from '../maintenance/commands/announce.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { validateReferences } from '../maintenance/rules/coverage.ts';
import { validateName, validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { reserveIds } from '../platform/ids.ts';
import { advisoryLocks } from '../platform/sql.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import {
  checkExists,
  checkNotFound,
  externalIdInvalid,
  patternInvalid,
  providerUnknown,
  switchedElsewhere,
} from './errors.ts';
import { countAsOffBefore } from './mute-repository.ts';
import { listProviders } from './provider-repository.ts';
import {
  type Check,
  type CheckPatterns,
  type NewCheck,
  readChecksForChange,
  switchMatching,
  switchRegister,
  writeCheck,
  writeServiceChecks,
} from './repository.ts';

/** As long as the longest addresses. */
const MAX_TARGET_CHARS = 2_000;

/** @throws UserError `forbidden`, `invalid`, or `conflict` when the check of that provider exists already */
export async function addCheck(ctx: ActionContext, actor: Actor, input: NewCheck): Promise<Check> {
  return onlyResult(saveChecks(ctx, actor, [{ add: input }]));
}

/** A new check, or other values of one. */
export type CheckChange =
  | { readonly add: NewCheck }
  | { readonly id: string; readonly edit: Omit<CheckEdit, 'enabled'>; readonly add?: undefined };

/**
 * Adds and changes checks, completely or not at all. One that was removed is restored. Maintenances in progress follow.
 * @returns the checks, in the order of the changes
 * @throws UserError `forbidden`; RefusedChanges
 */
export async function saveChecks(
  ctx: ActionContext,
  actor: Actor,
  changes: readonly CheckChange[],
): Promise<readonly Check[]> {
  const existing = changes.flatMap((change) => (change.add === undefined ? change.id : []));
  const adds = existing.length < changes.length;
  if (adds) authorize(actor, 'add-check');
  if (existing.length > 0) authorize(actor, 'edit-check');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLocks(tx, accountId, 'check', existing);
    const plan = () => planChanges(ctx, tx, actor, changes, existing);
    const save = (plans: readonly Plan[]) => savePlans(tx, actor, now, plans);
    // Nobody else adds or restores the same one after it was not found.
    if (adds) return withCoverageChange(tx, accountId, now, async () => save(await plan()));
    const plans = await plan();
    if (plans.every(({ changed }) => changed === undefined)) return plans.map(({ wanted }) => wanted);
    return withCoverageChange(tx, accountId, now, () => save(plans));
  });
}

interface Plan {
  /** As it is, perhaps removed; undefined: it is new. */
  readonly before: Check | undefined;
  readonly wanted: Check;
  /** Undefined: nothing, or it is added. */
  readonly changed: Difference<ReturnType<typeof toEditable>> | undefined;
  readonly adds: boolean;
}

async function planChanges(
  { validateExternalId }: ActionContext,
  tx: Queries,
  { accountId }: Actor,
  changes: readonly CheckChange[],
  existing: readonly string[],
): Promise<readonly Plan[]> {
  const adds = existing.length < changes.length;
  const connected = adds ? await listProviders(tx, accountId) : [];
  const kinds = new Map(connected.map(({ name, kind }) => [name, kind]));
  const stored = await readChecksForChange(
    tx,
    accountId,
    existing,
    changes.map(({ add = null }) => add),
  );
  const references = changes.map((change) => {
    const known = new Set(change.add === undefined ? stored.byId.get(change.id)?.services : []);
    return { services: ((change.add ?? change.edit).services ?? []).filter((id) => !known.has(id)) };
  });
  const services = references.flatMap((each) => each.services);
  const ids = { audit_events: changes.length };
  const around = services.length === 0 ? undefined : await readSurroundings(tx, accountId, { services }, ids);
  return assessEach(changes, (change, position) => {
    const unknown = around === undefined ? [] : validateReferences(around, references[position] ?? {});
    if (change.add === undefined) return planEdit(stored.byId.get(change.id), change, unknown);
    const { externalId, provider } = change.add;
    const kind = kinds.get(provider);
    const reason = kind === undefined ? undefined : validateExternalId?.(kind, externalId ?? '');
    return planNew(stored.same.get(position), change.add, [
      ...(provider === BUILTIN || kind !== undefined
        ? []
        : [providerUnknown.at('provider', { provider, known: [BUILTIN, ...kinds.keys()] })]),
      ...(reason === undefined ? [] : [externalIdInvalid.at('external_id', { reason })]),
      ...unknown,
    ]);
  });
}

const BUILTIN = 'builtin';

/** @param same the check of the provider that is or was there @throws UserError */
function planNew(
  same: (Check & { readonly removed: boolean }) | undefined,
  add: NewCheck,
  problems: readonly Problem[],
): Plan {
  const { externalId, provider, tags, type, target, enabled } = add;
  const name = add.name.trim();
  assertValid([
    ...validateNameAndTags(name, tags),
    ...validateText('external_id', externalId ?? '', MAX_NAME_CHARS),
    ...validateText('type', type ?? '', MAX_NAME_CHARS),
    ...validateText('target', target ?? '', MAX_TARGET_CHARS),
    ...problems,
  ]);
  if (same?.removed === false) throw checkExists({ externalId: externalId ?? '', provider }, 'external_id');
  const id = same?.id ?? newKey(10);
  const wanted = {
    ...{ id, name, provider, externalId: externalId ?? id, enabled, tags: [...tags] },
    type: type ?? same?.type ?? null,
    target: target ?? same?.target ?? null,
    services: sortIds(add.services),
    mutedBy: [],
  };
  return { before: same, wanted, changed: undefined, adds: true };
}

/** @throws UserError */
function planEdit(
  before: Plan['before'],
  { id, edit }: Extract<CheckChange, { id: string }>,
  problems: readonly Problem[],
): Plan {
  if (before === undefined) throw checkNotFound({ id });
  const wanted = {
    ...before,
    name: edit.name?.trim() ?? before.name,
    target: edit.target ?? before.target,
    tags: [...new Set(edit.tags ?? before.tags)],
    services: sortIds(edit.services ?? before.services),
  };
  assertValid([
    ...validateNameAndTags(wanted.name, wanted.tags),
    ...validateText('target', wanted.target ?? '', MAX_TARGET_CHARS),
    ...problems,
  ]);
  return { before, wanted, changed: difference(toEditable(before), toEditable(wanted)), adds: false };
}

const sortIds = (ids: readonly number[]) => [...new Set(ids)].sort((a, b) => a - b);

const toEditable = ({ name, target, tags, services }: Check) => ({ name, target, tags, services: sortIds(services) });

async function savePlans(tx: Queries, actor: Actor, now: Date, plans: readonly Plan[]): Promise<readonly Check[]> {
  const { accountId } = actor;
  const saved = plans.filter(({ adds, changed }) => adds || changed !== undefined);
  await reserveIds(tx, { audit_events: saved.length });
  const pauses = new Pauses();
  for (const { before, wanted, changed } of saved) {
    const { id, services } = wanted;
    const subject = { kind: 'check', id } as const;
    await writeCheck(tx, accountId, wanted, before === undefined);
    const toLinks = (ids: readonly number[] = []) => ids.map((service) => ({ service, check: id }));
    await writeServiceChecks(tx, accountId, toLinks(before?.services), toLinks(services));
    if (changed !== undefined) await record(tx, actor, now, { type: 'check.changed', subject, ...changed });
    else await record(tx, actor, now, { type: 'check.added', subject, after: toRecorded(wanted) });
    await pauses.pause();
  }
  return plans.map(({ wanted }) => wanted);
}

function validateNameAndTags(name: string, tags: readonly string[]) {
  return [...validateName('check', name), ...tags.flatMap((tag) => validateText('tags', tag, MAX_NAME_CHARS))];
}

function toRecorded({ name, provider, externalId, type, target, services }: Check) {
  return { name, provider, external_id: externalId, ...(type === null ? {} : { type, target }), services };
}

/** Fields that are absent stay unchanged. */
export interface CheckEdit {
  readonly name?: string | undefined;
  /** What it watches, in the words of a tool. */
  readonly target?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly services?: readonly number[] | undefined;
  /** Of Lull's own register; it needs a lower role than the other fields. */
  readonly enabled?: boolean | undefined;
}

/**
 * Changes what Lull knows about a check, completely or not at all. Maintenances in progress follow.
 * @throws UserError `forbidden`, `not-found`, `invalid` with every field that is wrong, or `conflict` for `enabled` of a check
 *   outside Lull's own register
 */
export async function editCheck(ctx: ActionContext, actor: Actor, id: string, edit: CheckEdit): Promise<Check> {
  const { enabled, ...changes } = edit;
  const switchesOnly = enabled !== undefined && Object.values(changes).every((value) => value === undefined);
  if (enabled !== undefined) authorize(actor, 'switch-check');
  if (!switchesOnly) authorize(actor, 'edit-check');
  return inTransaction(ctx, async (tx, now) => {
    const save = () => onlyResult(saveChecks({ ...ctx, within: tx }, actor, [{ id, edit: changes }]));
    if (enabled === undefined) {
      await save();
    } else {
      await advisoryLocks(tx, actor.accountId, 'check', [id]);
      const before = await getCheck(tx, actor, id);
      if (!switchesOnly) await save();
      await switchCheck(tx, actor, before, enabled, now);
    }
    return getCheck(tx, actor, id);
  });
}

async function getCheck(tx: Queries, { accountId }: Actor, id: string): Promise<Check> {
  const check = (await readChecksForChange(tx, accountId, [id], [])).byId.get(id);
  if (check === undefined) throw checkNotFound({ id });
  return check;
}

/**
 * Switches a check of Lull's own register by hand. One that a maintenance mutes stays as it is now, on or off, also after
 * the maintenance.
 */
async function switchCheck(
  tx: Queries,
  actor: Actor,
  { id, name, provider, enabled: before, mutedBy }: Check,
  enabled: boolean,
  now: Date,
): Promise<void> {
  if (provider !== 'builtin') throw switchedElsewhere({ name, provider });
  await switchRegister(tx, actor.accountId, id, enabled);
  if (!enabled && mutedBy.length > 0) await countAsOffBefore(tx, actor.accountId, [id]);
  if (before !== enabled) {
    const change = { before: { enabled: before }, after: { enabled } };
    await record(tx, actor, now, { type: 'check.switched', subject: { kind: 'check', id }, ...change });
  }
  await reconcileChecks(tx, actor.accountId, [id]);
}

/**
 * Removes a check from Lull, and unmutes it in its provider. Its history stays, and adding it again restores it.
 * @throws UserError `forbidden` or `not-found`
 */
export async function removeCheck(ctx: ActionContext, actor: Actor, id: string): Promise<Check> {
  return onlyResult(removeChecks(ctx, actor, [id]));
}

/** Removes checks, all or none. @throws UserError `forbidden`; RefusedChanges */
export async function removeChecks(
  ctx: ActionContext,
  actor: Actor,
  ids: readonly string[],
): Promise<readonly Check[]> {
  authorize(actor, 'remove-check');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) =>
    withCoverageChange(tx, accountId, now, async () => {
      const { byId } = await readChecksForChange(tx, accountId, ids, []);
      const removed = await assessEach(ids, (id) => {
        const check = byId.get(id);
        if (check === undefined) throw checkNotFound({ id });
        return check;
      });
      await reserveIds(tx, { audit_events: ids.length });
      await detachChecks(tx, accountId, ids, now);
      for (const check of removed) {
        const subject = { kind: 'check', id: check.id } as const;
        await record(tx, actor, now, { type: 'check.removed', subject, before: toRecorded(check) });
      }
      return removed;
    }),
  );
}

/**
 * Switches the matching checks of Lull's own register off, or on those that were switched off like this: a check that was
 * off before stays off.
 * @throws UserError `forbidden`, or `invalid` for a pattern that cannot be matched
 */
export async function switchChecksTogether(
  ctx: ActionContext,
  actor: Actor,
  patterns: CheckPatterns,
  enabled: boolean,
): Promise<void> {
  authorize(actor, 'switch-check');
  await inTransaction(ctx, async (tx, now) => {
    const checks = await switchMatching(tx, actor.accountId, patterns, enabled);
    if (checks === undefined) {
      const toProblem = ([field, pattern]: [string, string | undefined]) =>
        pattern === undefined ? [] : [patternInvalid.at(field, { pattern })];
      throw UserError.invalid(Object.entries(patterns).flatMap(toProblem));
    }
    if (checks.length === 0) return;
    const { label = null, target = null, type = null } = patterns;
    await record(tx, actor, now, { type: 'checks.switched', after: { enabled, label, target, type, checks } });
    await reconcileChecks(tx, actor.accountId, checks);
  });
}
