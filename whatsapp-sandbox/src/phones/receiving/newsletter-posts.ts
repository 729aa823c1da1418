import { proto } from 'baileys';
import { isStaff, type Newsletter } from '../../server/model/newsletters.ts';
import { bytesOf, child, type Stanza, stanza } from '../../wire/stanza.ts';
import { receiveFiles } from '../media/receiving.ts';
import { readContent } from '../messages/content.ts';
import type { Phone } from '../phone.ts';
import { stanzaType, submit } from '../sending/submit.ts';

const { Type } = proto.Message.ProtocolMessage;

/** Posts in a channel, in the clear; edits and revocations name the post by the stanza's own id. */
export function postToNewsletter(
  phone: Phone,
  newsletter: Newsletter,
  message: proto.IMessage,
  id: string,
): void {
  const change = message.editedMessage?.message?.protocolMessage ?? message.protocolMessage;
  const edit = change?.type === Type.REVOKE ? '8' : change?.type === Type.MESSAGE_EDIT ? '3' : undefined;
  const content = edit === '3' ? (change?.editedMessage ?? {}) : message;
  const bytes = edit === '8' ? new Uint8Array() : proto.Message.encode(content).finish();
  const attrs = {
    id: edit ? (change?.key?.id ?? id) : id,
    to: newsletter.jid,
    type: stanzaType(content),
    edit,
  };
  submit(phone, stanza('message', attrs, [stanza('plaintext', {}, bytes)]));
}

/** Shows a post of a channel that this phone follows. */
export async function receivePost(phone: Phone, node: Stanza): Promise<void> {
  phone.ctx.delivery.settle(phone.device, 'message', node.attrs);
  const newsletter = phone.ctx.newsletters.get(node.attrs.from);
  const bytes = bytesOf(child(node, 'plaintext'));
  if (!newsletter || !bytes) return;
  const { id = '', t, edit } = node.attrs;
  const content = proto.Message.decode(bytes);
  const shown = readContent(content, node);
  const files = await receiveFiles(phone, id, content, shown.kind);
  phone.inbox.add({
    ...shown,
    ...files,
    id,
    from: newsletter.jid,
    sender: newsletter.jid,
    chat: newsletter.jid,
    fromMe: node.attrs.is_sender === 'true' && isStaff(newsletter, phone.account),
    at: Number(t) * 1000,
    ...(edit && { kind: edit === '8' ? 'revoke' : 'edit', target: id }),
  });
}
