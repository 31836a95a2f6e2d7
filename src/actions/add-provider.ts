import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { type Problem, Refusal } from '../domain/refusal.ts';
import { LONGEST_NAME } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import { takenIn } from '../store/fault.ts';
import { findProvider, insertProvider, purposeOf, type StoredProvider } from '../store/providers.ts';
import type { Vault } from '../store/vault.ts';
import { type Ground, transact } from './action.ts';

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
 * @throws Refusal `forbidden`, `invalid` with every field that is wrong, or `conflict` when the name is taken
 */
export async function addProvider(
  ground: Ground,
  actor: Actor,
  input: AddProviderInput,
  means: ProviderMeans,
): Promise<StoredProvider> {
  mustBeAllowed(actor, 'add-provider');
  const name = input.name.trim();
  const problems = [...problemsOfProviderName(name), ...problemsOfKind(input, means)];
  if (problems.length > 0) throw Refusal.invalid(problems);
  const taken = () => {
    const message = `There is a provider named ${name} already. Choose another name.`;
    return new Refusal('conflict', message, [{ field: 'name', message }]);
  };
  const add = transact(ground, async (tx, now) => {
    if ((await findProvider(tx, actor.accountId, name)) !== undefined) throw taken();
    const { kind, settings, enabled } = input;
    const credentials = sealed(actor.accountId, name, input.credentials, means.vault);
    const provider = await insertProvider(tx, actor.accountId, { name, kind, settings, credentials, enabled }, now);
    await record(tx, actor, now, {
      action: 'add-provider',
      subject: `provider:${name}`,
      after: { kind, enabled, settings: JSON.stringify(settings), credentials: Object.keys(input.credentials) },
    });
    return provider;
  });
  // Two may ask at the same time; then the database says so to the second.
  return add.catch((error: unknown) => {
    throw takenIn(error) === 'providers_pkey' ? taken() : error;
  });
}

/** Sealed for this provider of this account alone; null when there is nothing to keep secret. */
export function sealed(accountId: number, name: string, credentials: Fields, vault: Vault): string | null {
  if (Object.keys(credentials).length === 0) return null;
  return vault.seal(JSON.stringify(credentials), purposeOf(accountId, name));
}

function problemsOfProviderName(name: string): Problem[] {
  if (name === 'builtin') {
    return [{ field: 'name', message: "builtin is Lull's own register, which is there already. Choose another name." }];
  }
  if (name === 'kinds') {
    return [{ field: 'name', message: 'kinds is an address of the HTTP interface already. Choose another name.' }];
  }
  if (name.length <= LONGEST_NAME && /^[a-z0-9][a-z0-9-]*$/.test(name)) return [];
  const message = `name is ${JSON.stringify(name.slice(0, 80))}; expected small letters, digits and hyphens, such as nodeping-eu.`;
  return [{ field: 'name', message }];
}

function problemsOfKind(
  { kind, settings, credentials }: AddProviderInput,
  { configuration }: ProviderMeans,
): Problem[] {
  if (!configuration.kinds.includes(kind)) {
    const message = `kind is ${JSON.stringify(kind.slice(0, 80))}; expected one of ${configuration.kinds.join(', ')}.`;
    return [{ field: 'kind', message }];
  }
  const problems = [configuration.settings(kind, settings), configuration.credentials(kind, credentials)].flatMap(
    (read) => (read.ok ? [] : read.problems),
  );
  return problems.length > 0 ? problems : [...configuration.both(kind, settings, credentials)];
}
