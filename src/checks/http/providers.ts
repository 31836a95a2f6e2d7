import { z } from '@hono/zod-openapi';
import { type Actor, authorizeReader, isAllowed, type Limited } from '../../core/permissions.ts';
import { utc } from '../../core/time.ts';
import { byText, listing } from '../../http/paging.ts';
import { resource } from '../../http/resource.ts';
import { type Api, type NamedOptions, operation } from '../../http/route.ts';
import { boolean, flag, listOf, text, utcText } from '../../http/schemas.ts';
import type { Queries } from '../../platform/database.ts';
import { checksFieldTexts } from '../../texts/openapi.ts';
import { providerNotFound } from '../errors.ts';
import {
  addProvider,
  editProvider,
  type ProviderDependencies,
  removeProvider,
  shownSettings,
} from '../provider-commands.ts';
import {
  countChecksPerProvider,
  findVisibleProvider,
  listProvidersPage,
  lockProvider,
  type StoredProvider,
} from '../provider-repository.ts';
import { type Lister, previewSync, type Sync, syncProvider } from '../sync.ts';

const nameInPath = z.object({
  name: z.string().openapi({ param: { name: 'name', in: 'path' }, example: 'nodeping-eu' }),
});
// Described explicitly, because a schema of JSON is recursive.
const fields = (what: string) =>
  z
    .record(z.string(), z.json(), { error: `Expected an object with ${what}.` })
    .openapi({ type: 'object', additionalProperties: true });

const settings = fields('the settings of its kind').openapi({
  description: checksFieldTexts.settings,
  example: { customerid: '201205050153W2Q4C' },
});
const credentials = fields('the credentials of its kind').openapi({
  description: checksFieldTexts.credentials,
  example: { token: 'env:LULL_SECRET_NODEPING' },
});
const enabled = boolean.describe(checksFieldTexts.providerEnabled);

const providerIn = z
  .strictObject({
    name: text('the name of the provider').openapi({ example: 'nodeping-eu' }),
    kind: text('the kind of the provider').openapi({ example: 'nodeping' }),
    settings: settings.default({}),
    credentials: credentials.default({}),
    enabled: enabled.default(true),
  })
  .openapi('NewProvider');
const providerEditIn = z.strictObject({ settings, credentials, enabled }).partial().openapi('ProviderEdit');

const providerOut = z
  .object({
    name: z.string(),
    kind: z.string(),
    settings,
    enabled,
    checks: z.number().int().describe(checksFieldTexts.checks),
    healthy: z.boolean().describe(checksFieldTexts.healthy),
    last_ok: utcText.nullable(),
    last_error: utcText.nullable(),
    last_error_text: z.string().nullable().describe(checksFieldTexts.lastErrorText),
    last_sync: utcText.nullable().describe(checksFieldTexts.lastSync),
    version: z.number().int(),
    creation_date: utcText,
  })
  .openapi('Provider');

const kindOut = z
  .object({
    kind: z.string(),
    title: z.string(),
    written_from: z.array(z.string()).describe(checksFieldTexts.writtenFrom),
    settings: z.record(z.string(), z.unknown()).describe(checksFieldTexts.schema),
    credentials: z.record(z.string(), z.unknown()).describe(checksFieldTexts.schema),
  })
  .openapi('ProviderKind');

type ProviderWithChecks = StoredProvider & { readonly checks: number };

function toProvider({ health, createdAt, settings: stored, ...provider }: ProviderWithChecks) {
  return {
    ...provider,
    settings: settings.parse(stored),
    healthy: health.failures === 0,
    last_ok: health.lastOkAt && utc(health.lastOkAt),
    last_error: health.lastErrorAt && utc(health.lastErrorAt),
    last_error_text: health.lastError,
    last_sync: health.lastSyncAt && utc(health.lastSyncAt),
    creation_date: utc(createdAt),
  };
}

function toShown(actor: Actor, { settings, ...provider }: StoredProvider): StoredProvider {
  const isFull = isAllowed(actor, 'edit-provider');
  return { ...provider, settings: isFull ? settings : shownSettings(provider.kind, settings) };
}

