import type { MessageRow } from '../storage/schema.ts';
import { type Content, EMPTY } from '../whatsapp/inbound/content.ts';
import { withOpened } from '../whatsapp/inbound/opened.ts';
import { isMessageId } from '../whatsapp/inbound/origin.ts';
import { openSealed } from '../whatsapp/inbound/sealed.ts';
import { readMessage, secretOfMessage } from '../whatsapp/stored-message.ts';
import type { Mailbox } from './mailbox.ts';
import { type User, userView } from './views.ts';

/** Content whose sealed part is open, and the message that it is about. */
export interface Unsealed {
  content: Content;
  /** null when it stayed closed. */
  target: MessageRow | null;
}

/**
 * Opens what is keyed with the secret of an earlier message of this chat: votes, answers to events, reactions, edits.
 * It stays as it is when that message is unknown, or was not what the sender closed it for.
 */
export async function unseal(
  mailbox: Mailbox,
  { chat, sender, content }: { chat: string; sender: User; content: Content },
): Promise<Unsealed> {
  const { sealed } = content;
  if (!sealed || !isMessageId(sealed.target)) return { content, target: null };
  for (const target of await mailbox.messages.inChatWithId(chat, sealed.target)) {
    const secret = secretOfMessage(target.content_proto);
    const author = await authorOf(mailbox, target);
    if (!secret || !author) continue;
    const plain = openSealed(sealed, { secret, creators: formsOf(author), senders: formsOf(sender) });
    if (!plain) continue;
    const about = {
      content: readMessage(target.content_proto) ?? EMPTY,
      fromMe: target.from_me === 1,
      author: author.jid,
    };
    return { content: withOpened(content, sealed, plain, about), target };
  }
  return { content, target: null };
}

async function authorOf(mailbox: Mailbox, { from_me, sender }: MessageRow): Promise<User | null> {
  if (from_me === 1) return mailbox.self();
  const contact = sender && (await mailbox.contacts.byId(sender));
  return contact ? userView(contact, contact) : null;
}

function formsOf({ jid, lid }: User): string[] {
  return lid && lid !== jid ? [lid, jid] : [jid];
}
