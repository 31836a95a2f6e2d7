import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { nextId } from '../platform/ids.ts';
import { isDelivered } from '../webhooks/messages.ts';
import { enqueueDeliveries } from '../webhooks/repository.ts';
import type { AuditEvent } from './events.ts';
import { insertEvent } from './repository.ts';

/** Writes the audit row of a change in its transaction, and enqueues its webhook deliveries. @returns the row's id */
export async function record(db: Queries, actor: Actor, at: Date, event: AuditEvent): Promise<number> {
  const { type, maintenanceId, internal = false } = event;
  const { accountId } = actor;
  const id = await nextId(db, 'audit_events');
  await insertEvent(db, { id, actor, at, event });
  if (maintenanceId !== undefined && isDelivered(type)) {
    await enqueueDeliveries(db, { accountId, maintenanceId, eventId: id, type, internal, at });
  }
  return id;
}
