import type { proto, WASocket } from 'baileys';
import type { Clock } from '../../../clock.ts';
import { parseJid } from '../../jid.ts';
import type { ChatMessageKey, ChatOperations, LabelEntry, LastMessage } from '../../ports/chats.ts';
import type { AppState, CollectionName } from '../app-state/app-state.ts';
import { SET } from '../app-state/cipher.ts';
import { whileOpen } from '../ask.ts';

export interface ChatsOptions {
  socket: WASocket;
  appState: AppState;
  clock: Clock;
  ended(): boolean;
}

/** `ChatOperations` as entries of the app state; collections and versions are those of WhatsApp Web. */
export class BaileysChats implements ChatOperations {
  readonly #options: ChatsOptions;

  constructor(options: ChatsOptions) {
    this.#options = options;
  }

  archive(chat: string, archived: boolean, last: LastMessage[]): Promise<void> {
    const archiveChatAction = { archived, messageRange: rangeOf(last) };
    return this.#change('regular_low', 3, ['archive', chat], { archiveChatAction });
  }

  pin(chat: string, pinned: boolean): Promise<void> {
    return this.#change('regular_low', 5, ['pin_v1', chat], { pinAction: { pinned } });
  }

  async mute(chat: string, until: number | null): Promise<void> {
    // Channels keep it on the server, too.
    if (parseJid(chat)?.kind === 'newsletter') {
      const { socket } = this.#options;
      await this.#ask(() => (until === null ? socket.newsletterUnmute(chat) : socket.newsletterMute(chat)));
    }
    const muteAction = until === null ? { muted: false } : { muted: true, muteEndTimestamp: until };
    await this.#change('regular_high', 2, ['mute', chat], { muteAction });
  }

  markRead(chat: string, read: boolean, last: LastMessage[]): Promise<void> {
    const markChatAsReadAction = { read, messageRange: rangeOf(last) };
    return this.#change('regular_low', 3, ['markChatAsRead', chat], { markChatAsReadAction });
  }

  /** The `0` at the end leaves the files on the phone. */
  remove(chat: string, last: LastMessage[]): Promise<void> {
    const deleteChatAction = { messageRange: rangeOf(last) };
    return this.#change('regular_high', 6, ['deleteChat', chat, '0'], { deleteChatAction });
  }

  star(message: ChatMessageKey, starred: boolean): Promise<void> {
    return this.#change('regular_low', 2, ['star', ...indexOf(message)], { starAction: { starred } });
  }

  removeMessage(message: ChatMessageKey, at: number): Promise<void> {
    const deleteMessageForMeAction = { deleteMedia: false, messageTimestamp: seconds(at) };
    return this.#change('regular_high', 3, ['deleteMessageForMe', ...indexOf(message)], {
      deleteMessageForMeAction,
    });
  }

  editLabel({ id, name, color, deleted }: LabelEntry): Promise<void> {
    return this.#change('regular', 3, ['label_edit', id], { labelEditAction: { name, color, deleted } });
  }

  labelChat(label: string, chat: string, labeled: boolean): Promise<void> {
    const labelAssociationAction = { labeled };
    return this.#change('regular', 3, ['label_jid', label, chat], { labelAssociationAction });
  }

  syncLabels(): Promise<void> {
    return this.#options.appState.takeIn('regular');
  }

  rebuildLabels(): Promise<void> {
    return this.#options.appState.rebuild('regular');
  }

  async block(person: string, blocked: boolean): Promise<number> {
    const { socket } = this.#options;
    await this.#ask(() => socket.updateBlockStatus(person, blocked ? 'block' : 'unblock'));
    return (await this.#ask(() => socket.fetchBlocklist())).length;
  }

  #change(
    collection: CollectionName,
    apiVersion: number,
    index: string[],
    action: proto.ISyncActionValue,
  ): Promise<void> {
    const value = { ...action, timestamp: this.#options.clock.now() };
    return this.#options.appState.push(collection, { operation: SET, index, value, apiVersion });
  }

  #ask<T>(question: () => Promise<T>): Promise<T> {
    return whileOpen(this.#options.ended, question);
  }
}

function indexOf({ chat, id, fromMe, participant }: ChatMessageKey): string[] {
  return [chat, id, fromMe ? '1' : '0', (!fromMe && participant) || '0'];
}

/** Empty when nothing is known: then the change counts for everything up to its own time. */
function rangeOf(last: LastMessage[]): proto.SyncActionValue.ISyncActionMessageRange {
  const [newest] = last;
  if (!newest) return {};
  return {
    lastMessageTimestamp: seconds(newest.at),
    messages: last.map(({ key: { chat, id, fromMe, participant }, at }) => ({
      key: { remoteJid: chat, id, fromMe, ...(participant && !fromMe && { participant }) },
      timestamp: seconds(at),
    })),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
