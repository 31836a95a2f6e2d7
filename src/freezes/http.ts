import { z } from '@hono/zod-openapi';
import { authorizeReader } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { byInstant, listing } from '../http/paging.ts';
import { resource } from '../http/resource.ts';
import { type Api, publicQuery, resolveZone } from '../http/route.ts';
import { outputMapper } from '../http/rows.ts';
import {
  flag,
  id,
  idInQuery,
  many,
  moment,
  numbered,
  oneOf,
  text,
  timezone,
  toInstant,
  utcText,
} from '../http/schemas.ts';
import type { Vault } from '../platform/vault.ts';
import { commonFieldTexts, freezesFieldTexts } from '../texts/openapi.ts';
import { addFreeze, editFreeze, removeFreeze, sealCalendar } from './commands.ts';
import { freezeNotFound } from './errors.ts';
import { findFreeze, listFreezesPage, type StoredFreeze } from './repository.ts';
import { FREEZE_KINDS, toColumns } from './rules/times.ts';
import { FREEZE_EFFECTS } from './rules.ts';

const effect = oneOf(FREEZE_EFFECTS).describe(freezesFieldTexts.effect);
const zone = timezone.describe(commonFieldTexts.zoneOfTimes);
const reason = text('the reason');
const calendarUrl = text('an address').openapi({
  example: 'https://calendar.example.com/holidays.ics',
  description: freezesFieldTexts.calendarUrl,
});
const recurrence = {
  cron: text('a cron line').nullish().openapi({ example: '0 16 * * 5', description: freezesFieldTexts.cron }),
  duration_minutes: z
    .int({ error: 'Expected a whole number of minutes, such as 960.' })
    .nullish()
    .openapi({ example: 960, description: freezesFieldTexts.durationMinutes }),
};
const freezeIn = z
  .strictObject({
    scope: id.nullish().describe(freezesFieldTexts.newScope),
    start: moment.optional().describe(freezesFieldTexts.start),
    end: moment.nullish().describe(freezesFieldTexts.end),
    ...recurrence,
    calendar_url: calendarUrl.optional(),
    timezone: zone.optional(),
    reason,
    effect: effect.default('block'),
  })
  .openapi('NewFreeze');
const freezeEditIn = z
  .strictObject({
    scope: id.nullable(),
    start: moment,
    end: moment.nullable(),
    ...recurrence,
    calendar_url: calendarUrl,
    timezone: zone,
    reason,
    effect,
  })
  .partial()
  .openapi('FreezeEdit');
const freezeOut = z
  .object({
    id,
    scope: id.nullable(),
    kind: oneOf(FREEZE_KINDS).describe(freezesFieldTexts.kind),
    start: utcText,
    end: utcText.nullable().describe(freezesFieldTexts.end),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    duration_minutes: z.int().nullable(),
    calendar_url: z.string().nullable().describe(freezesFieldTexts.shownUrl),
    failing_since: utcText.nullable().describe(freezesFieldTexts.failing),
    failure: z.string().nullable(),
    next_start: utcText.nullable().describe(freezesFieldTexts.next),
    next_end: utcText.nullable(),
    reason: z.string(),
    effect,
    created_by: z.string(),
    creation_date: utcText,
  })
  .openapi('Freeze');

const toFreeze = outputMapper(freezeOut, ({ createdBy, times, next, failing }: StoredFreeze) => {
  const { start, end, cron, timezone, durationMinutes, url } = toColumns(times);
  return {
    kind: times.kind,
    start: utc(start),
    end: end && utc(end),
    cron,
    timezone,
    duration_minutes: durationMinutes,
    calendar_url: url,
    failing_since: failing && utc(failing.since),
    failure: failing?.reason ?? null,
    next_start: next === undefined ? null : utc(next.start),
    next_end: next === undefined ? null : utc(next.end),
    created_by: createdBy.name,
  };
});

const list = listing<StoredFreeze, 'start' | 'id', Date, number>({
  orders: { start: 'start', id: 'id' },
  value: byInstant,
  id: z.int(),
  valueOf: ({ times }) => times.start,
  idOf: ({ id }) => id,
});
const query = z.strictObject({
  scope: many(idInQuery).describe(freezesFieldTexts.scopes),
  over: flag.optional().describe(freezesFieldTexts.over),
  ...list.params,
  ...publicQuery,
});

export function freezes(api: Api, vault: Vault): void {
  const freeze = resource(api, {
    path: '/freezes',
    ...numbered,
    output: freezeOut,
    toOutput: toFreeze,
    notFound: freezeNotFound,
    lock: 'freeze',
    current: (tx, { accountId }, { id }, now) => findFreeze(tx, accountId, id, now),
  });

  freeze.page('listFreezes', { list, permission: 'read', query }, ({ ctx, db, actor, accountId, query }, page) => {
    const search = { scopes: query.scope, over: query.over === 'true' };
    return listFreezesPage(db, accountId, authorizeReader(actor), search, ctx.clock.now(), page);
  });
  freeze.create('createFreeze', 'add-freeze', freezeIn, async (call) => {
    const { scope, start, end, timezone, ...body } = call.body;
    const { duration_minutes: durationMinutes, calendar_url: url, ...values } = body;
    const calendar = url === undefined ? {} : sealCalendar(call.actor, url, vault);
    const zone = await resolveZone(call, timezone);
    const times = { start: toInstant(start, zone), end: end && toInstant(end, zone), timezone: zone, durationMinutes };
    return addFreeze(call.ctx, call.actor, { ...values, ...times, ...calendar, scopeId: scope ?? null });
  });
  freeze.get('getFreeze', { permission: 'read' }, ({ ctx, db, actor, accountId, params }) =>
    findFreeze(db, accountId, params.id, ctx.clock.now(), authorizeReader(actor)),
  );
  freeze.change('patch', 'updateFreeze', { permission: 'add-freeze', body: freezeEditIn }, async (call) => {
    const { scope: scopeId, start, end, timezone, ...body } = call.body;
    const { duration_minutes: durationMinutes, calendar_url: url, ...values } = body;
    const calendar = url === undefined ? {} : sealCalendar(call.actor, url, vault);
    const zone = await resolveZone(call, timezone);
    const times = { start: toInstant(start, zone), end: end && toInstant(end, zone), timezone, durationMinutes };
    const edit = { ...values, ...times, ...calendar, scopeId };
    return editFreeze(call.ctx, call.actor, call.params.id, edit);
  });
  freeze.change('delete', 'deleteFreeze', { permission: 'remove-freeze' }, ({ ctx, actor, params }) =>
    removeFreeze(ctx, actor, params.id),
  );
}
