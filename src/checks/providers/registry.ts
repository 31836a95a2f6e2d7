import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Vault } from '../../platform/vault.ts';
import { checksNotListable, checksNotListed } from '../errors.ts';
import { findProvider, openCredentials } from '../provider-repository.ts';
import type { Lister } from '../sync.ts';
import { builtin, type Register } from './builtin/provider.ts';
import type { Configuration } from './configuration.ts';
import type { ProviderContext } from './kind.ts';
import type { Provider, Providers } from './provider.ts';
import { openSession } from './session.ts';

/** The name of Lull's own register, which every account has. */
export const BUILTIN = 'builtin';

export interface RegistryOptions {
  readonly database: Database;
  readonly configuration: Configuration;
  readonly vault: Vault;
  readonly reach: ProviderContext;
  readonly register: Register;
}

/**
 * The providers that are connected in this process: each when it is first needed, and again once another process or
 * person has changed what it is connected with.
 */
export class Registry implements Providers {
  readonly #options: RegistryOptions;
  readonly #builtin: Provider;
  /** `since` says with what it is connected: one that was removed and added again is another one. */
  readonly #connected = new Map<string, { readonly since: string; readonly provider: Provider }>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#builtin = builtin(options.register);
  }

  async provider(accountId: number, name: string): Promise<Provider | undefined> {
    if (name === BUILTIN) return this.#builtin;
    const { database, configuration, vault, reach } = this.#options;
    const key = `${accountId}:${name}`;
    const stored = await findProvider(database, accountId, name);
    if (stored === undefined) {
      this.#connected.delete(key);
      return undefined;
    }
    const known = this.#connected.get(key);
    const since = `${stored.createdAt.getTime()}:${stored.version}`;
    if (known?.since === since) return known.provider;
    const secrets = await openCredentials(database, vault, accountId, name);
    const { kind, settings, credentials, hosts } = configuration.complete(stored.kind, stored.settings, secrets);
    const provider = kind.connect(settings, credentials, { ...reach, fetch: fetchOnly(reach.fetch, hosts) });
    this.#connected.set(key, { since, provider });
    return provider;
  }
}

/** Limits requests, and the redirects they follow, to these hosts; undefined: any. */
function fetchOnly(fetch: ProviderContext['fetch'], hosts: ReadonlySet<string> | undefined): ProviderContext['fetch'] {
  return hosts === undefined ? fetch : (url, init, trust) => fetch(url, init, trust, hosts);
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
