import { z } from '@hono/zod-openapi';
import { authorizeReader } from '../core/permissions.ts';
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
import { commonFieldTexts, freezesFieldTexts } from '../texts/openapi.ts';
import { addFreeze, editFreeze, removeFreeze } from './commands.ts';
import { freezeNotFound } from './errors.ts';
import { findFreeze, findVisibleFreeze, listFreezesPage, type StoredFreeze } from './repository.ts';
import { FREEZE_EFFECTS } from './rules.ts';

const effect = oneOf(FREEZE_EFFECTS).describe(freezesFieldTexts.effect);
const zone = timezone.describe(commonFieldTexts.zoneOfTimes);
const reason = text('the reason');
const freezeIn = z
  .strictObject({
    scope: id.nullish().describe(freezesFieldTexts.newScope),
    start: moment,
    end: moment,
    timezone: zone.optional(),
    reason,
    effect: effect.default('block'),
  })
  .openapi('NewFreeze');
const freezeEditIn = z
  .strictObject({ scope: id.nullable(), start: moment, end: moment, timezone: zone, reason, effect })
  .partial()
  .openapi('FreezeEdit');
const freezeOut = z
  .object({
    id,
    scope: id.nullable(),
    start: utcText,
    end: utcText,
    reason: z.string(),
    effect,
    created_by: z.string(),
    creation_date: utcText,
  })
  .openapi('Freeze');

const toFreeze = outputMapper(freezeOut, ({ createdBy }: StoredFreeze) => ({ created_by: createdBy.name }));

const list = listing<StoredFreeze, 'start' | 'id', Date, number>({
  orders: { start: 'start', id: 'id' },
  value: byInstant,
  id: z.int(),
  valueOf: ({ start }) => start,
  idOf: ({ id }) => id,
});
const query = z.strictObject({
  scope: many(idInQuery).describe(freezesFieldTexts.scopes),
  over: flag.optional().describe(freezesFieldTexts.over),
  ...list.params,
  ...publicQuery,
});

export function freezes(api: Api): void {
  const freeze = resource(api, {
    path: '/freezes',
    ...numbered,
    output: freezeOut,
    toOutput: toFreeze,
    notFound: freezeNotFound,
    lock: 'freeze',
    current: (tx, { accountId }, { id }) => findFreeze(tx, accountId, id),
  });

  freeze.page('listFreezes', { list, permission: 'read', query }, ({ ctx, db, actor, accountId, query }, page) => {
    const search = { scopes: query.scope, endsAfter: query.over === 'true' ? undefined : ctx.clock.now() };
    return listFreezesPage(db, accountId, authorizeReader(actor), search, page);
  });
  freeze.create('createFreeze', 'add-freeze', freezeIn, async (call) => {
    const { scope, start, end, timezone, ...values } = call.body;
    const zone = await resolveZone(call, timezone);
    const window = { start: toInstant(start, zone), end: toInstant(end, zone) };
    return addFreeze(call.ctx, call.actor, { ...values, ...window, scopeId: scope ?? null });
  });
  freeze.get('getFreeze', { permission: 'read' }, ({ db, actor, accountId, params }) =>
    findVisibleFreeze(db, accountId, authorizeReader(actor), params.id),
  );
  freeze.change('patch', 'updateFreeze', { permission: 'add-freeze', body: freezeEditIn }, async (call) => {
    const { scope: scopeId, start, end, timezone, ...values } = call.body;
    const zone = await resolveZone(call, timezone);
    const edit = { ...values, scopeId, start: toInstant(start, zone), end: toInstant(end, zone) };
    return editFreeze(call.ctx, call.actor, call.params.id, edit);
  });
  freeze.change('delete', 'deleteFreeze', { permission: 'remove-freeze' }, ({ ctx, actor, params }) =>
    removeFreeze(ctx, actor, params.id),
  );
}
