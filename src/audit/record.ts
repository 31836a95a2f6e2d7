import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { nextId } from '../platform/ids.ts';
import { isDelivered } from '../webhooks/messages.ts';
import { enqueueDeliveries } from '../webhooks/repository.ts';
import type { AuditEvent } from './events.ts';
import { insertEvent, subjectColumns } from './repository.ts';

/** Writes the audit row of a change in its transaction, and enqueues its webhook deliveries. @returns the row's id */
export async function record(db: Queries, actor: Actor, at: Date, event: AuditEvent): Promise<number> {
  const { type, maintenanceId, subject, internal = false, before, after } = event;
  const { accountId, id: actorId, name: actorName, source } = actor;
  const id = await nextId(db, 'audit_events');
  await insertEvent(db, {
    ...{ id, accountId, at, actorId, actorName, source, type, internal },
    ...(maintenanceId === undefined ? {} : { maintenanceId }),
    ...(subject && subjectColumns(subject)),
    ...(before && { before }),
    ...(after && { after }),
  });
  if (maintenanceId !== undefined && isDelivered(type)) {
    await enqueueDeliveries(db, { accountId, maintenanceId, eventId: id, type, internal, at });
  }
  return id;
}
