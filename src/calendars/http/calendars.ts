import { createRoute, z } from '@hono/zod-openapi';
import { toReader } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { type Current, withPreconditions } from '../../http/conditional.ts';
import { requestOrigin } from '../../http/reading.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  publicQueryOnly,
  type RequestContext,
  readableByAll,
  security,
} from '../../http/route.ts';
import { id, idInPath, listOf, text, utcText } from '../../http/schemas.ts';
import { maintenanceNotFound } from '../../maintenance/errors.ts';
import { findVisible } from '../../maintenance/repository/search.ts';
import { viewFor } from '../../maintenance/rules/visibility.ts';
import { createSecretCalendar, getVisibleCalendar, listVisibleCalendars, revokeCalendar } from '../commands.ts';
import { calendarNotFound } from '../errors.ts';
import type { Calendar } from '../repository.ts';
import { secretPath } from '../rules.ts';
import { CALENDAR_TYPE, renderCalendar } from './feed.ts';

const ids = (what: string) => z.array(id, { error: `Expected a list of ids of ${what}.` });

const calendarIn = z
  .strictObject({
    name: text('what it is for'),
    scopes: ids('scopes').default([]).openapi({ description: 'It is of these, and of the services. Empty: of all.' }),
    services: ids('services').default([]),
  })
  .openapi('NewCalendar');

const calendarOut = z
  .object({
    id,
    name: z.string(),
    scopes: z.array(id),
    services: z.array(id),
    made_by: z.string(),
    creation_date: utcText,
  })
  .openapi('Calendar');

const madeCalendarOut = calendarOut
  .extend({
    address: z.string().openapi({
      description:
        'Where calendars read it. Whoever has it sees what is internal; it is not kept and cannot be shown again.',
    }),
  })
  .openapi('MadeCalendar');

function toCalendar(calendar: Calendar): z.infer<typeof calendarOut> {
  return {
    id: calendar.id,
    name: calendar.name,
    scopes: [...calendar.scopes],
    services: [...calendar.services],
    made_by: calendar.createdBy.name,
    creation_date: utc(calendar.createdAt),
  };
}

/** Calendars at secret addresses, and the calendar of one maintenance. */
export function calendars(api: Api, publicUrl: string | undefined): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/calendars',
      operationId: 'listCalendars',
      summary: 'List the calendars at secret addresses: to an admin all, to others those they made',
      tags: ['calendars'],
      security,
      responses: { 200: jsonResponse('The calendars, the newest first.', listOf(calendarOut)), ...failures },
    }),
    async (c) => c.json({ items: (await listVisibleCalendars(c.get('ctx'), c.get('actor'))).map(toCalendar) }, 200),
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/calendars',
      operationId: 'makeCalendar',
      summary: 'Make a calendar at a secret address, which shows what is internal',
      tags: ['calendars'],
      security,
      request: body(calendarIn),
      responses: { 201: jsonResponse('The calendar; its address is shown this once.', madeCalendarOut), ...failures },
    }),
    async (c) => {
      const { calendar, secret } = await createSecretCalendar(c.get('ctx'), c.get('actor'), c.req.valid('json'));
      const plain = toCalendar(calendar);
      c.set('withoutSecret', plain);
      c.header('Location', `/api/v1/calendars/${plain.id}`);
      return c.json({ ...plain, address: `${requestOrigin(c, publicUrl)}${secretPath(secret)}` }, 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/calendars/{id}',
      operationId: 'getCalendar',
      summary: 'One calendar at a secret address: to an admin any, to others one they made',
      tags: ['calendars'],
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The calendar, without its address.', calendarOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const calendar = await getVisibleCalendar(c.get('ctx').database, c.get('actor'), id);
      if (calendar === undefined) throw calendarNotFound({ id });
      return c.json(toCalendar(calendar), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/calendars/{id}',
      operationId: 'revokeCalendar',
      summary: 'Revoke a calendar: at its address there is nothing any more',
      tags: ['calendars'],
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The calendar, as it was.', calendarOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toCalendar(await revokeCalendar(holding(c, id), c.get('actor'), id)), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}/calendar.ics',
      operationId: 'getMaintenanceCalendar',
      summary: 'One maintenance as a calendar (iCalendar)',
      tags: ['maintenances'],
      security: readableByAll,
      request: { params: idInPath, query: publicQueryOnly },
      responses: {
        200: { description: 'The calendar.', content: { 'text/calendar': { schema: z.string() } } },
        ...failures,
      },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { database, clock } = c.get('ctx');
      const { id: asked } = c.req.valid('param');
      const reader = toReader(actor);
      const found = await findVisible(database, actor.accountId, reader, asked);
      const maintenance = found && viewFor(reader, found);
      if (maintenance === undefined) throw maintenanceNotFound({ ref: asked });
      const origin = requestOrigin(c, publicUrl);
      const text = renderCalendar(maintenance, clock.now(), ({ id: of }) => `${origin}/maintenances/${of}`);
      return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE });
    },
  );
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `calendar:${id}`, async (tx): Promise<Current | undefined> => {
    const calendar = await getVisibleCalendar(tx, c.get('actor'), id);
    return calendar && { answer: toCalendar(calendar) };
  });
}
