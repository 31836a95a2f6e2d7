import type { z } from '@hono/zod-openapi';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { send, withPreconditions } from '../../http/conditional.ts';
import { pagedJson } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, type Call, operation, publicQueryOnly, resolveZone } from '../../http/route.ts';
import { fromBody } from '../../http/rows.ts';
import { idInPath, numbered, toInstant } from '../../http/schemas.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { edit, type MaintenanceEdit } from '../commands/edit.ts';
import { getMaintenance, lockForChange } from '../commands/find.ts';
import { schedule } from '../commands/schedule.ts';
import { deleteMaintenance } from '../commands/transitions.ts';
import { maintenanceNotFound } from '../errors.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import { findAsJson, isVisible, listAsJson } from '../repository/list.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { hasWallClock, maintenanceListing, maintenanceQuery, toSearch } from './query.ts';
import {
  maintenanceEditInput,
  maintenanceInput,
  maintenanceOutput,
  maintenanceReplacement,
  maintenanceWithMutesOutput,
  toMaintenance,
  toSelectorChange,
} from './schemas.ts';

export function maintenances(api: Api): void {
  const maintenance = resource(api, {
    path: '/maintenances',
    ...numbered,
    output: maintenanceOutput,
    toOutput: toMaintenance,
    notFound: ({ id }) => maintenanceNotFound({ ref: id }),
    lock: 'maintenance',
    current: (tx, actor, { id }) => lockForChange(tx, actor, id),
  });
  /** The maintenance after a change; unchanged when the request was acted upon before. */
  const orUnchanged = async (changed: Maintenance | undefined, { ctx, actor }: Call, id: number) =>
    changed ?? getMaintenance(ctx, actor, id);

  const reading = { permission: 'public' } as const;
  const listed = { ...reading, list: maintenanceListing, item: maintenanceOutput, query: maintenanceQuery };
  pagedJson(api, 'listMaintenances', 'get /maintenances', listed, async (call, page) => {
    const { query } = call;
    const zone = hasWallClock(query) ? await resolveZone(call, query.timezone) : 'UTC';
    return listAsJson(call.db, call.accountId, call.reader, toSearch(query, zone), page);
  });
  maintenance.create('createMaintenance', 'schedule', maintenanceInput, async (call) => {
    const { override_reason: overrideReason, ...body } = call.body;
    // The command knows the zone of the account, which only wall-clock times need before.
    const isPlain = 'at' in body.scheduled_start_date && 'at' in body.scheduled_end_date;
    const zone = isPlain ? body.timezone : await resolveZone(call, body.timezone);
    const values = { ...toValues(body, zone ?? 'UTC'), timezone: zone };
    return schedule(call.ctx, call.actor, { ...values, channels: [], overrideReason });
  });
  const single = { ...reading, params: idInPath, query: publicQueryOnly, output: maintenanceWithMutesOutput };
  operation(api, 'getMaintenance', 'get /maintenances/{id}', single, async (call) => {
    const { c, db, accountId, reader, params } = call;
    const found = await findAsJson(db, accountId, reader, params.id);
    if (found === undefined) throw maintenanceNotFound({ ref: params.id });
    c.set('version', found.version);
    return send(c, found.json);
  });
  maintenance.change(
    'put',
    'replaceMaintenance',
    { permission: 'edit', body: maintenanceReplacement },
    async (call) => {
      const { version, override_reason: overrideReason, ...body } = call.body;
      const zone = await resolveZone(call, body.timezone);
      const values = toValues({ ...body, service: body.services === undefined ? body.service : null }, zone);
      const endsAt = body.ends_at && toInstant(body.ends_at, values.timezone);
      const { ctx, actor, params } = call;
      const changes = { ...values, ...(endsAt && { endsAt }) };
      return orUnchanged(await edit(ctx, actor, params.id, changes, { version, overrideReason }), call, params.id);
    },
  );
  maintenance.change('patch', 'updateMaintenance', { permission: 'edit', body: maintenanceEditInput }, async (call) => {
    const { version, override_reason: overrideReason, ...fields } = call.body;
    const { ctx, actor, params } = call;
    const changes = (current: Maintenance) => toEdit(fields, current);
    return orUnchanged(await edit(ctx, actor, params.id, changes, { version, overrideReason }), call, params.id);
  });
  maintenance.change('delete', 'deleteMaintenance', { permission: 'delete' }, ({ ctx, actor, params }) =>
    deleteMaintenance(ctx, actor, params.id),
  );
}

/** @throws UserError `maintenance-not-found`, also for one that the reader may not see */
export async function assertVisible({ db, accountId, reader }: Call, id: number): Promise<void> {
  if (!(await isVisible(db, accountId, reader, id))) throw maintenanceNotFound({ ref: id });
}

/** The context of a command on a maintenance that is refused when `If-Match` does not hold. */
export function guardMaintenance({ c, actor }: Call, id: number): ActionContext {
  return withPreconditions(c, `maintenance:${id}`, (tx) => lockForChange(tx, actor, id));
}

/** A complete window, under the names of the commands. @param timezone of its wall-clock times */
function toValues(body: Omit<z.infer<typeof maintenanceInput>, 'override_reason'>, timezone: string) {
  return {
    ...withInitial(CONTENT_FIELDS, { name: body.name, ...fromNamed(CONTENT_FIELDS, body) }),
    scopeId: body.scope ?? null,
    services: [...(body.service == null ? [] : [body.service]), ...(body.services ?? [])],
    checks: body.checks ?? null,
    selector: toSelectorChange(body) ?? null,
    start: toInstant(body.scheduled_start_date, timezone),
    end: toInstant(body.scheduled_end_date, timezone),
    timezone,
  };
}

/** The fields in the request, under the names of the command. Wall-clock times are in the zone of the request, else its own. */
function toEdit(
  fields: Omit<z.infer<typeof maintenanceEditInput>, 'version' | 'override_reason'>,
  maintenance: Maintenance,
): MaintenanceEdit {
  const { scheduled_start_date: start, scheduled_end_date: end, ends_at: endsAt } = fields;
  const { scope: scopeId, services, checks, timezone } = fields;
  const zone = timezone ?? maintenance.timezone;
  return {
    ...fromNamed(CONTENT_FIELDS, fields),
    ...fromBody({
      scopeId,
      services,
      checks,
      timezone,
      selector: toSelectorChange(fields, maintenance.selector),
      start: toInstant(start, zone),
      end: toInstant(end, zone),
      endsAt: toInstant(endsAt ?? undefined, zone),
    }),
  };
}
