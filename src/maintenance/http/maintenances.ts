import { createRoute, type z } from '@hono/zod-openapi';
import { listMutes } from '../../checks/mute-repository.ts';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { type Reader, toReader } from '../../core/permissions.ts';
import { withPreconditions } from '../../http/conditional.ts';
import { pageSchema } from '../../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  publicQueryOnly,
  type RequestContext,
  readableByAll,
  resolveZone,
  security,
} from '../../http/route.ts';
import { idInPath, selecting, toInstant } from '../../http/schemas.ts';
import { edit, type MaintenanceEdit } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { deleteMaintenance } from '../commands/finish.ts';
import { schedule } from '../commands/schedule.ts';
import { maintenanceNotFound } from '../errors.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { lockMaintenance, type Maintenance } from '../repository/maintenances.ts';
import { findVisible, searchMaintenances } from '../repository/search.ts';
import { maintenanceListing, maintenanceQuery, toSearch } from './query.ts';
import {
  maintenanceEditInput,
  maintenanceInput,
  maintenanceOutput,
  maintenanceReplacement,
  maintenanceWithMutesOutput,
  toMaintenance,
  toMute,
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
      responses: { 200: jsonResponse('A page of them.', pageSchema(maintenanceOutput)), ...failures },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const { accountId } = c.get('actor');
      const reader = toReader(c.get('actor'));
      const page = maintenanceListing.page(c, query);
      const search = toSearch(query, await resolveZone(c, query.timezone));
      const { database } = c.get('ctx');
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
      request: body(maintenanceInput),
      responses: { 201: jsonResponse('The maintenance.', maintenanceOutput), ...failures },
    }),
    async (c) => {
      const { scopeId, ...values } = await valuesOf(c, c.req.valid('json'));
      const overrideReason = c.req.valid('json').override_reason;
      const made = await schedule(c.get('ctx'), c.get('actor'), {
        ...values,
        scopeId,
        channels: [],
        overrideReason,
      });
      c.header('Location', `/api/v1/maintenances/${made.id}`);
      return c.json(toResponse(c, made), 201);
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
      responses: { 200: jsonResponse('The maintenance.', maintenanceWithMutesOutput), ...failures },
    }),
    async (c) => {
      const { maintenance, reader } = await visibleMaintenance(c, c.req.valid('param').id);
      const { database } = c.get('ctx');
      const mutes = reader === 'public' ? [] : await listMutes(database, maintenance.accountId, maintenance.id);
      return c.json({ ...toResponse(c, maintenance), mutes: mutes.map(toMute) }, 200);
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
      request: { params: idInPath, ...body(maintenanceReplacement) },
      responses: { 200: jsonResponse('The maintenance.', maintenanceOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { version, override_reason: overrideReason, ...asked } = c.req.valid('json');
      const whole = await valuesOf(c, { ...asked, service: asked.services === undefined ? asked.service : null });
      const endsAt = asked.ends_at && toInstant(asked.ends_at, whole.timezone);
      const edited = await changed(c, id, { ...whole, ...(endsAt && { endsAt }) }, { version, overrideReason });
      return c.json(toResponse(c, edited), 200);
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
      request: { params: idInPath, ...body(maintenanceEditInput) },
      responses: { 200: jsonResponse('The maintenance.', maintenanceOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { version, override_reason: overrideReason, ...fields } = c.req.valid('json');
      const edited = await changed(c, id, (current) => editOf(fields, current), { version, overrideReason });
      return c.json(toResponse(c, edited), 200);
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
      responses: { 200: jsonResponse('The maintenance, as it was left.', maintenanceOutput), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const deleted = await deleteMaintenance(guardMaintenance(c, id), c.get('actor'), id);
      if (deleted === undefined) throw maintenanceNotFound({ ref: id });
      return c.json(toResponse(c, deleted), 200);
    },
  );
}

/** A maintenance that whoever asks may know of. */
export async function visibleMaintenance(
  c: RequestContext,
  id: number,
): Promise<{ maintenance: Maintenance; reader: Reader }> {
  const actor = c.get('actor');
  const reader = toReader(actor);
  const maintenance = await findVisible(c.get('ctx').database, actor.accountId, reader, id);
  if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
  return { maintenance, reader };
}

/** The ctx of a change of a maintenance, that `If-Match` may forbid. */
export function guardMaintenance(c: RequestContext, id: number) {
  return withPreconditions(c, `maintenance:${id}`, (tx) => lockMaintenance(tx, c.get('actor').accountId, id));
}

/** How it is answered, its version told for the `ETag`. */
export function toResponse(c: RequestContext, maintenance: Maintenance): z.infer<typeof maintenanceOutput> {
  c.set('version', maintenance.version);
  return toMaintenance(maintenance, toReader(c.get('actor')));
}

async function changed(
  c: RequestContext,
  id: number,
  changes: MaintenanceEdit | ((current: Maintenance) => MaintenanceEdit),
  request: { version: number | undefined; overrideReason: string | undefined },
): Promise<Maintenance> {
  const edited = await edit(guardMaintenance(c, id), c.get('actor'), id, changes, request);
  return edited ?? getMaintenance(c.get('ctx'), c.get('actor'), id);
}

/** A whole window, under the names of the actions. */
async function valuesOf(c: RequestContext, asked: Omit<z.infer<typeof maintenanceInput>, 'override_reason'>) {
  const timezone = await resolveZone(c, asked.timezone);
  return {
    ...withInitial(CONTENT_FIELDS, { name: asked.name, ...fromNamed(CONTENT_FIELDS, asked) }),
    scopeId: asked.scope ?? null,
    services: [...(asked.service == null ? [] : [asked.service]), ...(asked.services ?? [])],
    checks: asked.checks ?? null,
    selector: selecting(asked) ?? null,
    start: toInstant(asked.scheduled_start_date, timezone),
    end: toInstant(asked.scheduled_end_date, timezone),
    timezone,
  };
}

/** What was named, under the names of the action. A time without an offset is of the zone that is named, else of its own. */
function editOf(
  fields: Omit<z.infer<typeof maintenanceEditInput>, 'version' | 'override_reason'>,
  maintenance: Maintenance,
): MaintenanceEdit {
  const { scheduled_start_date: start, scheduled_end_date: end, ends_at: endsAt } = fields;
  const zone = fields.timezone ?? maintenance.timezone;
  const selector = selecting(fields, maintenance.selector);
  return {
    ...fromNamed(CONTENT_FIELDS, fields),
    ...(fields.scope === undefined ? {} : { scopeId: fields.scope }),
    ...(fields.services === undefined ? {} : { services: fields.services }),
    ...(fields.checks === undefined ? {} : { checks: fields.checks }),
    ...(selector === undefined ? {} : { selector }),
    ...(start === undefined ? {} : { start: toInstant(start, zone) }),
    ...(end === undefined ? {} : { end: toInstant(end, zone) }),
    ...(endsAt == null ? {} : { endsAt: toInstant(endsAt, zone) }),
    ...(fields.timezone === undefined ? {} : { timezone: fields.timezone }),
  };
}
