import { z } from '@hono/zod-openapi';
import type { Fields } from '../../core/merge.ts';
import { AUDIENCES } from '../../core/permissions.ts';
import { withPreconditions } from '../../http/conditional.ts';
import { HttpError } from '../../http/errors.ts';
import { type Api, type NamedOptions, operation } from '../../http/route.ts';
import { boolean, flag, oneOf, text } from '../../http/schemas.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../../maintenance/rules/reminders.ts';
import { VISIBILITIES } from '../../maintenance/rules/status.ts';
import { catalogueFieldTexts } from '../../texts/openapi.ts';
import { applyCatalogue } from './commands.ts';
import { readCatalogue } from './repository.ts';
import { type Catalogue, type Change, SECTIONS, type Section } from './rules.ts';
import { parseYaml } from './yaml.ts';

const listOf = <T extends z.ZodType>(item: T) => z.array(item, { error: 'Expected a list.' });
const visibility = oneOf(VISIBILITIES).default('public');
const description = text('a description').default('');

const scope = z
  .strictObject({
    name: text('the name of the scope'),
    description,
    visibility,
    reminders: listOf(z.number({ error: 'Expected a number of minutes.' }))
      .default([...DEFAULT_REMINDERS_MINUTES])
      .describe(catalogueFieldTexts.documentReminders),
    requires_approval: boolean.default(false),
  })
  .openapi('CatalogueScope');

const service = z
  .strictObject({
    name: text('the name of the service'),
    scope: text('the name of a scope').nullable().default(null),
    description,
    visibility,
    owners: listOf(text('the id of a Slack user')).default([]),
  })
  .openapi('CatalogueService');

const check = z
  .strictObject({
    provider: text('the name of a provider').default('builtin'),
    external_id: text("the provider's own id").min(1, { error: "Expected the provider's own id." }),
    name: text('the name of the check'),
    tags: listOf(text('a tag')).default([]),
    services: listOf(text('the name of a service'))
      .default([])
      .openapi({ description: catalogueFieldTexts.checkServices, example: ['Production/api'] }),
  })
  .openapi('CatalogueCheck');

const subscription = z
  .strictObject({
    channel: text('the id of a Slack channel').openapi({ example: 'C0123456789' }),
    audience: oneOf(AUDIENCES).default('internal'),
    scope: text('the name of a scope').nullable().default(null),
    service: text('the name of a service').nullable().default(null),
  })
  .openapi('CatalogueSubscription');

const catalogueIn = z
  .strictObject({
    scopes: listOf(scope).optional(),
    services: listOf(service).optional(),
    checks: listOf(check).optional(),
    subscriptions: listOf(subscription).optional(),
  })
  .openapi('Catalogue', { description: catalogueFieldTexts.document });

const catalogueOut = catalogueIn.required().openapi('WholeCatalogue');

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const values = z.record(z.string(), z.union([scalar, z.array(z.union([z.string(), z.number()]))]));
const catalogueChange = z
  .object({
    section: z.enum(SECTIONS),
    name: z.string(),
    change: z.enum(['add', 'change', 'remove']),
    before: values.describe(catalogueFieldTexts.before),
    after: values.describe(catalogueFieldTexts.after),
  })
  .openapi('CatalogueChange');
const changesOut = z.object({ applied: z.boolean(), changes: z.array(catalogueChange) }).openapi('CatalogueChanges');

const MAX_CATALOGUE_BYTES = 1_000_000;
const applyQuery = z.strictObject({ dry_run: flag.optional().describe(catalogueFieldTexts.dryRun) });

export function catalogue(api: Api): void {
  const present = { permission: 'apply-catalogue', output: catalogueOut } as const satisfies NamedOptions;
  operation(api, 'getCatalogue', 'get /catalogue', present, async ({ db, accountId }) =>
    toDocument(await readCatalogue(db, accountId)),
  );

  const parsers = { 'application/yaml': readYaml };
  const applied = {
    permission: 'apply-catalogue',
    maxBodyBytes: MAX_CATALOGUE_BYTES,
    query: applyQuery,
    body: catalogueIn,
    parsers,
    output: changesOut,
  } as const satisfies NamedOptions;
  operation(api, 'applyCatalogue', 'put /catalogue', applied, async ({ c, actor, accountId, query, body }) => {
    const dryRun = query.dry_run === 'true';
    const ctx = withPreconditions(c, 'catalogue', async (tx) => ({
      answer: toDocument(await readCatalogue(tx, accountId)),
    }));
    const changes = await applyCatalogue(ctx, actor, toCatalogue(body), { dryRun });
    const all = SECTIONS.flatMap((section) => changes[section].map((change) => toChange(section, change)));
    return { applied: !dryRun, changes: all };
  });
}

function toDocument(catalogue: Catalogue): z.infer<typeof catalogueOut> {
  return {
    scopes: catalogue.scopes.map(({ requiresApproval, reminders, ...each }) => ({
      ...each,
      reminders: [...reminders],
      requires_approval: requiresApproval,
    })),
    services: catalogue.services.map((each) => ({ ...each, owners: [...each.owners] })),
    checks: catalogue.checks.map(({ provider, externalId, name, tags, services }) => ({
      provider,
      external_id: externalId,
      name,
      tags: [...tags],
      services: [...services],
    })),
    subscriptions: [...catalogue.subscriptions],
  };
}

/** @throws HttpError `body-malformed` */
async function readYaml(text: string): Promise<unknown> {
  const result = await parseYaml(text);
  if (!result.ok) throw new HttpError('body-malformed', `The body cannot be read. ${result.reason}.`, 'body');
  return result.value;
}

function toCatalogue({ scopes, services, checks, subscriptions }: z.infer<typeof catalogueIn>): Partial<Catalogue> {
  return {
    ...(scopes && {
      scopes: scopes.map(({ requires_approval, ...each }) => ({ ...each, requiresApproval: requires_approval })),
    }),
    ...(services && { services }),
    ...(checks && { checks: checks.map(({ external_id, ...each }) => ({ ...each, externalId: external_id })) }),
    ...(subscriptions && { subscriptions }),
  };
}

function toChange(section: Section, { name, before, after, fields }: Change<unknown>) {
  const change = before === undefined ? 'add' : after === undefined ? 'remove' : 'change';
  return { section, name, change, before: toValues(fields.before), after: toValues(fields.after) } as const;
}

function toValues(fields: Partial<Fields>): z.infer<typeof values> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? [...value] : (value ?? null),
    ]),
  );
}
