import { proto } from 'baileys';
import type { Newsletter } from '../../server/model/newsletters.ts';
import { stanza } from '../../wire/stanza.ts';
import { type Submitter, stanzaType, submit } from './submit.ts';

const { Type } = proto.Message.ProtocolMessage;

/** Posts in a channel, in the clear; edits and revocations name the post by the stanza's own id. */
export function postToNewsletter(
  phone: Submitter,
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
