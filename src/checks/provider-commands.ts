import { record } from '../audit/record.ts';
import { type Problem, UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { withCoverageChange } from '../maintenance/commands/coverage.ts';
import { detachChecks } from '../maintenance/repository/coverage.ts';
import { isUniqueViolation } from '../platform/database.ts';
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
  listCheckIds,
  lockProvider,
  openCredentials,
  type ProviderSettings,
  type StoredProvider,
  sealPurpose,
  updateProvider,
} from './provider-repository.ts';

type Fields = Readonly<Record<string, unknown>>;
type Read =
  | { readonly ok: true; readonly value: Fields }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A kind of monitoring systems; its fields as JSON Schemas, for forms and documentation. */
export interface DescribedKind {
  readonly kind: string;
  readonly title: string;
  /** The documentation it was written from, where it was never tried against the live service. */
  readonly writtenFrom: readonly string[];
  readonly settings: Fields;
  readonly credentials: Fields;
}

/** What reads the fields of a provider by its kind, and what seals its secrets. */
export interface ProviderMeans {
  readonly vault: Vault;
  readonly configuration: {
    readonly kinds: readonly string[];
    settings(kind: string, written: Fields): Read;
    credentials(kind: string, written: Fields): Read;
    /** What is wrong with the two together, each of which is right by itself. */
    both(kind: string, settings: Fields, credentials: Fields): readonly Problem[];
    /** Every kind with its fields, as JSON Schemas. */
    described(): readonly DescribedKind[];
  };
}

export interface AddProviderInput {
  /** What its checks call it; it never changes. */
  readonly name: string;
  readonly kind: string;
  /** By the fields of its kind, without a secret. */
  readonly settings: Fields;
  /** By the fields of its kind; `env:LULL_SECRET_NAME` stands for a variable of the environment. */
  readonly credentials: Fields;
  readonly enabled: boolean;
}

/**
 * Connects a monitoring system. Its credentials are sealed and not shown again, to nobody.
 * @throws UserError `forbidden`, `invalid` with every field that is wrong, or `conflict` when the name is taken
 */
export async function addProvider(
  ctx: ActionContext,
  actor: Actor,
  input: AddProviderInput,
  means: ProviderMeans,
): Promise<StoredProvider> {
  authorize(actor, 'add-provider');
  const name = input.name.trim();
  const problems = [...problemsOfProviderName(name), ...problemsOfKind(input, means)];
  if (problems.length > 0) throw UserError.invalid(problems);
  const taken = () => providerNameTaken({ name }, 'name');
  const add = inTransaction(ctx, async (tx, now) => {
    if ((await findProvider(tx, actor.accountId, name)) !== undefined) throw taken();
    const { kind, settings, enabled } = input;
    const credentials = sealCredentials(actor.accountId, name, input.credentials, means.vault);
    const provider = await insertProvider(tx, actor.accountId, { name, kind, settings, credentials, enabled }, now);
    await record(tx, actor, now, {
      type: 'provider.added',
      subject: { kind: 'provider', id: name },
      after: { kind, enabled, settings: providerSettings.parse(settings), credentials: Object.keys(input.credentials) },
    });
    return provider;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw isUniqueViolation(error) === 'providers_pkey' ? taken() : error;
  });
}

/** Sealed for this provider of this account alone; null when there is nothing to keep secret. */
export function sealCredentials(accountId: number, name: string, credentials: Fields, vault: Vault): string | null {
  if (Object.keys(credentials).length === 0) return null;
  return vault.seal(JSON.stringify(credentials), sealPurpose(accountId, name));
}

function problemsOfProviderName(name: string): Problem[] {
  // `kinds` is a path of the HTTP interface.
  if (name === 'builtin' || name === 'kinds') return [providerNameReserved.at('name', { name })];
  if (name.length <= MAX_NAME_CHARS && /^[a-z0-9][a-z0-9-]*$/.test(name)) return [];
  return [providerNameInvalid.at('name', { name })];
}

function problemsOfKind(
  { kind, settings, credentials }: AddProviderInput,
  { configuration }: ProviderMeans,
): Problem[] {
  if (!configuration.kinds.includes(kind)) {
    return [providerKindUnknown.at('kind', { kind, known: configuration.kinds })];
  }
  const problems = [configuration.settings(kind, settings), configuration.credentials(kind, credentials)].flatMap(
    (read) => (read.ok ? [] : read.problems),
  );
  return problems.length > 0 ? problems : [...configuration.both(kind, settings, credentials)];
}

