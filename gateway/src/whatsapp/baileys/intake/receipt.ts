import {
  type BinaryNode,
  getBinaryNodeChildren,
  isJidGroup,
  isJidStatusBroadcast,
  jidNormalizedUser,
} from 'baileys';
import type { Receipt, Self } from '../../session.ts';

/**
 * Reads a `receipt` stanza. Baileys merges receipts into message updates and drops several types, so they are taken
 * from the stanza itself. Null for receipts that are not about messages of a chat.
 */
export function readReceipt(node: BinaryNode, self: Self): Receipt | null {
  const { id, from, t } = node.attrs;
  if (!id || !from) return null;
  const items = getBinaryNodeChildren(getFirstChild(node), 'item').flatMap((item) => item.attrs.id ?? []);
  const group = isJidGroup(from) || isJidStatusBroadcast(from);
  const author = jidNormalizedUser((group && node.attrs.participant) || from);
  const isSelf = author === self.jid || author === self.lid;
  // A receipt by another device of the account names the chat as `recipient`.
  const chat = group ? from : jidNormalizedUser((isSelf && node.attrs.recipient) || from);
  return {
    ids: [id, ...items],
    type: node.attrs.type ?? '',
    chat,
    from: author,
    fromAlt: alternate(node),
    participant: group ? (node.attrs.recipient ? jidNormalizedUser(node.attrs.recipient) : null) : null,
    at: Number(t ?? 0) * 1000,
  };
}

function alternate({ attrs }: BinaryNode): string | null {
  const jid = attrs.participant_pn ?? attrs.participant_lid ?? attrs.sender_pn ?? attrs.sender_lid;
  return jid ? jidNormalizedUser(jid) : null;
}

function getFirstChild(node: BinaryNode): BinaryNode | undefined {
  return Array.isArray(node.content) ? node.content[0] : undefined;
}
