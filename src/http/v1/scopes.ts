import { createRoute, z } from '@hono/zod-openapi';
import { addScope } from '../../actions/add-scope.ts';
import { editScope } from '../../actions/edit-scope.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { REMINDERS } from '../../domain/reminders.ts';
import { listScopes, type ScopeSettings } from '../../store/catalogue.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { id, idInPath, listOf, text } from './schemas.ts';

const reminders = z
  .array(z.number({ error: 'Expected a number of minutes.' }), { error: 'Expected a list of numbers of minutes.' })
  .openapi({
    description: 'How long before its start a maintenance is reminded of, in minutes; empty: not at all.',
    example: [...REMINDERS],
  });
const requiresApproval = z.boolean({ error: 'Expected true or false.' }).openapi({
  description: 'A second person approves each maintenance that touches it, or it does not start.',
});
const scopeIn = z.strictObject({ name: text('the name of the scope') }).openapi('NewScope');
const scopeEditIn = z
  .strictObject({ reminders: reminders.optional(), requires_approval: requiresApproval.optional() })
  .openapi('ScopeEdit');
const scopeOut = z.object({ id, name: z.string(), reminders, requires_approval: requiresApproval }).openapi('Scope');
const toScope = ({ id, name, reminders, requiresApproval }: ScopeSettings): z.infer<typeof scopeOut> => ({
  id,
  name,
  reminders: [...reminders],
  requires_approval: requiresApproval,
});

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
