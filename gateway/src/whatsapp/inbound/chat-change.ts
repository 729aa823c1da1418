import type { ChangedMessage, ChatChange } from '../chat-change.ts';
import { parseJid, personOf } from '../jid.ts';
import { type proto, toNumber } from '../proto.ts';
import { isMessageId } from './origin.ts';

/** An entry of the app state: what it is about, and what it says; null = it was taken away. */
export interface StateEntry {
  index: string[];
  value: proto.ISyncActionValue | null;
}

type Reader = (index: string[], value: proto.ISyncActionValue) => ChatChange | null;

/** By the first word of the index. Facts: WhatsApp Web's sync actions, as Baileys and others describe them. */
const READERS: Record<string, Reader> = {
  archive: ([, jid], { archiveChatAction: action }) =>
    about(jid, (chat) => action && { kind: 'archived', chat, archived: action.archived === true }),
  pin_v1: ([, jid], { pinAction: action, timestamp }) =>
    about(jid, (chat) => action && { kind: 'pinned', chat, at: action.pinned ? inMs(timestamp) : null }),
  mute: ([, jid], { muteAction: action }) =>
    about(jid, (chat) => action && { kind: 'muted', chat, until: action.muted ? muteEnd(action) : null }),
  markChatAsRead: ([, jid], { markChatAsReadAction: action, timestamp }) =>
    about(
      jid,
      (chat) => action && { kind: 'read', chat, read: action.read === true, upTo: lastIn(action, timestamp) },
    ),
  deleteChat: ([, jid], { deleteChatAction: action, timestamp }) =>
    about(jid, (chat) => ({ kind: 'cleared', chat, upTo: lastIn(action, timestamp), listed: false })),
  clearChat: ([, jid], { clearChatAction: action, timestamp }) =>
    about(jid, (chat) => ({ kind: 'cleared', chat, upTo: lastIn(action, timestamp), listed: true })),
  star: (index, { starAction: action }) => {
    const message = messageOf(index);
    return message && action ? { kind: 'starred', message, starred: action.starred === true } : null;
  },
  deleteMessageForMe: (index) => {
    const message = messageOf(index);
    return message && { kind: 'message_deleted', message };
  },
  label_edit: ([, id], { labelEditAction: action }) => {
    if (!id || !isLabelId(id) || !action) return null;
    const { name, color, predefinedId, deleted } = action;
    return {
      kind: 'label',
      id,
      name: name ?? '',
      color: color ?? 0,
      predefined: typeof predefinedId === 'number' && predefinedId > 0,
      deleted: deleted === true,
    };
  },
  label_jid: ([, label, jid], { labelAssociationAction: action }) =>
    about(jid, (chat) =>
      label && isLabelId(label) && action
        ? { kind: 'label_chat', label, chat, labeled: action.labeled === true }
        : null,
    ),
  label_message: ([, label, jid, messageId], { labelAssociationAction: action }) =>
    about(jid, (chat) =>
      label && isLabelId(label) && messageId && isMessageId(messageId) && action
        ? { kind: 'label_message', label, chat, messageId, labeled: action.labeled === true }
        : null,
    ),
  contact: ([, jid], { contactAction: action }) => {
    const person = personOf(jid, action?.lidJid, action?.pnJid);
    const name = action?.fullName || action?.firstName || action?.username || null;
    return person && { kind: 'contact', person, name };
  },
  setting_pushName: (_, { pushNameSetting: setting }) =>
    setting?.name ? { kind: 'push_name', name: setting.name } : null,
};

/** What an entry means for chats, labels and contacts; null when that is nothing, or makes no sense. */
export function readChatChange({ index, value }: StateEntry): ChatChange | null {
  const [action = ''] = index;
  // Only contacts are taken away as entries; everything else says the opposite.
  if (!value && action !== 'contact') return null;
  const reader = Object.hasOwn(READERS, action) ? READERS[action] : undefined;
  return reader?.(index, value ?? {}) ?? null;
}

type Timestamp = proto.ISyncActionValue['timestamp'];

function about(
  jid: string | undefined,
  change: (chat: ReturnType<typeof parseJid> & object) => ChatChange | null | undefined,
): ChatChange | null {
  const chat = parseJid(jid);
  return (chat && change(chat)) ?? null;
}

function messageOf([, jid, id, fromMe]: string[]): ChangedMessage | null {
  const chat = parseJid(jid);
  return chat && id && isMessageId(id) ? { chat, id, fromMe: fromMe === '1' } : null;
}

/** Ids are whole numbers; another one could meet the ids of the next labels. */
function isLabelId(id: string): boolean {
  return /^\d{1,15}$/.test(id);
}

function muteEnd({ muteEndTimestamp }: proto.SyncActionValue.IMuteAction): number {
  const end = toNumber(muteEndTimestamp);
  return end <= 0 ? -1 : inMs(muteEndTimestamp);
}

/** The newest message that the deleting device had; without one, the moment of the change. */
function lastIn(
  action: { messageRange?: proto.SyncActionValue.ISyncActionMessageRange | null } | null | undefined,
  changedAt: Timestamp,
): number {
  const last = toNumber(action?.messageRange?.lastMessageTimestamp);
  return last > 0 ? endOfSecond(inMs(action?.messageRange?.lastMessageTimestamp)) : inMs(changedAt);
}

const LAST_SECONDS = 100_000_000_000;

/** Seconds or milliseconds, as clients write both. */
function inMs(time: Timestamp): number {
  const value = toNumber(time);
  return value < LAST_SECONDS ? value * 1000 : value;
}

/** Messages carry whole seconds, and a range includes the second that it ends with. */
function endOfSecond(ms: number): number {
  return ms - (ms % 1000) + 999;
}
