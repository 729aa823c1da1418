import type { SoftwareAuthenticator } from '../passkey/authenticator.ts';
import { storeKeys } from '../server/accounts/prekeys.ts';
import type { ServerContext } from '../server/context.ts';
import { corrupted } from '../server/corruption.ts';
import { type Account, type Device, type Endpoint, makeDevice } from '../server/model/account.ts';
import { parseUserJid } from '../wire/jid.ts';
import { children, type Stanza } from '../wire/stanza.ts';
import { PhoneAppState } from './app-state/phone-app-state.ts';
import { type PhoneCall, receiveCall } from './calls.ts';
import type { PasskeyCeremony } from './companions/passkey.ts';
import type { HistoryPlan } from './history/synthesis.ts';
import type { HeldMedia } from './media/held.ts';
import { Inbox } from './messages/inbox.ts';
import type { KnownMessage } from './messages/known.ts';
import type { SentMessage } from './messages/sent.ts';
import { receiveMessage } from './receiving/messages.ts';
import { receiveReceipt } from './receiving/receipts.ts';
import { Recent } from './recent.ts';
import { Ciphers } from './signal/ciphers.ts';
import { GroupCiphers } from './signal/group-ciphers.ts';
import { makePreKeys, makeSecrets, type PhoneSecrets } from './signal/store.ts';

const PRE_KEYS_PER_UPLOAD = 30;

/** A phone number's primary device, played inside this process: it holds keys, decrypts and answers. */
export class Phone implements Endpoint {
  readonly ctx: ServerContext;
  readonly device: Device;
  readonly secrets: PhoneSecrets;
  readonly inbox = new Inbox();
  /** Messages it received, by id, as they can be quoted, forwarded or voted on. */
  readonly received = new Recent<Omit<KnownMessage, 'id'>>(2_000);
  /** Messages this phone sent, by id. */
  readonly outbox = new Recent<SentMessage>(2_000);
  /** Files of messages that it sent or received, by the message's id. */
  readonly gallery = new Recent<HeldMedia>(5_000);
  /** Messages it has received, so that a repetition is not shown twice. */
  readonly seen = new Recent<true>(5_000);
  /** Calls that it made or got, by id. */
  readonly calls = new Recent<PhoneCall>(200);
  /** How often it has asked for a message again, by id. */
  readonly asked = new Recent<number>(1_000);
  readonly ciphers: Ciphers;
  readonly groupCiphers: GroupCiphers;
  readonly appState: PhoneAppState;
  /** The history that companions get when they are linked. */
  history: HistoryPlan | undefined;
  /** The passkey that linking a companion takes; without it none is asked for. */
  passkey: SoftwareAuthenticator | undefined;
  /** The newest linking with a passkey. */
  ceremony: PasskeyCeremony | undefined;
  /** Last chat state that each number showed to this phone. */
  readonly chatStates = new Map<string, string>();
  /** By group: devices whose messages this phone ignores while a load run lasts: no decryption, no receipt. */
  readonly ignoredSenders = new Map<string, ReadonlySet<string>>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(ctx: ServerContext, account: Account, secrets = makeSecrets(registrationId())) {
    this.ctx = ctx;
    this.secrets = secrets;
    this.device = makeDevice(account, {
      id: 0,
      identity: secrets.identity.public,
      registrationId: secrets.registrationId,
    });
    this.ciphers = new Ciphers(ctx, secrets);
    this.groupCiphers = new GroupCiphers(this.device, secrets);
    this.appState = new PhoneAppState(this);
    const { keyId, keyPair, signature } = secrets.signedPreKey;
    const key = keyPair.pubKey.slice(-32);
    storeKeys(this.device, { id: keyId, key, signature }, []);
    account.devices.set(0, this.device);
    this.device.endpoint = this;
    this.device.live = true;
    this.device.available = true;
  }

  get account(): Account {
    return this.device.account;
  }

  deliver(node: Stanza): void {
    switch (node.tag) {
      case 'message':
      case 'status':
        this.#takeMessage(node);
        return;
      case 'receipt':
        this.ctx.delivery.settle(this.device, 'receipt', node.attrs);
        receiveReceipt(this, node);
        return;
      case 'notification':
        this.ctx.delivery.settle(this.device, 'notification', node.attrs);
        if (node.attrs.type === 'encrypt') this.uploadPreKeys();
        if (node.attrs.type === 'server_sync') this.#syncAppState(node);
        return;
      case 'call':
        this.start(() => receiveCall(this, node));
        return;
      case 'chatstate':
        this.#noteChatState(node);
    }
  }

  // A phone lives in this process: there is no connection that could be ended, cut or deafened.
  end(): void {}

  cut(): void {}

  deafen(): void {}

  /** Runs Signal work one after the other: two uses of a session at once would break its ratchet. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    // A failure is the caller's to handle; the work behind it goes on.
    this.#work = result.then(
      () => this.ctx.touch(),
      () => this.ctx.touch(),
    );
    return result;
  }

  /** Like `enqueue`, for work that no caller awaits. */
  start(work: () => Promise<unknown>): void {
    this.enqueue(work).catch((error) => {
      this.ctx.log.warn({ err: error, phone: this.account.number }, 'phone could not finish a task');
    });
  }

  uploadPreKeys(): void {
    const { keyId, keyPair, signature } = this.secrets.signedPreKey;
    const signed = { id: keyId, key: keyPair.pubKey.slice(-32), signature };
    storeKeys(this.device, signed, makePreKeys(this.secrets, PRE_KEYS_PER_UPLOAD));
  }

  #takeMessage(node: Stanza): void {
    const { from = '', participant = '' } = node.attrs;
    if (this.ignoredSenders.get(from)?.has(participant)) {
      this.ctx.delivery.settle(this.device, 'message', node.attrs);
      return;
    }
    const received = this.ctx.faults.strike('corrupt', this.device) ? corrupted(node) : node;
    this.start(() => receiveMessage(this, received));
  }

  #syncAppState(node: Stanza): void {
    for (const { attrs } of children(node, 'collection')) this.appState.sync(attrs.name ?? '');
  }

  #noteChatState(node: Stanza): void {
    const author = node.attrs.participant ?? node.attrs.from;
    const from = this.ctx.directory.account(author)?.number ?? parseUserJid(author)?.user;
    const state = children(node)[0];
    if (!from || !state) return;
    this.chatStates.set(from, state.attrs.media === 'audio' ? 'recording' : state.tag);
  }
}

function registrationId(): number {
  return 1 + Math.floor(Math.random() * 16380);
}
