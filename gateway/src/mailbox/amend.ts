import { proto } from 'baileys';
import type { MessageRow } from '../storage/schema.ts';
import type { Content } from '../whatsapp/inbound/content.ts';
import { unwrap } from '../whatsapp/inbound/read.ts';
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
  const id = edit?.original_id ?? revoke?.original_id;
  if (id === undefined) return;
  const byAdmin = amendment.isGroup && revoke !== undefined && revoke.author !== 'sender';
  const targets = await mailbox.messages.inChatWithId(amendment.chat, id);
  const target = targets.find((row) => byAdmin || isAuthor(amendment, row));
  if (!target || target.type === 'message_revoke') return;
  if (revoke) {
    const nothing = { type: 'message_revoke', content: '', content_proto: new Uint8Array(), edited: 0 };
    await mailbox.messages.rewrite(target, nothing);
  } else if (edit) {
    const content_proto = withText(target.content_proto, edit.text);
    await mailbox.messages.rewrite(target, { content: storable(edit.text), content_proto, edited: 1 });
  }
}

function isAuthor({ fromMe, sender }: Amendment, row: MessageRow): boolean {
  return row.from_me === (fromMe ? 1 : 0) && row.sender === sender;
}

/** The same message with another text: what it quotes, and the media under a caption, stay. */
function withText(encoded: Uint8Array, text: string): Uint8Array {
  if (encoded.length === 0) return encoded;
  const message = proto.Message.decode(encoded);
  const inside = unwrap(message);
  const media = inside.imageMessage ?? inside.videoMessage ?? inside.documentMessage;
  if (media) media.caption = text;
  else if (inside.extendedTextMessage) inside.extendedTextMessage.text = text;
  else if (typeof inside.conversation === 'string') inside.conversation = text;
  return proto.Message.encode(message).finish();
}
