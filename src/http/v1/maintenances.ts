import { createRoute } from '@hono/zod-openapi';
import { find } from '../../actions/action.ts';
import { comment } from '../../actions/comment.ts';
import { reschedule } from '../../actions/reschedule.ts';
import { type ScheduleInput, schedule } from '../../actions/schedule.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { findAccount } from '../../store/accounts.ts';
import { listComments } from '../../store/comments.ts';
import { holdsOf } from '../../store/holds.ts';
import { listMaintenances } from '../../store/maintenances.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import {
  commentIn,
  commentOut,
  idInPath,
  listOf,
  maintenanceIn,
  maintenanceOut,
  maintenanceWithHoldsOut,
  moveIn,
  toComment,
  toHold,
  toMaintenance,
} from './schemas.ts';

/** How many a list answers with. */
const LISTED = 200;

export function maintenances(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances',
      summary: 'List maintenances, those that start last first',
      security,
      responses: { 200: answers('The maintenances.', listOf(maintenanceOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const page = { limit: LISTED, newestFirst: true };
      const found = await listMaintenances(ground.database, actor.accountId, {}, page);
      return c.json({ items: found.map(toMaintenance) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances',
      summary: 'Schedule a maintenance',
      security,
      request: body(maintenanceIn),
      responses: { 201: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const asked = c.req.valid('json');
      const account = await findAccount(ground.database, actor.accountId);
      const input: ScheduleInput = {
        name: asked.name,
        scopeId: asked.scope ?? null,
        services: [...(asked.service == null ? [] : [asked.service]), ...(asked.services ?? [])],
        checks: asked.checks ?? null,
        serviceStatus: asked.service_status,
        start: asked.scheduled_start_date,
        end: asked.scheduled_end_date,
        timezone: asked.timezone ?? account?.timezone ?? 'UTC',
        visibility: asked.visibility,
        description: asked.description ?? '',
        externalReference: asked.external_reference ?? null,
        externalLink: asked.external_link ?? null,
        channels: [],
        overrideReason: asked.override_reason,
      };
      return c.json(toMaintenance(await schedule(ground, actor, input)), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}',
      summary: 'One maintenance, with what became of its checks',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The maintenance.', maintenanceWithHoldsOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const maintenance = await find(ground, actor, c.req.valid('param').id);
      const holds = await holdsOf(ground.database, actor.accountId, maintenance.id);
      return c.json({ ...toMaintenance(maintenance), holds: holds.map(toHold) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances/{id}/move',
      summary: 'Move a scheduled maintenance to another window',
      security,
      request: { params: idInPath, ...body(moveIn) },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const asked = c.req.valid('json');
      const { scheduled_start_date: start, scheduled_end_date: end, timezone, override_reason: overrideReason } = asked;
      const window = { start, end, timezone, overrideReason };
      const moved = await reschedule(ground, c.get('actor'), c.req.valid('param').id, window);
      return c.json(toMaintenance(moved), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}/comments',
      summary: 'The comments of a maintenance, oldest first',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The comments.', listOf(commentOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { id } = await find(ground, actor, c.req.valid('param').id);
      const found = await listComments(ground.database, actor.accountId, id);
      return c.json({ items: found.map(toComment) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances/{id}/comments',
      summary: 'Comment on a maintenance; the comment shows in its threads',
      security,
      request: { params: idInPath, ...body(commentIn) },
      responses: { 201: answers('The comment.', commentOut), ...failures },
    }),
    async (c) => {
      const { comment: text, internal } = c.req.valid('json');
      const added = await comment(ground, c.get('actor'), c.req.valid('param').id, { text, internal });
      return c.json(toComment(added), 201);
    },
  );
}
