import { createRoute, z } from '@hono/zod-openapi';
import { addService } from '../../actions/add-service.ts';
import { SERVICE_STATUSES } from '../../domain/maintenance.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { listServices, type Service } from '../../store/catalogue.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { id, listOf, text } from './schemas.ts';

const serviceIn = z.strictObject({ name: text('the name of the service'), scope: id.nullish() }).openapi('NewService');
const serviceOut = z
  .object({ id, name: z.string(), scope: id.nullable(), status: z.enum(SERVICE_STATUSES) })
  .openapi('Service');
const toService = ({ scope, ...service }: Service): z.infer<typeof serviceOut> => ({
  ...service,
  scope: scope?.id ?? null,
});

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
