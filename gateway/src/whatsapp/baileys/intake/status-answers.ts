import { type BinaryNode, encodeBigEndian, proto, type WAMessage, type WASocket } from 'baileys';
import type { Clock } from '../../../clock.ts';
import { STATUS } from '../../jid.ts';
import { boundedCache } from '../caches.ts';

const DAY_MS = 86_400_000;
const { CIPHERTEXT } = proto.WebMessageInfo.StubType;

/** Whether a status may be handed to Baileys, which refuses what it cannot read, and what it has read before. */
export function isReadable(message: WAMessage | null): boolean {
  return message !== null && message.messageStubType !== CIPHERTEXT;
}

/**
 * Answers statuses in Baileys' place.
 *
 * Since July 2026 WhatsApp delivers statuses as `<status>`, which Baileys (rc14) does not know: unanswered, they come
 * again with every login, and the server ends the connection after a while. And a status that is refused because it
 * cannot be read counts as not delivered: it stays first in the queue and holds back everything behind it. So a status
 * is always acknowledged, after one request to its author where it cannot be read. It may go when the engine does this.
 */
export class StatusAnswers {
  readonly #socket: WASocket;
  readonly #clock: Clock;
  readonly #asked = boundedCache(1_000, DAY_MS);

  constructor(socket: WASocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  async acknowledge({ tag, attrs }: BinaryNode): Promise<void> {
    const { id, from, participant, type } = attrs;
    const { me } = this.#socket.authState.creds;
    await this.#socket.sendNode({
      tag: 'ack',
      attrs: {
        class: tag,
        ...(id && { id }),
        ...(from && { to: from }),
        ...(participant && { participant }),
        ...(type && { type }),
        ...(tag === 'message' && me && { from: me.id }),
      },
    });
  }

  /** Asks the author to send a status again, once; not for one that is gone by now. */
  async askAgain({ attrs }: BinaryNode): Promise<void> {
    const { id, from, participant, t = '' } = attrs;
    if (from !== STATUS || !id || !participant) return;
    if (Number(t) * 1_000 < this.#clock.now() - DAY_MS || !(await this.#first(`${id} ${participant}`)))
      return;
    const { registrationId } = this.#socket.authState.creds;
    await this.#socket.sendNode({
      tag: 'receipt',
      attrs: { id, type: 'retry', to: from, participant },
      content: [
        { tag: 'retry', attrs: { count: '1', id, t, v: '1', error: '0' } },
        { tag: 'registration', attrs: {}, content: encodeBigEndian(registrationId) },
      ],
    });
  }

  async #first(key: string): Promise<boolean> {
    if (await this.#asked.get(key)) return false;
    await this.#asked.set(key, true);
    return true;
  }
}
