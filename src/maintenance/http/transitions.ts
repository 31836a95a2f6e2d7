import { createRoute, type z } from '@hono/zod-openapi';
import { approve, decline } from '../../approvals/commands.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  optionalBody,
  type RequestContext,
  security,
} from '../../http/route.ts';
import { idInPath, toInstant } from '../../http/schemas.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { extend, reschedule } from '../commands/edit.ts';
import { getMaintenance } from '../commands/find.ts';
import { cancel, finish } from '../commands/finish.ts';
import { reopen } from '../commands/reopen.ts';
import { start } from '../commands/start.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { guardMaintenance, toResponse } from './maintenances.ts';
import {
  approveInput,
  cancelInput,
  declineInput,
  extendInput,
  finishInput,
  maintenanceOutput,
  moveInput,
  reopenInput,
  startInput,
} from './schemas.ts';

const described = <Verb extends string, Body extends object>(verb: Verb, summary: string, request: Body) => ({
  method: 'post' as const,
  path: `/maintenances/{id}/${verb}` as const,
  operationId: `${verb}Maintenance`,
  summary,
  tags: ['maintenances'],
  security,
  request: { params: idInPath, ...request },
  responses: { 200: jsonResponse('The maintenance.', maintenanceOutput), ...failures },
});

/** What happens to a maintenance between its plan and its end. */
export function transitions(api: Api): void {
  api.openapi(
    createRoute(described('start', 'Start a scheduled maintenance now; it keeps its length', optionalBody(startInput))),
    (c) => {
      const { id } = c.req.valid('param');
      const { override_reason: reason } = c.req.valid('json');
      return answer(c, id, (ctx) => start(ctx, c.get('actor'), id, undefined, reason));
    },
  );

  api.openapi(createRoute(described('finish', 'End one in progress now', optionalBody(finishInput))), (c) => {
    const { id } = c.req.valid('param');
    const { status = 'succeed', note } = c.req.valid('json');
    return answer(c, id, (ctx) => finish(ctx, c.get('actor'), id, status, undefined, note));
  });

  api.openapi(
    createRoute(
      described(
        'reopen',
        'Begin a window on the same things as one that is over, for 30 minutes',
        optionalBody(reopenInput),
      ),
    ),
    (c) => {
      const { id } = c.req.valid('param');
      const { override_reason: reason } = c.req.valid('json');
      return answer(c, id, (ctx) => reopen(ctx, c.get('actor'), id, undefined, reason));
    },
  );

  api.openapi(createRoute(described('extend', 'Make one that is not over last longer', body(extendInput))), (c) => {
    const { id } = c.req.valid('param');
    const { minutes, override_reason: reason } = c.req.valid('json');
    return answer(c, id, (ctx) => extend(ctx, c.get('actor'), id, minutes, undefined, reason));
  });

  api.openapi(createRoute(described('move', 'Move a scheduled one to another window', body(moveInput))), (c) => {
    const { id } = c.req.valid('param');
    const asked = c.req.valid('json');
    const window = (current: Maintenance) => {
      const zone = asked.timezone ?? current.timezone;
      return {
        start: toInstant(asked.scheduled_start_date, zone),
        end: toInstant(asked.scheduled_end_date, zone),
        timezone: asked.timezone,
        overrideReason: asked.override_reason,
      };
    };
    return answer(c, id, (ctx) => reschedule(ctx, c.get('actor'), id, window));
  });

  api.openapi(
    createRoute(described('cancel', 'Cancel one that is not over; its checks go on again', optionalBody(cancelInput))),
    (c) => {
      const { id } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      return answer(c, id, (ctx) => cancel(ctx, c.get('actor'), id, reason));
    },
  );

  api.openapi(
    createRoute(described('approve', 'Approve one that somebody else asked for', optionalBody(approveInput))),
    (c) => {
      const { id } = c.req.valid('param');
      return answer(c, id, (ctx) => approve(ctx, c.get('actor'), id));
    },
  );

  api.openapi(
    createRoute(
      described('decline', 'Decline one that waits for approval; it does not start', optionalBody(declineInput)),
    ),
    (c) => {
      const { id } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      return answer(c, id, (ctx) => decline(ctx, c.get('actor'), id, reason));
    },
  );
}

async function answer(c: RequestContext, id: number, act: (ctx: ActionContext) => Promise<Maintenance | undefined>) {
  const moved = await act(guardMaintenance(c, id));
  const maintenance: z.infer<typeof maintenanceOutput> = toResponse(
    c,
    moved ?? (await getMaintenance(c.get('ctx'), c.get('actor'), id)),
  );
  return c.json(maintenance, 200);
}