/** What is not named stays as it is. */
export interface ProviderEdit {
  /** All settings, not some. */
  readonly settings?: ProviderSettings | undefined;
  /** All credentials, not some. */
  readonly credentials?: Readonly<Record<string, unknown>> | undefined;
  /**
   * False: windows do not switch its checks, and what they have off by now goes on again. True: those in progress take
   * them up.
   */
  readonly enabled?: boolean | undefined;
}

/**
 * Changes what a provider is connected with, or whether it is used.
 * @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong
 */
export async function editProvider(
  ctx: ActionContext,
  actor: Actor,
  name: string,
  { settings, credentials, enabled }: ProviderEdit,
  { vault, configuration }: ProviderMeans,
): Promise<StoredProvider> {
  authorize(actor, 'edit-provider');
  return inTransaction(ctx, async (tx, now) => {
    const { accountId } = actor;
    return withCoverageChange(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      const problems = [
        ...(settings === undefined ? [] : [configuration.settings(provider.kind, settings)]),
        ...(credentials === undefined ? [] : [configuration.credentials(provider.kind, credentials)]),
      ].flatMap((read) => (read.ok ? [] : read.problems));
      if (settings !== undefined && credentials === undefined && leadsElsewhere(provider.settings, settings)) {
        problems.push(credentialsRequired.at('credentials', {}));
      }
      if (problems.length === 0 && (settings ?? credentials) !== undefined) {
        const kept = credentials ?? (await readable(openCredentials(tx, vault, accountId, name)));
        problems.push(...configuration.both(provider.kind, settings ?? provider.settings, kept));
      }
      if (problems.length > 0) throw UserError.invalid(problems);
      const change = difference(fieldsOf(provider), {
        settings: providerSettings.parse(settings ?? provider.settings),
        enabled: enabled ?? provider.enabled,
      });
      if (change === undefined && credentials === undefined) return provider;
      const changed = await updateProvider(tx, accountId, name, {
        ...(settings === undefined ? {} : { settings }),
        ...(enabled === undefined ? {} : { enabled }),
        ...(credentials === undefined ? {} : { credentials: sealCredentials(accountId, name, credentials, vault) }),
      });
      await record(tx, actor, now, {
        type: 'provider.changed',
        subject: { kind: 'provider', id: name },
        before: { ...change?.before },
        after: { ...change?.after, ...(credentials === undefined ? {} : { credentials: Object.keys(credentials) }) },
      });
      return changed;
    });
  });
}

/** Those that cannot be read any more are as good as none. */
async function readable(credentials: ReturnType<typeof openCredentials>): ReturnType<typeof openCredentials> {
  return credentials.catch((error: unknown) => {
    if (error instanceof UnreadableSecret) return {};
    throw error;
  });
}

/** As the record keeps them. */
function fieldsOf({ settings, enabled }: StoredProvider) {
  return { settings: providerSettings.parse(settings), enabled };
}

/** Whether kept credentials would be sent where they were not given for. */
function leadsElsewhere(before: ProviderSettings, after: ProviderSettings): boolean {
  const known = origins(before);
  return [...origins(after)].some((origin) => !known.has(origin));
}

function origins(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(URL.canParse(value) ? [new URL(value).origin] : []);
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((inner: unknown) => [...origins(inner)]));
}

/**
 * Removes a monitoring system with its checks; their past stays on record. Refused while Lull has any of them off, because
 * nobody would switch them on again.
 * @param abandon the system is gone for good: what Lull has off there is left as it is
 * @throws UserError `forbidden`, `not-found`, or `conflict` while Lull has checks of it off
 */
export async function removeProvider(
  ctx: ActionContext,
  actor: Actor,
  name: string,
  { abandon = false }: { readonly abandon?: boolean } = {},
): Promise<StoredProvider> {
  authorize(actor, 'remove-provider');
  return inTransaction(ctx, async (tx, now) => {
    const { accountId } = actor;
    return withCoverageChange(tx, accountId, now, async () => {
      const provider = await lockProvider(tx, accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      const held = await listUnreleasedMutes(tx, accountId, name);
      if (held.checks > 0 && !abandon) {
        throw providerInUse({ name, checks: held.checks, maintenances: held.maintenances });
      }
      if (held.checks > 0) await abandonMutes(tx, accountId, name, now);
      const checks = await listCheckIds(tx, accountId, name);
      await detachChecks(tx, accountId, checks, now);
      await deleteProvider(tx, accountId, name);
      await record(tx, actor, now, {
        type: 'provider.removed',
        subject: { kind: 'provider', id: name },
        before: { kind: provider.kind, enabled: provider.enabled, settings: providerSettings.parse(provider.settings) },
        after: { checks_removed: checks.length, checks_left_as_they_are: held.checks },
      });
      return provider;
    });
  });
}
