const LINK = 'https://chat.whatsapp.com/';
const CODE = /^[A-Za-z0-9_-]{6,64}$/;
const LINKED = /^(?:https?:\/\/)?(?:www\.)?chat\.whatsapp\.com\/(?:invite\/)?([^/?#]+)\/?(?:[?#].*)?$/i;
const JID = /^(?:\d{5,25}|\d{5,15}-\d{5,15})@g\.us$/;
/** What is long enough to be a group's id is not taken for a code. */
const BARE_ID = /^(?:\d{15,25}|\d{5,15}-\d{5,15})$/;

/** What the `identifier` of a request names a group by: its JID, or the code of its invite link. */
export type GroupIdentifier = { jid: string } | { code: string };

/** The link that carries an invite code. */
export function inviteLink(code: string): string {
  return LINK + code;
}

/** Reads a JID, a code or a link; null when it is none of them. */
export function readGroupIdentifier(text: string): GroupIdentifier | null {
  const written = text.trim();
  if (JID.test(written)) return { jid: written };
  if (BARE_ID.test(written)) return { jid: `${written}@g.us` };
  const code = LINKED.exec(written)?.[1] ?? written;
  return CODE.test(code) ? { code } : null;
}

/** Reads a JID, whose server may be missing; null when it is something else. */
export function readGroupJid(text: string): string | null {
  const written = text.trim();
  const jid = written.includes('@') ? written : `${written}@g.us`;
  return JID.test(jid) ? jid : null;
}
