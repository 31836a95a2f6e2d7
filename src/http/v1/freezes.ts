import { createRoute, z } from '@hono/zod-openapi';
import { addFreeze } from '../../actions/add-freeze.ts';
import { removeFreeze } from '../../actions/remove-freeze.ts';
import { FREEZE_EFFECTS } from '../../domain/freezes.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { listFreezes, type StoredFreeze } from '../../store/freezes.ts';
import { type Api, answers, body, failures, type Resources, security } from './route.ts';
import { id, idInPath, instant, listOf, oneOf, text, utc, utcText } from './schemas.ts';

const effect = oneOf(FREEZE_EFFECTS).openapi({
  description: 'block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked.',
});

const freezeIn = z
  .strictObject({
    scope: id.nullish().openapi({ description: 'Left out: everything.' }),
    start: instant,
    end: instant,
    reason: text('the reason'),
    effect: effect.default('block'),
  })
  .openapi('NewFreeze');

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

function toFreeze(freeze: StoredFreeze): z.infer<typeof freezeOut> {
  return {
    id: freeze.id,
    scope: freeze.scope?.id ?? null,
    start: utc(freeze.start),
    end: utc(freeze.end),
    reason: freeze.reason,
    effect: freeze.effect,
    created_by: freeze.createdBy.name,
    creation_date: utc(freeze.createdAt),
  };
}

export function freezes(api: Api, { ground }: Resources): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/freezes',
      summary: 'List the freezes that are not over, the first to begin first',
      security,
      responses: { 200: answers('The freezes.', listOf(freezeOut)), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      mustBeAllowed(actor, 'read');
      const found = await listFreezes(ground.database, actor.accountId, ground.clock.now());
      return c.json({ items: found.map(toFreeze) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/freezes',
      summary: 'Add a freeze; what is scheduled in it already stays',
      security,
      request: body(freezeIn),
      responses: { 201: answers('The freeze.', freezeOut), ...failures },
    }),
    async (c) => {
      const { scope, ...freeze } = c.req.valid('json');
      const added = await addFreeze(ground, c.get('actor'), { ...freeze, scopeId: scope ?? null });
      return c.json(toFreeze(added), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/freezes/{id}',
      summary: 'Remove a freeze',
      security,
      request: { params: idInPath },
      responses: { 200: answers('The freeze, as it was.', freezeOut), ...failures },
    }),
    async (c) => c.json(toFreeze(await removeFreeze(ground, c.get('actor'), c.req.valid('param').id)), 200),
  );
}
