import { dueStep } from '../domain/lifecycle.ts';
import { lullIn } from '../domain/permissions.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { lockDue, updateMaintenance } from '../store/maintenances.ts';
import { type Ground, lock } from './action.ts';
import { announceEverywhere } from './effects.ts';
import { end } from './finish.ts';
import { begin } from './start.ts';

/** `idle`: none is due, or every due one is being worked on by another process. */
export type Advance =
  | { readonly outcome: 'idle' }
  | { readonly outcome: 'moved'; readonly id: number }
  | { readonly outcome: 'failed'; readonly id: number; readonly error: unknown };

/**
 * Moves one maintenance whose instant has come one step, in one transaction with its effects (rule 1).
 * @param except the ids to pass over: one that cannot be moved must not hold up the others
 */
export async function advanceOne(ground: Ground, except: readonly number[] = []): Promise<Advance> {
  let id: number | undefined;
  try {
    await ground.database.$transaction(async (tx) => {
      const now = ground.clock.now();
      const due = await lockDue(tx, now, except);
      if (due === undefined) return;
      id = due.id;
      await advance(tx, due, now);
    });
  } catch (error) {
    // Without an id it is the database that failed, which is the scheduler's to wait for.
    if (id === undefined) throw error;
    return { outcome: 'failed', id, error };
  }
  return id === undefined ? { outcome: 'idle' } : { outcome: 'moved', id };
}

async function advance(tx: Queries, due: { accountId: number; id: number }, now: Date): Promise<void> {
  const actor = lullIn(due.accountId);
  const maintenance = await lock(tx, due.accountId, due.id);
  const step = dueStep(maintenance, now);
  switch (step?.kind) {
    case 'start':
      await begin(tx, actor, maintenance, now, step.lateBy);
      return;
    case 'finish':
      await end(tx, actor, maintenance, now, 'succeed', 'finish');
      return;
    case 'miss': {
      const missed = await updateMaintenance(tx, maintenance, { status: 'failed', missed: true, nextDueAt: null }, now);
      await record(tx, actor, now, {
        action: 'miss',
        maintenanceId: missed.id,
        before: { status: maintenance.status },
        after: { status: missed.status, missed: true },
      });
      await announceEverywhere(tx, missed);
      return;
    }
    case undefined:
      throw new Error(`maintenance ${due.id} has a due instant that its status and times do not explain`);
  }
}
