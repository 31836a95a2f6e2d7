import { TIMELINE_EVENT_TYPES, type TimelineEventType } from '../../audit/events.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import type { TimelineEntry } from '../../status-page/timeline-repository.ts';
import { dateText } from './fields.ts';

export interface DocumentOptions {
  /** Where people and tools reach Lull, without a slash at its end. */
  readonly origin: string;
  /** The IANA zone that dates are of. */
  readonly zone: string;
}

/** A maintenance as it is shown, with its members in order. */
export function maintenanceDocument(
  maintenance: Maintenance,
  happenings: readonly TimelineEntry[],
  shown: DocumentOptions,
) {
  const { id, scope, services } = maintenance;
  const { origin, zone } = shown;
  const service = services[0];
  return {
    creation_date: dateText(maintenance.createdAt, zone),
    description: maintenance.description,
    end_date: dateText(maintenance.endedAt, zone),
    events: happenings.map((happening) => eventDocument(happening, zone)),
    external_link: maintenance.externalLink,
    external_reference: maintenance.externalReference,
    id,
    links: {
      calendar: `${origin}/api/maintenance/${id}/calendar`,
      scope: scope && `${origin}/api/scope/${scope.id}`,
      self: `${origin}/api/maintenance/${id}`,
      service: service === undefined ? null : `${origin}/api/service/${service.id}`,
    },
    name: maintenance.name,
    scheduled_end_date: dateText(maintenance.scheduledEnd, zone),
    scheduled_start_date: dateText(maintenance.scheduledStart, zone),
    scope: scope?.id ?? null,
    service: service?.id ?? null,
    service_status: maintenance.serviceStatus,
    start_date: dateText(maintenance.startedAt, zone),
    status: maintenance.status,
  };
}

/** What an event of each type is called among those of a maintenance; null: not shown. Comments are read as such. */
const EVENT_WORDS: Readonly<Record<TimelineEventType, 'create' | 'update' | null>> = {
  'maintenance.scheduled': 'create',
  'maintenance.changed': 'update',
  'maintenance.rescheduled': 'update',
  'maintenance.approved': 'update',
  'maintenance.declined': 'update',
  'maintenance.approval_expired': 'update',
  'maintenance.started': 'update',
  'maintenance.extended': 'update',
  'maintenance.finished': 'update',
  'maintenance.canceled': 'update',
  'maintenance.skipped': 'update',
  'maintenance.missed': 'update',
  'maintenance.reminded': null,
  'maintenance.reopened': null,
  'maintenance.deleted': null,
  'maintenance.checks_switched': null,
  'maintenance.checks_unhealthy': null,
  'maintenance.commented': null,
  'maintenance.comment_changed': null,
  'maintenance.comment_deleted': null,
  'maintenance.freeze_entered': null,
  'maintenance.freeze_overridden': null,
  'maintenance.announcement_failed': null,
  'webhook.disabled': null,
};

export const SHOWN_EVENTS = TIMELINE_EVENT_TYPES.filter((type) => EVENT_WORDS[type] !== null);

function eventDocument({ at, internal, told }: TimelineEntry, zone: string) {
  const shown =
    'comment' in told
      ? { content: told.comment, type: 'comment' }
      : { content: JSON.stringify(told.after ?? {}), type: EVENT_WORDS[told.type] };
  return { content: shown.content, creation_date: dateText(at, zone), internal, type: shown.type };
}

/** A scope or a service as it is shown, with its members in order. */
export function namedDocument(
  kind: 'scope' | 'service',
  { id, name, description }: { readonly id: number; readonly name: string; readonly description: string },
  maintenances: number,
  { origin }: Pick<DocumentOptions, 'origin'>,
) {
  return {
    description,
    id,
    links: { maintenances: `${origin}/api/maintenance?${kind}=${id}`, self: `${origin}/api/${kind}/${id}` },
    maintenances_count: maintenances,
    name,
  };
}
