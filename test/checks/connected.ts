import { Configuration } from '../../src/checks/configuration.ts';
import type { ProviderKind, Reach } from '../../src/checks/kind.ts';
import { KINDS } from '../../src/checks/kinds.ts';
import { listerOf } from '../../src/checks/lister.ts';
import { Registry } from '../../src/checks/registry.ts';
import { readSecrets, type Secrets } from '../../src/checks/secrets.ts';
import { systemClock } from '../../src/clock.ts';
import { type Allowed, readAllowed } from '../../src/outgoing/addresses.ts';
import { readRegister, writeRegister } from '../../src/store/checks.ts';
import type { Database } from '../../src/store/database.ts';
import { Vault } from '../../src/store/vault.ts';

/** This machine, where the monitoring systems of the tests are. */
export const LOOPBACK: Allowed = loopback();

/** Secrets of the environment, each bound to all of these hosts. */
export function boundTo(hosts: readonly string[], values: Readonly<Record<string, string>>): Secrets {
  return readSecrets(values, new Map(Object.keys(values).map((name) => [name, new Set(hosts)])));
}

function loopback(): Allowed {
  const read = readAllowed('127.0.0.0/8,localhost');
  if ('wrong' in read) throw new Error(`not an address: ${read.wrong}`);
  return read.allowed;
}

export interface ConnectedOptions {
  readonly kinds?: readonly ProviderKind[];
  readonly secrets?: Secrets;
  readonly fetch?: Reach['fetch'];
}

/** The providers of a database, as Lull connects them. */
export function connected(
  database: Database,
  { kinds = KINDS, fetch = (url, init) => globalThis.fetch(url, init), ...options }: ConnectedOptions = {},
) {
  const secrets = 'secrets' in options ? options.secrets : new Map();
  const configuration = new Configuration(kinds, secrets);
  const vault = new Vault(['the encryption key of the tests']);
  const registry = new Registry({
    database,
    configuration,
    vault,
    reach: { fetch, publicUrl: 'https://lull.example', now: () => new Date() },
    register: {
      read: (ids) => readRegister(database, ids),
      write: (ids, enabled) => writeRegister(database, ids, enabled),
    },
  });
  const list = listerOf({ database, clock: systemClock }, registry);
  return { configuration, vault, registry, list };
}
