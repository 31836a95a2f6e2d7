import type { Logger } from 'pino';
import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { notifyOwner, reannounce } from '../maintenance/commands/announce.ts';
import { setPostChecked } from '../maintenance/repository/changes.ts';
import { findBelongings, lockMaintenance } from '../maintenance/repository/locked.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import { providersOf } from '../maintenance/rules/coverage.ts';
import type { Queries } from '../platform/database.ts';
import { claimKey } from '../platform/idempotency.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { listReleasedMutes, type ReleasedMute } from './mute-repository.ts';
import { findProvider } from './provider-repository.ts';
import type { Providers } from './providers/provider.ts';
import { openSession, type ProviderSession } from './providers/session.ts';

/** A provider that does not answer is called again every minute for an hour. */
const RETRY_AFTER_MS = 60_000;
const RETRY_FOR_MS = 3600_000;

/** Has the checks verified that a locked maintenance unmuted when it ended. */
export async function requestPostCheck(tx: Queries, maintenance: Maintenance, now: Date): Promise<void> {
  const { accountId, id: maintenanceId } = maintenance;
  await setPostChecked(tx, maintenance);
  const { mutes } = await findBelongings(tx, maintenanceId);
  const checks = [...mutes].flatMap(([checkId, { outcome }]) => (outcome === 'muted' ? [checkId] : []));
  const until = new Date(now.getTime() + RETRY_FOR_MS).toISOString();
  for (const provider of providersOf(await readSurroundings(tx, accountId, { checks }), checks)) {
    await enqueue(tx, 'post-check', { accountId, provider, maintenanceId, until });
  }
}

/**
 * Verifies some time after a maintenance that the checks of one provider are on and do not fail. Problems are reported
 * once, in the thread and to the owner. It shares a queue with `reconcile`, so no check is switched at the same time.
 */
export async function verifyChecksAfterWindow(
  ctx: ActionContext,
  providers: Providers,
  log: Logger,
  payload: Jobs['post-check'],
): Promise<void> {
  const { accountId, provider: name, maintenanceId, until } = payload;
  const { database } = ctx;
  const released = await listReleasedMutes(database, accountId, maintenanceId, name);
  if (released.length === 0) return;
  if (name !== 'builtin' && (await findProvider(database, accountId, name))?.enabled !== true) return;
  const isLast = ctx.clock.now() >= new Date(until);
  const unmuted = released.filter((check) => !check.waiting);
  const problems =
    unmuted.length === released.length || isLast
      ? await findProblems(await openSession(ctx, providers, accountId, name), unmuted)
      : undefined;
  if (problems !== undefined) return reportProblems(ctx, payload, problems);
  if (!isLast) {
    // The queue uses the real time, whatever Lull's clock says.
    return enqueue(database, 'post-check', payload, { notBefore: new Date(Date.now() + RETRY_AFTER_MS) });
  }
  log.warn({ provider: name, accountId, maintenance: maintenanceId }, 'checks could not be looked at after a window');
}

/** @returns ids of checks; undefined when the provider does not answer */
async function findProblems(session: ProviderSession, checks: readonly ReleasedMute[]) {
  const { answers, answered } = await session.read(checks);
  if (!answered) return undefined;
  const isOff = ({ id }: ReleasedMute) => answers.get(id) === 'off';
  const failing = await session.failing(checks.filter((check) => !isOff(check)));
  return {
    stillOff: new Set(checks.filter(isOff).map(({ id }) => id)),
    failing: new Set([...failing].filter(([, fails]) => fails).map(([id]) => id)),
  };
}

async function reportProblems(
  ctx: ActionContext,
  { accountId, provider, maintenanceId }: Jobs['post-check'],
  problems: NonNullable<Awaited<ReturnType<typeof findProblems>>>,
): Promise<void> {
  if (problems.stillOff.size === 0 && problems.failing.size === 0) return;
  await inTransaction(ctx, async (tx, now) => {
    const maintenance = await lockMaintenance(tx, accountId, maintenanceId);
    if (maintenance === undefined) return;
    // Another maintenance may have muted some of them in the meantime.
    const released = await listReleasedMutes(tx, accountId, maintenanceId, provider);
    const namesOf = (ids: ReadonlySet<string>, failedBefore?: boolean) =>
      released
        .filter(({ id, failingBefore }) => ids.has(id) && (failedBefore ?? failingBefore) === failingBefore)
        .map(({ name }) => name);
    const [stillOff, failing] = [namesOf(problems.stillOff), namesOf(problems.failing)];
    const [before, since] = [namesOf(problems.failing, true), namesOf(problems.failing, false)];
    if (stillOff.length === 0 && failing.length === 0) return;
    // The process may have died after it reported.
    if (!(await claimKey(tx, accountId, `post-check:${maintenanceId}:${provider}`, now))) return;
    const event = await record(tx, systemActor(accountId), now, {
      type: 'maintenance.checks_unhealthy',
      maintenanceId,
      internal: true,
      after: {
        maintenance: maintenanceId,
        name: maintenance.name,
        still_off: stillOff,
        failing,
        failing_before: before,
        failing_since: since,
      },
    });
    await reannounce(tx, accountId, maintenanceId);
    await notifyOwner(tx, { accountId, id: maintenanceId }, `not-watching:${provider}`, event);
  });
}
