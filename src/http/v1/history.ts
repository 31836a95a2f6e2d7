import { createRoute, z } from '@hono/zod-openapi';
import { mustBeAllowed } from '../../domain/permissions.ts';
import type { TimelineEvent } from '../../store/announcements.ts';
import { pageOfEvents } from '../../store/history.ts';
import { seen } from './maintenances.ts';
import { byText, listing, pageOf } from './paging.ts';
import { type Api, answers, failures, security } from './route.ts';
import { id, idInPath, utc, utcText } from './schemas.ts';

const fields = z.record(z.string(), z.unknown()).nullable();

const eventOut = z
  .object({
    id,
    at: utcText,
    actor: z.string().openapi({ example: 'Ana' }),
    source: z.string().openapi({ example: 'slack' }),
    action: z.string().openapi({ example: 'extend' }),
    internal: z.boolean().openapi({ description: 'Not told in public channels.' }),
    before: fields.openapi({ description: 'What changed, as it was.' }),
    after: fields.openapi({ description: 'What changed, as it was from then on.' }),
  })
  .openapi('Event');

function toEvent(event: TimelineEvent): z.infer<typeof eventOut> {
  return {
    id: event.id,
    at: utc(event.at),
    actor: event.actor.name,
    source: event.actor.source,
    action: event.action,
    internal: event.internal,
    before: fields.parse(event.before),
    after: fields.parse(event.after),
  };
}

const list = listing<TimelineEvent, 'id', string, number>({
  orders: { id: 'id' },
  value: byText,
  id: z.int(),
  valueOf: ({ id }) => String(id),
  idOf: ({ id }) => id,
});

export function history(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}/history',
      operationId: 'listHistory',
      summary: 'Who did what to a maintenance, and when; oldest first',
      tags: ['maintenances'],
      security,
      request: { params: idInPath, query: z.strictObject(list.query) },
      responses: { 200: answers('A page of it.', pageOf(eventOut)), ...failures },
    }),
    async (c) => {
      mustBeAllowed(c.get('actor'), 'read');
      const { maintenance } = await seen(c, c.req.valid('param').id);
      const page = list.page(c, c.req.valid('query'));
      const { database } = c.get('ground');
      const found = await pageOfEvents(database, maintenance.accountId, maintenance.id, list.oneMore(page));
      return c.json(list.answer(c, found, page, toEvent), 200);
    },
  );
}
