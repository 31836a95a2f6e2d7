import { TIMELINE_EVENT_TYPES, type TimelineEventType } from '../../audit/events.ts';
import { comment } from '../../comments/commands.ts';
import { difference } from '../../core/merge.ts';
import { type Actor, toReader } from '../../core/permissions.ts';
import { edit, type MaintenanceEdit, revertToScheduled } from '../../maintenance/commands/edit.ts';
import { schedule } from '../../maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../maintenance/commands/transitions.ts';
import { findVisible, type Maintenance } from '../../maintenance/repository/maintenances.ts';
import { can } from '../../maintenance/rules/lifecycle.ts';
import { SERVICE_STATUSES, STATUSES, type Status } from '../../maintenance/rules/status.ts';
import { START_GRACE_MS } from '../../maintenance/rules/validation.ts';
import { viewFor } from '../../maintenance/rules/visibility.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { readTimelines, type TimelineEntry } from '../../status-page/timeline-repository.ts';
import { dateText, Failure, Fields, type Form, resourceNotFound } from './form.ts';

export interface RequestContext {
  readonly ctx: ActionContext;
  readonly actor: Actor;
  /** Where Lull is reached, without a slash at the end. */
  readonly origin: string;
  /** The IANA zone of dates. */
  readonly zone: string;
}

/** @throws Failure 404, also for one that the actor may not see */
export async function getVisibleMaintenance({ ctx, actor }: RequestContext, id: number): Promise<Maintenance> {
  const reader = toReader(actor);
  const found = await findVisible(ctx.database, actor.accountId, reader, id);
  const shown = found && viewFor(reader, found);
  if (shown === undefined) throw resourceNotFound('maintenance', id);
  return shown;
}

export async function toDocuments(request: RequestContext, maintenances: readonly Maintenance[]) {
  const { ctx, actor } = request;
  const reader = toReader(actor);
  const shown = maintenances.flatMap((maintenance) => viewFor(reader, maintenance) ?? []);
  const ids = shown.map(({ id }) => id);
  const timelines = await readTimelines(ctx.database, actor.accountId, ids, SHOWN_EVENTS, reader);
  return shown.map((maintenance) => maintenanceDocument(maintenance, timelines.get(maintenance.id) ?? [], request));
}

/** @returns the id of the new maintenance */
export async function createFromForm({ ctx, actor, zone }: RequestContext, form: Form): Promise<number> {
  const fields = new Fields(form, zone);
  const input = {
    name: fields.required('name'),
    scopeId: fields.requiredId('scope'),
    services: [fields.requiredId('service')],
    serviceStatus: fields.oneOf('service_status', SERVICE_STATUSES),
    start: fields.requiredDate('scheduled_start_date'),
    end: fields.requiredDate('scheduled_end_date'),
    description: fields.text('description') ?? '',
    externalReference: fields.text('external_reference') || null,
    externalLink: fields.text('external_link') || null,
    timezone: zone,
    visibility: 'public',
    checks: null,
    channels: [],
  } as const;
  fields.check();
  return (await schedule(ctx, actor, input)).id;
}

export async function commentFromForm({ ctx, actor, zone }: RequestContext, id: number, form: Form): Promise<void> {
  const fields = new Fields(form, zone);
  const input = { text: fields.required('comment'), internal: fields.flag('internal') };
  fields.check();
  await comment(ctx, actor, id, input);
}

/**
 * Updates a maintenance from the whole object as it was shown, with changes: first its fields, then its status. Optional
 * fields that are absent, and a scope or service that it does not have, stay unchanged.
 */
export async function updateFromForm(request: RequestContext, id: number, form: Form): Promise<void> {
  const { ctx, actor, zone } = request;
  const shown = await getVisibleMaintenance(request, id);
  const read = (current: Maintenance) => readUpdate(new Fields(form, zone), current, ctx.clock.now());
  const { changes, status, window } = read(shown);
  // What differs is decided again from the locked maintenance.
  if (changes !== undefined) await edit(ctx, actor, id, (locked) => read(locked).changes ?? {});
  if (status === shown.status) return;
  if (status === 'scheduled') await revertToScheduled(ctx, actor, id, window);
  else if (status === 'in-progress') await start(ctx, actor, id);
  else if (status === 'canceled') await cancel(ctx, actor, id, undefined);
  else await finish(ctx, actor, id, status);
}

