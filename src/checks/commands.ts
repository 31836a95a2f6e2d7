import { record } from '../audit/record.ts';
import { assertValid, UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { reconcileChecks } from '../maintenance/commands/announce.ts';
import { findUnknown, withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import { validateName, validateText } from '../maintenance/rules/validation.ts';
import { isUniqueViolation, type Queries } from '../platform/database.ts';
import { advisoryLock } from '../platform/sql.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import {
  checkExists,
  checkNotFound,
  externalIdInvalid,
  patternInvalid,
  providerUnknown,
  switchedElsewhere,
} from './errors.ts';
import { listProviders } from './provider-repository.ts';
import {
  type Check,
  type CheckPatterns,
  createCheck,
  findCheck,
  findProviderCheck,
  type NewCheck,
  switchMatching,
  switchRegister,
  updateCheck,
} from './repository.ts';

/** As long as the longest addresses. */
const MAX_TARGET_CHARS = 2_000;

/** @throws UserError `forbidden`, `invalid`, or `conflict` when the check of that provider exists already */
export async function addCheck(ctx: ActionContext, actor: Actor, input: NewCheck): Promise<Check> {
  authorize(actor, 'add-check');
  const { accountId } = actor;
  const { provider, externalId, tags, type = '', target = '' } = input;
  const name = input.name.trim();
  const taken = () => checkExists({ externalId: externalId ?? '', provider }, 'external_id');
  const add = inTransaction(ctx, async (tx, now) => {
    const connected = await listProviders(tx, accountId);
    const known = ['builtin', ...connected.map((each) => each.name)];
    const kind = connected.find((each) => each.name === provider)?.kind;
    const reason = kind === undefined ? undefined : ctx.validateExternalId?.(kind, externalId ?? '');
    assertValid([
      ...validateNameAndTags(name, tags),
      ...validateText('external_id', externalId ?? '', MAX_NAME_CHARS),
      ...validateText('type', type, MAX_NAME_CHARS),
      ...validateText('target', target, MAX_TARGET_CHARS),
      ...(known.includes(provider) ? [] : [providerUnknown.at('provider', { provider, known })]),
      ...(reason === undefined ? [] : [externalIdInvalid.at('external_id', { reason })]),
      ...(await findUnknown(tx, accountId, { services: input.services })),
    ]);
    if (externalId !== null && (await findProviderCheck(tx, accountId, provider, externalId)) !== null) throw taken();
    const check = await withCoverageChange(tx, accountId, now, () =>
      createCheck(tx, accountId, { ...input, name, services: [...new Set(input.services)] }),
    );
    await record(tx, actor, now, {
      type: 'check.added',
      subject: { kind: 'check', id: check.id },
      after: toRecorded(check),
    });
    return check;
  });
  // Of two concurrent requests the database refuses the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'checks_account_id_provider_external_id_key' ? taken() : error;
  });
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
    await advisoryLock(tx, actor.accountId, `check:${id}`);
    const check = await getCheck(tx, actor, id);
    if (!switchesOnly) await changeCheck(tx, actor, check, changes, now);
    if (enabled !== undefined) await switchCheck(tx, actor, check, enabled, now);
    return (await findCheck(tx, actor.accountId, id)) ?? check;
  });
}

async function getCheck(tx: Queries, { accountId }: Actor, id: string): Promise<Check> {
  const check = await findCheck(tx, accountId, id);
  if (check === null) throw checkNotFound({ id });
  return check;
}

async function changeCheck(tx: Queries, actor: Actor, check: Check, edit: Omit<CheckEdit, 'enabled'>, now: Date) {
  const name = edit.name?.trim() ?? check.name;
  const target = edit.target ?? check.target;
  const tags = [...new Set(edit.tags ?? check.tags)];
  const sorted = (ids: readonly number[]) => [...new Set(ids)].sort((a, b) => a - b);
  const services = sorted(edit.services ?? check.services);
  assertValid([
    ...validateNameAndTags(name, tags),
    ...validateText('target', target ?? '', MAX_TARGET_CHARS),
    ...(await findUnknown(tx, actor.accountId, { services })),
  ]);
  const before = { name: check.name, target: check.target, tags: check.tags, services: sorted(check.services) };
  const changed = difference(before, { name, target, tags, services });
  if (changed === undefined) return;
  await withCoverageChange(tx, actor.accountId, now, () =>
    updateCheck(tx, actor.accountId, check.id, { name, target, tags, services }),
  );
  await record(tx, actor, now, { type: 'check.changed', subject: { kind: 'check', id: check.id }, ...changed });
}

/** Switches a check of Lull's own register by hand. One that a maintenance mutes and that is switched on stays on. */
async function switchCheck(
  tx: Queries,
  actor: Actor,
  { id, name, provider, enabled: before }: Check,
  enabled: boolean,
  now: Date,
): Promise<void> {
  if (provider !== 'builtin') throw switchedElsewhere({ name, provider });
  await switchRegister(tx, actor.accountId, id, enabled);
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
  authorize(actor, 'remove-check');
  return inTransaction(ctx, async (tx, now) =>
    withCoverageChange(tx, actor.accountId, now, async () => {
      const check = await getCheck(tx, actor, id);
      await detachChecks(tx, actor.accountId, [id], now);
      const subject = { kind: 'check', id } as const;
      await record(tx, actor, now, { type: 'check.removed', subject, before: toRecorded(check) });
      return check;
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
