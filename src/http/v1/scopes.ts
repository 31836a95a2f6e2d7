import { createRoute } from '@hono/zod-openapi';
import { addScope } from '../../actions/add-scope.ts';
import { editScope } from '../../actions/edit-scope.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { listScopes } from '../../store/catalogue.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { idInPath, listOf, scopeEditIn, scopeIn, scopeOut, toScope } from './schemas.ts';

export function scopes(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/scopes',
      summary: 'List scopes',
      security,
      responses: { 200: answers('All scopes, by name.', listOf(scopeOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const found = await listScopes(ground.database, actor.accountId);
      return c.json({ items: found.map(toScope) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/scopes',
      summary: 'Add a scope',
      security,
      request: body(scopeIn),
      responses: { 201: answers('The scope.', scopeOut), ...failures },
    }),
    async (c) => c.json(toScope(await addScope(ground, c.get('actor'), c.req.valid('json'))), 201),
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/scopes/{id}',
      summary: 'Change what is set for all maintenances of a scope; those scheduled already follow',
      security,
      request: { params: idInPath, ...body(scopeEditIn) },
      responses: { 200: answers('The scope.', scopeOut), ...failures },
    }),
    async (c) => {
      const { reminders, requires_approval: requiresApproval } = c.req.valid('json');
      const edit = { reminders, requiresApproval };
      const edited = await editScope(ground, c.get('actor'), c.req.valid('param').id, edit);
      return c.json(toScope(edited), 200);
    },
  );
}
