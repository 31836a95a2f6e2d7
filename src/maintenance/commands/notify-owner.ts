import { findPersonKind } from '../../channels.ts';
import type { Queries } from '../../platform/database.ts';
import { enqueue } from '../../platform/jobs.ts';
import { findOwner, insertNotice } from '../repository/notices.ts';

/** What needs the owner of a maintenance. Each is said once for a maintenance, however often it happens. */
export type NoticeReason =
  /** A provider did not switch a check off. */
  | 'not-switched-off'
  /** A provider does not switch a check on again. */
  | 'not-switched-on'
  | 'started-late'
  | 'ended-late'
  | 'missed'
  /** Checks of this provider are off or fail some time after its end. */
  | `not-watching:${string}`
  /** Nobody approved it until its start. */
  | 'not-approved'
  /** It was declined, as this event says. */
  | `declined:${number}`
  /** A webhook, by its id, was disabled with something about it undelivered. */
  | `webhook-disabled:${number}`
  /** It cannot be announced in this channel. */
  | `not-announced:${string}`;

/**
 * Has the owner told of an event in a direct message, in the caller's transaction. An owner who came over HTTP has none: the
 * threads tell of the event all the same.
 * @param eventId of the audit event that says what happened
 */
export async function notifyOwner(
  tx: Queries,
  { accountId, id }: { readonly accountId: number; readonly id: number },
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  const person = await findOwner(tx, accountId, id);
  if (person !== undefined) await notifyPerson(tx, { accountId, id }, person, reason, eventId);
}

/** The same for somebody else whom it concerns; nothing for who has no direct messages. */
export async function notifyPerson(
  tx: Queries,
  { accountId, id }: { readonly accountId: number; readonly id: number },
  person: string,
  reason: NoticeReason,
  eventId: number,
): Promise<void> {
  if (findPersonKind(person) === undefined) return;
  if (await insertNotice(tx, { accountId, maintenanceId: id, personId: person, reason, eventId })) {
    await enqueue(tx, 'notify', { accountId, person });
  }
}
