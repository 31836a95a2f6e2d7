import { z } from '@hono/zod-openapi';
import { findVisibleCheck, searchChecks } from '../../catalogue/search.ts';
import { authorizeReader } from '../../core/permissions.ts';
import { listingByName, nameContains } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, type NamedOptions, publicQuery } from '../../http/route.ts';
import { fromBody, outputMapper } from '../../http/rows.ts';
import { boolean, flag, id, idInQuery, idsOf, isTrue, many, searchWord, text } from '../../http/schemas.ts';
import { checksFieldTexts, commonFieldTexts } from '../../texts/openapi.ts';
import { addCheck, editCheck, removeCheck } from '../commands.ts';
import { checkNotFound } from '../errors.ts';
import { type Check, findCheck } from '../repository.ts';

const services = idsOf('services');
const tags = z.array(text('a tag'), { error: 'Expected a list of tags.' });
const name = text('the name of the check');
const editedEnabled = boolean.describe(checksFieldTexts.editedEnabled);

const checkIn = z
  .strictObject({
    name,
    services: services.default([]),
    provider: text('the name of a provider').default('builtin'),
    external_id: text("the provider's own id").min(1, { error: "Expected the provider's own id." }).nullish(),
    enabled: boolean.default(true),
    tags: tags.default([]),
  })
  .openapi('NewCheck');
const checkEditIn = z
  .strictObject({ name, services: services.describe(checksFieldTexts.services), tags, enabled: editedEnabled })
  .partial()
  .openapi('CheckEdit');
const checkOut = z
  .object({
    id: z.string(),
    name: z.string(),
    services,
    provider: z.string(),
    external_id: z.string(),
    enabled: boolean.describe(checksFieldTexts.enabled),
    muted_by: z.array(id).describe(checksFieldTexts.mutedBy),
    tags: z.array(z.string()),
  })
  .openapi('Check');

const toCheck = outputMapper(checkOut, (_: Check) => ({}));

const checkInPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'K7QWZ3MNPT' }) });

const list = listingByName<Check, string>(z.string());
const query = z.strictObject({
  service: many(idInQuery).describe(commonFieldTexts.services),
  provider: many(searchWord).describe(checksFieldTexts.provider),
  tag: many(searchWord),
  enabled: flag.optional(),
  q: nameContains,
  ...list.params,
  ...publicQuery,
});

export function checks(api: Api): void {
  const check = resource(api, {
    path: '/checks',
    key: 'id',
    params: checkInPath,
    output: checkOut,
    toOutput: toCheck,
    notFound: checkNotFound,
    lock: 'check',
    current: (tx, { accountId }, { id }) => findCheck(tx, accountId, id),
  });

  check.page('listChecks', { list, permission: 'read', query }, ({ db, actor, accountId, query }, page) => {
    const { service: services, provider: providers, tag: tags, enabled, q: texts } = query;
    const search = { services, providers, tags, enabled: isTrue(enabled), texts };
    return searchChecks(db, accountId, authorizeReader(actor), search, page);
  });
  check.create('createCheck', 'add-check', checkIn, ({ ctx, actor, body }) =>
    addCheck(ctx, actor, { externalId: null, ...fromBody(body) }),
  );
  check.get('getCheck', { permission: 'read' }, ({ db, actor, accountId, params }) =>
    findVisibleCheck(db, accountId, authorizeReader(actor), params.id),
  );
  // Each field has its own: operators may switch checks.
  const edit = { permission: ['switch-check', 'edit-check'], body: checkEditIn } as const satisfies NamedOptions;
  check.change('patch', 'updateCheck', edit, ({ ctx, actor, params, body }) => editCheck(ctx, actor, params.id, body));
  check.change('delete', 'deleteCheck', { permission: 'remove-check' }, ({ ctx, actor, params }) =>
    removeCheck(ctx, actor, params.id),
  );
}
