import type { Ground } from '../actions/action.ts';
import { type Asked, approvalRequest } from '../slack/messages/approval-request.ts';
import type { Message } from '../slack/messages/message.ts';
import { type Decisions, decisionsOn, postedAsks, updateAsk } from '../store/asks.ts';
import type { Queries } from '../store/database.ts';
import type { Effects } from '../store/jobs.ts';
import { findMaintenance, type Maintenance } from '../store/maintenances.ts';
import { type Poster, PostRefused } from './announce.ts';

/** A message that asks for an approval, and whether it asks still. @param round how often it was decided upon before */
export async function drawAsk(
  db: Queries,
  maintenance: Maintenance,
  round: number,
): Promise<{ message: Message; open: boolean }> {
  const asked = standing(maintenance, round, await decisionsOn(db, maintenance.accountId, maintenance.id));
  return { message: approvalRequest(maintenance, asked), open: asked.state === 'open' };
}

function standing({ status, approval }: Maintenance, round: number, { count, by }: Decisions): Asked {
  const scheduled = status === 'scheduled';
  if (scheduled && approval === 'pending') return { state: count === round ? 'open' : 'again' };
  if (by !== undefined && count > round && (approval === 'approved' || approval === 'declined')) {
    return { state: approval, by };
  }
  return { state: 'closed' };
}

/** Brings the messages that ask somebody for approvals up to date. Those that were answered say so, and stay as they are. */
export async function keepAsksTrue(
  { database }: Ground,
  poster: Poster,
  { accountId, person }: Effects['notify'],
): Promise<void> {
  for (const { id, maintenanceId, round, ts, rendered: shown } of await postedAsks(database, accountId, person)) {
    const maintenance = await findMaintenance(database, accountId, maintenanceId);
    if (maintenance === undefined || ts === '') {
      await updateAsk(database, id, { asks: false });
      continue;
    }
    const { message, open } = await drawAsk(database, maintenance, round);
    const rendered = JSON.stringify(message);
    try {
      if (rendered !== shown) await poster.update(accountId, person, ts, message);
    } catch (error) {
      // The person deleted it, or is not there any more: nothing is left to be kept true.
      if (!(error instanceof PostRefused) || (error.reason.kind !== 'gone' && error.reason.kind !== 'final'))
        throw error;
      await updateAsk(database, id, { asks: false });
      continue;
    }
    await updateAsk(database, id, { rendered, ...(open ? {} : { asks: false }) });
  }
}
