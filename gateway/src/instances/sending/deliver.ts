import type { ChatPlace, Mailbox } from '../../mailbox/mailbox.ts';
import { accepted, refused } from '../../mailbox/outcome.ts';
import { selfView, type User } from '../../mailbox/views.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { MessageType } from '../../whatsapp/inbound/content.ts';
import type { Built } from '../../whatsapp/outbound/kind.ts';
import { newMessageId } from '../../whatsapp/outbound/message-id.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { encodeMessage } from '../../whatsapp/stored-message.ts';
import { inMailbox } from '../in-mailbox.ts';
import { linkedSelf } from '../self.ts';
import type { SendDeps } from './deps.ts';
import type { Target } from './target.ts';
import { showTyping } from './typing.ts';

/** A message that is ready: everything that could be refused early was checked. */
export interface Outgoing {
  target: Target;
  /** Makes the content, with the session that will send it: uploads happen here, after the delay. */
  build(session: Session): Promise<Built>;
  type: MessageType;
  content: string;
  source: string;
  /** Seconds of "typing…" before it leaves. */
  delay: number;
  /** Called as soon as the message has an id, before it leaves. */
  onId(id: string): void;
}

/** A message that WhatsApp's server acknowledged. */
export interface Delivered {
  id: string;
  /** Unix milliseconds. */
  at: number;
  place: ChatPlace;
  sender: User;
  /** What its kind adds to the answer. */
  answer: object;
}

type Transaction = <T>(work: (mailbox: Mailbox) => Promise<T>) => Promise<T>;
type DeliverDeps = Omit<SendDeps, 'db' | 'numbers'>;

/**
 * The last steps of every send: the delay, the stored record, the hand-over, the acknowledgement. The record is
 * durable before the message leaves, so no outcome is ever without one. Throws `SendFailed`, `instance_not_connected`.
 */
export async function deliver(
  instance: InstanceRow,
  message: Outgoing,
  deps: DeliverDeps,
): Promise<Delivered> {
  const { random, sessions } = deps;
  const self = linkedSelf(instance);
  const transaction: Transaction = (work) => inMailbox(deps, instance, work);

  await showTyping(sessions.session(instance.id), message.target, message.delay, deps);
  const session = sessions.session(instance.id); // asked again: it may have ended during the delay
  const built = await message.build(session);
  const id = newMessageId(random);
  const { place, at } = await storePending(transaction, id, message, built);
  message.onId(id);
  await handOver(transaction, session, { id, to: message.target.to }, built);
  return {
    id,
    at,
    place: (await transaction((mailbox) => accepted(mailbox, id))) ?? place,
    sender: selfView(self),
    answer: built.answer ?? {},
  };
}

function storePending(transaction: Transaction, id: string, outgoing: Outgoing, { message }: Built) {
  return transaction(async (mailbox) => {
    const { type, content, source, target } = outgoing;
    const place = await mailbox.placeOf(target.chat, 'query');
    const isGroup = place.view.type === 'group';
    const encoded = encodeMessage(message);
    await mailbox.messages.storePending({ chat: place.key, id, type, content, source, isGroup, encoded });
    return { place, at: mailbox.scope.now };
  });
}

async function handOver(
  transaction: Transaction,
  session: Session,
  { id, to }: { id: string; to: string },
  { message, nodes, viewers, mediaId, edit }: Built,
): Promise<void> {
  try {
    await session.send({
      id,
      to,
      content: message,
      ...(nodes && { nodes }),
      ...(viewers && { viewers }),
      ...(edit && { edit }),
      ...(mediaId && { mediaId }),
    });
  } catch (error) {
    if (!(error instanceof SendFailed)) throw error;
    const { reason } = error;
    // Without an acknowledgement it may have arrived all the same: it stays pending until WhatsApp reports more.
    if (reason.kind !== 'unacknowledged') {
      await transaction((mailbox) => refused(mailbox, id, reason.kind === 'refused' ? reason.code : null));
    }
    throw error;
  }
}
