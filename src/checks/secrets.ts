/** Prefix of the variables that credentials may name. */
export const SECRET_PREFIX = 'LULL_SECRET_';
/** Binds secrets to hosts; it is no secret itself. */
export const SECRET_HOSTS = 'LULL_SECRET_HOSTS';

/** A secret of the environment, and the hosts it may be sent to, as `normalizeHost` returns them. */
export interface BoundSecret {
  readonly value: string;
  readonly hosts: ReadonlySet<string>;
}

/** By the name of the variable. Undefined: several workspaces share this Lull, and none may use secrets. */
export type Secrets = ReadonlyMap<string, BoundSecret> | undefined;

/**
 * Reads a list such as `NODEPING=api.nodeping.com,ICINGA=icinga-1.internal,ICINGA=icinga-2.internal`.
 * @returns hosts by variable, or the first malformed entry
 */
export function readSecretHosts(
  list: string,
): { readonly hosts: ReadonlyMap<string, ReadonlySet<string>> } | { readonly wrong: string } {
  const hosts = new Map<string, Set<string>>();
  for (const entry of list.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const [, name = '', text = ''] = /^([A-Za-z0-9_]+)\s*=\s*([^\s/?#@\\]+)$/.exec(entry) ?? [];
    const host = normalizeHost(`http://${text}`);
    if (host === undefined || /:\d*$/.test(text.replace(/^\[.*\]/, ''))) return { wrong: entry };
    const variable = `${SECRET_PREFIX}${name}`;
    hosts.set(variable, (hosts.get(variable) ?? new Set()).add(host));
  }
  return { hosts };
}

/** The secrets of the environment, by variable. */
export function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  hosts: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, BoundSecret> {
  return new Map(
    Object.entries(environment).flatMap(([name, value]): [string, BoundSecret][] =>
      value === undefined || !name.startsWith(SECRET_PREFIX) || name === SECRET_HOSTS
        ? []
        : [[name, { value, hosts: hosts.get(name) ?? new Set() }]],
    ),
  );
}

/** The normalized host of an address, without a port or a final dot; undefined when it is no address. */
export function normalizeHost(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  return new URL(address).hostname.replace(/\.$/, '') || undefined;
}
