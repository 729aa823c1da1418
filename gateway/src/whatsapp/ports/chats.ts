/** A message as WhatsApp names it, by the addresses under which it came. */
export interface ChatMessageKey {
  /** JID of the chat. */
  chat: string;
  id: string;
  fromMe: boolean;
  /** JID of its author, in groups. */
  participant: string | null;
}

/** The newest messages of a chat, newest first: a change of the chat counts up to there. */
export interface LastMessage {
  key: ChatMessageKey;
  /** Unix milliseconds */
  at: number;
}

/** Entries of the state that every device of the account has. */
export interface LabelEntry {
  id: string;
  name: string;
  color: number;
  deleted: boolean;
}

/**
 * Changes of chats for every device of the account. Each call resolves when WhatsApp has taken the change and it is
 * stored here, as one that the phone made would be. Waits for the account's key as long as it takes: callers have a
 * deadline. Throws `SendFailed`.
 */
export interface ChatOperations {
  archive(chat: string, archived: boolean, last: LastMessage[]): Promise<void>;
  pin(chat: string, pinned: boolean): Promise<void>;
  /** `until`: Unix milliseconds, -1 = without end, null = no longer. */
  mute(chat: string, until: number | null): Promise<void>;
  markRead(chat: string, read: boolean, last: LastMessage[]): Promise<void>;
  /** Takes the chat off the list, with its messages. */
  remove(chat: string, last: LastMessage[]): Promise<void>;
  star(message: ChatMessageKey, starred: boolean): Promise<void>;
  /** Deletes a message on the account's own devices. */
  removeMessage(message: ChatMessageKey, at: number): Promise<void>;
  editLabel(label: LabelEntry): Promise<void>;
  labelChat(label: string, chat: string, labeled: boolean): Promise<void>;
  /** Takes in every label that other devices made so far: before that an id may be taken. */
  syncLabels(): Promise<void>;
  /** Reads labels and what carries them from their beginning. */
  rebuildLabels(): Promise<void>;
  /** Blocks a person, or ends that; resolves with how many people are blocked then. */
  block(person: string, blocked: boolean): Promise<number>;
}
