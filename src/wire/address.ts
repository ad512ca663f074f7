import { BlockList, isIP } from 'node:net';
import type { AddressClass } from './exchange.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const privateUse = new BlockList();
privateUse.addSubnet('10.0.0.0', 8);
privateUse.addSubnet('172.16.0.0', 12);
privateUse.addSubnet('192.168.0.0', 16);
privateUse.addSubnet('100.64.0.0', 10);
privateUse.addSubnet('fc00::', 7, 'ipv6');

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16);
forbidden.addSubnet('fe80::', 10, 'ipv6');
// Instance metadata of clouds that do not use a link-local address for it.
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
forbidden.addAddress('100.100.100.200');
forbidden.addAddress('168.63.129.16');
forbidden.addAddress('192.0.0.192');
// "This host" reaches loopback on most systems, whatever class the name was listed with.
forbidden.addSubnet('0.0.0.0', 8);
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('224.0.0.0', 3);
forbidden.addSubnet('ff00::', 8, 'ipv6');
// 6to4 and NAT64 carry an IPv4 address past the lists above (RFC 3056, RFC 6052).
forbidden.addSubnet('2002::', 16, 'ipv6');
forbidden.addSubnet('64:ff9b::', 104, 'ipv6');
forbidden.addSubnet('64:ff9b::7f00:0', 104, 'ipv6');
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
forbidden.addAddress('64:ff9b::6464:64c8', 'ipv6');
forbidden.addAddress('64:ff9b::a83f:8110', 'ipv6');

/**
 * What an address reaches. `forbidden`: link-local, cloud metadata, unspecified, multicast and translated addresses,
 * which are never connected to; also text that is no address.
 * https://www.iana.org/assignments/iana-ipv4-special-registry https://www.rfc-editor.org/rfc/rfc4291
 */
export function addressClass(address: string): AddressClass | 'forbidden' {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  if (version === 0) return 'forbidden';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (forbidden.check(bare, family)) return 'forbidden';
  if (loopback.check(bare, family)) return 'loopback';
  return privateUse.check(bare, family) ? 'private' : 'public';
}

/** What the host of a URL reaches as far as its text says; undefined for a name other than localhost. */
export function hostClass(host: string): AddressClass | 'forbidden' | undefined {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost') return 'loopback';
  return isIP(bare) === 0 ? undefined : addressClass(bare);
}
