import type { proto } from 'baileys';
import type { Clock } from '../clock.ts';
import type { Outbox } from '../events/outbox.ts';
import { type ChatPlace, Mailbox } from '../mailbox/mailbox.ts';
import { accepted, refused } from '../mailbox/outcome.ts';
import type { User } from '../mailbox/views.ts';
import type { InstanceRow, MessageRow } from '../storage/schema.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MessageType } from '../whatsapp/inbound/content.ts';
import { newMessageId } from '../whatsapp/outbound/message-id.ts';
import { type Self, SendFailed, type Session } from '../whatsapp/session.ts';
import type { Target } from './recipients.ts';
import { sendFailure } from './send-failure.ts';
import { showTyping } from './typing.ts';

export interface SenderOptions {
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  random: (bytes: number) => Uint8Array;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}

/** A message that is ready: everything that could be refused early was checked. */
export interface Outgoing {
  target: Target;
  proto: proto.IMessage;
  type: MessageType;
  content: string;
  source: string;
  /** Seconds of "typing…" before it leaves. */
  delay: number;
  /** Told as soon as the message has an id, before it leaves. */
  onId(id: string): void;
}

/** A message that WhatsApp's server acknowledged. */
export interface Sent {
  id: string;
  /** Unix milliseconds. */
  at: number;
  place: ChatPlace;
  sender: User;
}

/**
 * The last steps of every send: the delay, the stored record, the hand-over, the acknowledgement. The record is
 * durable before the message leaves, so no outcome is ever without one.
 */
export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  async send(instance: InstanceRow, message: Outgoing): Promise<Sent> {
    const { clock, random, sessions, log } = this.#options;
    await showTyping(sessions.session(instance.id), message.target, message.delay, { clock, log });
    const session = sessions.session(instance.id); // it may have gone, or be another one by now
    const id = newMessageId(random);
    const pending = await this.#store(instance, session, id, message);
    message.onId(id);
    await this.#handOver(instance, session, pending, message);
    return this.#transaction(instance, session, async (mailbox) => {
      await accepted(mailbox, pending.row);
      return { id, at: pending.row.sent_at, place: pending.place, sender: mailbox.self() };
    });
  }

  #store(instance: InstanceRow, session: Session, id: string, message: Outgoing): Promise<Pending> {
    return this.#transaction(instance, session, async (mailbox) => {
      const place = await mailbox.placeOf(message.target.chat, 'query');
      const row = await mailbox.messages.storePending({
        chat: place.key,
        id,
        type: message.type,
        content: message.content,
        source: message.source,
        isGroup: place.view.type === 'group',
        proto: message.proto,
      });
      return { row, place };
    });
  }

  async #handOver(
    instance: InstanceRow,
    session: Session,
    { row, place }: Pending,
    { target, proto }: Outgoing,
  ): Promise<void> {
    try {
      await session.send({ id: row.message_id, to: target.to, content: proto });
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      const { reason } = error;
      // Without an acknowledgement it may have arrived all the same: it stays pending until WhatsApp says more.
      if (reason.kind !== 'unacknowledged') {
        await this.#transaction(instance, session, async (mailbox) => {
          if (reason.kind === 'refused') await refused(mailbox, row, place, reason.code);
          else await mailbox.messages.advance(row, 'failed');
        });
      }
      throw sendFailure(error);
    }
  }

  #transaction<T>(
    instance: InstanceRow,
    session: Session,
    work: (mailbox: Mailbox) => Promise<T>,
  ): Promise<T> {
    const { outbox, clock } = this.#options;
    const self: Self = { ...session.self, name: session.self.name || instance.profile_name };
    return outbox.transaction(instance.id, (trx, emit) =>
      work(new Mailbox({ trx, emit, instanceId: instance.id, self, now: clock.now() })),
    );
  }
}

interface Pending {
  row: MessageRow;
  place: ChatPlace;
}
