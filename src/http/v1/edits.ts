import { createRoute, z } from '@hono/zod-openapi';
import { find } from '../../actions/action.ts';
import { edit, type MaintenanceEdit } from '../../actions/edit.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../../domain/maintenance.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { id, idInPath, instant, maintenanceOut, oneOf, text, timezone, toMaintenance } from './schemas.ts';

const editIn = z
  .strictObject({
    name: text('the name of the maintenance'),
    services: z.array(id, { error: 'Expected a list of ids of services.' }),
    checks: z
      .array(text('the id of a check'), { error: 'Expected a list of ids of checks.' })
      .nullable()
      .openapi({ description: 'null: those of its services.' }),
    service_status: oneOf(SERVICE_STATUSES),
    scheduled_start_date: instant,
    scheduled_end_date: instant,
    timezone,
    visibility: oneOf(VISIBILITIES),
    description: text('the description'),
    external_reference: text('the reference').nullable(),
    external_link: text('the address').nullable(),
    override_reason: text('a reason').openapi({ description: 'Why a freeze that blocks should not hold.' }),
    version: z.number({ error: 'Expected the version that is edited, a number.' }).int().openapi({
      description: 'The version the edit was made on. When it has another one by now, the answer is 409.',
    }),
  })
  .partial()
  .openapi('MaintenanceEdit');

/** Changes of maintenances that are not over. */
export function edits(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'patch',
      path: '/maintenances/{id}',
      summary: 'Change a maintenance; what is left out stays as it is',
      security,
      request: { params: idInPath, ...body(editIn) },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { id } = c.req.valid('param');
      const { version, override_reason: overrideReason, ...fields } = c.req.valid('json');
      const edited = await edit(ground, actor, id, editOf(fields), { version, overrideReason });
      return c.json(toMaintenance(edited ?? (await find(ground, actor, id))), 200);
    },
  );
}

/** What was named, under the names of the action. */
function editOf(fields: Omit<z.infer<typeof editIn>, 'version' | 'override_reason'>): MaintenanceEdit {
  return {
    ...(fields.name === undefined ? {} : { name: fields.name }),
    ...(fields.services === undefined ? {} : { services: fields.services }),
    ...(fields.checks === undefined ? {} : { checks: fields.checks }),
    ...(fields.service_status === undefined ? {} : { serviceStatus: fields.service_status }),
    ...(fields.scheduled_start_date === undefined ? {} : { start: fields.scheduled_start_date }),
    ...(fields.scheduled_end_date === undefined ? {} : { end: fields.scheduled_end_date }),
    ...(fields.timezone === undefined ? {} : { timezone: fields.timezone }),
    ...(fields.visibility === undefined ? {} : { visibility: fields.visibility }),
    ...(fields.description === undefined ? {} : { description: fields.description }),
    ...(fields.external_reference === undefined ? {} : { externalReference: fields.external_reference }),
    ...(fields.external_link === undefined ? {} : { externalLink: fields.external_link }),
  };
}
