import { createRoute, type z } from '@hono/zod-openapi';
import { holdsOf } from '../../checks/mutes.ts';
import { guarded } from '../../http/conditional.ts';
import { pageOf } from '../../http/paging.ts';
import {
  type Api,
  type Asked,
  answers,
  body,
  failures,
  publicQueryOnly,
  readableByAll,
  security,
  zoneOf,
} from '../../http/route.ts';
import { idInPath, instantOf, selecting, utc } from '../../http/schemas.ts';
import { edit, type MaintenanceEdit } from '../commands/edit.ts';
import { find, noSuchMaintenance } from '../commands/find.ts';
import { deleteMaintenance } from '../commands/finish.ts';
import { schedule } from '../commands/schedule.ts';
import { lockMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { findSeen, searchMaintenances } from '../repository/search.ts';
import { type Reader, readerOf } from '../visibility.ts';
import { maintenanceListing, maintenanceQuery, searchOf } from './query.ts';
import {
  maintenanceEditIn,
  maintenanceIn,
  maintenanceOut,
  maintenancePut,
  maintenanceWithHoldsOut,
  toHold,
  toMaintenance,
} from './schemas.ts';

export function maintenances(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances',
      operationId: 'listMaintenances',
      summary: 'List maintenances',
      description: 'A parameter that comes several times means "or"; different ones mean "and".',
      tags: ['maintenances'],
      security: readableByAll,
      request: { query: maintenanceQuery },
      responses: { 200: answers('A page of them.', pageOf(maintenanceOut)), ...failures },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const { accountId } = c.get('actor');
      const reader = readerOf(c.get('actor'));
      const page = maintenanceListing.page(c, query);
      const search = searchOf(query, await zoneOf(c, query.timezone));
      const { database } = c.get('ground');
      const found = await searchMaintenances(database, accountId, reader, search, maintenanceListing.oneMore(page));
      return c.json(
        maintenanceListing.answer(c, found, page, (each) => toMaintenance(each, reader)),
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances',
      operationId: 'createMaintenance',
      summary: 'Schedule a maintenance',
      tags: ['maintenances'],
      security,
      request: body(maintenanceIn),
      responses: { 201: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { scopeId, ...values } = await valuesOf(c, c.req.valid('json'));
      const overrideReason = c.req.valid('json').override_reason;
      const made = await schedule(c.get('ground'), c.get('actor'), {
        ...values,
        scopeId,
        channels: [],
        overrideReason,
      });
      c.header('Location', `/api/v1/maintenances/${made.id}`);
      return c.json(answered(c, made), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}',
      operationId: 'getMaintenance',
      summary: 'One maintenance, with what became of its checks',
      tags: ['maintenances'],
      security: readableByAll,
      request: { params: idInPath, query: publicQueryOnly },
      responses: { 200: answers('The maintenance.', maintenanceWithHoldsOut), ...failures },
    }),
    async (c) => {
      const { maintenance, reader } = await seen(c, c.req.valid('param').id);
      const { database } = c.get('ground');
      const holds = reader === 'public' ? [] : await holdsOf(database, maintenance.accountId, maintenance.id);
      return c.json({ ...answered(c, maintenance), holds: holds.map(toHold) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'put',
      path: '/maintenances/{id}',
      operationId: 'replaceMaintenance',
      summary: 'Change a maintenance as a whole: what is left out is as in a new one',
      description:
        'What a `GET` answers may be changed and sent back. What Lull keeps itself, such as the status, is not read.',
      tags: ['maintenances'],
      security,
      request: { params: idInPath, ...body(maintenancePut) },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { version, override_reason: overrideReason, ...asked } = c.req.valid('json');
      const whole = await valuesOf(c, { ...asked, service: asked.services === undefined ? asked.service : null });
      return c.json(answered(c, await changed(c, id, whole, { version, overrideReason })), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/maintenances/{id}',
      operationId: 'updateMaintenance',
      summary: 'Change a maintenance; what is left out stays as it is',
      tags: ['maintenances'],
      security,
      request: { params: idInPath, ...body(maintenanceEditIn) },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { version, override_reason: overrideReason, ...fields } = c.req.valid('json');
      const edited = await changed(c, id, await editOf(c, id, fields), { version, overrideReason });
      return c.json(answered(c, edited), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/maintenances/{id}',
      operationId: 'deleteMaintenance',
      summary: 'Delete a maintenance: it is in no list and no feed any more',
      description:
        'One that is scheduled or in progress is canceled first: its channels are told, and its checks go on again at once. What was recorded of it stays in the audit, and what was said of it in Slack stays there. To keep the record in the lists, cancel it instead.',
      tags: ['maintenances'],
      security,
      request: { params: idInPath },
      responses: { 200: answers('The maintenance, as it was left.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const deleted = await deleteMaintenance(holding(c, id), c.get('actor'), id);
      if (deleted === undefined) throw noSuchMaintenance(id);
      return c.json(answered(c, deleted), 200);
    },
  );
}

/** A maintenance that whoever asks may know of. */
export async function seen(c: Asked, id: number): Promise<{ maintenance: Maintenance; reader: Reader }> {
  const actor = c.get('actor');
  const reader = readerOf(actor);
  const maintenance = await findSeen(c.get('ground').database, actor.accountId, reader, id);
  if (maintenance === undefined) throw noSuchMaintenance(id);
  return { maintenance, reader };
}

/** The ground of a change of a maintenance, that `If-Match` may forbid. */
export function holding(c: Asked, id: number) {
  return guarded(c, `maintenance:${id}`, (tx) => lockMaintenance(tx, c.get('actor').accountId, id));
}

/** How it is answered, its version told for the `ETag`. */
export function answered(c: Asked, maintenance: Maintenance): z.infer<typeof maintenanceOut> {
  c.set('version', maintenance.version);
  return toMaintenance(maintenance, readerOf(c.get('actor')));
}

async function changed(
  c: Asked,
  id: number,
  changes: MaintenanceEdit,
  request: { version: number | undefined; overrideReason: string | undefined },
): Promise<Maintenance> {
  const times = asAnswered(changes, (await seen(c, id)).maintenance);
  const edited = await edit(holding(c, id), c.get('actor'), id, { ...changes, ...times }, request);
  return edited ?? find(c.get('ground'), c.get('actor'), id);
}

/** Times are answered to the second: one that is sent back as it was answered is the one that it was. */
function asAnswered({ start, end }: MaintenanceEdit, { scheduledStart, scheduledEnd }: Maintenance): MaintenanceEdit {
  return {
    ...(start !== undefined && utc(start) === utc(scheduledStart) ? { start: scheduledStart } : {}),
    ...(end !== undefined && utc(end) === utc(scheduledEnd) ? { end: scheduledEnd } : {}),
  };
}

/** A whole window, under the names of the actions. */
async function valuesOf(c: Asked, asked: Omit<z.infer<typeof maintenanceIn>, 'override_reason'>) {
  const timezone = await zoneOf(c, asked.timezone);
  return {
    name: asked.name,
    scopeId: asked.scope ?? null,
    services: [...(asked.service == null ? [] : [asked.service]), ...(asked.services ?? [])],
    checks: asked.checks ?? null,
    selector: selecting(asked) ?? null,
    serviceStatus: asked.service_status,
    start: instantOf(asked.scheduled_start_date, timezone),
    end: instantOf(asked.scheduled_end_date, timezone),
    timezone,
    visibility: asked.visibility,
    description: asked.description ?? '',
    externalReference: asked.external_reference?.trim() || null,
    externalLink: asked.external_link ?? null,
  };
}

/** What was named, under the names of the action. A time without an offset is of the zone that is named, else of its own. */
async function editOf(
  c: Asked,
  id: number,
  fields: Omit<z.infer<typeof maintenanceEditIn>, 'version' | 'override_reason'>,
): Promise<MaintenanceEdit> {
  const { scheduled_start_date: start, scheduled_end_date: end } = fields;
  const { maintenance } = await seen(c, id);
  const zone = fields.timezone ?? maintenance.timezone;
  const selector = selecting(fields, maintenance.selector);
  return {
    ...(fields.name === undefined ? {} : { name: fields.name }),
    ...(fields.scope === undefined ? {} : { scopeId: fields.scope }),
    ...(fields.services === undefined ? {} : { services: fields.services }),
    ...(fields.checks === undefined ? {} : { checks: fields.checks }),
    ...(selector === undefined ? {} : { selector }),
    ...(fields.service_status === undefined ? {} : { serviceStatus: fields.service_status }),
    ...(start === undefined ? {} : { start: instantOf(start, zone) }),
    ...(end === undefined ? {} : { end: instantOf(end, zone) }),
    ...(fields.timezone === undefined ? {} : { timezone: fields.timezone }),
    ...(fields.visibility === undefined ? {} : { visibility: fields.visibility }),
    ...(fields.description === undefined ? {} : { description: fields.description ?? '' }),
    ...(fields.external_reference === undefined
      ? {}
      : { externalReference: fields.external_reference?.trim() || null }),
    ...(fields.external_link === undefined ? {} : { externalLink: fields.external_link }),
  };
}
