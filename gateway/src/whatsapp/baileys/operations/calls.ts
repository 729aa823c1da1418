import { randomBytes } from 'node:crypto';
import { type BinaryNode, encodeSignedDeviceIdentity, proto, type WASocket } from 'baileys';
import type { CallNotice } from '../../call.ts';
import type { CallOperations } from '../../ports/calls.ts';
import { SendFailed } from '../../session.ts';
import { type Asking, whileOpen } from '../ask.ts';

const KEY_BYTES = 32;
/** Version and features of a client that makes voice calls, as WhatsApp Web sends it. */
const CAPABILITY = Uint8Array.of(1, 4, 255, 131, 207, 4);

/** `CallOperations` in WhatsApp's own stanzas: Baileys can only reject. */
export class BaileysCalls implements CallOperations {
  readonly #socket: WASocket;
  readonly #ended: () => boolean;

  constructor({ socket, ended }: Asking) {
    this.#socket = socket;
    this.#ended = ended;
  }

  async offer(callId: string, to: string): Promise<void> {
    const { keys, vouched } = await this.#asked(() => this.#keysFor(to));
    const content: BinaryNode[] = [
      { tag: 'audio', attrs: { enc: 'opus', rate: '16000' } },
      { tag: 'audio', attrs: { enc: 'opus', rate: '8000' } },
      { tag: 'net', attrs: { medium: '3' } },
      { tag: 'capability', attrs: { ver: '1' }, content: CAPABILITY },
      { tag: 'encopt', attrs: { keygen: '2' } },
      { tag: 'destination', attrs: {}, content: keys },
      ...(vouched ? [this.#deviceIdentity()] : []),
    ];
    await this.#say(to, { tag: 'offer', attrs: this.#ownCall(callId), content });
  }

  hangUp(callId: string, to: string): Promise<void> {
    return this.#say(to, { tag: 'terminate', attrs: this.#ownCall(callId) });
  }

  reject({ callId, creator, from }: Pick<CallNotice, 'callId' | 'creator' | 'from'>): Promise<void> {
    const attrs = { 'call-id': callId, 'call-creator': creator, count: '0' };
    return this.#say(from, { tag: 'reject', attrs });
  }

  /** The call's key for each device of the callee; a first message to one needs the proof of who we are. */
  async #keysFor(to: string): Promise<{ keys: BinaryNode[]; vouched: boolean }> {
    const socket = this.#socket;
    const devices = (await socket.getUSyncDevices([to], false, false)).map(({ jid }) => jid);
    if (devices.length === 0) throw new SendFailed({ kind: 'failed', text: 'the number has no devices' });
    await socket.assertSessions(devices, false);
    const message = proto.Message.fromObject({ call: { callKey: randomBytes(KEY_BYTES) } });
    const { nodes, shouldIncludeDeviceIdentity } = await socket.createParticipantNodes(devices, message);
    return { keys: nodes, vouched: shouldIncludeDeviceIdentity };
  }

  #deviceIdentity(): BinaryNode {
    const { account } = this.#socket.authState.creds;
    if (!account) throw new SendFailed({ kind: 'not_connected' });
    return { tag: 'device-identity', attrs: {}, content: encodeSignedDeviceIdentity(account, true) };
  }

  #ownCall(callId: string): Record<string, string> {
    return { 'call-id': callId, 'call-creator': this.#me() };
  }

  #me(): string {
    const { me } = this.#socket.authState.creds;
    if (!me) throw new SendFailed({ kind: 'not_connected' });
    return me.id;
  }

  /** The server acknowledges with `error` what it refuses, which Baileys does not look at. */
  async #say(to: string, info: BinaryNode): Promise<void> {
    const stanza = { tag: 'call', attrs: { from: this.#me(), to }, content: [info] };
    const ack = (await this.#asked(() => this.#socket.query(stanza))) as BinaryNode | undefined;
    if (!ack) throw new SendFailed({ kind: 'timed_out' });
    const { error } = ack.attrs;
    if (error !== undefined) throw new SendFailed({ kind: 'refused', code: Number(error) || 0 });
  }

  #asked<T>(work: () => Promise<T>): Promise<T> {
    return whileOpen(this.#ended, work);
  }
}
