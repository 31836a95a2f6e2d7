import { createRoute, z } from '@hono/zod-openapi';
import { authorize } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { withPreconditions } from '../../http/conditional.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  type RequestContext,
  type Resources,
  security,
} from '../../http/route.ts';
import { listOf, text, utcText } from '../../http/schemas.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { providerNotFound } from '../errors.ts';
import { addProvider, editProvider, removeProvider } from '../provider-commands.ts';
import {
  countChecksPerProvider,
  findProvider,
  listProviders,
  lockProvider,
  type StoredProvider,
} from '../provider-repository.ts';
import { sync } from './sync.ts';

const nameInPath = z.object({
  name: z.string().openapi({ param: { name: 'name', in: 'path' }, example: 'nodeping-eu' }),
});
// Said by hand: JSON holds JSON, which no description comes to an end of.
const fields = (what: string) =>
  z
    .record(z.string(), z.json(), { error: `Expected an object with ${what}.` })
    .openapi({ type: 'object', additionalProperties: true });

const settings = fields('the settings of its kind').openapi({
  description: 'By the fields of its kind; shown to whoever may read.',
  example: { customerid: '201205050153W2Q4C' },
});
const credentials = fields('the credentials of its kind').openapi({
  description:
    'By the fields of its kind; sealed, and never shown. env:LULL_SECRET_NAME stands for a variable of the environment that is bound to the host by LULL_SECRET_HOSTS; not where several workspaces share Lull.',
  example: { token: 'env:LULL_SECRET_NODEPING' },
});
const enabled = z.boolean({ error: 'Expected true or false.' }).openapi({
  description: 'false: windows do not switch its checks, and what they have off goes on again.',
});

const providerIn = z
  .strictObject({
    name: text('the name of the provider').openapi({ example: 'nodeping-eu' }),
    kind: text('the kind of the provider').openapi({ example: 'nodeping' }),
    settings: settings.default({}),
    credentials: credentials.default({}),
    enabled: enabled.default(true),
  })
  .openapi('NewProvider');
const providerEditIn = z
  .strictObject({ settings: settings.optional(), credentials: credentials.optional(), enabled: enabled.optional() })
  .openapi('ProviderEdit');

const providerOut = z
  .object({
    name: z.string(),
    kind: z.string(),
    settings,
    enabled,
    checks: z.number().int().openapi({ description: 'How many checks of it are known to Lull.' }),
    healthy: z.boolean().openapi({ description: 'Whether it answered when it was asked last.' }),
    last_ok: utcText.nullable(),
    last_error: utcText.nullable(),
    last_error_text: z.string().nullable().openapi({ description: 'The last one, whatever came since.' }),
    last_sync: utcText.nullable().openapi({ description: 'When its list of checks was last gone through.' }),
    version: z.number().int(),
    creation_date: utcText,
  })
  .openapi('Provider');

const kindOut = z
  .object({
    kind: z.string(),
    title: z.string(),
    written_from: z.array(z.string()).openapi({
      description: 'The documentation it was written from, where it was never tried against the live service.',
    }),
    settings: z.record(z.string(), z.unknown()).openapi({ description: 'A JSON Schema.' }),
    credentials: z.record(z.string(), z.unknown()).openapi({ description: 'A JSON Schema.' }),
  })
  .openapi('ProviderKind');

function toProvider(
  { health, createdAt, settings: kept, ...provider }: StoredProvider,
  checks: ReadonlyMap<string, number>,
): z.infer<typeof providerOut> {
  const orNull = (at: Date | null) => at && utc(at);
  return {
    ...provider,
    settings: settings.parse(kept),
    checks: checks.get(provider.name) ?? 0,
    healthy: health.failures === 0,
    last_ok: orNull(health.lastOkAt),
    last_error: orNull(health.lastErrorAt),
    last_error_text: health.lastError,
    last_sync: orNull(health.lastSyncAt),
    creation_date: utc(createdAt),
  };
}

