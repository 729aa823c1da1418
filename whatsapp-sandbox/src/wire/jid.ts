export const SERVER_JID = '@s.whatsapp.net';
/** Where queries about groups go that are not about one of them. */
export const GROUPS_JID = '@g.us';
/** Where a status goes, and where it comes from. */
export const STATUS_JID = 'status@broadcast';
const PN_SERVER = 's.whatsapp.net';
const LID_SERVER = 'lid';

/** How a chat names people: by phone number or by LID. */
export type Addressing = 'pn' | 'lid';

export interface UserJid {
  user: string;
  device: number;
  addressing: Addressing;
}

/** Reads `user[:device]@s.whatsapp.net` or `…@lid`; anything else (groups, the server) is undefined. */
export function parseUserJid(jid: string | undefined): UserJid | undefined {
  if (!jid) return undefined;
  const at = jid.indexOf('@');
  if (at < 1) return undefined;
  const server = jid.slice(at + 1);
  const addressing =
    server === PN_SERVER || server === 'c.us' ? 'pn' : server === LID_SERVER ? 'lid' : undefined;
  if (!addressing) return undefined;
  const colon = jid.indexOf(':');
  const user = jid.slice(0, colon > 0 && colon < at ? colon : at);
  const device = colon > 0 && colon < at ? Number(jid.slice(colon + 1, at)) : 0;
  if (!/^\d+$/.test(user) || !Number.isInteger(device) || device < 0) return undefined;
  return { user, device, addressing };
}

/** Writes a user or device JID; device 0 is the phone and carries no suffix. */
export function userJid(user: string, addressing: Addressing, device = 0): string {
  const suffix = device === 0 ? '' : `:${device}`;
  return `${user}${suffix}@${addressing === 'pn' ? PN_SERVER : LID_SERVER}`;
}

/** One form for the two in which clients name a server (`g.us`, `@g.us`); every other JID stays as it is. */
export function withAt(jid: string | undefined): string | undefined {
  return jid === undefined || jid.includes('@') ? jid : `@${jid}`;
}

const NEWSLETTER_JID = /^\d{10,24}@newsletter$/;
const GROUP_JID = /^\d{10,24}@g\.us$/;

/** Whether a JID is that of a group, known or not. */
export function isGroupJid(jid: string | undefined): jid is string {
  return jid !== undefined && GROUP_JID.test(jid);
}

/** Whether a JID is that of a channel, known or not. */
export function isNewsletterJid(jid: string | undefined): jid is string {
  return jid !== undefined && NEWSLETTER_JID.test(jid);
}

/** The addressing that a JID uses; `pn` for anything that is not a user. */
export function addressingOf(jid: string | undefined): Addressing {
  return parseUserJid(jid)?.addressing ?? 'pn';
}
