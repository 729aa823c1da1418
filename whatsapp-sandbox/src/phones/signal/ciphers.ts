import { ProtocolAddress, SessionBuilder, SessionCipher, type SignalStorage } from 'whatsapp-rust-bridge';
import { type Bundle, type Needs as BundleNeeds, takeBundle } from '../../server/accounts/prekeys.ts';
import type { Device } from '../../server/model/account.ts';
import { withType } from '../../wire/keys.ts';
import { type PhoneSecrets, signalStore } from './store.ts';

/** The bridge's number for a pre-key message. */
const PRE_KEY = 3;

/** A ciphertext as it stands in an `<enc>`. */
export interface Sealed {
  type: 'msg' | 'pkmsg';
  body: Uint8Array;
}

/** A phone's Signal sessions with other devices; sessions belong to the LID, whichever JID was used. */
export class Ciphers {
  readonly #ctx: BundleNeeds;
  readonly #secrets: PhoneSecrets;
  readonly #store: SignalStorage;

  constructor(ctx: BundleNeeds, secrets: PhoneSecrets) {
    this.#ctx = ctx;
    this.#secrets = secrets;
    this.#store = signalStore(secrets, () => this.#peer?.identity);
  }

  /** The device whose message is being worked on; the store trusts its registered identity only. */
  #peer: Device | undefined;

  async encrypt(device: Device, plain: Uint8Array): Promise<Sealed> {
    this.#peer = device;
    using address = addressOf(device);
    if (!this.#secrets.sessions.has(address.toString())) await this.open(device);
    using cipher = new SessionCipher(this.#store, address);
    const { type, body } = await cipher.encrypt(plain);
    return { type: type === PRE_KEY ? 'pkmsg' : 'msg', body };
  }

  async decrypt(device: Device, sealed: Sealed): Promise<Uint8Array> {
    this.#peer = device;
    using address = addressOf(device);
    using cipher = new SessionCipher(this.#store, address);
    // Awaited here: the bridge's objects are freed at the end of this block.
    return await (sealed.type === 'pkmsg'
      ? cipher.decryptPreKeyWhisperMessage(sealed.body)
      : cipher.decryptWhisperMessage(sealed.body));
  }

  /** Starts a fresh session, from a bundle that the device sent along or from the server's. */
  async open(device: Device, bundle = takeBundle(this.#ctx, device)): Promise<void> {
    if (!bundle) throw new Error('the device has no keys on the server');
    this.#peer = device;
    using address = addressOf(device);
    using builder = new SessionBuilder(this.#store, address);
    await builder.initOutgoing(bridgeBundle(bundle));
  }

  forget(device: Device): void {
    using address = addressOf(device);
    this.#secrets.sessions.delete(address.toString());
  }
}

function addressOf(device: Device): ProtocolAddress {
  return new ProtocolAddress(device.account.lid, device.id);
}

function bridgeBundle(bundle: Bundle) {
  const { registrationId, identity, signed, oneTime } = bundle;
  return {
    registrationId,
    identityKey: withType(identity),
    signedPreKey: { keyId: signed.id, publicKey: withType(signed.key), signature: signed.signature },
    ...(oneTime ? { preKey: { keyId: oneTime.id, publicKey: withType(oneTime.key) } } : {}),
  };
}
