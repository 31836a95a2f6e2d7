/** Prefix of the variables that credentials may name. */
export const SECRET_PREFIX = 'LULL_SECRET_';
/** Binds secrets to hosts, and is no secret itself. */
export const SECRET_HOSTS = 'LULL_SECRET_HOSTS';

/** A secret of whoever runs Lull, and the hosts it may be sent to, as `hostOf` writes them. */
export interface BoundSecret {
  readonly value: string;
  readonly hosts: ReadonlySet<string>;
}

/** By the name of the variable. Undefined: several workspaces share this Lull, and none of them may use one. */
export type Secrets = ReadonlyMap<string, BoundSecret> | undefined;

/**
 * Reads a list such as `NODEPING=api.nodeping.com,ICINGA=icinga-1.internal,ICINGA=icinga-2.internal`.
 * @returns the hosts by the name of the variable, or the first entry that is malformed
 */
export function readSecretHosts(
  list: string,
): { readonly hosts: ReadonlyMap<string, ReadonlySet<string>> } | { readonly wrong: string } {
  const hosts = new Map<string, Set<string>>();
  for (const entry of list.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const [, name = '', text = ''] = /^([A-Za-z0-9_]+)\s*=\s*([^\s/?#@\\]+)$/.exec(entry) ?? [];
    const host = hostOf(`http://${text}`);
    if (host === undefined || /:\d*$/.test(text.replace(/^\[.*\]/, ''))) return { wrong: entry };
    const variable = `${SECRET_PREFIX}${name}`;
    hosts.set(variable, (hosts.get(variable) ?? new Set()).add(host));
  }
  return { hosts };
}

/** The variables of the environment that hold a secret, each with its hosts. */
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

/** The host of an address as URLs normalize it, without a port or a final dot; undefined when it is no address. */
export function hostOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  return new URL(address).hostname.replace(/\.$/, '') || undefined;
}
