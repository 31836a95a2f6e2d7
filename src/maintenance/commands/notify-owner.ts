import { findPersonKind } from '../../channels.ts';
import type { Queries } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { findOwner, insertNotice } from '../repository/notices.ts';

/** Why the owner of a maintenance is notified: once per maintenance and reason. */
export type NoticeReason =
  /** A provider did not mute a check. */
  | 'not-switched-off'
  /** A provider did not unmute a check. */
  | 'not-switched-on'
  | 'started-late'
  | 'ended-late'
  | 'missed'
  /** Checks of this provider are off or failing some time after the end. */
  | `not-watching:${string}`
  | 'not-approved'
  /** By the id of the event. */
  | `declined:${number}`
  /** A webhook, by its id, was disabled before it got all events of the maintenance. */
  | `webhook-disabled:${number}`
  /** In this channel. */
  | `not-announced:${string}`;

/** Notifies the owner of an event in a direct message, if the owner is a person in a chat. */
export async function notifyOwner(
  tx: Queries,
  { accountId, id }: Pick<Maintenance, 'accountId' | 'id'>,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  const person = await findOwner(tx, accountId, id);
  if (person !== undefined) await notifyPerson(tx, { accountId, id }, person, reason, eventId);
}

/** Notifies another person of an event, if direct messages reach them. */
export async function notifyPerson(
  tx: Queries,
  { accountId, id }: Pick<Maintenance, 'accountId' | 'id'>,
  person: string,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  if (findPersonKind(person) === undefined) return;
  if (await insertNotice(tx, { accountId, maintenanceId: id, personId: person, reason, eventId })) {
    await enqueue(tx, 'notify', { accountId, person });
  }
}
