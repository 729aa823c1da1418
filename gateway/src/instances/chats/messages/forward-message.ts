import type { Dispatcher } from 'undici';
import { failure } from '../../../failure.ts';
import { storedContent } from '../../../mailbox/messages.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import type { TempFiles } from '../../../storage/temp-files.ts';
import type { MessageType } from '../../../whatsapp/inbound/content.ts';
import { repost } from '../../../whatsapp/media/repost.ts';
import { forwarded, isForwardable } from '../../../whatsapp/outbound/forward.ts';
import { withSecret } from '../../../whatsapp/outbound/kind.ts';
import type { ChatNumber } from '../../../whatsapp/recipient.ts';
import { deliver } from '../../sending/deliver.ts';
import type { SendDeps } from '../../sending/deps.ts';
import { SECRET_BYTES } from '../../sending/send-message.ts';
import { ChatAction } from '../chat-action.ts';
import { findRow } from './stored-messages.ts';

export interface ForwardDeps extends SendDeps {
  /** Where a file for a channel is kept while it is uploaded. */
  tempFiles: TempFiles;
  /** The way to WhatsApp's media hosts for an instance; `done` when it is needed no longer. */
  mediaRoute(instance: InstanceRow): { dispatcher: Dispatcher; done(): Promise<void> };
}

/** Passes a stored message on; resolves once WhatsApp acknowledged it, with the new id and the JID of the chat. */
export async function forwardMessage(
  instance: InstanceRow,
  { messageId, to }: { messageId: string; to: ChatNumber },
  deps: ForwardDeps,
): Promise<{ id: string; chat: string }> {
  const action = new ChatAction(instance, 'forward message', deps);
  const row = await findRow(instance, messageId, deps);
  if (!row) throw failure('message_to_change_unknown');
  const stored = isForwardable(row.type) ? storedContent(row) : undefined;
  const forwardable = stored && forwarded(stored);
  if (!forwardable) {
    throw failure('operation_failed', { text: `unsupported message type for forwarding: ${row.type}` });
  }
  const chat = await action.target(to);
  const { tempFiles: files, mediaRoute } = deps;
  const secret = chat.kind === 'newsletter' ? null : deps.random(SECRET_BYTES);
  const message = {
    target: { to: chat.jid, chat: chat.address },
    build: async (session: typeof action.session) => {
      if (chat.kind !== 'newsletter') return { message: withSecret(forwardable, secret) };
      const { dispatcher, done } = mediaRoute(instance);
      try {
        const posted = await repost(forwardable, { session, files, through: dispatcher });
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
  };
  const { id } = await action.ask(() => deliver(instance, message, deps));
  return { id, chat: chat.jid };
}
