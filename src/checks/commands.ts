import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { reconcileChecks } from '../maintenance/commands/announce.ts';
import { validateServiceIds, withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import { validateName, validateText } from '../maintenance/rules/validation.ts';
import { advisoryLock, isUniqueViolation, type Queries } from '../platform/database.ts';
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
  createCheck,
  findCheck,
  findProviderCheck,
  type Matching,
  switchRegister,
  switchTogether,
  updateCheck,
} from './repository.ts';

export interface AddCheckInput {
  readonly name: string;
  readonly services: readonly number[];
  readonly provider: string;
  /** The provider's own id; null where the provider is Lull's own register, which gives it one. */
  readonly externalId: string | null;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** @throws UserError `forbidden`, `invalid`, or `conflict` when that provider's check is there already */
export async function addCheck(ctx: ActionContext, actor: Actor, input: AddCheckInput): Promise<Check> {
  authorize(actor, 'add-check');
  const name = input.name.trim();
  const problemsWritten = [
    ...validateName('check', name),
    ...validateText('external_id', input.externalId ?? '', MAX_NAME_CHARS),
    ...input.tags.flatMap((tag) => validateText('tags', tag, MAX_NAME_CHARS)),
  ];
  const taken = () => checkExists({ externalId: input.externalId ?? '', provider: input.provider }, 'external_id');
  const add = inTransaction(ctx, async (tx, now) => {
    const connected = await listProviders(tx, actor.accountId);
    const providers = ['builtin', ...connected.map((provider) => provider.name)];
    const problems = [...problemsWritten];
    if (!providers.includes(input.provider)) {
      problems.push(providerUnknown.at('provider', { provider: input.provider, known: providers }));
    }
    const kind = connected.find((provider) => provider.name === input.provider)?.kind;
    const wrong = kind === undefined ? undefined : ctx.validateExternalId?.(kind, input.externalId ?? '');
    if (wrong !== undefined) problems.push(externalIdInvalid.at('external_id', { reason: wrong }));
    problems.push(...(await validateServiceIds(tx, actor.accountId, input.services)));
    if (problems.length > 0) throw UserError.invalid(problems);
    if (
      input.externalId !== null &&
      (await findProviderCheck(tx, actor.accountId, input.provider, input.externalId)) !== null
    ) {
      throw taken();
    }
    const check = await withCoverageChange(tx, actor.accountId, now, () =>
      createCheck(tx, actor.accountId, { ...input, name, services: [...new Set(input.services)] }),
    );
    await record(tx, actor, now, {
      type: 'check.added',
      subject: { kind: 'check', id: check.id },
      after: { name, provider: check.provider, external_id: check.externalId, services: check.services },
    });
    return check;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'checks_account_id_provider_external_id_key' ? taken() : error;
  });
}

/** What is not named stays as it is. What it is in its monitoring system is changed there. */
export interface CheckEdit {
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** The ids of its services. */
  readonly services?: readonly number[] | undefined;
  /** Switches one of Lull's own register, which needs less than the rest. */
  readonly enabled?: boolean | undefined;
}

/**
 * Changes what Lull knows of a check, as a whole or not at all. Windows in progress follow at once.
 * @throws UserError `forbidden`, `not-found`, `invalid` with every field that is wrong, or `conflict` for one that is to be
 *   switched and that its own monitoring system switches
 */
export async function editCheck(ctx: ActionContext, actor: Actor, id: string, edit: CheckEdit): Promise<Check> {
  const { enabled, ...knowledge } = edit;
  if (enabled !== undefined) authorize(actor, 'switch-check');
  const switchesAlone = enabled !== undefined && Object.values(knowledge).every((value) => value === undefined);
  if (!switchesAlone) authorize(actor, 'edit-check');
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, actor.accountId, `check:${id}`);
    const check = await findCheck(tx, actor.accountId, id);
    if (check === null) throw checkNotFound({ id });
    if (!switchesAlone) await change(tx, actor, check, knowledge, now);
    if (enabled !== undefined) await switchCheck(tx, actor, check, enabled, now);
    return (await findCheck(tx, actor.accountId, id)) ?? check;
  });
}

