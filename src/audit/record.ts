import type { Prisma } from '../../prisma/client/client.ts';
import type { Actor } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { enqueueDeliveries } from '../webhooks/repository.ts';

/** What is recorded of a change. `before` and `after` hold the fields that changed, as the HTTP interface names them. */
export interface EventInput {
  action: string;
  maintenanceId?: number;
  /** What else it was about, e.g. `service:4`. */
  subject?: string;
  internal?: boolean;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/** Writes the audit row of a change, in its transaction, and has webhooks told of it. Returns the event's id. */
export async function record(db: Queries, actor: Actor, at: Date, event: EventInput): Promise<number> {
  const row = await db.auditEvent.create({
    data: {
      accountId: actor.accountId,
      at,
      actorId: actor.id,
      actorName: actor.name,
      source: actor.source,
      ...event,
    },
    select: { id: true },
  });
  const { action, maintenanceId, internal = false } = event;
  if (maintenanceId !== undefined) {
    await enqueueDeliveries(db, { accountId: actor.accountId, maintenanceId, eventId: row.id, action, internal, at });
  }
  return row.id;
}
