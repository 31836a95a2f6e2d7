import { createRoute, type z } from '@hono/zod-openapi';
import { approve, decline } from '../../approvals/commands.ts';
import { type Api, type Asked, answers, body, failures, optionalBody, security } from '../../http/route.ts';
import { idInPath, instantOf } from '../../http/schemas.ts';
import type { Ground } from '../../platform/transactions.ts';
import { find } from '../commands/find.ts';
import { cancel, finish } from '../commands/finish.ts';
import { reopen } from '../commands/reopen.ts';
import { extend, reschedule } from '../commands/reschedule.ts';
import { start } from '../commands/start.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { answered, holding, seen } from './maintenances.ts';
import {
  approveIn,
  cancelIn,
  declineIn,
  extendIn,
  finishIn,
  maintenanceOut,
  moveIn,
  reopenIn,
  startIn,
} from './schemas.ts';

const described = <Verb extends string, Body extends object>(verb: Verb, summary: string, request: Body) => ({
  method: 'post' as const,
  path: `/maintenances/{id}/${verb}` as const,
  operationId: `${verb}Maintenance`,
  summary,
  tags: ['maintenances'],
  security,
  request: { params: idInPath, ...request },
  responses: { 200: answers('The maintenance.', maintenanceOut), ...failures },
});

/** What happens to a maintenance between its plan and its end. */
export function transitions(api: Api): void {
  api.openapi(
    createRoute(described('start', 'Start a scheduled maintenance now; it keeps its length', optionalBody(startIn))),
    (c) => {
      const { id } = c.req.valid('param');
      const { override_reason: reason } = c.req.valid('json');
      return answer(c, id, (ground) => start(ground, c.get('actor'), id, undefined, reason));
    },
  );

  api.openapi(createRoute(described('finish', 'End one in progress now', optionalBody(finishIn))), (c) => {
    const { id } = c.req.valid('param');
    const { status = 'succeed', note } = c.req.valid('json');
    return answer(c, id, (ground) => finish(ground, c.get('actor'), id, status, undefined, note));
  });

  api.openapi(
    createRoute(
      described(
        'reopen',
        'Begin a window on the same things as one that is over, for 30 minutes',
        optionalBody(reopenIn),
      ),
    ),
    (c) => {
      const { id } = c.req.valid('param');
      const { override_reason: reason } = c.req.valid('json');
      return answer(c, id, (ground) => reopen(ground, c.get('actor'), id, undefined, reason));
    },
  );

  api.openapi(createRoute(described('extend', 'Make one that is not over last longer', body(extendIn))), (c) => {
    const { id } = c.req.valid('param');
    const { minutes, override_reason: reason } = c.req.valid('json');
    return answer(c, id, (ground) => extend(ground, c.get('actor'), id, minutes, undefined, reason));
  });

  api.openapi(createRoute(described('move', 'Move a scheduled one to another window', body(moveIn))), async (c) => {
    const { id } = c.req.valid('param');
    const asked = c.req.valid('json');
    const zone = asked.timezone ?? (await seen(c, id)).maintenance.timezone;
    const window = {
      start: instantOf(asked.scheduled_start_date, zone),
      end: instantOf(asked.scheduled_end_date, zone),
      timezone: asked.timezone,
      overrideReason: asked.override_reason,
    };
    return answer(c, id, (ground) => reschedule(ground, c.get('actor'), id, window));
  });

  api.openapi(
    createRoute(described('cancel', 'Cancel one that is not over; its checks go on again', optionalBody(cancelIn))),
    (c) => {
      const { id } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      return answer(c, id, (ground) => cancel(ground, c.get('actor'), id, reason));
    },
  );

  api.openapi(
    createRoute(described('approve', 'Approve one that somebody else asked for', optionalBody(approveIn))),
    (c) => {
      const { id } = c.req.valid('param');
      return answer(c, id, (ground) => approve(ground, c.get('actor'), id));
    },
  );

  api.openapi(
    createRoute(
      described('decline', 'Decline one that waits for approval; it does not start', optionalBody(declineIn)),
    ),
    (c) => {
      const { id } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      return answer(c, id, (ground) => decline(ground, c.get('actor'), id, reason));
    },
  );
}

async function answer(c: Asked, id: number, act: (ground: Ground) => Promise<Maintenance | undefined>) {
  const moved = await act(holding(c, id));
  const maintenance: z.infer<typeof maintenanceOut> = answered(
    c,
    moved ?? (await find(c.get('ground'), c.get('actor'), id)),
  );
  return c.json(maintenance, 200);
}
