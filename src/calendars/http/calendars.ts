import { z } from '@hono/zod-openapi';
import { send } from '../../http/conditional.ts';
import { listingById } from '../../http/paging.ts';
import { requestOrigin } from '../../http/reading.ts';
import { resource } from '../../http/resource.ts';
import { type Api, type NamedOptions, operation, publicQueryOnly, withSecret } from '../../http/route.ts';
import { outputMapper } from '../../http/rows.ts';
import { id, idInPath, idsOf, numbered, text, utcText } from '../../http/schemas.ts';
import { maintenanceNotFound } from '../../maintenance/errors.ts';
import { findVisible } from '../../maintenance/repository/list.ts';
import { viewFor } from '../../maintenance/rules/visibility.ts';
import { calendarsFieldTexts } from '../../texts/openapi.ts';
import { createSecretCalendar, getVisibleCalendar, listVisibleCalendars, revokeCalendar } from '../commands.ts';
import { calendarNotFound } from '../errors.ts';
import type { Calendar } from '../repository.ts';
import { secretPath } from '../rules.ts';
import { CALENDAR_TYPE, renderCalendar } from './feed.ts';

const calendarIn = z
  .strictObject({
    name: text('what it is for'),
    scopes: idsOf('scopes').default([]).describe(calendarsFieldTexts.scopes),
    services: idsOf('services').default([]),
  })
  .openapi('NewCalendar');

const calendarOut = z
  .object({
    id,
    name: z.string(),
    scopes: z.array(id),
    services: z.array(id),
    owner: z.string().nullable().describe(calendarsFieldTexts.owner),
    created_with: id.nullable().describe(calendarsFieldTexts.createdWith),
    made_by: z.string(),
    creation_date: utcText,
  })
  .openapi('Calendar');

const madeCalendarOut = calendarOut
  .extend({ address: z.string().describe(calendarsFieldTexts.address) })
  .openapi('MadeCalendar');

const toCalendar = outputMapper(calendarOut, ({ ownerId, tokenId, createdBy }: Calendar) => ({
  owner: ownerId,
  created_with: tokenId,
  made_by: createdBy.name,
}));

const list = listingById<Calendar>({ newestFirst: true });
const query = z.strictObject(list.params);

/** Calendars at secret addresses, and the calendar of one maintenance. */
export function calendars(api: Api, publicUrl: string | undefined): void {
  const calendar = resource(api, {
    path: '/calendars',
    ...numbered,
    output: calendarOut,
    toOutput: toCalendar,
    notFound: calendarNotFound,
    lock: 'calendar',
    current: (tx, actor, { id }) => getVisibleCalendar(tx, actor, id),
  });

  calendar.page('listCalendars', { list, permission: 'make-calendar', query }, ({ ctx, actor }, page) =>
    listVisibleCalendars(ctx, actor, page),
  );
  calendar.createAs('makeCalendar', 'make-calendar', calendarIn, madeCalendarOut, async (call) => {
    const { calendar, secret } = await createSecretCalendar(call.ctx, call.actor, call.body);
    const address = `${requestOrigin(call.c, publicUrl)}${secretPath(secret)}`;
    return withSecret(call, toCalendar(calendar, call.reader), { address });
  });
  calendar.get('getCalendar', { permission: 'make-calendar' }, ({ db, actor, params }) =>
    getVisibleCalendar(db, actor, params.id),
  );
  calendar.change('delete', 'revokeCalendar', { permission: 'make-calendar' }, ({ ctx, actor, params }) =>
    revokeCalendar(ctx, actor, params.id),
  );

  const output = z.string();
  const file = {
    permission: 'public',
    params: idInPath,
    query: publicQueryOnly,
    output,
    type: 'text/calendar',
  } as const satisfies NamedOptions;
  operation(api, 'getMaintenanceCalendar', 'get /maintenances/{id}/calendar.ics', file, async (call) => {
    const { c, ctx, db, accountId, reader, params } = call;
    const { id } = params;
    const found = await findVisible(db, accountId, reader, id);
    const maintenance = found && viewFor(reader, found);
    if (maintenance === undefined) throw maintenanceNotFound({ ref: id });
    const origin = requestOrigin(c, publicUrl);
    const text = await renderCalendar(maintenance, ctx.clock.now(), ({ id: of }) => `${origin}/maintenances/${of}`);
    return send(c, text, { type: CALENDAR_TYPE });
  });
}
