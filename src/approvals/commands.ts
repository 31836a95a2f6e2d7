import { record } from '../audit/record.ts';
import { Refusal } from '../core/errors.ts';
import { type Actor, mustBeAllowed } from '../core/permissions.ts';
import { announceEverywhere, type Coverage } from '../maintenance/commands/announce.ts';
import { lock } from '../maintenance/commands/find.ts';
import { notifyOwner } from '../maintenance/commands/notify-owner.ts';
import { STANDS } from '../maintenance/lifecycle.ts';
import { updateMaintenance } from '../maintenance/repository/changes.ts';
import { touchedScopes } from '../maintenance/repository/coverage.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { LONGEST_COMMENT, problemsOfText } from '../maintenance/window.ts';
import type { Queries } from '../platform/database.ts';
import { type Ground, transactOnce } from '../platform/transactions.ts';
import { type Approvable, askedAgain, isSecondPerson } from './rules.ts';

/**
 * Approves a scheduled maintenance, so that it may start. One that was declined may be approved all the same.
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden` for one who asked for it, `not-found`, or `conflict` when nothing waits for an approval
 */
export async function approve(
  ground: Ground,
  actor: Actor,
  id: number,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'approve');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    mustAwait(maintenance, ['pending', 'declined']);
    if (!isSecondPerson(maintenance, actor.id)) {
      throw new Refusal(
        'forbidden',
        `${actor.name} asked for maintenance ${id}, or changed it since; a second person has to approve it.`,
      );
    }
    const approved = await updateMaintenance(tx, maintenance, { approval: 'approved', requestedBy: [] }, now);
    await record(tx, actor, now, {
      action: 'approve',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval, requested_by: [...maintenance.requestedBy] },
      after: { approval: approved.approval },
    });
    await announceEverywhere(tx, approved);
    return approved;
  });
}

/** @throws Refusal `conflict` when what a second person says to it makes no difference */
export function mustAwait({ id, status, approval }: Maintenance, from: readonly string[]): void {
  if (status !== 'scheduled') {
    throw new Refusal('conflict', `Maintenance ${id} ${STANDS[status]}; only a scheduled one waits for approval.`);
  }
  if (approval === null) throw new Refusal('conflict', `Maintenance ${id} needs no approval.`);
  if (!from.includes(approval)) throw new Refusal('conflict', `Maintenance ${id} is ${approval} already.`);
}

/**
 * Declines a scheduled maintenance: it stays, and does not start unless it is changed or approved after all.
 * @returns undefined when the request `once` was acted upon before
 * @throws Refusal `forbidden`, `not-found`, `invalid` for an endless reason, or `conflict` when nothing waits for approval
 */
export async function decline(
  ground: Ground,
  actor: Actor,
  id: number,
  reason: string | undefined,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'approve');
  const why = reason?.trim() ?? '';
  const problems = problemsOfText('reason', why, LONGEST_COMMENT);
  if (problems.length > 0) throw Refusal.invalid(problems);
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await lock(tx, actor, id);
    mustAwait(maintenance, ['pending']);
    const declined = await updateMaintenance(tx, maintenance, { approval: 'declined' }, now);
    const event = await record(tx, actor, now, {
      action: 'decline',
      maintenanceId: id,
      internal: true,
      before: { approval: maintenance.approval },
      after: { approval: declined.approval, ...(why === '' ? {} : { reason: why }) },
    });
    await announceEverywhere(tx, declined);
    await notifyOwner(tx, declined, `declined:${event}`, event);
    return declined;
  });
}

/** Whether any scope that a window touches wants a second person's approval. */
export async function needsApproval(
  db: Queries,
  accountId: number,
  about: Pick<Coverage, 'scopeId' | 'services' | 'checks'>,
): Promise<boolean> {
  return (await touchedScopes(db, accountId, about)).some(({ requiresApproval }) => requiresApproval);
}

/** How a changed maintenance stands with those who approve. @param about what it touches from now on */
export async function askAgain(
  tx: Queries,
  actor: Actor,
  maintenance: Maintenance,
  about: Pick<Coverage, 'scopeId' | 'services' | 'checks'>,
): Promise<Approvable> {
  return askedAgain(maintenance, await needsApproval(tx, actor.accountId, about), actor.id);
}
