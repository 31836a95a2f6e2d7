import { createRoute } from '@hono/zod-openapi';
import { addService } from '../../actions/add-service.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { listServices } from '../../store/catalogue.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { listOf, serviceIn, serviceOut, toService } from './schemas.ts';

export function services(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/services',
      summary: 'List services, with the status they have for their users now',
      security,
      responses: { 200: answers('All services, by name.', listOf(serviceOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const found = await listServices(ground.database, actor.accountId);
      return c.json({ items: found.map(toService) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/services',
      summary: 'Add a service',
      security,
      request: body(serviceIn),
      responses: { 201: answers('The service.', serviceOut), ...failures },
    }),
    async (c) => {
      const { name, scope } = c.req.valid('json');
      const service = await addService(ground, c.get('actor'), { name, scopeId: scope ?? null });
      return c.json(toService(service), 201);
    },
  );
}
