import { Configuration } from '../../../src/checks/providers/configuration.ts';
import { KINDS } from '../../../src/checks/providers/kinds.ts';
import type { ProviderContext, ProviderKind } from '../../../src/checks/providers/provider.ts';
import { createLister, Registry } from '../../../src/checks/providers/registry.ts';
import { readSecrets, type Secrets } from '../../../src/checks/secrets.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Database } from '../../../src/platform/database.ts';
import { type AllowedAddresses, parseAllowedAddresses } from '../../../src/platform/outbound/addresses.ts';
import { Vault } from '../../../src/platform/vault.ts';
import { httpProblemText } from '../../../src/texts/http-errors.ts';

/** This machine, where the monitoring systems of the tests are. */
export const LOOPBACK: AllowedAddresses = loopback();

/** Secrets of the environment, each bound to all of these hosts. */
export function boundTo(hosts: readonly string[], values: Readonly<Record<string, string>>): Secrets {
  return readSecrets(values, new Map(Object.keys(values).map((name) => [name, new Set(hosts)])));
}

function loopback(): AllowedAddresses {
  const read = parseAllowedAddresses('127.0.0.0/8,localhost');
  if ('wrong' in read) throw new Error(`not an address: ${read.wrong}`);
  return read.allowed;
}

export interface ConnectedOptions {
  readonly kinds?: readonly ProviderKind[];
  readonly secrets?: Secrets;
  readonly fetch?: ProviderContext['fetch'];
}

/** The providers of a database, as Lull connects them. */
export function connected(
  database: Database,
  { kinds = KINDS, fetch = (url, init) => globalThis.fetch(url, init), ...options }: ConnectedOptions = {},
) {
  const secrets = 'secrets' in options ? options.secrets : new Map();
  const configuration = new Configuration(kinds, secrets, httpProblemText);
  const vault = new Vault(['the encryption key of the tests']);
  const registry = new Registry({
    database,
    configuration,
    vault,
    context: { fetch, publicUrl: 'https://lull.example', now: () => new Date() },
  });
  const list = createLister({ database, clock: systemClock }, registry);
  return { configuration, vault, registry, list };
}
