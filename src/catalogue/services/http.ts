import { z } from '@hono/zod-openapi';
import { listingByName, nameContains } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, publicQuery } from '../../http/route.ts';
import { outputMapper } from '../../http/rows.ts';
import { changedDescription, id, idInQuery, many, newDescription, numbered, oneOf, text } from '../../http/schemas.ts';
import { SERVICE_STATUSES, VISIBILITIES } from '../../maintenance/rules/status.ts';
import { catalogueFieldTexts } from '../../texts/openapi.ts';
import { serviceNotFound } from '../errors.ts';
import { findVisibleService, searchServices } from '../search.ts';
import { addService, editService, removeService } from './commands.ts';
import { findService, type ServiceSettings } from './repository.ts';

const visibility = oneOf(VISIBILITIES).describe(catalogueFieldTexts.serviceVisibility);
const owners = z.array(text('a Slack user id'), { error: 'Expected a list of Slack user ids.' });
const checks = z.array(text('the id of a check'), { error: 'Expected a list of ids of checks.' });
const name = text('the name of the service');

const serviceIn = z
  .strictObject({
    name,
    scope: id.nullish(),
    description: newDescription,
    visibility: visibility.default('public'),
    owners: owners.default([]).describe(catalogueFieldTexts.newOwners),
  })
  .openapi('NewService');
const serviceEditIn = z
  .strictObject({
    name,
    scope: id.nullable(),
    description: changedDescription,
    visibility,
    owners,
    checks: checks.describe(catalogueFieldTexts.editedChecks),
  })
  .partial()
  .openapi('ServiceEdit');
const serviceOut = z
  .object({
    id,
    name: z.string(),
    scope: id.nullable(),
    description: z.string(),
    visibility,
    status: z.enum(SERVICE_STATUSES).describe(catalogueFieldTexts.serviceStatus),
    owners: owners.describe(catalogueFieldTexts.owners),
    checks: checks.describe(catalogueFieldTexts.checks),
  })
  .openapi('Service');

const toService = outputMapper(serviceOut, (_: ServiceSettings, reader) =>
  reader === 'public' ? { owners: [], checks: [] } : {},
);

const list = listingByName<ServiceSettings, number>(z.int());
const query = z.strictObject({
  scope: many(idInQuery).describe(catalogueFieldTexts.serviceScopes),
  q: nameContains,
  ...list.params,
  ...publicQuery,
});

export function services(api: Api): void {
  const service = resource(api, {
    path: '/services',
    ...numbered,
    output: serviceOut,
    toOutput: toService,
    notFound: serviceNotFound,
    lock: 'service',
    current: (tx, { accountId }, { id }) => findService(tx, accountId, id),
  });

  service.page('listServices', { list, permission: 'public', query }, ({ db, accountId, reader, query }, page) =>
    searchServices(db, accountId, reader, { scopes: query.scope, texts: query.q }, page),
  );
  service.create('createService', 'add-service', serviceIn, ({ ctx, actor, body: { scope, ...values } }) =>
    addService(ctx, actor, { ...values, scopeId: scope ?? null }),
  );
  service.get('getService', { permission: 'public' }, ({ db, accountId, reader, params }) =>
    findVisibleService(db, accountId, reader, params.id),
  );
  service.change(
    'patch',
    'updateService',
    { permission: 'edit-service', body: serviceEditIn },
    ({ ctx, actor, params, body }) => {
      const { scope: scopeId, ...values } = body;
      return editService(ctx, actor, params.id, { ...values, scopeId });
    },
  );
  service.change('delete', 'deleteService', { permission: 'remove-service' }, ({ ctx, actor, params }) =>
    removeService(ctx, actor, params.id),
  );
}
