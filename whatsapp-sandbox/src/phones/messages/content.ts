import { proto } from 'baileys';
import type { Stanza } from '../../wire/stanza.ts';
import { contextOf, type Shown, show } from '../shown/index.ts';
import { marksOf, UNANNOUNCED } from '../shown/marks.ts';
import { unwrapped } from './envelopes.ts';
import type { InboxEntry } from './inbox.ts';

const { Type } = proto.Message.ProtocolMessage;
/** Fields that come beside the content of a message and say nothing about its kind. */
const SIDE_FIELDS = new Set(['messageContextInfo', 'senderKeyDistributionMessage']);
type Content = Pick<InboxEntry, 'kind' | 'text' | 'quoted' | 'target'> & Shown;
const NOTHING = { text: undefined, quoted: undefined, target: undefined };

/** What a decrypted message says, for the inbox; `node` is the stanza that brought it. */
export function readContent(received: proto.IMessage, node: Stanza): Content {
  const message = unwrapped(received);
  const protocolMessage = message.protocolMessage ?? message.editedMessage?.message?.protocolMessage;
  if (protocolMessage) return { ...NOTHING, ...readProtocol(protocolMessage) };
  const shown = show(message, marksOf(node));
  const quoted = readQuoted(contextOf(message));
  if (shown) return { ...NOTHING, quoted, ...shown };
  const field = Object.entries(message).find(([name, value]) => value && !SIDE_FIELDS.has(name))?.[0];
  return { ...NOTHING, quoted, kind: field?.replace(/Message$/, '') ?? 'empty' };
}

function readProtocol(message: proto.Message.IProtocolMessage): Partial<Content> & { kind: string } {
  const target = message.key?.id ?? undefined;
  if (message.type === Type.REVOKE) return { kind: 'revoke', target };
  if (message.type === Type.MESSAGE_EDIT) {
    return { kind: 'edit', target, text: textOf(message.editedMessage) };
  }
  return { kind: 'protocol', target };
}

function readQuoted(context: proto.IContextInfo | null | undefined): Content['quoted'] {
  if (!context?.stanzaId) return undefined;
  return {
    id: context.stanzaId,
    text: textOf(context.quotedMessage),
    author: context.participant ?? undefined,
    chat: context.remoteJid ?? undefined,
  };
}

/** Text of a message inside another, which no stanza announces. */
function textOf(message: proto.IMessage | null | undefined): string | undefined {
  return show(message ?? {}, UNANNOUNCED)?.text;
}
