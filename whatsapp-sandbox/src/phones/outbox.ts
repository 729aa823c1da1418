import type { proto } from 'baileys';
import type { Account } from '../server/directory.ts';
import type { Addressing } from '../wire/jid.ts';

/** A message a phone sent, kept to be sent again to a device that could not read it. */
export interface SentMessage {
  message: proto.IMessage;
  chat: Account;
  addressing: Addressing;
  /** Peer messages go to one own device and belong to no chat. */
  peer: boolean;
  /** How far each number got with it: `delivered`, `read` or `played`. */
  receipts: Map<string, string>;
}

const CAPACITY = 2_000;

/** The last messages of a phone by id. */
export class Outbox {
  readonly #sent = new Map<string, SentMessage>();

  put(id: string, sent: SentMessage): void {
    this.#sent.set(id, sent);
    if (this.#sent.size <= CAPACITY) return;
    for (const oldest of this.#sent.keys()) {
      this.#sent.delete(oldest);
      return;
    }
  }

  get(id: string): SentMessage | undefined {
    return this.#sent.get(id);
  }
}
