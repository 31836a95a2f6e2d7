import { TIMELINE_EVENT_TYPES, type TimelineEventType } from '../../audit/events.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import type { TimelineEntry } from '../../status-page/timeline-repository.ts';
import { dateText } from './form.ts';

export interface DocumentOptions {
  /** Where Lull is reached, without a slash at the end. */
  readonly origin: string;
  /** The IANA zone of dates. */
  readonly zone: string;
}

export function maintenanceDocument(
  maintenance: Maintenance,
  entries: readonly TimelineEntry[],
  { origin, zone }: DocumentOptions,
) {
  const { id, scope, services } = maintenance;
  const [service] = services;
  return {
    creation_date: dateText(maintenance.createdAt, zone),
    description: maintenance.description,
    end_date: dateText(maintenance.endedAt, zone),
    events: entries.map((entry) => eventDocument(entry, zone)),
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

/** ProdManager's type of each event; null: not shown. Comments come from their table. */
const EVENT_LABELS: Readonly<Record<TimelineEventType, 'create' | 'update' | null>> = {
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

export const SHOWN_EVENTS = TIMELINE_EVENT_TYPES.filter((type) => EVENT_LABELS[type] !== null);

function eventDocument({ at, internal, content: entry }: TimelineEntry, zone: string) {
  const shown =
    'comment' in entry
      ? { content: entry.comment, type: 'comment' }
      : { content: JSON.stringify(entry.after ?? {}), type: EVENT_LABELS[entry.type] };
  return { content: shown.content, creation_date: dateText(at, zone), internal, type: shown.type };
}

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
