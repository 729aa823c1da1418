import { type BinaryNode, getBinaryNodeChild, isJidNewsletter, proto, type WAMessage } from 'baileys';

const { Type } = proto.Message.ProtocolMessage;

/**
 * A post of a channel in the form in which all other messages come; any other message as it is. Baileys takes every
 * post for another's, where WhatsApp marks those that a device of the account made, and does not see that a post is an
 * edit or a revocation: these come under the id of what they change.
 */
export function channelPost(message: WAMessage, node: BinaryNode): WAMessage {
  const { attrs } = node;
  const { key } = message;
  if (!isJidNewsletter(key.remoteJid ?? '')) return message;
  const post = { ...message, key: { ...key, fromMe: attrs.is_sender === 'true' || key.fromMe === true } };
  const change = changeOf(message, attrs.edit);
  if (!change) return post;
  // It has no id of its own; with its time it has one that no other change of the post has.
  const at = editedAt(node);
  return {
    ...post,
    key: { ...post.key, id: `${key.id}.${at}` },
    messageTimestamp: Math.floor(at / 1000),
    message: { protocolMessage: change },
  };
}

/** Unix milliseconds; the stanza's own time is that of the post. */
function editedAt(node: BinaryNode): number {
  return Number(getBinaryNodeChild(node, 'meta')?.attrs.msg_edit_t) || Number(node.attrs.t) * 1000;
}

function changeOf(
  { key, message }: WAMessage,
  edit: string | undefined,
): proto.Message.IProtocolMessage | null {
  const target = { id: key.id ?? '', fromMe: true };
  if (edit === '8') return { type: Type.REVOKE, key: target };
  if (edit === '3') return { type: Type.MESSAGE_EDIT, key: target, editedMessage: message ?? {} };
  return null;
}
