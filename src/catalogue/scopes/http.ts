import { z } from '@hono/zod-openapi';
import { listingByName, nameContains } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, publicQuery } from '../../http/route.ts';
import { fromBody, outputMapper } from '../../http/rows.ts';
import { boolean, changedDescription, id, newDescription, numbered, oneOf, text } from '../../http/schemas.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../../maintenance/rules/reminders.ts';
import { VISIBILITIES } from '../../maintenance/rules/status.ts';
import { catalogueFieldTexts } from '../../texts/openapi.ts';
import { scopeNotFound } from '../errors.ts';
import { findVisibleScope, searchScopes } from '../search.ts';
import { addScope, editScope, removeScope } from './commands.ts';
import { findScope, type ScopeSettings } from './repository.ts';

const reminders = z
  .array(z.number({ error: 'Expected a number of minutes.' }), { error: 'Expected a list of numbers of minutes.' })
  .openapi({ description: catalogueFieldTexts.scopeReminders, example: [...DEFAULT_REMINDERS_MINUTES] });
const requiresApproval = boolean.describe(catalogueFieldTexts.requiresApproval);
const visibility = oneOf(VISIBILITIES).describe(catalogueFieldTexts.scopeVisibility);
const name = text('the name of the scope');
const scopeIn = z
  .strictObject({ name, description: newDescription, visibility: visibility.default('public') })
  .openapi('NewScope');
const scopeEditIn = z
  .strictObject({ name, description: changedDescription, visibility, reminders, requires_approval: requiresApproval })
  .partial()
  .openapi('ScopeEdit');
const scopeOut = z
  .object({ id, name: z.string(), description: z.string(), visibility, reminders, requires_approval: requiresApproval })
  .openapi('Scope');

const toScope = outputMapper(scopeOut, (_: ScopeSettings) => ({}));

const list = listingByName<ScopeSettings, number>(z.int());
const query = z.strictObject({ q: nameContains, ...list.params, ...publicQuery });

export function scopes(api: Api): void {
  const scope = resource(api, {
    path: '/scopes',
    ...numbered,
    output: scopeOut,
    toOutput: toScope,
    notFound: scopeNotFound,
    lock: 'scope',
    current: (tx, { accountId }, { id }) => findScope(tx, accountId, id),
  });

  scope.page('listScopes', { list, permission: 'public', query }, ({ db, accountId, reader, query }, page) =>
    searchScopes(db, accountId, reader, { texts: query.q }, page),
  );
  scope.create('createScope', 'add-scope', scopeIn, ({ ctx, actor, body }) => addScope(ctx, actor, body));
  scope.get('getScope', { permission: 'public' }, ({ db, accountId, reader, params }) =>
    findVisibleScope(db, accountId, reader, params.id),
  );
  scope.change(
    'patch',
    'updateScope',
    { permission: 'edit-scope', body: scopeEditIn },
    ({ ctx, actor, params, body }) => editScope(ctx, actor, params.id, fromBody(body)),
  );
  scope.change('delete', 'deleteScope', { permission: 'remove-scope' }, ({ ctx, actor, params }) =>
    removeScope(ctx, actor, params.id),
  );
}
