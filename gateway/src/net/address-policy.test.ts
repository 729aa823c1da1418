import { describe, expect, test } from 'vitest';
import { addressRanges, forbiddenLiteral, isForbiddenAddress } from './address-policy.ts';

const forbidden = [
  ['0.0.0.0', 'RFC 1122 unspecified'],
  ['0.1.2.3', 'RFC 1122 this network'],
  ['10.0.0.1', 'RFC 1918 private'],
  ['100.64.0.1', 'RFC 6598 carrier-grade NAT'],
  ['100.100.100.200', 'RFC 6598, a cloud’s metadata service'],
  ['127.0.0.1', 'RFC 1122 loopback'],
  ['127.255.255.254', 'RFC 1122 loopback, last'],
  ['169.254.169.254', 'RFC 3927 link-local, metadata'],
  ['168.63.129.16', 'a cloud’s platform service'],
  ['172.16.0.1', 'RFC 1918 private, first'],
  ['172.31.255.255', 'RFC 1918 private, last'],
  ['192.0.0.1', 'RFC 6890 protocol assignments'],
  ['192.0.2.1', 'RFC 5737 documentation'],
  ['192.31.196.1', 'RFC 7535 AS112'],
  ['192.52.193.1', 'RFC 7450 AMT'],
  ['192.88.99.1', 'RFC 7526 6to4 relay'],
  ['192.168.1.1', 'RFC 1918 private'],
  ['192.175.48.1', 'RFC 7534 AS112'],
  ['198.18.0.1', 'RFC 2544 benchmarks'],
  ['198.19.255.255', 'RFC 2544 benchmarks, last'],
  ['198.51.100.1', 'RFC 5737 documentation'],
  ['203.0.113.1', 'RFC 5737 documentation'],
  ['224.0.0.1', 'RFC 1112 multicast'],
  ['239.255.255.255', 'RFC 1112 multicast, last'],
  ['240.0.0.1', 'RFC 1112 reserved'],
  ['255.255.255.255', 'RFC 919 broadcast'],
  ['::', 'RFC 4291 unspecified'],
  ['::1', 'RFC 4291 loopback'],
  ['::7f00:1', 'RFC 4291 IPv4-compatible loopback'],
  ['::8.8.8.8', 'RFC 4291 IPv4-compatible'],
  ['::ffff:127.0.0.1', 'RFC 4291 IPv4-mapped loopback'],
  ['::ffff:7f00:1', 'RFC 4291 IPv4-mapped loopback, hexadecimal'],
  ['::ffff:a9fe:a9fe', 'RFC 4291 IPv4-mapped metadata'],
  ['::ffff:0:127.0.0.1', 'RFC 2765 IPv4-translated'],
  ['64:ff9b::7f00:1', 'RFC 6052 NAT64'],
  ['64:ff9b::808:808', 'RFC 6052 NAT64'],
  ['64:ff9b:1::1', 'RFC 8215 local NAT64'],
  ['100::1', 'RFC 6666 discard'],
  ['2001::1', 'RFC 4380 Teredo'],
  ['2001:2::1', 'RFC 5180 benchmarks'],
  ['2001:10::1', 'RFC 4843 ORCHID'],
  ['2001:20::1', 'RFC 7343 ORCHIDv2'],
  ['2001:db8::1', 'RFC 3849 documentation'],
  ['2002:7f00:1::', 'RFC 3056 6to4 to loopback'],
  ['2620:4f:8000::1', 'RFC 7534 AS112'],
  ['3fff::1', 'RFC 9637 documentation'],
  ['4000::1', 'RFC 4291 unassigned'],
  ['5f00::1', 'RFC 9602 segment routing'],
  ['fc00::1', 'RFC 4193 unique local'],
  ['fd00:ec2::254', 'RFC 4193, a cloud’s metadata service'],
  ['fe80::1', 'RFC 4291 link-local'],
  ['fe80::1%eth0', 'RFC 4007 link-local with its zone'],
  ['fec0::1', 'RFC 3879 site-local'],
  ['ff02::1', 'RFC 4291 multicast'],
  ['', 'not an address'],
  ['localhost', 'a name is not an address'],
  ['127.1', 'a shorthand is not an address'],
  ['1.2.3.4.5', 'not an address'],
] as const;

const reachable = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '198.17.255.255',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '2001:4860:4860::8888',
  '2606:4700:4700::1111',
];

describe('forbidden addresses', () => {
  test.each(forbidden)('%s (%s)', (address) => {
    expect(isForbiddenAddress(address, [])).toBe(true);
  });

  test.each(reachable)('%s is the public internet', (address) => {
    expect(isForbiddenAddress(address, [])).toBe(false);
  });

  test('only the operator’s ranges are exceptions', () => {
    const allowed = addressRanges(['10.1.0.0/16', 'fd00::/8'])!;
    expect(isForbiddenAddress('10.1.2.3', allowed)).toBe(false);
    expect(isForbiddenAddress('::ffff:10.1.2.3', allowed)).toBe(false);
    expect(isForbiddenAddress('fd12::1', allowed)).toBe(false);
    expect(isForbiddenAddress('10.2.0.1', allowed)).toBe(true);
    expect(isForbiddenAddress('64:ff9b::a01:203', allowed)).toBe(true);
    expect(addressRanges(['10.0.0.0/8', 'intranet'])).toBeNull();
  });
});

describe('metadata services', () => {
  const addresses = ['169.254.169.254', '100.100.100.200', '168.63.129.16', 'fe80::1', 'fd00:ec2::254'];

  test.each(addresses)('%s stays closed when a larger range is allowed', (address) => {
    const allowed = addressRanges(['0.0.0.0/0', '::/0', '100.64.0.0/10', 'fc00::/7'])!;
    expect(isForbiddenAddress(address, allowed)).toBe(true);
  });

  test.each(addresses)('%s opens when it is named', (address) => {
    const bits = address.includes(':') ? 128 : 32;
    expect(isForbiddenAddress(address, addressRanges([`${address}/${bits}`])!)).toBe(false);
  });
});

describe('forbidden literals', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.1.',
    '[::1]',
    '::1',
    '[::ffff:7f00:1]',
    '[fe80::1%25eth0]',
    '169.254.169.254',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    '１２７.0.0.1',
    'not a host',
    '',
  ])('%s', (host) => {
    expect(forbiddenLiteral(host, [])).toBe(true);
  });

  test.each(['example.com', '8.8.8.8', '[2606:4700:4700::1111]', 'localhost.example.com', '134744072'])(
    '%s may be written',
    (host) => {
      expect(forbiddenLiteral(host, [])).toBe(false);
    },
  );

  test('names of the machine itself follow the loopback range', () => {
    const allowed = addressRanges(['127.0.0.0/8'])!;
    expect(forbiddenLiteral('localhost', allowed)).toBe(false);
    expect(forbiddenLiteral('127.1', allowed)).toBe(false);
    expect(forbiddenLiteral('[::1]', allowed)).toBe(true);
  });
});
