import type { Boom } from '@hapi/boom';
import { DisconnectReason, isJidNewsletter, jidNormalizedUser, S_WHATSAPP_NET, type WASocket } from 'baileys';
import { userOf } from '../../jid.ts';
import {
  type ChatState,
  type OutgoingMessage,
  type Presence,
  type RegisteredNumber,
  type Self,
  SendFailed,
  type Session,
} from '../../session.ts';
import { openMessage, openNode } from '../../wire.ts';
import { whileOpen } from '../ask.ts';
import { selfOf } from '../self.ts';
import type { Acknowledgements } from './acks.ts';
import { sendPost } from './newsletter-post.ts';

const RATE_OVERLIMIT = 429;
const NO_DEADLINE = 0;

/** Families of operations that have a file of their own. */
export type Families = Pick<
  Session,
  'calls' | 'chats' | 'groups' | 'identities' | 'media' | 'newsletters' | 'profile' | 'status'
>;

/** `Session` over a Baileys socket. */
export class BaileysSession implements Session {
  readonly #socket: WASocket;
  readonly #acks: Acknowledgements;
  readonly calls: Session['calls'];
  readonly chats: Session['chats'];
  readonly groups: Session['groups'];
  readonly identities: Session['identities'];
  readonly media: Session['media'];
  readonly newsletters: Session['newsletters'];
  readonly profile: Session['profile'];
  readonly status: Session['status'];
  newChatsLockedUntil = 0;
  presence: Presence = 'unavailable';
  #ended = false;

  constructor(socket: WASocket, acks: Acknowledgements, families: Families) {
    this.#socket = socket;
    this.#acks = acks;
    this.calls = families.calls;
    this.groups = families.groups;
    this.identities = families.identities;
    this.media = families.media;
    this.chats = families.chats;
    this.newsletters = families.newsletters;
    this.profile = families.profile;
    this.status = families.status;
  }

  get self(): Self {
    const self = selfOf(this.#socket.authState.creds);
    if (!self) throw new SendFailed({ kind: 'not_connected' });
    return self;
  }

  /** The connection is gone: every call from now on fails with `not_connected`. */
  ended(): void {
    this.#ended = true;
  }

  async send(message: OutgoingMessage): Promise<void> {
    if (this.#ended) throw new SendFailed({ kind: 'not_connected' });
    const ack = this.#acks.expect(message.id);
    try {
      await this.#handOver(message);
    } catch (error) {
      ack.giveUp();
      throw asSendFailed(error);
    }
    await ack.acknowledged;
  }

  async #handOver(message: OutgoingMessage): Promise<void> {
    const { id, to, content, nodes = [], viewers, edit } = message;
    if (isJidNewsletter(to)) return sendPost(this.#socket, message);
    await this.#socket.relayMessage(to, openMessage(content), {
      messageId: id,
      additionalNodes: nodes.map(openNode),
      ...(edit && { additionalAttributes: { edit } }),
      ...(viewers && { statusJidList: viewers }),
    });
  }

  sendChatState(chat: string, state: ChatState): Promise<void> {
    return this.#publish(state, chat);
  }

  setPresence(presence: 'available' | 'unavailable'): Promise<void> {
    return this.#publish(presence);
  }

  async lookUpNumbers(numbers: string[]): Promise<RegisteredNumber[]> {
    const answers = await this.#ask(() => this.#socket.onWhatsApp(...numbers));
    // Baileys gives nothing when WhatsApp stayed silent; a number without an account would be in the answer.
    if (!answers) throw new SendFailed({ kind: 'timed_out' });
    const registered = answers.filter((answer) => answer.exists);
    return Promise.all(
      registered.map(async ({ jid }) => ({
        number: userOf(jid),
        jid: jidNormalizedUser(jid),
        lid: await this.lidOf(jid),
      })),
    );
  }

  async lidOf(jid: string): Promise<string | null> {
    const lid = await this.#ask(() => this.#socket.signalRepository.lidMapping.getLIDForPN(jid));
    return lid ? jidNormalizedUser(lid) : null;
  }

  async phoneOf(lid: string): Promise<string | null> {
    const jid = await this.#ask(() => this.#socket.signalRepository.lidMapping.getPNForLID(lid));
    return jid ? jidNormalizedUser(jid) : null;
  }

  markRead(keys: { chat: string; id: string; participant?: string }[]): Promise<void> {
    return this.#ask(() =>
      this.#socket.readMessages(keys.map(({ chat, ...key }) => ({ remoteJid: chat, ...key, fromMe: false }))),
    );
  }

  /**
   * A round trip to the server; rejects when the connection ends. It has no deadline of its own: the watchdog has one,
   * and Baileys' is a timer with two formatted stack traces, every 25 seconds for every idle instance.
   */
  async ping(): Promise<void> {
    const attrs = { to: S_WHATSAPP_NET, type: 'get', xmlns: 'w:p' };
    await this.#socket.query({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] }, NO_DEADLINE);
  }

  async #publish(presence: Presence, chat?: string): Promise<void> {
    await this.#ask(() => this.#socket.sendPresenceUpdate(presence, chat));
    this.presence = presence;
  }

  #ask<T>(query: () => Promise<T>): Promise<T> {
    return whileOpen(() => this.#ended, query);
  }
}

/** Why a send failed. Baileys throws Booms whose status is a disconnect reason or WhatsApp's own error code. */
function asSendFailed(error: unknown): SendFailed {
  const code = (error as Partial<Boom> | undefined)?.output?.statusCode;
  const data = (error as Partial<Boom> | undefined)?.data;
  if (code === DisconnectReason.connectionClosed)
    return new SendFailed({ kind: 'not_connected' }, { cause: error });
  if (code === DisconnectReason.timedOut) return new SendFailed({ kind: 'timed_out' }, { cause: error });
  if (code === RATE_OVERLIMIT || data === RATE_OVERLIMIT) {
    return new SendFailed({ kind: 'throttled' }, { cause: error });
  }
  return new SendFailed({ kind: 'failed', text: 'the message could not be prepared' }, { cause: error });
}
