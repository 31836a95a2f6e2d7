import { createRoute, z } from '@hono/zod-openapi';
import { find } from '../../actions/action.ts';
import { approve } from '../../actions/approve.ts';
import { decline } from '../../actions/decline.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { idInPath, maintenanceOut, text, toMaintenance } from './schemas.ts';

const declineIn = z.strictObject({ reason: text('the reason').optional() }).openapi('Decline');

export function approvals(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances/{id}/approve',
      summary: 'Approve a maintenance that somebody else asked for',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const approved = await approve(ground, c.get('actor'), id);
      return c.json(toMaintenance(approved ?? (await find(ground, c.get('actor'), id))), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances/{id}/decline',
      summary: 'Decline a maintenance that waits for approval; it does not start',
      security,
      request: { params: idInPath, ...body(declineIn) },
      responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const declined = await decline(ground, c.get('actor'), id, c.req.valid('json').reason);
      return c.json(toMaintenance(declined ?? (await find(ground, c.get('actor'), id))), 200);
    },
  );
}
