import { TIMELINE_EVENT_TYPES, type TimelineEvent, type TimelineEventType } from '../../audit/events.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import type { TimelineEntry } from '../../status-page/timeline-repository.ts';
import { dateText } from './form.ts';

/** ProdManager's type of each event; null: not shown. Comments come from their table. */
const EVENT_LABELS: Readonly<Record<TimelineEventType, 'create' | 'update' | null>> = {
  'maintenance.scheduled': 'create',
  'maintenance.changed': 'update',
  'maintenance.corrected': 'update',
  'maintenance.rescheduled': 'update',
  'maintenance.approved': null,
  'maintenance.declined': null,
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
  'maintenance.freeze_skipped': 'update',
  'maintenance.freeze_moved': 'update',
  'maintenance.freeze_entered': null,
  'maintenance.freeze_overridden': null,
  'maintenance.announcement_failed': null,
  'maintenance.owner_deactivated': null,
  'webhook.disabled': null,
};

export const SHOWN_EVENTS = TIMELINE_EVENT_TYPES.filter((type) => EVENT_LABELS[type] !== null);

/**
 * An entry of `events`. Like ProdManager's, the content of a creation is all fields, that of an update `{"field": [old, new]}`,
 * and both are internal.
 * @param zone the IANA zone of dates
 * @returns undefined for an update of fields that ProdManager does not have
 */
export function eventDocument({ at, internal, content: entry }: TimelineEntry, maintenance: Maintenance, zone: string) {
  const shown = (type: string, content: string, isInternal: boolean) => ({
    content,
    creation_date: dateText(at, zone),
    internal: isInternal,
    type,
  });
  if ('comment' in entry) return shown('comment', entry.comment, internal);
  if (entry.type === 'maintenance.scheduled') {
    return shown('create', JSON.stringify(createdFields(entry, maintenance, zone)), true);
  }
  const changes = changedFields(entry, zone);
  return Object.keys(changes).length === 0 ? undefined : shown('update', JSON.stringify(changes), true);
}

function createdFields(
  { after }: TimelineEvent<'maintenance.scheduled'>,
  { createdAt, services: [shown] }: Maintenance,
  zone: string,
) {
  const { services = [] } = after;
  return {
    name: after.name,
    description: after.description || null,
    external_reference: after.external_reference ?? null,
    external_link: after.external_link ?? null,
    status: 'scheduled',
    scope: after.scope ?? null,
    // ProdManager has one service: of several, the one that is shown elsewhere.
    service: services.find((id) => id === shown?.id) ?? services[0] ?? null,
    service_status: after.service_status,
    creation_date: dateText(createdAt, zone),
    scheduled_start_date: dateText(new Date(after.scheduled_start_date), zone),
    scheduled_end_date: dateText(new Date(after.scheduled_end_date), zone),
    start_date: null,
    end_date: null,
  };
}

type Render = (value: unknown, zone: string) => unknown;

const plain: Render = (value) => value ?? null;
const orNull: Render = (value) => value || null;
const date: Render = (value, zone) => (typeof value === 'string' ? dateText(new Date(value), zone) : null);
/** `IN_PROGRESS` for `in-progress`. */
const constant: Render = (value) => (typeof value === 'string' ? value.toUpperCase().replaceAll('-', '_') : null);
const first: Render = (value) => (Array.isArray(value) ? (value[0] ?? null) : null);

/** By Lull's name of each field, ProdManager's name and values in events. */
const CHANGED_FIELDS: Readonly<Record<string, readonly [name: string, render: Render]>> = {
  name: ['name', plain],
  external_reference: ['external_reference', plain],
  external_link: ['external_link', plain],
  description: ['description', orNull],
  status: ['status', constant],
  scheduled_start_date: ['scheduled_start_date', date],
  scheduled_end_date: ['scheduled_end_date', date],
  start_date: ['start_date', date],
  end_date: ['end_date', date],
  service_status: ['service_status', constant],
  scope: ['scope_id', plain],
  services: ['service_id', first],
};

function changedFields({ before = {}, after = {} }: TimelineEvent, zone: string): Record<string, [unknown, unknown]> {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return Object.fromEntries(
    Object.entries(CHANGED_FIELDS).flatMap(([field, [name, render]]) => {
      const [was, is] = [render(old.get(field), zone), render(now.get(field), zone)];
      return !now.has(field) || was === is ? [] : [[name, [was, is]]];
    }),
  );
}
