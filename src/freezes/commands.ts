import { record } from '../audit/record.ts';
import { assertValid } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { countOpenBetween } from '../maintenance/repository/list.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import type { Queries } from '../platform/database.ts';
import { advisoryLock } from '../platform/sql.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { requestRevision } from '../series/repository.ts';
import { freezeNotFound, tooManyFreezes } from './errors.ts';
import {
  countFreezes,
  deleteFreeze,
  type FreezeValues,
  findFreeze,
  insertFreeze,
  type StoredFreeze,
  updateFreeze,
} from './repository.ts';
import { listPeriods, type RequestedTimes, spanOfTimes, toColumns, validateTimes } from './rules/times.ts';
import { MAX_FREEZES, validateReason } from './rules.ts';

/** With a start and an end, or a cron line, a duration, and if it does not hold for good, an end. */
export type NewFreeze = Omit<FreezeValues, 'times'> & RequestedTimes;

/**
 * Adds a freeze. What is scheduled in it already stays as it is, except runs of series: their series skip or move them.
 * @throws UserError `forbidden`, `too-many-freezes`, or `invalid-request` with every wrong field
 */
export async function addFreeze<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: NewFreeze,
  once?: Once,
): Promise<StoredFreeze | Repeated<Once>> {
  authorize(actor, 'add-freeze');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const added = await insertFreeze(tx, actor, await validFreeze(tx, actor, input, now), now, MAX_FREEZES);
    if (added === undefined) throw tooManyFreezes({ max: MAX_FREEZES });
    const subject = { kind: 'freeze', id: added.id } as const;
    await record(tx, actor, now, { type: 'freeze.added', subject, after: freezeForAudit(added) });
    await requestRevision(tx, actor.accountId, [spanOfTimes(added.times)], now);
    return added;
  });
}

async function validFreeze(
  tx: Queries,
  { accountId }: Actor,
  { scopeId, effect, ...input }: NewFreeze,
  now: Date,
): Promise<FreezeValues> {
  const reason = input.reason.trim();
  const times = validateTimes(input, now);
  const scope = scopeId === null ? [] : [scopeId];
  const problems = [...validateReason('reason', reason), ...('kind' in times ? [] : times)];
  assertValid([...problems, ...(await findUnknown(tx, { accountId }, { scope }))]);
  if (!('kind' in times)) throw new Error('times without a kind are problems');
  return { scopeId, reason, effect, times };
}

function freezeForAudit({ scope, times, reason, effect }: StoredFreeze) {
  const { start, end, cron, timezone, durationMinutes } = toColumns(times);
  return {
    scope: scope?.id ?? null,
    start: utc(start),
    end: end && utc(end),
    ...(cron !== null && { cron, timezone, duration_minutes: durationMinutes }),
    reason,
    effect,
  };
}

export type FreezeEdit = { readonly [Field in keyof NewFreeze]?: NewFreeze[Field] | undefined };

/**
 * Changes a freeze. What is scheduled in it already stays as it is, except runs of series, which are decided anew.
 * @throws UserError `forbidden`, `not-found`, `too-many-freezes`, or `invalid-request` with every wrong field
 */
export async function editFreeze(ctx: ActionContext, actor: Actor, id: number, edit: FreezeEdit) {
  authorize(actor, 'add-freeze');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, accountId, `freeze:${id}`);
    const freeze = await findFreeze(tx, accountId, id, now);
    if (freeze === undefined) throw freezeNotFound({ id });
    const { times } = freeze;
    const columns = toColumns(times);
    const { scopeId = freeze.scope?.id ?? null, reason = freeze.reason, effect = freeze.effect } = edit;
    const { start = times.start, end = times.end, cron = columns.cron } = edit;
    const { timezone = columns.timezone, durationMinutes = columns.durationMinutes } = edit;
    const requested = { start, end, cron, timezone, durationMinutes };
    const wanted = await validFreeze(tx, actor, { scopeId, reason, effect, ...requested }, now);
    if (times.end !== null && times.end <= now && (await countFreezes(tx, accountId, now)) >= MAX_FREEZES) {
      throw tooManyFreezes({ max: MAX_FREEZES });
    }
    const changed = await updateFreeze(tx, accountId, id, wanted, now);
    const change = difference(freezeForAudit(freeze), freezeForAudit(changed));
    const subject = { kind: 'freeze', id } as const;
    if (change === undefined) return changed;
    await record(tx, actor, now, { type: 'freeze.changed', subject, ...change });
    await requestRevision(tx, accountId, [spanOfTimes(times), spanOfTimes(changed.times)], now);
    return changed;
  });
}

/**
 * Removes a freeze; the audit log keeps what it was. Runs of series that it skipped and that are still ahead come back.
 * @throws UserError `forbidden` or `not-found`
 */
export async function removeFreeze(ctx: ActionContext, actor: Actor, id: number): Promise<StoredFreeze> {
  authorize(actor, 'remove-freeze');
  return inTransaction(ctx, async (tx, now) => {
    const freeze = await findFreeze(tx, actor.accountId, id, now);
    if (freeze === undefined || !(await deleteFreeze(tx, actor.accountId, id))) throw freezeNotFound({ id });
    const subject = { kind: 'freeze', id } as const;
    await record(tx, actor, now, { type: 'freeze.removed', subject, before: freezeForAudit(freeze) });
    await requestRevision(tx, actor.accountId, [spanOfTimes(freeze.times)], now);
    return freeze;
  });
}

/** How far ahead maintenances are counted that are in a freeze. */
const COUNTED_MS = 400 * 86_400_000;

/** How many open maintenances are in a freeze. */
export async function countFrozen(
  { database, clock }: ActionContext,
  { accountId }: Actor,
  { scope, times }: StoredFreeze,
): Promise<number> {
  const scopeId = scope?.id ?? null;
  const now = clock.now();
  const periods = listPeriods(times, { start: now, end: new Date(now.getTime() + COUNTED_MS) });
  const counts = await countOpenBetween(database, accountId, periods, scopeId);
  const selectors = counts.flatMap(({ selector }) => selector ?? []);
  if (selectors.length === 0) return counts.reduce((sum, { count }) => sum + count, 0);
  const { chosen, checks } = await readSurroundings(database, accountId, { selectors });
  const isInScope = (check: string) => scopeId !== null && checks.get(check)?.scopes.includes(scopeId);
  const isIn = (selector: string | null) => selector === null || chosen.get(selector)?.some(isInScope);
  return counts.reduce((sum, { selector, count }) => (isIn(selector) ? sum + count : sum), 0);
}
