import { comment } from '../../comments/commands.ts';
import { toReader } from '../../core/permissions.ts';
import { type Correction, correct } from '../../maintenance/commands/correct.ts';
import { schedule } from '../../maintenance/commands/schedule.ts';
import { findVisible } from '../../maintenance/repository/list.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { OPEN_STATUSES, SERVICE_STATUSES, STATUSES } from '../../maintenance/rules/status.ts';
import { computeEndedAt } from '../../maintenance/rules/times.ts';
import { viewFor } from '../../maintenance/rules/visibility.ts';
import { readTimelines, type TimelineEntry } from '../../status-page/timeline-repository.ts';
import { dateText, Fields, type Form, resourceNotFound } from './form.ts';
import type { RequestContext } from './router.ts';
import { eventDocument, SHOWN_EVENTS } from './timeline.ts';

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
 * Updates a maintenance from the whole object as it was shown, with changes. Optional fields that are absent are cleared,
 * except the recorded dates; a scope or service that it does not have stays absent.
 * @throws Failure with every wrong field, or what correcting a maintenance throws
 */
export async function updateFromForm({ ctx, actor, zone }: RequestContext, id: number, form: Form): Promise<void> {
  await correct(ctx, actor, id, (current) => readUpdate(new Fields(form, zone), current, ctx.clock.now()));
}

/** @throws Failure with every wrong field */
function readUpdate(fields: Fields, current: Maintenance, now: Date): Correction {
  const { scope, services } = current;
  const [service] = services;
  const status = fields.oneOf('status', STATUSES);
  const scopeId = scope === null ? fields.id('scope') : fields.requiredId('scope');
  const serviceId = service === undefined ? fields.id('service') : fields.requiredId('service');
  // As on ProdManager's server, another outcome of one that is over ends it now, unless the form has its end.
  const endsAgain = status !== current.status && (status === 'succeed' || status === 'failed') && current.endedAt;
  const isMoved = serviceId !== undefined && serviceId !== service?.id;
  const correction = {
    status,
    name: fields.required('name'),
    serviceStatus: fields.oneOf('service_status', SERVICE_STATUSES),
    description: fields.optional('description', current.description),
    externalReference: fields.optional('external_reference', current.externalReference) || null,
    externalLink: fields.optional('external_link', current.externalLink) || null,
    // A scope that was taken from the services would change with them; here the two are independent.
    ...(scopeId !== undefined && (isMoved || scopeId !== scope?.id) && { scopeId }),
    ...(isMoved && { services: [serviceId] }),
    start: fields.requiredDate('scheduled_start_date', current.scheduledStart),
    end: fields.requiredDate('scheduled_end_date', current.scheduledEnd),
    startedAt: readRecorded(fields, 'start_date', current.startedAt, status !== 'scheduled'),
    endedAt:
      readRecorded(fields, 'end_date', current.endedAt, !OPEN_STATUSES.includes(status)) ??
      (endsAgain ? computeEndedAt(current, now) : undefined),
  };
  fields.check();
  return correction;
}

/** When it started or ended. A status that has no such date takes the recorded one too, as clients send back what they got. */
function readRecorded(fields: Fields, field: string, recorded: Date | null, exists: boolean): Date | undefined {
  const sent = fields.date(field, recorded);
  if (exists || sent === undefined) return sent;
  if (sent !== recorded) fields.refuse(field, 'With this status there is no such date. Leave it empty.');
  return undefined;
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
    description: maintenance.description || null,
    end_date: dateText(maintenance.endedAt, zone),
    events: entries.flatMap((entry) => eventDocument(entry, maintenance, zone) ?? []),
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
