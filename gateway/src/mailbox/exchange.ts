import { timestamp } from '../clock.ts';
import type { Reaction } from '../whatsapp/inbound/blocks.ts';
import type { Content, Context, Revoke } from '../whatsapp/inbound/content.ts';
import type { Chat, User } from './views.ts';

/** What one `message.exchange` reports. Addresses in `content` are in the form in which they are shown. */
export interface Exchange {
  id: string;
  direction: 'incoming' | 'outgoing';
  /** Unix milliseconds. */
  at: number;
  chat: Chat;
  sender: User;
  /** The other side of an outgoing message. */
  recipient: User | null;
  content: Content;
  source: string;
  /** JID of the account. */
  self: string;
}

/**
 * The `data` of `message.exchange`: the layout that clients read, every key always there, blocks that
 * do not apply null.
 */
export function exchangeData({
  id: ownId,
  direction,
  at,
  chat,
  sender,
  recipient,
  content,
  source,
  self,
}: Exchange) {
  // A revocation goes by the id of what it takes away.
  const id = reportedId(ownId, content);
  const reply = replyOf(content.context);
  const mentions = content.mentioned.length > 0 ? { mentionedUsers: content.mentioned } : null;
  const head = { id, direction, timestamp: timestamp(at), chat, sender };
  return {
    ...head,
    recipient,
    reply,
    mentions,
    message: {
      ...head,
      type: content.type,
      content: content.content,
      source,
      isForwarded: content.isForwarded,
      isEdit: content.type === 'message_edit',
      edit: content.edit ?? null,
      revoke: content.revoke ? revokeBlock(content.revoke, chat, sender) : null,
      context: content.context,
      reply,
      mentions,
      media: content.media ?? null,
      location: content.location ?? null,
      contact: content.contacts?.[0] ?? null,
      contacts: content.type === 'contacts' ? (content.contacts ?? null) : null,
      poll: content.poll ?? null,
      poll_vote: content.poll_vote ?? null,
      reaction: content.reaction ? reactionBlock(content.reaction, chat, self) : null,
      interactive: content.interactive ?? null,
      button_response: content.button_response ?? null,
      list_response: content.list_response ?? null,
      event: content.event ?? null,
    },
  };
}

/** The id under which a message is reported. */
export function reportedId(id: string, content: Content): string {
  return content.revoke?.original_id ?? id;
}

function replyOf(context: Context | null) {
  if (!context?.messageId) return null;
  return { message_id: context.messageId, text: context.content ?? '', participant: context.participant };
}

function revokeBlock({ original_id, author }: Revoke, chat: Chat, sender: User) {
  const jid = author === 'sender' ? sender.jid : author;
  return { original_id, author: jid, by_admin: chat.type === 'group' && jid !== sender.jid };
}

/** Only in a group it is not clear whose message it is; the author of an own one may go without saying. */
function reactionBlock(reaction: Reaction, chat: Chat, self: string): Reaction {
  const author = reaction.participant ?? (reaction.fromMe ? self : null);
  return { ...reaction, participant: chat.type === 'group' ? author : null };
}
