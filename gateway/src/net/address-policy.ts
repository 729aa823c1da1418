import ipaddr from 'ipaddr.js';

export type AddressRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Parses CIDR ranges; null when one of them is not a range. */
export function addressRanges(texts: string[]): AddressRange[] | null {
  if (!texts.every((text) => ipaddr.isValidCIDR(text))) return null;
  return texts.map((text) => ipaddr.parseCIDR(text));
}