/** @throws Failure with every wrong field, or when the status cannot change like this */
function readUpdate(fields: Fields, current: Maintenance, now: Date) {
  const { scope, services, scheduledStart, scheduledEnd } = current;
  const [service] = services;
  const status = fields.oneOf('status', STATUSES);
  const window = {
    start: fields.requiredDate('scheduled_start_date', scheduledStart),
    end: fields.requiredDate('scheduled_end_date', scheduledEnd),
  };
  const before = {
    name: current.name,
    serviceStatus: current.serviceStatus,
    description: current.description.trim(),
    externalReference: current.externalReference || null,
    externalLink: current.externalLink || null,
    scopeId: scope?.id ?? null,
    services: services.map(({ id }) => id),
    start: scheduledStart,
    end: scheduledEnd,
  };
  const scopeId = scope === null ? fields.id('scope') : fields.requiredId('scope');
  const serviceId = service === undefined ? fields.id('service') : fields.requiredId('service');
  const after: typeof before = {
    name: fields.required('name'),
    serviceStatus: fields.oneOf('service_status', SERVICE_STATUSES),
    description: fields.text('description') ?? before.description,
    externalReference: (fields.text('external_reference') ?? before.externalReference) || null,
    externalLink: (fields.text('external_link') ?? before.externalLink) || null,
    scopeId: scopeId ?? before.scopeId,
    services: serviceId === undefined || serviceId === service?.id ? before.services : [serviceId],
    // Reverting takes the window as it is sent.
    ...(current.status === 'in-progress' && status === 'scheduled'
      ? { start: scheduledStart, end: scheduledEnd }
      : window),
  };
  validateRecordedTimes(fields, current, status, now);
  fields.check();
  assertTransition(current, status);
  const changes: MaintenanceEdit | undefined = difference(before, after)?.after;
  return { changes, status, window };
}

/** Lull records when a maintenance starts and ends, so the form may have the recorded instants, or now for a new status. */
function validateRecordedTimes(fields: Fields, current: Maintenance, status: Status, now: Date): void {
  const validate = (field: string, recorded: Date | null, reason: string) => {
    const sent = fields.date(field, recorded);
    // When a maintenance is reverted, both are cleared.
    if (status === 'scheduled' || sent === undefined || sent === recorded) return;
    const isNow = Math.abs(sent.getTime() - now.getTime()) <= START_GRACE_MS;
    if (recorded !== null || !isNow) fields.refuse(field, reason);
  };
  validate('start_date', current.startedAt, 'When a maintenance began is recorded as it begins. Leave it out.');
  validate('end_date', current.endedAt, 'When a maintenance ended is recorded as it ends. Leave it out.');
}

function assertTransition({ id, status: from }: Maintenance, to: Status): void {
  const possible = {
    scheduled: from === 'in-progress',
    'in-progress': can(from, 'start'),
    canceled: can(from, 'cancel'),
    succeed: can(from, 'finish'),
    failed: can(from, 'finish'),
  };
  if (from === to || possible[to]) return;
  throw new Failure(409, { status: [`Maintenance ${id} is ${from}; from there it cannot become ${to}.`] });
}

function maintenanceDocument(
  maintenance: Maintenance,
  entries: readonly TimelineEntry[],
  { origin, zone }: RequestContext,
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

const SHOWN_EVENTS = TIMELINE_EVENT_TYPES.filter((type) => EVENT_LABELS[type] !== null);

function eventDocument({ at, internal, content: entry }: TimelineEntry, zone: string) {
  const shown =
    'comment' in entry
      ? { content: entry.comment, type: 'comment' }
      : { content: JSON.stringify(entry.after ?? {}), type: EVENT_LABELS[entry.type] };
  return { content: shown.content, creation_date: dateText(at, zone), internal, type: shown.type };
}
