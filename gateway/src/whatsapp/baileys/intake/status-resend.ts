import {
  type BinaryNode,
  encodeSignedDeviceIdentity,
  encodeWAMessage,
  type proto,
  type WASocket,
} from 'baileys';
import { STATUS } from '../../jid.ts';
import { openMessage, type WireMessage } from '../../wire.ts';
import { boundedCache } from '../caches.ts';

/** As often as Baileys sends other messages again. */
const MAX_RESENDS = 5;
const HOUR_MS = 3_600_000;

/**
 * Sends a status again to a device that could not read it. Baileys addresses that copy to the device itself, where it
 * shows up as a private message.
 */
export class StatusResend {
  readonly #socket: WASocket;
  readonly #contentOf: (id: string) => Promise<WireMessage | undefined>;
  readonly #sent = boundedCache(1_000, HOUR_MS);

  constructor(socket: WASocket, contentOf: (id: string) => Promise<WireMessage | undefined>) {
    this.#socket = socket;
    this.#contentOf = contentOf;
  }

  /** Takes a retry receipt; one that is not about a status, or comes too often, is passed over. */
  async take({ attrs }: BinaryNode): Promise<void> {
    const { id, from, participant } = attrs;
    if (from !== STATUS || !id || !participant || !(await this.#mayAgain(`${id} ${participant}`))) return;
    const message = await this.#contentOf(id);
    if (message) await this.#send(id, participant, openMessage(message));
  }

  /** The count in the receipt is the other side's; ours bounds what it can make us do. */
  async #mayAgain(key: string): Promise<boolean> {
    const before = (await this.#sent.get<number>(key)) ?? 0;
    await this.#sent.set(key, before + 1);
    return before < MAX_RESENDS;
  }

  async #send(id: string, participant: string, message: proto.IMessage): Promise<void> {
    const { authState, signalRepository } = this.#socket;
    const { me, account } = authState.creds;
    const meId = me?.lid ?? me?.id ?? '';
    // The session may be what is broken: a fresh one, with the key for this status and those to come.
    await this.#socket.assertSessions([participant], true);
    const axolotlSenderKeyDistributionMessage = await signalRepository.getSenderKeyDistributionMessage({
      group: STATUS,
      meId,
    });
    const key = { groupId: STATUS, axolotlSenderKeyDistributionMessage };
    const data = encodeWAMessage({ ...message, senderKeyDistributionMessage: key });
    const { type, ciphertext } = await signalRepository.encryptMessage({ jid: participant, data });
    const content: BinaryNode[] = [{ tag: 'enc', attrs: { v: '2', type, count: '1' }, content: ciphertext }];
    if (type === 'pkmsg' && account) {
      content.push({ tag: 'device-identity', attrs: {}, content: encodeSignedDeviceIdentity(account, true) });
    }
    const kind = message.extendedTextMessage || message.conversation ? 'text' : 'media';
    await this.#socket.sendNode({
      tag: 'message',
      attrs: { id, to: STATUS, participant, type: kind },
      content,
    });
  }
}
