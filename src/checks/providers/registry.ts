import type { Clock } from '../../core/clock.ts';
import type { Database, Queries } from '../../platform/database.ts';
import type { Vault } from '../../platform/vault.ts';
import { checksNotListable, checksNotListed } from '../errors.ts';
import { findProvider, openCredentials } from '../provider-repository.ts';
import { readRegister, writeRegister } from '../repository.ts';
import type { Lister } from '../sync.ts';
import type { Configuration } from './configuration.ts';
import type { Provider, ProviderContext, Providers, SwitchResult, Target } from './provider.ts';
import { openSession } from './session.ts';

interface RegistryOptions {
  readonly database: Database;
  readonly configuration: Configuration;
  readonly vault: Vault;
  readonly context: ProviderContext;
}

/** The connected providers of this process: each when it is first needed, and again after it was changed. */
export class Registry implements Providers {
  readonly #options: RegistryOptions;
  readonly #builtin: Provider;
  /** `version` also differs when a provider was removed and added again. */
  readonly #connected = new Map<string, { readonly version: string; readonly provider: Provider }>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#builtin = builtin(options.database);
  }

  async provider(accountId: number, name: string): Promise<Provider | undefined> {
    if (name === 'builtin') return this.#builtin;
    const { database, configuration, vault, context } = this.#options;
    const key = `${accountId}:${name}`;
    const stored = await findProvider(database, accountId, name);
    if (stored === undefined) {
      this.#connected.delete(key);
      return undefined;
    }
    const known = this.#connected.get(key);
    const version = `${stored.createdAt.getTime()}:${stored.version}`;
    if (known?.version === version) return known.provider;
    const secrets = await openCredentials(database, vault, accountId, name);
    const { kind, settings, credentials, hosts } = configuration.complete(stored.kind, stored.settings, secrets);
    const provider = kind.connect(settings, credentials, {
      ...context,
      fetch: hosts === undefined ? context.fetch : (url, init, trust) => context.fetch(url, init, trust, hosts),
    });
    this.#connected.set(key, { version, provider });
    return provider;
  }
}

export function createLister(
  ctx: { readonly database: Database; readonly clock: Clock },
  providers: Providers,
): Lister {
  return async (accountId, name) => {
    const listed = await (await openSession(ctx, providers, accountId, name)).list();
    if (!listed.ok) throw checksNotListed({ name, reason: listed.error });
    if (listed.value === null) throw checksNotListable({ name });
    return listed.value;
  };
}

/** Lull's own register, which external monitors ask whether to run a check: `GET /api/v1/checks/{id}`. */
export function builtin(database: Queries): Provider {
  const write = async (targets: readonly Target[], enabled: boolean): Promise<ReadonlyMap<string, SwitchResult>> => {
    const ids = targets.map(({ id }) => id);
    await writeRegister(database, ids, enabled);
    return new Map(ids.map((id) => [id, { ok: true }]));
  };
  return {
    form: 'switch',
    async read(targets) {
      const ids = targets.map(({ id }) => id);
      return new Map([...(await readRegister(database, ids))].map(([id, enabled]) => [id, enabled ? 'on' : 'off']));
    },
    switchOff: (targets) => write(targets, false),
    switchOn: (targets) => write(targets, true),
  };
}
