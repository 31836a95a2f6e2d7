import ipaddr from 'ipaddr.js';

/** How many parts of an IPv6 address name a network; its hosts choose the others at will. */
const NETWORK_PARTS = 4;

/**
 * The address of the client, or its network with IPv6; `none` for a request that did not come over a network.
 * @param proxies how many own proxies stand before Lull
 */
export function clientAddress(forwardedFor: string | undefined, peer: string | undefined, proxies: number): string {
  const forwarded = proxies === 0 ? [] : (forwardedFor ?? '').split(',');
  const address = forwarded.at(-proxies)?.trim() || peer || 'none';
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv4
    ? parsed.toString()
    : `${parsed.toNormalizedString().split(':').slice(0, NETWORK_PARTS).join(':')}::/64`;
}

export function isPrivate(address: string): boolean {
  return ipaddr.isValid(address) && ['loopback', 'private', 'uniqueLocal'].includes(ipaddr.process(address).range());
}
