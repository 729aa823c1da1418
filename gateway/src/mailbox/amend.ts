import type { MessageRow } from '../storage/schema.ts';
import type { Content } from '../whatsapp/inbound/content.ts';
import { parseJid } from '../whatsapp/jid.ts';
import { withText } from '../whatsapp/stored-message.ts';
import type { Mailbox } from './mailbox.ts';
import { storable } from './storable.ts';

/** An edit or a revocation, and who made it. */
export interface Amendment {
  /** `messages.chat` */
  chat: string;
  fromMe: boolean;
  /** `contacts.id`; null for the account itself and for channels. */
  sender: string | null;
  isGroup: boolean;
  content: Pick<Content, 'edit' | 'revoke'>;
}

/**
 * Changes the stored message that an edit or a revocation is about. Only an author edits; others take a message away
 * in groups only, where WhatsApp lets admins do so. What is about a message that is not stored changes nothing.
 */
export async function amend(mailbox: Mailbox, amendment: Amendment): Promise<void> {
  const { edit, revoke } = amendment.content;
  const targets = await targetsOf(mailbox, amendment);
  const target = targets.find((row) => mayAmend(amendment, row));
  if (!target || target.type === 'message_revoke') return;
  if (revoke) {
    const nothing = { type: 'message_revoke', content: '', content_proto: new Uint8Array(), edited: 0 };
    await mailbox.messages.rewrite(target, nothing);
  } else if (edit) {
    const content_proto = withText(target.content_proto, edit.text);
    await mailbox.messages.rewrite(target, { content: storable(edit.text), content_proto, edited: 1 });
  }
}

/**
 * Whether the sender means to change a stored message that belongs to another. WhatsApp's apps show nothing of that,
 * and readers of events must not act on it.
 */
export async function isForged(mailbox: Mailbox, amendment: Amendment): Promise<boolean> {
  const targets = await targetsOf(mailbox, amendment);
  for (const row of targets) {
    if (mayAmend(amendment, row) || (await mayBeAuthor(mailbox, amendment, row))) return false;
  }
  return targets.length > 0;
}

/** The author is known by a phone number and the other by a LID, or the other way round: they may be one. */
async function mayBeAuthor(
  { contacts }: Mailbox,
  { fromMe, sender }: Amendment,
  row: MessageRow,
): Promise<boolean> {
  if (fromMe || row.from_me === 1 || !sender || !row.sender) return false;
  const [one, other] = [await contacts.byId(sender), await contacts.byId(row.sender)];
  if (!one || !other) return false;
  const differ = (form: 'jid' | 'lid') =>
    one[form] !== null && other[form] !== null && one[form] !== other[form];
  return !differ('jid') && !differ('lid');
}

async function targetsOf(mailbox: Mailbox, { chat, content: { edit, revoke } }: Amendment) {
  const id = edit?.original_id ?? revoke?.original_id;
  return id === undefined ? [] : mailbox.messages.inChatWithId(chat, id);
}

/**
 * Who is an admin of a group is known too late to be held against a revocation. Everyone who may post in a channel may
 * change its posts.
 */
function mayAmend(amendment: Amendment, row: MessageRow): boolean {
  if (parseJid(amendment.chat)?.kind === 'newsletter') return true;
  const { revoke } = amendment.content;
  const byAdmin = amendment.isGroup && revoke !== undefined && revoke.author !== 'sender';
  return byAdmin || isAuthor(amendment, row);
}

function isAuthor({ fromMe, sender }: Amendment, row: MessageRow): boolean {
  return row.from_me === (fromMe ? 1 : 0) && row.sender === sender;
}
