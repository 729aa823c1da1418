import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import type { Session } from '../../whatsapp/session.ts';
import { askWithinAMinute, failedTo } from '../ask-whatsapp.ts';
import { inMailbox } from '../in-mailbox.ts';
import { type ChatTarget, registeredTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

/** One operation on a chat: the connection first, then the chat, then WhatsApp's consent. */
export class ChatAction {
  /** The session that was open when the operation began. */
  readonly session: Session;
  readonly #instance: InstanceRow;
  readonly #operation: string;
  readonly #deps: ChatDeps;

  /** Throws `instance_not_connected`. Failures of WhatsApp read `failed to <operation>: <reason>`. */
  constructor(instance: InstanceRow, operation: string, deps: ChatDeps) {
    this.session = deps.sessions.session(instance.id);
    this.#instance = instance;
    this.#operation = operation;
    this.#deps = deps;
  }

  /** Runs what the operation asks of WhatsApp, within a minute. */
  ask<T>(work: () => Promise<T>): Promise<T> {
    return askWithinAMinute(this.#deps.clock, failedTo(this.#operation), work);
  }

  /** The chat that a number names. Throws `number_unregistered`. */
  target(number: ChatNumber): Promise<ChatTarget> {
    return this.ask(() => registeredTarget(this.#instance, this.session, number, this.#deps));
  }

  /** Runs `work` in a transaction of the instance. */
  mailbox<T>(work: (mailbox: Mailbox) => Promise<T>): Promise<T> {
    return inMailbox(this.#deps, this.#instance, work);
  }
}