const listedCheck = z.object({
  external_id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  tags: z.array(z.string()),
});
const fingerprint = text('what the difference was called, which GET answers as seen').openapi({
  description: checksFieldTexts.fingerprint,
  example: 'v2Yk0mAqgB1rZ3nJt6XcPw',
});
const syncIn = z.strictObject({ seen: fingerprint }).openapi('SyncRequest');
const nameAndTags = z.object({ name: z.string(), tags: z.array(z.string()) });
const syncOut = z
  .object({
    provider: z.string(),
    seen: fingerprint,
    added: z.array(listedCheck).describe(checksFieldTexts.added),
    removed: z
      .array(z.object({ id: z.string(), external_id: z.string(), name: z.string() }))
      .describe(checksFieldTexts.removed),
    changed: z
      .array(z.object({ id: z.string(), external_id: z.string(), before: nameAndTags, after: nameAndTags }))
      .describe(checksFieldTexts.changed),
  })
  .openapi('Sync');

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

const list = listing<ProviderWithChecks, 'name', string, string>({
  orders: { name: 'name' },
  value: byText,
  id: z.string(),
  valueOf: ({ name }) => name,
  idOf: ({ name }) => name,
});

async function countChecks(db: Queries, accountId: number, name: string, reader?: Limited | 'internal') {
  return (await countChecksPerProvider(db, accountId, reader)).get(name) ?? 0;
}

/** The monitoring systems of an account. */
export function providers(
  api: Api,
  { list: listChecks, ...dependencies }: ProviderDependencies & { readonly list: Lister },
): void {
  const provider = resource(api, {
    path: '/providers',
    key: 'name',
    params: nameInPath,
    output: providerOut,
    toOutput: toProvider,
    notFound: providerNotFound,
    lock: 'provider',
    current: async (tx, { accountId }, { name }) => {
      const found = await lockProvider(tx, accountId, name);
      return found && { ...found, checks: 0 };
    },
  });

  const query = z.strictObject(list.params);
  const all = { list, permission: 'read', query } as const satisfies NamedOptions;
  provider.page('listProviders', all, async ({ db, accountId, actor }, page) => {
    const reader = authorizeReader(actor);
    const found = await listProvidersPage(db, accountId, reader, page);
    const checks = await countChecksPerProvider(db, accountId, reader);
    return found.map((each) => ({ ...toShown(actor, each), checks: checks.get(each.name) ?? 0 }));
  });
  const kinds = { permission: 'read', output: listOf(kindOut) } as const satisfies NamedOptions;
  operation(api, 'listProvidersKinds', 'get /providers/kinds', kinds, async () => ({
    items: dependencies.configuration
      .described()
      .map(({ writtenFrom, ...kind }) => ({ ...kind, written_from: [...writtenFrom] })),
  }));

  provider.get('getProviders', { permission: 'read' }, async ({ db, accountId, actor, params: { name } }) => {
    const reader = authorizeReader(actor);
    const found = await findVisibleProvider(db, accountId, reader, name);
    return found && { ...toShown(actor, found), checks: await countChecks(db, accountId, name, reader) };
  });
  provider.create('createProviders', 'add-provider', providerIn, async ({ ctx, actor, body }) => ({
    ...(await addProvider(ctx, actor, body, dependencies)),
    checks: 0,
  }));
  provider.change('patch', 'updateProviders', { permission: 'edit-provider', body: providerEditIn }, async (call) => {
    const { ctx, db, actor, accountId, params, body } = call;
    const edited = await editProvider(ctx, actor, params.name, body, dependencies);
    return { ...edited, checks: await countChecks(db, accountId, params.name) };
  });
  const removal = z.object({ abandon: flag.default('false').describe(checksFieldTexts.abandon) });
  provider.change(
    'delete',
    'deleteProviders',
    { permission: 'remove-provider', query: removal },
    async ({ ctx, db, actor, accountId, params, query }) => {
      const checks = await countChecks(db, accountId, params.name);
      const removed = await removeProvider(ctx, actor, params.name, { abandon: query.abandon === 'true' });
      return { ...removed, checks };
    },
  );

  // The difference is shown first, and then applied.
  const difference = {
    permission: 'sync-provider',
    params: nameInPath,
    output: syncOut,
  } as const satisfies NamedOptions;
  operation(api, 'listProvidersSync', 'get /providers/{name}/sync', difference, async ({ ctx, actor, params }) =>
    toSync(await previewSync(ctx, actor, params.name, listChecks)),
  );
  const sync = { ...difference, body: syncIn };
  operation(api, 'createProvidersSync', 'post /providers/{name}/sync', sync, async ({ ctx, actor, params, body }) =>
    toSync(await syncProvider(ctx, actor, params.name, listChecks, body.seen)),
  );
}
