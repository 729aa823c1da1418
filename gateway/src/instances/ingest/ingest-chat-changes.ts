import { labelAssigned, labelEdited } from '../../mailbox/label-event.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { MessageRow } from '../../storage/schema.ts';
import type { ChangedChat, ChangedMessage, ChatChange, ChatChanges } from '../../whatsapp/chat-change.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';

type Of<K extends ChatChange['kind']> = Extract<ChatChange, { kind: K }>;

interface Applying {
  mailbox: Mailbox;
  /** Labels as they were when the device was linked are not reported. */
  silent: boolean;
  /** Keys of chats whose messages are to go. */
  cleared: string[];
}

/**
 * Stores what a device of the account changed for all of them, and reports labels. A change may come again, much later,
 * when the state had to be read from its beginning: what was said since then stands. Returns the keys of chats whose
 * messages are to go once the changes are stored.
 */
export async function ingestChatChanges(
  mailbox: Mailbox,
  { changes, source, withLabels, alongside }: ChatChanges,
): Promise<string[]> {
  await alongside(mailbox.scope.trx);
  if (withLabels && source === 'first') await mailbox.labels.forgetAll();
  if (withLabels && source === 'sync') await mailbox.labels.dropDeleted();
  const applying: Applying = { mailbox, silent: source === 'first', cleared: [] };
  for (const change of changes) await apply(applying, change);
  return applying.cleared;
}

async function apply(applying: Applying, change: ChatChange): Promise<void> {
  const { mailbox } = applying;
  switch (change.kind) {
    case 'archived':
      return setOn(mailbox, change.chat, { archived: change.archived });
    case 'pinned':
      return setOn(mailbox, change.chat, { pinnedAt: change.at });
    case 'muted':
      return setOn(mailbox, change.chat, { mutedUntil: change.until });
    case 'read':
      return markRead(mailbox, change);
    case 'cleared':
      return clear(applying, change);
    case 'starred': {
      const row = await stored(mailbox, change.message);
      if (row) await mailbox.messages.star(row, change.starred);
      return;
    }
    case 'message_deleted': {
      const row = await stored(mailbox, change.message);
      if (row) await mailbox.messages.remove(row);
      return;
    }
    case 'label':
      return editLabel(applying, change);
    case 'label_chat':
      return assign(applying, { ...change, messageId: null });
    case 'label_message':
      return assign(applying, change);
    case 'contact':
      await mailbox.meet(change.person, 'notification', { saved: change.name });
      return;
    case 'push_name':
      return; // reported as the profile of the account
  }
}

async function setOn(
  mailbox: Mailbox,
  chat: ChangedChat,
  state: Parameters<Mailbox['chats']['set']>[1],
): Promise<void> {
  const key = await keyOf(mailbox, chat);
  if (key) await mailbox.chats.set(key, state);
}

async function markRead(mailbox: Mailbox, { chat, read, upTo }: Of<'read'>): Promise<void> {
  const key = await keyOf(mailbox, chat);
  if (!key) return;
  if (!read) return mailbox.chats.set(key, { markedUnread: true });
  const row = await mailbox.chats.find(key);
  // Something came after what the other device saw: that is still unread.
  if (row && row.activity_at <= upTo) await mailbox.chats.read(key);
  else if (row) await mailbox.chats.set(key, { markedUnread: false });
}

async function clear({ mailbox, cleared }: Applying, { chat, upTo, listed }: Of<'cleared'>): Promise<void> {
  const key = await keyOf(mailbox, chat);
  const row = key === null ? undefined : await mailbox.chats.find(key);
  if (key === null || !row) return;
  const goneOn = row.activity_at > upTo;
  if ((row.cleared_to ?? 0) >= upTo && goneOn) return;
  await mailbox.chats.clear(key, { upTo, deleted: !listed && !goneOn });
  cleared.push(key);
}

async function editLabel({ mailbox, silent }: Applying, change: Of<'label'>): Promise<void> {
  const { emit, now } = mailbox.scope;
  const { kind: _, ...edit } = change;
  const action = await mailbox.labels.edit(edit);
  if (!action || silent) return;
  await emit(labelEdited(edit.id, action, await mailbox.labels.find(edit.id), now));
}

async function assign(
  { mailbox, silent }: Applying,
  change: Pick<Of<'label_message'>, 'label' | 'chat' | 'labeled'> & { messageId: string | null },
): Promise<void> {
  const { label, chat, messageId, labeled } = change;
  const address = addressOf(chat);
  if (!address) return;
  const { key, view } = await mailbox.placeOf(address, 'notification');
  const changed = await mailbox.labels.assign(label, { chat: key, messageId }, labeled);
  if (!changed || silent) return;
  const { emit, now } = mailbox.scope;
  await emit(labelAssigned(label, { chatJid: view.jid, messageId }, labeled, now));
}

async function stored(mailbox: Mailbox, message: ChangedMessage): Promise<MessageRow | undefined> {
  const key = await keyOf(mailbox, message.chat);
  const rows = key === null ? [] : await mailbox.messages.inChatWithId(key, message.id);
  return rows.find(({ from_me }) => (from_me === 1) === message.fromMe);
}

async function keyOf(mailbox: Mailbox, chat: ChangedChat): Promise<string | null> {
  const address = addressOf(chat);
  return address && (await mailbox.placeOf(address, 'notification')).key;
}

function addressOf({ kind, jid }: ChangedChat): ChatAddress | null {
  switch (kind) {
    case 'user':
      return { kind: 'private', person: { jid, lid: null } };
    case 'lid':
      return { kind: 'private', person: { jid: null, lid: jid } };
    case 'broadcast':
      return null; // lists of the phone, no chats of ours
    default:
      return { kind, jid };
  }
}
