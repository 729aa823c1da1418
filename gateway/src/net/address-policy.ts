import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type AddressRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Parses CIDR ranges; null when one of them is not a range. */
export function addressRanges(texts: string[]): AddressRange[] | null {
  if (!texts.every((text) => ipaddr.isValidCIDR(text))) return null;
  return texts.map((text) => ipaddr.parseCIDR(text));
}

/** IPv4 that is not the public internet: IANA's special-purpose registry, and multicast. */
const FORBIDDEN_IPV4 = ranges([
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT, also some clouds' metadata
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, cloud metadata
  '168.63.129.16/32', // platform service of a cloud, among public addresses
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // automatic multicast tunnelling
  '192.88.99.0/24', // 6to4 relay
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]);

/** The only IPv6 space that is routed on the public internet; all else is forbidden without being named. */
const GLOBAL_UNICAST_IPV6 = ranges(['2000::/3']);

const FORBIDDEN_IPV6 = ranges([
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: leads to the IPv4 address inside it
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
]);

/**
 * Addresses that hand out a machine's credentials, and the link-local space around them. An operator who allows a
 * large private range does not mean these: only a range that lies within one of them lets it through.
 */
const METADATA = ranges([
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  'fd00:ec2::254/128',
  'fe80::/10',
]);

/**
 * Whether a connection to this address is refused. An IPv4-mapped address counts as its IPv4 address. What is not
 * an address is refused: an unknown notation must never be the way in. `allowed` are the operator's exceptions.
 */
export function isForbiddenAddress(text: string, allowed: readonly AddressRange[]): boolean {
  const address = parseAddress(text);
  if (address === null) return true;
  const metadata = METADATA.find((range) => inRange(address, range));
  const exceptions = metadata ? allowed.filter((range) => liesWithin(range, metadata)) : allowed;
  if (inRanges(address, exceptions)) return false;
  if (address.kind() === 'ipv4') return inRanges(address, FORBIDDEN_IPV4);
  return !inRanges(address, GLOBAL_UNICAST_IPV6) || inRanges(address, FORBIDDEN_IPV6);
}

/**
 * Whether a host is refused as it is written: a forbidden IP literal, or a name for the machine itself. Sockets do
 * not ask DNS for a literal, so the check of resolved addresses never sees it. `host` is `URL.hostname`, or what a
 * user typed as a host; the shorthands of IPv4 (`127.1`, `0x7f.1`, `2130706433`) are read as sockets read them.
 */
export function forbiddenLiteral(host: string, allowed: readonly AddressRange[]): boolean {
  const canonical = canonicalHost(host);
  if (canonical === null) return true;
  if (isLocalName(canonical)) return isForbiddenAddress('127.0.0.1', allowed);
  return isIP(canonical) !== 0 && isForbiddenAddress(canonical, allowed);
}

/**
 * An IPv6 address goes through the URL parser first, because `ipaddr.js` takes the IPv4-compatible `::8.8.8.8`, in
 * which form the resolver writes it, for the IPv4-mapped `::ffff:8.8.8.8`.
 */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const version = isIP(text);
  if (version === 4) return ipaddr.IPv4.parse(text);
  const canonical = version === 6 && URL.parse(`http://[${text.replace(/%.*$/, '')}]/`)?.hostname;
  return canonical ? ipaddr.process(canonical.slice(1, -1)) : null;
}

/** WHATWG form of a host: lower case, shorthands spelled out, no brackets; null when it is not a host. */
function canonicalHost(host: string): string | null {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(bare) === 6) return bare;
  return URL.parse(`http://${bare}/`)?.hostname ?? null;
}

function isLocalName(host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return name === 'localhost' || name.endsWith('.localhost');
}

function ranges(texts: string[]): AddressRange[] {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

function inRanges(address: ipaddr.IPv4 | ipaddr.IPv6, list: readonly AddressRange[]): boolean {
  return list.some((range) => inRange(address, range));
}

function inRange(address: ipaddr.IPv4 | ipaddr.IPv6, range: AddressRange): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

function liesWithin([base, bits]: AddressRange, outer: AddressRange): boolean {
  return bits >= outer[1] && inRange(base, outer);
}
