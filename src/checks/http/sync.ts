import { createRoute, z } from '@hono/zod-openapi';
import { type Api, body, failures, jsonResponse, type Resources, security } from '../../http/route.ts';
import { text } from '../../http/schemas.ts';
import { previewSync, type Sync, syncProvider } from '../sync.ts';

const listed = z.object({
  external_id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  tags: z.array(z.string()),
});
const seen = text('what the difference was called, which GET answers as seen').openapi({
  description: 'Stands for this very difference: another one is not applied.',
  example: 'v2Yk0mAqgB1rZ3nJt6XcPw',
});
const syncIn = z.strictObject({ seen }).openapi('SyncRequest');
const syncOut = z
  .object({
    provider: z.string(),
    seen,
    added: z.array(listed).openapi({ description: 'Over there, and not known to Lull: they are added.' }),
    removed: z
      .array(z.object({ id: z.string(), external_id: z.string(), name: z.string() }))
      .openapi({ description: 'Known to Lull, and not over there any more: they are removed; their past stays.' }),
    changed: z
      .array(z.object({ id: z.string(), external_id: z.string(), before: named(), after: named() }))
      .openapi({ description: 'Named or tagged otherwise over there, which Lull takes over.' }),
  })
  .openapi('Sync');

function named() {
  return z.object({ name: z.string(), tags: z.array(z.string()) });
}

function toSync({ provider, difference: { added, removed, changed }, fingerprint }: Sync): z.infer<typeof syncOut> {
  return {
    provider: provider.name,
    seen: fingerprint,
    added: added.map(({ externalId, name, enabled, tags }) => ({
      external_id: externalId,
      name,
      enabled,
      tags: [...tags],
    })),
    removed: removed.map(({ id, externalId, name }) => ({ id, external_id: externalId, name })),
    changed: changed.map(({ before, after }) => ({
      id: before.id,
      external_id: before.externalId,
      before: { name: before.name, tags: [...before.tags] },
      after: { name: after.name, tags: [...after.tags] },
    })),
  };
}

const nameInPath = z.object({
  name: z.string().openapi({ param: { name: 'name', in: 'path' }, example: 'icinga' }),
});

/** Bringing in the checks of a monitoring system: the difference is seen first, and then applied. */
export function sync(api: Api, { ctx, providers }: Resources): void {
  const { list } = providers;

  api.openapi(
    createRoute({
      method: 'get',
      path: '/providers/{name}/sync',
      summary: 'What differs between the checks of a monitoring system and those known to Lull; changes nothing',
      tags: ['monitoring systems'],
      security,
      request: { params: nameInPath },
      responses: { 200: jsonResponse('What a sync would do.', syncOut), ...failures },
    }),
    async (c) => c.json(toSync(await previewSync(ctx, c.get('actor'), c.req.valid('param').name, list)), 200),
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/providers/{name}/sync',
      summary: 'Apply a difference that was seen: checks come, go, and take over names and tags',
      tags: ['monitoring systems'],
      security,
      request: { params: nameInPath, ...body(syncIn) },
      responses: { 200: jsonResponse('What was done.', syncOut), ...failures },
    }),
    async (c) => {
      const { name } = c.req.valid('param');
      const { seen: difference } = c.req.valid('json');
      return c.json(toSync(await syncProvider(ctx, c.get('actor'), name, list, difference)), 200);
    },
  );
}
