import type { Logger } from 'pino';
import { record } from '../audit/record.ts';
import { systemActor } from '../core/permissions.ts';
import { reannounce } from '../maintenance/commands/announce.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { lockMaintenance } from '../maintenance/repository/maintenances.ts';
import { claimKey } from '../platform/idempotency.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { listReleasedMutes, type ReleasedMute } from './aftermath-repository.ts';
import { findProvider } from './provider-repository.ts';
import type { Providers } from './providers/provider.ts';
import { MAX_CHECKS_PER_CALL, openSession, type ProviderSession } from './providers/session.ts';

/** A provider that does not answer is asked again so much later (milliseconds). */
const AGAIN = 60_000;

/** What was found of the checks, by their ids. */
interface Found {
  readonly stillOff: ReadonlySet<string>;
  readonly failing: ReadonlySet<string>;
}

/**
 * Looks at the checks of one provider some time after the window that had them off: whether they watch again, and find
 * nothing wrong. It runs in the queue of the provider's enforcement, so what is read is not being switched meanwhile. Its
 * thread and its owner hear of it once, and of nothing when all is well.
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
  const last = ctx.clock.now() >= new Date(until);
  const waiting = released.some((check) => check.waiting);
  const found =
    waiting && !last
      ? undefined
      : await findOut(
          await openSession(ctx, providers, accountId, name),
          released.filter((check) => !check.waiting),
        );
  if (found !== undefined) return tell(ctx, payload, found);
  if (!last) {
    // The queue's time is the real one, whatever Lull's clock says.
    return enqueue(database, 'post-check', payload, { notBefore: new Date(Date.now() + AGAIN) });
  }
  log.warn({ provider: name, accountId, maintenance: maintenanceId }, 'checks could not be looked at after a window');
}

/** @returns undefined when the provider does not answer */
async function findOut(conversation: ProviderSession, checks: readonly ReleasedMute[]): Promise<Found | undefined> {
  const stillOff = new Set<string>();
  const failing = new Set<string>();
  for (let from = 0; from < checks.length; from += MAX_CHECKS_PER_CALL) {
    const some = checks.slice(from, from + MAX_CHECKS_PER_CALL);
    const { answers, whole } = await conversation.read(some);
    if (!whole) return undefined;
    for (const { id } of some) if (answers.get(id) === 'off') stillOff.add(id);
    const rest = some.filter(({ id }) => !stillOff.has(id));
    for (const id of await conversation.failing(rest)) failing.add(id);
  }
  return { stillOff, failing };
}

async function tell(
  ctx: ActionContext,
  { accountId, provider, maintenanceId }: Jobs['post-check'],
  found: Found,
): Promise<void> {
  if (found.stillOff.size === 0 && found.failing.size === 0) return;
  await inTransaction(ctx, async (tx, now) => {
    const maintenance = await lockMaintenance(tx, accountId, maintenanceId);
    if (maintenance === undefined) return;
    // A window that began meanwhile wants them off.
    const free = await listReleasedMutes(tx, accountId, maintenanceId, provider);
    const named = (ids: ReadonlySet<string>) => free.filter(({ id }) => ids.has(id)).map((check) => check.name);
    const [stillOff, failing] = [named(found.stillOff), named(found.failing)];
    if (stillOff.length === 0 && failing.length === 0) return;
    // The process may have died after it told.
    if (!(await claimKey(tx, accountId, `post-check:${maintenanceId}:${provider}`, now))) return;
    const event = await record(tx, systemActor(accountId), now, {
      type: 'maintenance.checks_unhealthy',
      maintenanceId,
      internal: true,
      after: { maintenance: maintenanceId, name: maintenance.name, still_off: stillOff, failing },
    });
    await reannounce(tx, accountId, maintenanceId);
    await notifyOwner(tx, { accountId, id: maintenanceId }, `not-watching:${provider}`, event);
  });
}
