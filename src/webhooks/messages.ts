import { type EventType, nothing, type Renderers, type TimelineEventType } from '../audit/events.ts';

/** The data of a message besides the maintenance and its change. */
interface MessageData {
  readonly comment?: string;
}

const maintenanceAlone = (): MessageData => ({});

/** What webhooks receive of each type of event. The message has the type of its event. */
export const WEBHOOK_DATA: Renderers<[], MessageData | undefined> = {
  'maintenance.scheduled': maintenanceAlone,
  'maintenance.changed': maintenanceAlone,
  'maintenance.corrected': maintenanceAlone,
  'maintenance.rescheduled': maintenanceAlone,
  'maintenance.approved': maintenanceAlone,
  'maintenance.declined': maintenanceAlone,
  'maintenance.approval_expired': maintenanceAlone,
  'maintenance.reminded': maintenanceAlone,
  'maintenance.started': maintenanceAlone,
  'maintenance.extended': maintenanceAlone,
  'maintenance.finished': maintenanceAlone,
  'maintenance.canceled': maintenanceAlone,
  'maintenance.skipped': maintenanceAlone,
  'maintenance.missed': maintenanceAlone,
  'maintenance.reopened': maintenanceAlone,
  'maintenance.deleted': maintenanceAlone,
  'maintenance.checks_switched': maintenanceAlone,
  'maintenance.checks_unhealthy': maintenanceAlone,
  'maintenance.commented': ({ after: { comment } }) => ({ comment }),
  'maintenance.comment_changed': ({ after: { comment } }) => ({ comment }),
  'maintenance.comment_deleted': maintenanceAlone,
  'maintenance.freeze_skipped': maintenanceAlone,
  'maintenance.freeze_moved': maintenanceAlone,
  'maintenance.freeze_entered': nothing,
  'maintenance.freeze_overridden': nothing,
  'maintenance.announcement_failed': nothing,
  'maintenance.owner_deactivated': nothing,
  'webhook.disabled': nothing,
};

const delivered = new Set<string>(
  Object.entries(WEBHOOK_DATA).flatMap(([type, data]) => (data === nothing ? [] : [type])),
);

export function isDelivered(type: EventType): type is TimelineEventType {
  return delivered.has(type);
}

/** The type of a test message. */
export const PING_EVENT = 'ping';

/** The types of messages that a webhook can receive. */
export const MESSAGE_TYPES: readonly string[] = [...delivered, PING_EVENT];
