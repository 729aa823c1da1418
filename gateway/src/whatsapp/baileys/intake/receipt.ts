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
 * from the stanza itself. Several where WhatsApp groups those of many users of a group or status into one stanza; none
 * for receipts that are not about messages of a chat.
 */
export function readReceipts(node: BinaryNode, self: Self): Receipt[] {
  const { id, from } = node.attrs;
  if (!id || !from) return [];
  const grouped = getBinaryNodeChildren(node, 'participants');
  return grouped.length > 0
    ? grouped.flatMap((group) => ofUsers(group, node))
    : [single(node, id, from, self)];
}

function single(node: BinaryNode, id: string, from: string, self: Self): Receipt {
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
    at: unixMs(node.attrs.t),
  };
}

/** What `<participants key=message>` lists: each user, with a time of its own. */
function ofUsers(group: BinaryNode, { attrs }: BinaryNode): Receipt[] {
  const { key } = group.attrs;
  if (!key || !attrs.from) return [];
  const shared = {
    ids: [key],
    type: attrs.type ?? '',
    chat: jidNormalizedUser(attrs.from),
    participant: null,
  };
  return getBinaryNodeChildren(group, 'user').flatMap((user) => {
    const { jid, t = attrs.t } = user.attrs;
    if (!jid) return [];
    return { ...shared, from: jidNormalizedUser(jid), fromAlt: alternate(user), at: unixMs(t) };
  });
}

function unixMs(seconds: string | undefined): number {
  return Number(seconds ?? 0) * 1000;
}

function alternate({ attrs }: BinaryNode): string | null {
  const jid = attrs.participant_pn ?? attrs.participant_lid ?? attrs.sender_pn ?? attrs.sender_lid;
  return jid ? jidNormalizedUser(jid) : null;
}

function getFirstChild(node: BinaryNode): BinaryNode | undefined {
  return Array.isArray(node.content) ? node.content[0] : undefined;
}
