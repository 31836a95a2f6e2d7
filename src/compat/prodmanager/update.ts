import type { Interval } from '../../core/time.ts';
import { edit, type MaintenanceEdit, revertToScheduled } from '../../maintenance/commands/edit.ts';
import { cancel, finish } from '../../maintenance/commands/finish.ts';
import { start } from '../../maintenance/commands/start.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { can } from '../../maintenance/rules/lifecycle.ts';
import { SERVICE_STATUSES, STATUSES, type Status } from '../../maintenance/rules/status.ts';
import { START_GRACE_MS } from '../../maintenance/rules/validation.ts';
import { Failure } from './failure.ts';
import { Fields } from './fields.ts';
import type { Form } from './form.ts';
import { getVisibleMaintenance, type RequestContext } from './maintenance.ts';

/**
 * Updates a maintenance from the whole object as it was shown, with what is to be different: first what it says, then its
 * status. A scope or a service that it has none of, and what is not sent of the optional fields, stays as it is.
 */
export async function updateFromForm(asking: RequestContext, id: number, form: Form): Promise<void> {
  const { ctx, actor, zone } = asking;
  const is = await getVisibleMaintenance(asking, id);
  const fields = new Fields(form, zone);
  const status = fields.oneOf('status', STATUSES);
  const window = {
    start: fields.requiredDate('scheduled_start_date', is.scheduledStart),
    end: fields.requiredDate('scheduled_end_date', is.scheduledEnd),
  };
  const changes = contentIn(fields, is);
  recorded(fields, is, status, ctx.clock.now());
  fields.check();

  mustBeAbleTo(is, status);
  const goesBack = is.status === 'in-progress' && status === 'scheduled';
  const all = goesBack ? changes : { ...changes, ...timesIn(window, is) };
  if (Object.keys(all).length > 0) await edit(ctx, actor, id, all);
  if (status === is.status) return;
  switch (status) {
    case 'scheduled':
      await revertToScheduled(ctx, actor, id, window);
      return;
    case 'in-progress':
      await start(ctx, actor, id);
      return;
    case 'canceled':
      await cancel(ctx, actor, id, undefined);
      return;
    case 'succeed':
    case 'failed':
      await finish(ctx, actor, id, status);
  }
}

/** What is to be said otherwise than it is. */
function contentIn(fields: Fields, is: Maintenance): MaintenanceEdit {
  const name = fields.required('name');
  const serviceStatus = fields.oneOf('service_status', SERVICE_STATUSES);
  const [present] = is.services;
  const scope = is.scope === null ? fields.id('scope') : fields.requiredId('scope');
  const service = present === undefined ? fields.id('service') : fields.requiredId('service');
  const description = fields.text('description') ?? is.description;
  const externalReference = fields.text('external_reference') ?? is.externalReference;
  const externalLink = fields.text('external_link') ?? is.externalLink;
  return {
    ...(name === is.name ? {} : { name }),
    ...(serviceStatus === is.serviceStatus ? {} : { serviceStatus }),
    ...(scope === undefined || scope === is.scope?.id ? {} : { scopeId: scope }),
    ...(service === undefined || service === present?.id ? {} : { services: [service] }),
    ...(description === is.description.trim() ? {} : { description }),
    ...((externalReference ?? '') === (is.externalReference ?? '')
      ? {}
      : { externalReference: externalReference || null }),
    ...((externalLink ?? '') === (is.externalLink ?? '') ? {} : { externalLink: externalLink || null }),
  };
}

function timesIn({ start, end }: Interval, is: Maintenance): MaintenanceEdit {
  return {
    ...(start.getTime() === is.scheduledStart.getTime() ? {} : { start }),
    ...(end.getTime() === is.scheduledEnd.getTime() ? {} : { end }),
  };
}

/** When it began and ended is for Lull to record: as they are, or now where the status changes, is all that can be said. */
function recorded(fields: Fields, is: Maintenance, status: Status, now: Date): void {
  const isNow = (date: Date) => Math.abs(date.getTime() - now.getTime()) <= START_GRACE_MS;
  const began = fields.date('start_date', is.startedAt);
  const ended = fields.date('end_date', is.endedAt);
  if (status === 'scheduled') return; // both are cleared
  if (began !== undefined && began !== is.startedAt && !(is.startedAt === null && isNow(began))) {
    fields.wrong('start_date', 'When a maintenance began is recorded as it begins. Leave it out.');
  }
  if (ended !== undefined && ended !== is.endedAt && !(is.endedAt === null && isNow(ended))) {
    fields.wrong('end_date', 'When a maintenance ended is recorded as it ends. Leave it out.');
  }
}

/** So that nothing is changed where the status cannot be. */
function mustBeAbleTo({ id, status: from }: Maintenance, to: Status): void {
  if (from === to) return;
  const possible = {
    scheduled: from === 'in-progress',
    'in-progress': can(from, 'start'),
    canceled: can(from, 'cancel'),
    succeed: can(from, 'finish'),
    failed: can(from, 'finish'),
  }[to];
  if (possible) return;
  throw new Failure(409, { status: [`Maintenance ${id} is ${from}; from there it cannot become ${to}.`] });
}
