import ipaddr from 'ipaddr.js';

/** Addresses that can be reached although they are not public. */
export interface AllowedAddresses {
  readonly ranges: readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number][];
  /** In lower case, without a trailing dot. */
  readonly hosts: ReadonlySet<string>;
  /** Several workspaces share this Lull, so that nothing can be allowed. */
  readonly shared?: boolean;
}

export const NOTHING_ALLOWED: AllowedAddresses = { ranges: [], hosts: new Set() };
export const NOTHING_FOR_TENANTS: AllowedAddresses = { ...NOTHING_ALLOWED, shared: true };

/** The public part of IPv6; the rest is special or unassigned (RFC 4291, 2.4). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

const HOST_NAME = /^(?=.{1,253}$)(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)*[\p{L}\p{N}_-]{1,63}$/u;

/**
 * Parses a list such as `10.0.0.0/8, ::1, icinga.internal`.
 * @returns the first entry that is neither an address, nor a range, nor a host name as `wrong`
 */
export function parseAllowedAddresses(list: string): { allowed: AllowedAddresses } | { wrong: string } {
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  const hosts = new Set<string>();
  for (const entry of list.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const bare = entry.replace(/^\[(.*)\]$/, '$1');
    if (isRange(bare)) ranges.push(ipaddr.parseCIDR(bare));
    else if (isAddress(bare)) ranges.push(wholeAddress(bare));
    else if (isHostName(entry)) hosts.add(hostName(entry));
    else return { wrong: entry };
  }
  return { allowed: { ranges, hosts } };
}

/**
 * Why an address is blocked, as the end of "it is ...", such as `a private address`; undefined if it is allowed. Only known
 * public addresses are, so that new kinds of special addresses are blocked by default.
 * @param address IPv6 without brackets; an IPv4-mapped one (`::ffff:10.0.0.1`) is checked as IPv4
 */
export function explainBlockedAddress(address: string, allowed: AllowedAddresses): string | undefined {
  const parsed = ipaddr.process(address);
  if (allowed.ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits))) {
    return undefined;
  }
  const range: string = parsed.range();
  if (range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST))) return undefined;
  return KINDS[range] ?? 'an address with a special use';
}

export function isAllowedHost(name: string, allowed: AllowedAddresses): boolean {
  return allowed.hosts.has(hostName(name));
}

const KINDS: Readonly<Record<string, string>> = {
  loopback: 'this machine itself',
  unspecified: 'this machine itself',
  private: 'a private address',
  uniqueLocal: 'a private address',
  deprecatedSiteLocal: 'a private address',
  linkLocal: 'a link-local address',
  carrierGradeNat: 'an address behind a carrier',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
};

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** Only complete addresses: `10/8` could be 10.0.0.0/8 or 0.0.0.10/8. */
function isRange(text: string): boolean {
  const [address = ''] = text.split('/');
  if (!ipaddr.isValidCIDR(text) || !isAddress(address)) return false;
  return ipaddr.process(address).kind() === ipaddr.parse(address).kind();
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** A host whose last label is a number is a mistyped address. */
function isHostName(text: string): boolean {
  return HOST_NAME.test(text.replace(/\.$/, '')) && !/(^|\.)\d+\.?$/.test(text);
}

function hostName(text: string): string {
  return text.toLowerCase().replace(/\.$/, '');
}
