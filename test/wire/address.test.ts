import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { addressClass, hostClass } from '../../src/wire/address.js';
import { serverIdentity } from '../../src/wire/certificates.js';

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.0.9', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['10.0.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['203.0.113.5', 'public'],
  ['2001:db8::1', 'public'],
  ['64:ff9b::cb00:7105', 'public'],
  ['169.254.169.254', 'forbidden'],
  ['169.254.0.1', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['::ffff:a9fe:a9fe', 'forbidden'],
  ['64:ff9b::a9fe:a9fe', 'forbidden'],
  ['64:ff9b::7f00:1', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['168.63.129.16', 'forbidden'],
  ['0.0.0.0', 'forbidden'],
  ['::', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['2002:7f00:1::', 'forbidden'],
  ['127.1', 'forbidden'],
  ['localhost', 'forbidden'],
  ['', 'forbidden'],
])('%s is %s', (address, expected) => {
  expect(addressClass(address)).toBe(expected);
});

test('a server identity is signed by its own authority, for loopback names only', async () => {
  const [one, two] = await Promise.all([serverIdentity(), serverIdentity()]);
  const certificate = new X509Certificate(one.cert);
  const authority = new X509Certificate(one.ca);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(authority.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkHost('ehr.example')).toBeUndefined();
  expect(new X509Certificate(two.ca).subject).not.toBe(authority.subject);
});

test.each([
  ['localhost', 'loopback'],
  ['[::1]', 'loopback'],
  ['169.254.169.254', 'forbidden'],
  ['10.0.0.1', 'private'],
  ['ehr.example', undefined],
])('the host %s reaches %s', (host, expected) => expect(hostClass(host)).toBe(expected));
