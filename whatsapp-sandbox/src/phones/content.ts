import { proto } from 'baileys';
import type { InboxEntry } from './inbox.ts';

const { Type } = proto.Message.ProtocolMessage;
/** Fields that ride along with a message and say nothing about its kind. */
const CARRIERS = new Set(['messageContextInfo', 'senderKeyDistributionMessage']);
type Content = Pick<InboxEntry, 'kind' | 'text' | 'quoted' | 'target'>;

/** A text message, with the message it answers when there is one. */
export function textMessage(
  text: string,
  quoted?: { id: string; participant: string; text: string | undefined },
): proto.IMessage {
  if (!quoted) return { conversation: text };
  return {
    extendedTextMessage: {
      text,
      contextInfo: {
        stanzaId: quoted.id,
        participant: quoted.participant,
        quotedMessage: { conversation: quoted.text ?? '' },
      },
    },
  };
}

/** Replaces the text of an own message, wrapped as phones do it. */
export function editMessage(chat: string, id: string, text: string, now: number): proto.IMessage {
  const protocolMessage = {
    key: { remoteJid: chat, fromMe: true, id },
    type: Type.MESSAGE_EDIT,
    editedMessage: { conversation: text },
    timestampMs: now,
  };
  return { editedMessage: { message: { protocolMessage } } };
}

/** Deletes an own message for everyone. */
export function revokeMessage(chat: string, id: string): proto.IMessage {
  return { protocolMessage: { key: { remoteJid: chat, fromMe: true, id }, type: Type.REVOKE } };
}

/** What a decrypted message says, for the inbox. */
export function readContent(message: proto.IMessage): Content {
  const nothing = { text: undefined, quoted: undefined, target: undefined };
  const { conversation, extendedTextMessage, editedMessage } = message;
  const protocolMessage = message.protocolMessage ?? editedMessage?.message?.protocolMessage;
  if (protocolMessage) return { ...nothing, ...readProtocol(protocolMessage) };
  if (extendedTextMessage) {
    const quoted = readQuoted(extendedTextMessage.contextInfo);
    return { ...nothing, kind: 'text', text: extendedTextMessage.text ?? undefined, quoted };
  }
  if (conversation) return { ...nothing, kind: 'text', text: conversation };
  const field = Object.entries(message).find(([name, value]) => value && !CARRIERS.has(name))?.[0];
  return { ...nothing, kind: field?.replace(/Message$/, '') ?? 'empty' };
}

function readProtocol(message: proto.Message.IProtocolMessage): Partial<Content> & { kind: string } {
  const target = message.key?.id ?? undefined;
  if (message.type === Type.REVOKE) return { kind: 'revoke', target };
  if (message.type === Type.MESSAGE_EDIT) {
    return { kind: 'edit', target, text: readContent(message.editedMessage ?? {}).text };
  }
  return { kind: 'protocol', target };
}

function readQuoted(context: proto.IContextInfo | null | undefined): Content['quoted'] {
  if (!context?.stanzaId) return undefined;
  return { id: context.stanzaId, text: readContent(context.quotedMessage ?? {}).text };
}
