import type { Logger } from 'pino';
import { record } from '../audit/record.ts';
import { lullIn } from '../core/permissions.ts';
import { announceAgain } from '../maintenance/commands/announce.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { lockMaintenance } from '../maintenance/repository/maintenances.ts';
import { firstTime } from '../platform/idempotency.ts';
import { type Effects, enqueue } from '../platform/jobs.ts';
import { type Ground, transact } from '../platform/transactions.ts';
import { type Released, releasedBy } from './aftermath-repository.ts';
import { findProvider } from './provider-repository.ts';
import type { Providers } from './providers/provider.ts';
import { type Conversation, converse, MOST_AT_ONCE } from './providers/session.ts';

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
export async function look(ground: Ground, providers: Providers, log: Logger, payload: Effects['look']): Promise<void> {
  const { accountId, provider: name, maintenanceId, until } = payload;
  const { database } = ground;
  const released = await releasedBy(database, accountId, maintenanceId, name);
  if (released.length === 0) return;
  if (name !== 'builtin' && (await findProvider(database, accountId, name))?.enabled !== true) return;
  const last = ground.clock.now() >= new Date(until);
  const waiting = released.some((check) => check.waiting);
  const found =
    waiting && !last
      ? undefined
      : await findOut(
          await converse(ground, providers, accountId, name),
          released.filter((check) => !check.waiting),
        );
  if (found !== undefined) return tell(ground, payload, found);
  if (!last) {
    // The queue's time is the real one, whatever Lull's clock says.
    return enqueue(database, 'look', payload, { notBefore: new Date(Date.now() + AGAIN) });
  }
  log.warn({ provider: name, accountId, maintenance: maintenanceId }, 'checks could not be looked at after a window');
}

/** @returns undefined when the provider does not answer */
async function findOut(conversation: Conversation, checks: readonly Released[]): Promise<Found | undefined> {
  const stillOff = new Set<string>();
  const failing = new Set<string>();
  for (let from = 0; from < checks.length; from += MOST_AT_ONCE) {
    const some = checks.slice(from, from + MOST_AT_ONCE);
    const { answers, whole } = await conversation.read(some);
    if (!whole) return undefined;
    for (const { id } of some) if (answers.get(id) === 'off') stillOff.add(id);
    const rest = some.filter(({ id }) => !stillOff.has(id));
    for (const id of await conversation.failing(rest)) failing.add(id);
  }
  return { stillOff, failing };
}

async function tell(
  ground: Ground,
  { accountId, provider, maintenanceId }: Effects['look'],
  found: Found,
): Promise<void> {
  if (found.stillOff.size === 0 && found.failing.size === 0) return;
  await transact(ground, async (tx, now) => {
    const maintenance = await lockMaintenance(tx, accountId, maintenanceId);
    if (maintenance === undefined) return;
    // A window that began meanwhile wants them off.
    const free = await releasedBy(tx, accountId, maintenanceId, provider);
    const named = (ids: ReadonlySet<string>) => free.filter(({ id }) => ids.has(id)).map((check) => check.name);
    const [stillOff, failing] = [named(found.stillOff), named(found.failing)];
    if (stillOff.length === 0 && failing.length === 0) return;
    // The process may have died after it told.
    if (!(await firstTime(tx, accountId, `look:${maintenanceId}:${provider}`, now))) return;
    const event = await record(tx, lullIn(accountId), now, {
      action: 'look-again',
      maintenanceId,
      internal: true,
      after: { maintenance: maintenanceId, name: maintenance.name, still_off: stillOff, failing },
    });
    await announceAgain(tx, accountId, maintenanceId);
    await notifyOwner(tx, { accountId, id: maintenanceId }, `not-watching:${provider}`, event);
  });
}
