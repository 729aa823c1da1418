import { jidDecode, WAJIDDomains } from 'baileys';

/** Where a Signal session lives: a person (phone number or LID, by `domain`) and one of their devices. */
export type SignalAddress = { readonly user: string; readonly domain: number; readonly device: number };

const HOSTED_DEVICE = 99;

/** Throws on a JID that names no person, or a device that only a hosted JID may have. */
export function addressOf(jid: string): SignalAddress {
  const decoded = jidDecode(jid);
  const device = decoded?.device ?? 0;
  if (!decoded?.user || decoded.user.includes('.') || !Number.isInteger(device) || device < 0) {
    throw new Error(`Not the JID of a device: "${jid}"`);
  }
  const hosted = decoded.server === 'hosted' || decoded.server === 'hosted.lid';
  if (device === HOSTED_DEVICE && !hosted) throw new Error(`Device 99 must be hosted: "${jid}"`);
  return { user: decoded.user, domain: decoded.domainType ?? WAJIDDomains.WHATSAPP, device };
}

/** The name part of the address: `user`, or `user_domain` outside the domain of phone numbers. */
export function nameOf({ user, domain }: SignalAddress): string {
  return domain === WAJIDDomains.WHATSAPP ? user : `${user}_${domain}`;
}

/** The key of the address in the stores, the same string as stock Baileys uses. */
export function keyOf(address: SignalAddress): string {
  return `${nameOf(address)}.${address.device}`;
}

export function isLid({ domain }: SignalAddress): boolean {
  return domain === WAJIDDomains.LID || domain === WAJIDDomains.HOSTED_LID;
}

export function isPhoneNumber({ domain }: SignalAddress): boolean {
  return domain === WAJIDDomains.WHATSAPP || domain === WAJIDDomains.HOSTED;
}

/** The same device of the same person, addressed by LID. */
export function underLid(address: SignalAddress, lidUser: string): SignalAddress {
  const hosted = address.domain === WAJIDDomains.HOSTED || address.device === HOSTED_DEVICE;
  return {
    user: lidUser,
    domain: hosted ? WAJIDDomains.HOSTED_LID : WAJIDDomains.LID,
    device: address.device,
  };
}

/** Another device of the same person; device 99 exists only as a hosted one. */
export function withDevice(address: SignalAddress, device: number): SignalAddress {
  const base = isLid(address) ? WAJIDDomains.LID : WAJIDDomains.WHATSAPP;
  const hosted = isLid(address) ? WAJIDDomains.HOSTED_LID : WAJIDDomains.HOSTED;
  return { user: address.user, domain: device === HOSTED_DEVICE ? hosted : base, device };
}

/** The JID of an address in the domain of phone numbers, as the LID mapping wants it. */
export function phoneNumberJid({ user, domain, device }: SignalAddress): string {
  const server = domain === WAJIDDomains.HOSTED ? 'hosted' : 's.whatsapp.net';
  return `${user}${device ? `:${device}` : ''}@${server}`;
}

/** The name of a sender key: one per group and sending device. */
export function senderKeyName(group: string, author: SignalAddress): string {
  return `${group}::${nameOf(author)}::${author.device}`;
}
