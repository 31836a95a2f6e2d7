import { createRoute, z } from '@hono/zod-openapi';
import { addCheck } from '../../actions/add-check.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { Refusal } from '../../domain/refusal.ts';
import { type Check, findCheck, listChecks } from '../../store/catalogue.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { id, listOf, text } from './schemas.ts';

const checkIn = z
  .strictObject({
    name: text('the name of the check'),
    services: z.array(id, { error: 'Expected a list of ids of services.' }).default([]),
    provider: text('the name of a provider').default('builtin'),
    external_id: text("the provider's own id").min(1, { error: "Expected the provider's own id." }).nullish(),
    enabled: z.boolean({ error: 'Expected true or false.' }).default(true),
    tags: z.array(text('a tag'), { error: 'Expected a list of tags.' }).default([]),
  })
  .openapi('NewCheck');
const checkOut = z
  .object({
    id: z.string(),
    name: z.string(),
    services: z.array(id),
    provider: z.string(),
    external_id: z.string(),
    enabled: z.boolean().openapi({ description: 'Whether an external monitor should make this check now.' }),
    held_by: z.array(id).openapi({ description: 'The maintenances in progress that want it off.' }),
    tags: z.array(z.string()),
  })
  .openapi('Check');
const toCheck = ({ externalId, heldBy, ...check }: Check): z.infer<typeof checkOut> => ({
  ...check,
  external_id: externalId,
  held_by: heldBy,
});

const checkInPath = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'K7QWZ3MNPT' }),
});

export function checks(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/checks',
      summary: 'List checks',
      security,
      responses: { 200: answers('All checks, by name.', listOf(checkOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const found = await listChecks(ground.database, actor.accountId);
      return c.json({ items: found.map(toCheck) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/checks/{id}',
      summary: 'One check: `enabled` says whether an external monitor should make it now',
      security,
      request: { params: checkInPath },
      responses: { 200: answers('The check.', checkOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const { id } = c.req.valid('param');
      const check = await findCheck(ground.database, actor.accountId, id);
      if (check === null) throw new Refusal('not-found', `There is no check ${id}.`);
      return c.json(toCheck(check), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/checks',
      summary: 'Add a check',
      security,
      request: body(checkIn),
      responses: { 201: answers('The check.', checkOut), ...failures },
    }),
    async (c) => {
      const { external_id, ...check } = c.req.valid('json');
      const input = { ...check, externalId: external_id ?? null };
      return c.json(toCheck(await addCheck(ground, c.get('actor'), input)), 201);
    },
  );
}
