import { proto } from 'baileys';
import type { ServerWith } from '../../server/context.ts';
import type { Account, Device } from '../../server/model/account.ts';
import { isStaff } from '../../server/model/newsletters.ts';
import { bytesOf, child, type Stanza } from '../../wire/stanza.ts';
import { type FileReceiver, receiveFiles } from '../media/receiving.ts';
import { readContent } from '../messages/content.ts';
import type { Inbox } from '../messages/inbox.ts';

/** What a phone needs to show the posts of a channel. */
export type PostReceiver = FileReceiver & {
  readonly ctx: ServerWith<'delivery' | 'newsletters'>;
  readonly account: Account;
  readonly device: Device;
  readonly inbox: Inbox;
};

/** Shows a post of a channel that this phone follows. */
export async function receivePost(phone: PostReceiver, node: Stanza): Promise<void> {
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