const common = { tags: ['monitoring systems'], security };

/** What a provider is changed on, only while `If-Match` holds. */
function holding(c: RequestContext, name: string): ActionContext {
  // PostgreSQL has no text with U+0000 in it.
  if (name.includes('\0')) throw providerNotFound({ name });
  return withPreconditions(c, `provider:${name}`, async (tx) => {
    const provider = await lockProvider(tx, c.get('actor').accountId, name);
    return provider && { version: provider.version };
  });
}

/** The monitoring systems of an account. */
export function providers(api: Api, resources: Resources): void {
  const { ctx, providers: means } = resources;
  const countChecks = (accountId: number) => countChecksPerProvider(ctx.database, accountId);

  api.openapi(
    createRoute({
      method: 'get',
      path: '/providers',
      summary: 'List the monitoring systems that are connected, each with its health',
      ...common,
      responses: {
        200: jsonResponse('All providers but the builtin register, by name.', listOf(providerOut)),
        ...failures,
      },
    }),
    async (c) => {
      const actor = c.get('actor');
      authorize(actor, 'read');
      const found = await listProviders(ctx.database, actor.accountId);
      const checks = await countChecks(actor.accountId);
      return c.json({ items: found.map((provider) => toProvider(provider, checks)) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/providers/kinds',
      summary: 'List the kinds of monitoring systems that can be connected, with their fields',
      ...common,
      responses: { 200: jsonResponse('All kinds.', listOf(kindOut)), ...failures },
    }),
    async (c) => {
      authorize(c.get('actor'), 'read');
      const items = means.configuration
        .described()
        .map(({ writtenFrom, ...kind }) => ({ ...kind, written_from: [...writtenFrom] }));
      return c.json({ items }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/providers/{name}',
      summary: 'One monitoring system with its health',
      ...common,
      request: { params: nameInPath },
      responses: { 200: jsonResponse('The provider.', providerOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      authorize(actor, 'read');
      const { name } = c.req.valid('param');
      const provider = await findProvider(ctx.database, actor.accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      c.set('version', provider.version);
      return c.json(toProvider(provider, await countChecks(actor.accountId)), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/providers',
      summary: 'Connect a monitoring system',
      ...common,
      request: body(providerIn),
      responses: { 201: jsonResponse('The provider.', providerOut), ...failures },
    }),
    async (c) => {
      const added = await addProvider(c.get('ctx'), c.get('actor'), c.req.valid('json'), means);
      c.set('version', added.version);
      c.header('Location', `/api/v1/providers/${encodeURIComponent(added.name)}`);
      return c.json(toProvider(added, new Map()), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/providers/{name}',
      summary: 'Change what a monitoring system is connected with, or whether it is used',
      ...common,
      request: { params: nameInPath, ...body(providerEditIn) },
      responses: { 200: jsonResponse('The provider.', providerOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const { name } = c.req.valid('param');
      const edited = await editProvider(holding(c, name), actor, name, c.req.valid('json'), means);
      c.set('version', edited.version);
      return c.json(toProvider(edited, await countChecks(actor.accountId)), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/providers/{name}',
      summary: 'Remove a monitoring system with its checks; refused while Lull has any of them off',
      ...common,
      request: {
        params: nameInPath,
        query: z.object({
          abandon: z.enum(['true', 'false'], { error: 'Expected true or false.' }).default('false').openapi({
            description: 'true: the system is gone for good, and what Lull has off there is left as it is.',
          }),
        }),
      },
      responses: { 200: jsonResponse('The provider, as it was.', providerOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      const checks = await countChecks(actor.accountId);
      const abandon = c.req.valid('query').abandon === 'true';
      const { name } = c.req.valid('param');
      const removed = await removeProvider(holding(c, name), actor, name, { abandon });
      return c.json(toProvider(removed, checks), 200);
    },
  );

  sync(api, resources);
}
