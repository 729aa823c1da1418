import { type BinaryNode, proto, type WASocket } from 'baileys';
import type { OutgoingMessage } from '../../session.ts';
import { openMessage, openNode } from '../../wire.ts';

const { Type } = proto.Message.ProtocolMessage;
/** `edit` of a post whose text is replaced, and of one that is taken back. */
const EDITED = '3';
const REVOKED = '8';
const NOTHING = new Uint8Array();

/** `mediatype` of what travels as a file or a card; the rest has none. */
const MEDIA: [keyof proto.IMessage, (message: proto.IMessage) => string][] = [
  ['imageMessage', () => 'image'],
  ['videoMessage', ({ videoMessage }) => (videoMessage?.gifPlayback ? 'gif' : 'video')],
  ['audioMessage', ({ audioMessage }) => (audioMessage?.ptt ? 'ptt' : 'audio')],
  ['documentMessage', () => 'document'],
  ['stickerMessage', () => 'sticker'],
  ['contactMessage', () => 'vcard'],
  ['contactsArrayMessage', () => 'contact_array'],
];
const POLLS: (keyof proto.IMessage)[] = [
  'pollCreationMessage',
  'pollCreationMessageV2',
  'pollCreationMessageV3',
];

/**
 * The stanza of a post: its content in the clear. Baileys' own lacks the media type, the upload's handle and the nodes
 * beside the content. An edit or a revocation goes under the id of the post that it is about.
 */
export function newsletterPost({ id, to, nodes = [], mediaId, ...message }: OutgoingMessage): BinaryNode {
  const content = openMessage(message.content);
  const change = content.editedMessage?.message?.protocolMessage ?? content.protocolMessage;
  const target = change?.key?.id;
  if (target && change.type === Type.REVOKE)
    return stanza({ id: target, to, type: 'text', edit: REVOKED }, NOTHING);
  if (target && change.type === Type.MESSAGE_EDIT) {
    return post({ id: target, to, edit: EDITED }, change.editedMessage ?? {}, []);
  }
  return post({ id, to, ...(mediaId && { media_id: mediaId }) }, content, nodes.map(openNode));
}

/** Sends it; resolves when the stanza is written. */
export async function sendPost(socket: WASocket, message: OutgoingMessage): Promise<void> {
  await socket.sendNode(newsletterPost(message));
}

function post(attrs: BinaryNode['attrs'], content: proto.IMessage, nodes: BinaryNode[]): BinaryNode {
  const media = MEDIA.find(([field]) => content[field])?.[1](content);
  const type = media ? 'media' : POLLS.some((field) => content[field]) ? 'poll' : 'text';
  return stanza({ ...attrs, type }, proto.Message.encode(content).finish(), nodes, media);
}

function stanza(
  attrs: BinaryNode['attrs'],
  content: Uint8Array,
  nodes: BinaryNode[] = [],
  media?: string,
): BinaryNode {
  const plaintext = { tag: 'plaintext', attrs: media ? { mediatype: media } : {}, content };
  return { tag: 'message', attrs, content: [plaintext, ...nodes] };
}
