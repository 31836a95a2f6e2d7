import { z } from '@hono/zod-openapi';
import type { Actor, Permission } from '../../core/permissions.ts';
import { type Api, operation } from '../../http/route.ts';
import { idInPath, moment, oneOf, text, toInstant } from '../../http/schemas.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { maintenanceFieldTexts } from '../../texts/openapi.ts';
import { extend, reschedule } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { cancel, finish, reopen, start } from '../commands/transitions.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { guardMaintenance } from './maintenances.ts';
import { maintenanceOutput, overrideReason, toMaintenance, zone } from './schemas.ts';

const moveInput = z
  .strictObject({
    scheduled_start_date: moment,
    scheduled_end_date: moment.optional().describe(maintenanceFieldTexts.scheduledEndDate),
    timezone: zone.optional(),
    override_reason: overrideReason.optional(),
  })
  .openapi('Move');

const startInput = z.strictObject({ override_reason: overrideReason.optional() }).openapi('Start');
const reopenInput = z.strictObject({ override_reason: overrideReason.optional() }).openapi('Reopen');
const finishInput = z
  .strictObject({
    status: oneOf(['succeed', 'failed']).default('succeed'),
    note: text('what its channels are told').optional(),
  })
  .openapi('Finish');
const cancelInput = z.strictObject({ reason: text('the reason').optional() }).openapi('Cancel');
const extendInput = z
  .strictObject({
    minutes: z
      .int({ error: 'Expected a whole number of minutes, such as 30.' })
      .optional()
      .openapi({ description: maintenanceFieldTexts.minutes, example: 30 }),
    until: moment.optional().describe(maintenanceFieldTexts.newEnd),
    timezone: zone.optional(),
    override_reason: overrideReason.optional(),
  })
  .refine(({ minutes, until }) => (minutes === undefined) !== (until === undefined), {
    path: ['until'],
    error: 'Expected either minutes or until.',
  })
  .openapi('Extend');

const PERMISSIONS = {
  cancel: 'cancel',
  extend: 'extend',
  finish: 'finish',
  move: 'reschedule',
  reopen: 'start',
  start: 'start',
} as const satisfies Record<string, Permission>;

/** Everything that happens to a maintenance between its plan and its end. */
export function transitions(api: Api): void {
  /** @param apply returns undefined when the request was acted upon before */
  function transition<Body extends z.ZodType>(
    verb: keyof typeof PERMISSIONS,
    body: Body,
    apply: (
      ctx: ActionContext,
      actor: Actor,
      id: number,
      body: Body['_zod']['output'],
    ) => Promise<Maintenance | undefined>,
  ): void {
    const route = `post /maintenances/{id}/${verb}` as const;
    const options = { permission: PERMISSIONS[verb], params: idInPath, body, output: maintenanceOutput };
    operation(api, `${verb}Maintenance`, route, options, async (call) => {
      const { actor, params, reader } = call;
      const changed = await apply(guardMaintenance(call, params.id), actor, params.id, call.body);
      return toMaintenance(changed ?? (await getMaintenance(call.ctx, actor, params.id)), reader);
    });
  }

  transition('start', startInput, (ctx, actor, id, body) => start(ctx, actor, id, undefined, body.override_reason));
  transition('finish', finishInput, (ctx, actor, id, { status, note }) =>
    finish(ctx, actor, id, status, undefined, note),
  );
  transition('reopen', reopenInput, (ctx, actor, id, body) => reopen(ctx, actor, id, undefined, body.override_reason));
  transition('extend', extendInput, async (ctx, actor, id, { minutes, until, timezone, override_reason }) => {
    const by = (current: Maintenance) => minutes ?? toInstant(until, timezone ?? current.timezone) ?? Number.NaN;
    return (await extend(ctx, actor, id, by, { overrideReason: override_reason }))?.maintenance;
  });
  transition('move', moveInput, (ctx, actor, id, body) =>
    reschedule(ctx, actor, id, (current) => {
      const zone = body.timezone ?? current.timezone;
      return {
        start: toInstant(body.scheduled_start_date, zone),
        end: toInstant(body.scheduled_end_date, zone),
        timezone: body.timezone,
        overrideReason: body.override_reason,
      };
    }),
  );
  transition('cancel', cancelInput, (ctx, actor, id, { reason }) => cancel(ctx, actor, id, reason));
}
