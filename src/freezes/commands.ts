import { record } from '../audit/record.ts';
import { assertValid, UserError } from '../core/errors.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { countOpenBetween } from '../maintenance/repository/list.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { shownUrl } from '../platform/outbound/shown-url.ts';
import { advisoryLock } from '../platform/sql.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { requestRevision } from '../series/repository.ts';
import { calendarUrlInvalid, freezeNotFound, tooManyFreezes } from './errors.ts';
import {
  countFreezes,
  deleteFreeze,
  type FreezeValues,
  findFreeze,
  freezeSealPurpose,
  insertFreeze,
  type StoredFreeze,
  updateFreeze,
} from './repository.ts';
import { listPeriods, type RequestedTimes, spanOfTimes, toColumns, validateTimes } from './rules/times.ts';
import { MAX_FREEZES, validateReason } from './rules.ts';

/** With a start and an end, or a cron line, a duration, and if it does not hold for good, an end. */
export type NewFreeze = Omit<FreezeValues, 'times'> & RequestedTimes;

/** The address of a calendar, shown and sealed, for a new freeze. @throws UserError `invalid-request` */
export function sealCalendar({ accountId }: Actor, url: string, vault: Vault) {
  const parsed = URL.canParse(url) && url.length <= MAX_URL_CHARS ? new URL(url) : undefined;
  const isPossible = parsed !== undefined && ['http:', 'https:'].includes(parsed.protocol) && parsed.username === '';
  if (!isPossible || parsed.password !== '') throw UserError.invalid([calendarUrlInvalid.at('calendar_url', {})]);
  return { url: shownUrl(url), sealedUrl: vault.seal(url, freezeSealPurpose(accountId)) };
}

const MAX_URL_CHARS = 2000;

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
    if (added.times.kind === 'calendar') {
      await enqueue(tx, 'read-calendar', { accountId: actor.accountId, freezeId: added.id });
    }
    return added;
  });
}

async function validFreeze(
  tx: Queries,
  { accountId }: Actor,
  { scopeId, effect, sealedUrl, ...input }: NewFreeze,
  now: Date,
): Promise<FreezeValues> {
  const reason = input.reason.trim();
  const times = validateTimes(input, now);
  const scope = scopeId === null ? [] : [scopeId];
  const problems = [...validateReason('reason', reason), ...('kind' in times ? [] : times)];
  assertValid([...problems, ...(await findUnknown(tx, { accountId }, { scope }))]);
  if (!('kind' in times)) throw new Error('times without a kind are problems');
  return { scopeId, reason, effect, times, sealedUrl };
}

function freezeForAudit({ scope, times, reason, effect }: StoredFreeze) {
  const { start, end, cron, timezone, durationMinutes, url } = toColumns(times);
  return {
    scope: scope?.id ?? null,
    start: utc(start),
    end: end && utc(end),
    ...(cron !== null && { cron, timezone, duration_minutes: durationMinutes }),
    ...(url !== null && { calendar_url: url }),
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
    const { url = columns.url, sealedUrl } = edit;
    const requested = { start, end, cron, timezone, durationMinutes, url, sealedUrl };
    const wanted = await validFreeze(tx, actor, { scopeId, reason, effect, ...requested }, now);
    if (times.end !== null && times.end <= now && (await countFreezes(tx, accountId, now)) >= MAX_FREEZES) {
      throw tooManyFreezes({ max: MAX_FREEZES });
    }
    const changed = await updateFreeze(tx, accountId, id, wanted, now);
    const change = difference(freezeForAudit(freeze), freezeForAudit(changed));
    const subject = { kind: 'freeze', id } as const;
    if (sealedUrl !== undefined) await enqueue(tx, 'read-calendar', { accountId, freezeId: id });
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