async function change(
  tx: Queries,
  actor: Actor,
  check: Check,
  edit: Omit<CheckEdit, 'enabled'>,
  now: Date,
): Promise<void> {
  const name = edit.name?.trim() ?? check.name;
  const tags = [...new Set(edit.tags ?? check.tags)];
  const services = [...new Set(edit.services ?? check.services)].sort((a, b) => a - b);
  const problems = [
    ...validateName('check', name),
    ...tags.flatMap((tag) => validateText('tags', tag, MAX_NAME_CHARS)),
    ...(await validateServiceIds(tx, actor.accountId, services)),
  ];
  if (problems.length > 0) throw UserError.invalid(problems);
  const changed = difference(
    { name: check.name, tags: check.tags, services: [...check.services].sort((a, b) => a - b) },
    { name, tags, services },
  );
  if (changed === undefined) return;
  await withCoverageChange(tx, actor.accountId, now, () =>
    updateCheck(tx, actor.accountId, check.id, { name, tags }, services),
  );
  await record(tx, actor, now, { type: 'check.changed', subject: { kind: 'check', id: check.id }, ...changed });
}

/**
 * Removes a check from Lull; in its monitoring system it stays. Where a window has it off it is switched on again, unless it
 * was off before. What is recorded of past windows stays, and the same check added again is the same one.
 * @throws UserError `forbidden` or `not-found`
 */
export async function removeCheck(ctx: ActionContext, actor: Actor, id: string): Promise<Check> {
  authorize(actor, 'remove-check');
  return inTransaction(ctx, async (tx, now) =>
    withCoverageChange(tx, actor.accountId, now, async () => {
      const check = await findCheck(tx, actor.accountId, id);
      if (check === null) throw checkNotFound({ id });
      await detachChecks(tx, actor.accountId, [id], now);
      await record(tx, actor, now, {
        type: 'check.removed',
        subject: { kind: 'check', id },
        before: { name: check.name, provider: check.provider, external_id: check.externalId, services: check.services },
      });
      return check;
    }),
  );
}

/**
 * Switches a check of Lull's own register on or off by hand, in the caller's transaction and for somebody who may. One that a
 * window has off and that is switched on is told of in its thread, and left on.
 * @throws UserError `conflict` for a check that its own monitoring system switches
 */
export async function switchCheck(
  tx: Queries,
  actor: Actor,
  { id, name, provider, enabled: was }: Check,
  enabled: boolean,
  now: Date,
): Promise<void> {
  if (provider !== 'builtin') {
    throw switchedElsewhere({ name, provider });
  }
  await switchRegister(tx, actor.accountId, id, enabled);
  if (was !== enabled) {
    const change = { before: { enabled: was }, after: { enabled } };
    await record(tx, actor, now, { type: 'check.switched', subject: { kind: 'check', id }, ...change });
  }
  await reconcileChecks(tx, actor.accountId, [id]);
}

/**
 * Switches off the checks of the register that match and are on, or on again those that were switched off so: what was off
 * before stays off.
 * @throws UserError `forbidden`, or `invalid` for a pattern that is none
 */
export async function switchChecksTogether(
  ctx: ActionContext,
  actor: Actor,
  matching: Matching,
  enabled: boolean,
): Promise<void> {
  authorize(actor, 'switch-check');
  await inTransaction(ctx, async (tx, now) => {
    const ids = await switchTogether(tx, actor.accountId, matching, !enabled);
    if (ids === undefined) throw unfit(matching);
    if (ids.length === 0) return;
    const { label = null, target = null, type = null } = matching;
    await record(tx, actor, now, {
      type: 'checks.switched',
      after: { enabled, label, target, type, checks: ids },
    });
    await reconcileChecks(tx, actor.accountId, ids);
  });
}

function unfit(matching: Matching): UserError {
  const patterns = Object.entries(matching).flatMap(([field, pattern]) =>
    pattern === undefined ? [] : [patternInvalid.at(field, { pattern })],
  );
  return UserError.invalid(patterns);
}
