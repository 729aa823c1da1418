import type { Dispatcher } from 'undici';
import { failure } from '../../failure.ts';
import { storedContent } from '../../mailbox/messages.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { TempFiles } from '../../storage/temp-files.ts';
import type { MessageType } from '../../whatsapp/inbound/content.ts';
import { repost } from '../../whatsapp/media/repost.ts';
import { forwarded, isForwardable } from '../../whatsapp/outbound/forward.ts';
import { withSecret } from '../../whatsapp/outbound/kind.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import type { ChatAction } from '../chats/chat-actions.ts';
import { SECRET_BYTES } from './send-message.ts';
import type { Sender } from './sender.ts';

export interface ForwardDeps {
  sender: Sender;
  random: (bytes: number) => Uint8Array;
  /** Where a file that goes into a channel lies for a moment. */
  tempFiles: TempFiles;
  /** The way to WhatsApp's media hosts for an instance; `done` when it is needed no longer. */
  mediaRoute(instance: InstanceRow): { dispatcher: Dispatcher; done(): Promise<void> };
}

/** Passes a stored message on; resolves once WhatsApp acknowledged it, with the new id and the JID of the chat. */
export async function forwardMessage(
  action: ChatAction,
  { messageId, to }: { messageId: string; to: ChatNumber },
  { sender, random, tempFiles: files, mediaRoute }: ForwardDeps,
): Promise<{ id: string; chat: string }> {
  const row = await action.message(messageId);
  if (!row) throw failure('message_to_change_unknown');
  const stored = isForwardable(row.type) ? storedContent(row) : undefined;
  const message = stored && forwarded(stored);
  if (!message) {
    throw failure('operation_failed', { text: `unsupported message type for forwarding: ${row.type}` });
  }
  const chat = await action.target(to);
  const secret = chat.kind === 'newsletter' ? null : random(SECRET_BYTES);
  const { id } = await action.perform(() =>
    sender.send(action.instance, {
      target: { to: chat.jid, chat: chat.address },
      build: async (session) => {
        if (chat.kind !== 'newsletter') return { message: withSecret(message, secret) };
        const { dispatcher, done } = mediaRoute(action.instance);
        try {
          const posted = await repost(message, { session, files, through: dispatcher });
          return { message: posted.message, ...(posted.mediaId && { mediaId: posted.mediaId }) };
        } finally {
          await done();
        }
      },
      type: row.type as MessageType,
      content: row.content,
      source: 'api',
      delay: 0,
      onId: () => {},
    }),
  );
  return { id, chat: chat.jid };
}
