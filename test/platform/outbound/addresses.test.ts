import { describe, expect, it } from 'vitest';
import {
  explainBlockedAddress,
  NOTHING_ALLOWED,
  parseAllowedAddresses,
} from '../../../src/platform/outbound/addresses.ts';

function allowed(list: string) {
  const read = parseAllowedAddresses(list);
  if (!('allowed' in read)) throw new Error(read.wrong);
  return read.allowed;
}

describe('an address', () => {
  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1', 'fec0::1'],
    ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ['a carrier-grade NAT address', '100.64.0.1', '100.127.255.255'],
    ['multicast or broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
    ['reserved', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1'],
    ['an IPv4-mapped address', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::ffff:10.0.0.1'],
    ['an IPv4-compatible address', '::127.0.0.1', '::a00:1'],
    [
      'an IPv4-translated address (NAT64)',
      '64:ff9b::7f00:1',
      '64:ff9b::808:808',
      '64:ff9b:1::a00:1',
      '::ffff:0:127.0.0.1',
    ],
    ['a tunneled IPv4 address (6to4, Teredo)', '2002:7f00:1::1', '2002:808:808::1', '2001:0:7f00:1::1'],
    ['not allocated for the internet', '4000::1', '1::1', '100::1', '5f00::1'],
  ])('that is %s is blocked', (_kind, ...addresses) => {
    for (const address of addresses)
      expect(explainBlockedAddress(address, NOTHING_ALLOWED), address).toEqual(expect.any(String));
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '::ffff:8.8.8.8',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
  ])('on the open internet is allowed: %s', (address) => {
    expect(explainBlockedAddress(address, NOTHING_ALLOWED)).toBeUndefined();
  });

  it('is blocked with a description of its kind', () => {
    expect(explainBlockedAddress('10.1.2.3', NOTHING_ALLOWED)).toBe('a private address');
    expect(explainBlockedAddress('127.0.0.1', NOTHING_ALLOWED)).toBe('this machine itself');
    expect(explainBlockedAddress('192.0.2.1', NOTHING_ALLOWED)).toBe('an address with a special use');
  });
});

describe('the list of allowed addresses', () => {
  it('accepts addresses, ranges and names', () => {
    const list = allowed(' 10.0.0.0/8,127.0.0.1 , [::1],fd00::/8,Icinga.Internal., localhost,');
    expect(explainBlockedAddress('10.200.0.1', list)).toBeUndefined();
    expect(explainBlockedAddress('::ffff:10.200.0.1', list)).toBeUndefined();
    expect(explainBlockedAddress('127.0.0.1', list)).toBeUndefined();
    expect(explainBlockedAddress('127.0.0.2', list)).toBe('this machine itself');
    expect(explainBlockedAddress('::1', list)).toBeUndefined();
    expect(explainBlockedAddress('fd00::5', list)).toBeUndefined();
    expect(explainBlockedAddress('192.168.0.1', list)).toBe('a private address');
    expect([...list.hosts]).toEqual(['icinga.internal', 'localhost']);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0',
    '10.0.0.256',
    'http://localhost',
    'a b',
    'host:80',
    '*.internal',
    '::1/129',
    '2130706433',
    '10/8',
    '10.0/16',
    '::ffff:10.0.0.0/104',
  ])('rejects %s, and reports it', (entry) =>
    expect(parseAllowedAddresses(`10.0.0.0/8,${entry}`)).toEqual({ wrong: entry }),
  );
});
