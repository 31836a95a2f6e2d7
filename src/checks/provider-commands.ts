import { record } from '../audit/record.ts';
import { type Problem, UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import { isUniqueViolation } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { shownUrl } from '../platform/outbound/shown-url.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
import {
  credentialsRequired,
  providerInUse,
  providerKindUnknown,
  providerNameInvalid,
  providerNameReserved,
  providerNameTaken,
  providerNotFound,
} from './errors.ts';
import { providerSettings } from './events.ts';
import { abandonMutes, listUnreleasedMutes } from './mute-repository.ts';
import {
  deleteProvider,
  findProvider,
  insertProvider,
  lockProvider,
  openCredentials,
  type StoredProvider,
  sealPurpose,
  updateProvider,
} from './provider-repository.ts';
import type { Configuration, ProviderFields } from './providers/configuration.ts';
import { listStoredChecks } from './repository.ts';

export interface ProviderDependencies {
  readonly vault: Vault;
  readonly configuration: Configuration;
}

interface AddProviderInput {
  /** It never changes. */
  readonly name: string;
  readonly kind: string;
  readonly settings: ProviderFields;
  /** `env:LULL_SECRET_NAME` stands for a variable of the environment. */
  readonly credentials: ProviderFields;
  readonly enabled: boolean;
}

/**
 * Connects a monitoring system. Its credentials are sealed and never shown again.
 * @throws UserError `forbidden`, `invalid` with every field that is wrong, or `conflict` when the name is taken
 */
export async function addProvider(
  ctx: ActionContext,
  actor: Actor,
  input: AddProviderInput,
  { vault, configuration }: ProviderDependencies,
): Promise<StoredProvider> {
  authorize(actor, 'add-provider');
  const name = input.name.trim();
  const { kind, settings, credentials, enabled } = input;
  const problems = [...validateProviderName(name), ...validateFields(configuration, kind, { settings, credentials })];
  if (problems.length === 0) problems.push(...configuration.validateBoth(kind, settings, credentials));
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = () => providerNameTaken({ name }, 'name');
  const add = inTransaction(ctx, async (tx, now) => {
    if ((await findProvider(tx, actor.accountId, name)) !== undefined) throw taken();
    const sealed = sealCredentials(actor.accountId, name, credentials, vault);
    const row = { name, kind, settings, credentials: sealed, enabled };
    const provider = await insertProvider(tx, actor.accountId, row, now);
    await record(tx, actor, now, {
      type: 'provider.added',
      subject: { kind: 'provider', id: name },
      after: { kind, enabled, settings: shownSettings(kind, settings), credentials: Object.keys(credentials) },
    });
    return provider;
  });
  // Of two concurrent requests the database refuses the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'providers_pkey' ? taken() : error;
  });
}

/** Seals credentials for this provider of this account only; null without credentials. */
function sealCredentials(accountId: number, name: string, credentials: ProviderFields, vault: Vault): string | null {
  if (Object.keys(credentials).length === 0) return null;
  return vault.seal(JSON.stringify(credentials), sealPurpose(accountId, name));
}

function validateProviderName(name: string): Problem[] {
  // `kinds` is a path of the HTTP interface.
  if (name === 'builtin' || name === 'kinds') return [providerNameReserved.at('name', { name })];
  if (name.length <= MAX_NAME_CHARS && /^[a-z0-9][a-z0-9-]*$/.test(name)) return [];
  return [providerNameInvalid.at('name', { name })];
}

function validateFields(
  configuration: Configuration,
  kind: string,
  { settings, credentials }: Partial<Record<'settings' | 'credentials', ProviderFields | undefined>>,
): Problem[] {
  const { kinds } = configuration;
  if (!kinds.includes(kind)) return [providerKindUnknown.at('kind', { kind, known: kinds })];
  return [
    ...(settings ? configuration.validateSettings(kind, settings) : []),
    ...(credentials ? configuration.validateCredentials(kind, credentials) : []),
  ];
}

/** Fields that are absent stay unchanged; settings and credentials are replaced completely. */
export interface ProviderEdit {
  readonly settings?: ProviderFields | ((current: ProviderFields) => ProviderFields) | undefined;
  readonly credentials?: ProviderFields | undefined;
  /** False: its checks are unmuted, and no longer muted. True: maintenances in progress mute them. */
  readonly enabled?: boolean | undefined;
}

