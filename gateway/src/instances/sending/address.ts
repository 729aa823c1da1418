import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { Messages, storedContent } from '../../mailbox/messages.ts';
import type { ContactRow, InstanceRow, MessageRow } from '../../storage/schema.ts';
import { addressOf, type Jid, parseJid } from '../../whatsapp/jid.ts';
import type { Quote } from '../../whatsapp/outbound/context.ts';
import type { Building, Reference } from '../../whatsapp/outbound/kind.ts';
import { linkedSelf } from '../self.ts';
import { addressIn } from './mentions.ts';
import { findTarget, personTarget, type Target, type TargetDeps, type TargetSession } from './target.ts';

/** Where a message goes, and which others it refers to. */
export interface Address {
  target: Target;
  quote: Quote | null;
  /** Key of the message that it is about. */
  about: Building['about'];
}

export interface Addressing {
  recipient: Jid;
  replyTo: string | undefined;
  replyPrivate: boolean;
  about: Reference | undefined;
}

/**
 * Finds out where a message goes and what it quotes, before anything is sent. Throws `number_unregistered`,
 * `group_unknown`, `reply_target_unknown`, `reply_private_own` and `SendFailed`.
 */
export async function addressMessage(
  instance: InstanceRow,
  session: TargetSession,
  { recipient, replyTo, replyPrivate, about }: Addressing,
  deps: TargetDeps,
): Promise<Address> {
  if (about) return addressReference(instance, session, { recipient, reference: about }, deps);
  const find = () => findTarget(instance, session, recipient, deps);
  const quoting = recipient.kind !== 'newsletter' && recipient.kind !== 'status' ? replyTo : undefined;
  if (!quoting) return { target: await find(), quote: null, about: null };
  if (!replyPrivate) {
    const target = await find();
    const { quote } = await findQuote(instance, quoting, deps);
    return { target, quote: { ...quote, author: addressIn(target.group, quote.author) }, about: null };
  }
  const { row, author, quote } = await findQuote(instance, quoting, deps);
  if (row.is_group === 0) return { target: await find(), quote, about: null };
  if (row.from_me === 1) throw failure('reply_private_own');
  if (!author) throw failure('reply_target_unknown');
  return { target: personTarget(author), quote, about: null };
}

/**
 * The chat and key of a message that another one is about. The stored chat, direction and author count where the
 * message is stored; else those of the request.
 */
async function addressReference(
  instance: InstanceRow,
  session: TargetSession,
  { recipient, reference }: { recipient: Jid; reference: Reference },
  deps: TargetDeps,
): Promise<Address> {
  const named = await findTarget(instance, session, recipient, deps);
  const row = await messagesOf(instance, deps).find(reference.messageId);
  const target = (row && (await chatOf(instance, session, row, deps))) ?? named;
  const author = row?.sender ? await contactsOf(instance, deps).byId(row.sender) : undefined;
  const fromMe = row ? row.from_me === 1 : reference.fromMe;
  const participant = author ? addressOf(author) : reference.participant;
  const isForeign = target.chat.kind === 'group' && !fromMe && participant !== undefined;
  const about = {
    chat: target.to,
    id: reference.messageId,
    fromMe,
    participant: isForeign ? addressIn(target.group, participant) : null,
  };
  return { target, quote: null, about };
}

/** The chat of a stored message; null for channels and status, where no message can be about another one. */
async function chatOf(
  instance: InstanceRow,
  session: TargetSession,
  { chat }: Pick<MessageRow, 'chat'>,
  deps: TargetDeps,
): Promise<Target | null> {
  const room = parseJid(chat);
  if (room) return room.kind === 'group' ? findTarget(instance, session, room, deps) : null;
  const person = await contactsOf(instance, deps).byId(chat);
  return person ? personTarget(person) : null;
}

async function findQuote(
  instance: InstanceRow,
  messageId: string,
  deps: TargetDeps,
): Promise<{ row: MessageRow; author: ContactRow | undefined; quote: Quote }> {
  const row = await messagesOf(instance, deps).find(messageId);
  if (!row) throw failure('reply_target_unknown');
  const contacts = contactsOf(instance, deps);
  const author = row.sender === null ? undefined : await contacts.byId(row.sender);
  const other = row.chat.includes('@') ? undefined : await contacts.byId(row.chat);
  const chat = other ? addressOf(other) : row.chat;
  const authorJid = row.from_me === 1 ? linkedSelf(instance).jid : author ? addressOf(author) : chat;
  return { row, author, quote: { messageId, author: authorJid, chat, content: storedContent(row) } };
}

function messagesOf({ id }: InstanceRow, { db, clock }: TargetDeps): Messages {
  return new Messages(db, id, clock.now());
}

function contactsOf({ id }: InstanceRow, { db, clock }: TargetDeps): Contacts {
  return new Contacts(db, id, clock.now());
}