/** @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong */
export async function editProvider(
  ctx: ActionContext,
  actor: Actor,
  name: string,
  { settings: requested, credentials, enabled }: ProviderEdit,
  { vault, configuration }: ProviderDependencies,
): Promise<StoredProvider> {
  authorize(actor, 'edit-provider');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    const { provider, change } = await withCoverageChange(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      const settings = typeof requested === 'function' ? requested(provider.settings) : requested;
      const changesFields = settings !== undefined || credentials !== undefined;
      const problems = changesFields ? validateFields(configuration, provider.kind, { settings, credentials }) : [];
      if (settings !== undefined && credentials === undefined && leadsElsewhere(provider.settings, settings)) {
        problems.push(credentialsRequired.at('credentials', {}));
      }
      if (problems.length === 0 && changesFields) {
        const all = credentials ?? (await openCredentials(tx, vault, accountId, name).catch(ignoreUnreadable));
        problems.push(...configuration.validateBoth(provider.kind, settings ?? provider.settings, all));
      }
      if (problems.length > 0) throw UserError.invalid(problems);
      const change = difference(
        { settings: providerSettings.parse(provider.settings), enabled: provider.enabled },
        { settings: providerSettings.parse(settings ?? provider.settings), enabled: enabled ?? provider.enabled },
      );
      if (change === undefined && credentials === undefined) return { provider, change: undefined };
      const changed = await updateProvider(tx, accountId, name, {
        ...(settings === undefined ? {} : { settings }),
        ...(enabled === undefined ? {} : { enabled }),
        ...(credentials === undefined ? {} : { credentials: sealCredentials(accountId, name, credentials, vault) }),
      });
      const { kind } = provider;
      return {
        provider: changed,
        change: { before: toRecord(kind, change?.before), after: toRecord(kind, change?.after) },
      };
    });
    if (change === undefined) return provider;
    await record(tx, actor, now, {
      type: 'provider.changed',
      subject: { kind: 'provider', id: name },
      before: change.before,
      after: { ...change.after, ...(credentials === undefined ? {} : { credentials: Object.keys(credentials) }) },
    });
    // What failed so far is tried again immediately, and a running batch continues with the new configuration.
    await enqueue(tx, 'reconcile', { accountId, provider: name });
    return provider;
  });
}

function toRecord(kind: string, { settings, ...values }: Partial<Pick<StoredProvider, 'settings' | 'enabled'>> = {}) {
  return { ...values, ...(settings === undefined ? {} : { settings: shownSettings(kind, settings) }) };
}

/** What is sent with each request. A text in it without a placeholder may be a secret. */
const SENT = ['headers', 'json', 'form'];

/**
 * Settings as the audit records them, and as people who may not change them see them: without what may be a secret, such as
 * the query of an address, or all of the address of a system of one's own that is not its host.
 */
export function shownSettings(kind: string, settings: ProviderFields) {
  const hide = (value: unknown, isSent: boolean): unknown => {
    if (typeof value === 'string') {
      if (isSent) return value.includes('{') ? value : '…';
      if (!/^https?:/i.test(value) || !URL.canParse(value)) return value;
      return kind === 'webhook' ? shownUrl(value) : value.replace(/\?.*$/s, '?…');
    }
    if (Array.isArray(value)) return value.map((each) => hide(each, isSent));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([name, each]) => [name, hide(each, isSent || SENT.includes(name))]));
  };
  return providerSettings.parse(hide(settings, false));
}

function ignoreUnreadable(error: unknown): ProviderFields {
  if (error instanceof UnreadableSecret) return {};
  throw error;
}

/** Whether stored credentials would be sent to another address than they were given for. */
function leadsElsewhere(before: ProviderFields, after: ProviderFields): boolean {
  const known = listOrigins(before);
  return listOrigins(after).some((origin) => !known.includes(origin));
}

function listOrigins(value: unknown): string[] {
  if (typeof value === 'string') return URL.canParse(value) ? [new URL(value).origin] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(listOrigins);
}

/**
 * Removes a monitoring system with its checks; their history stays. Refused while any of them is muted, because nobody
 * would unmute them.
 * @param abandon the system is gone for good: muted checks are left as they are
 * @throws UserError `forbidden`, `not-found`, or `conflict` while checks of it are muted
 */
export async function removeProvider(
  ctx: ActionContext,
  actor: Actor,
  name: string,
  { abandon = false }: { readonly abandon?: boolean } = {},
): Promise<StoredProvider> {
  authorize(actor, 'remove-provider');
  const { accountId } = actor;
  return inTransaction(ctx, async (tx, now) => {
    const { provider, muted, checks } = await withCoverageChange(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      const muted = await listUnreleasedMutes(tx, accountId, name);
      if (muted.checks > 0 && !abandon) throw providerInUse({ name, ...muted });
      if (muted.checks > 0) await abandonMutes(tx, accountId, name, now);
      const checks = (await listStoredChecks(tx, accountId, name)).map(({ id }) => id);
      await detachChecks(tx, accountId, checks, now);
      await deleteProvider(tx, accountId, name);
      return { provider, muted, checks };
    });
    const { kind, enabled, settings } = provider;
    await record(tx, actor, now, {
      type: 'provider.removed',
      subject: { kind: 'provider', id: name },
      before: { kind, enabled, settings: shownSettings(kind, settings) },
      after: { checks_removed: checks.length, checks_left_as_they_are: muted.checks },
    });
    // A running batch of its checks stops.
    if (muted.checks > 0) await enqueue(tx, 'reconcile', { accountId, provider: name });
    return provider;
  });
}
