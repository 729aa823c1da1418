import {
  GroupCipher,
  GroupSessionBuilder,
  ProtocolAddress,
  SenderKeyDistributionMessage,
  SenderKeyName,
  type SignalStorage,
} from 'whatsapp-rust-bridge';
import { type Device, deviceJid } from '../../server/model/account.ts';
import { type PhoneSecrets, signalStore } from './store.ts';

/** A phone's sender keys: its own in each group, and those that other devices gave to it. */
export class GroupCiphers {
  readonly #self: Device;
  readonly #secrets: PhoneSecrets;
  readonly #store: SignalStorage;

  constructor(self: Device, secrets: PhoneSecrets) {
    this.#self = self;
    this.#secrets = secrets;
    this.#store = signalStore(secrets, () => undefined);
  }

  /**
   * The devices that cannot read this phone yet. When a device has the key and is not in the audience (any
   * more), a fresh one takes its place, and no other device has that yet.
   */
  withoutKey(group: string, audience: Device[]): Device[] {
    const holders = this.#holders(group);
    const missing = audience.filter((device) => !holders.has(deviceJid(device, 'lid')));
    if (audience.length - missing.length === holders.size) return missing;
    holders.clear();
    using address = addressOf(this.#self);
    using name = new SenderKeyName(group, address);
    this.#secrets.senderKeys.delete(name.toString());
    return audience;
  }

  gaveKey(group: string, devices: Device[]): void {
    const holders = this.#holders(group);
    for (const device of devices) holders.add(deviceJid(device, 'lid'));
  }

  /** The key as it is now; a device that gets it cannot read what was encrypted before. */
  async distribution(group: string): Promise<Uint8Array> {
    using address = addressOf(this.#self);
    using name = new SenderKeyName(group, address);
    using builder = new GroupSessionBuilder(this.#store);
    using message = await builder.create(name);
    return message.serialize();
  }

  async accept(group: string, author: Device, distribution: Uint8Array): Promise<void> {
    using address = addressOf(author);
    using name = new SenderKeyName(group, address);
    using builder = new GroupSessionBuilder(this.#store);
    using message = SenderKeyDistributionMessage.deserialize(distribution);
    await builder.process(name, message);
  }

  // Awaited here as in `Ciphers`: the bridge's objects are freed at the end of each method.
  async encrypt(group: string, plain: Uint8Array): Promise<Uint8Array> {
    using address = addressOf(this.#self);
    using cipher = new GroupCipher(this.#store, group, address);
    return await cipher.encrypt(plain);
  }

  async decrypt(group: string, author: Device, body: Uint8Array): Promise<Uint8Array> {
    using address = addressOf(author);
    using cipher = new GroupCipher(this.#store, group, address);
    return await cipher.decrypt(body);
  }

  #holders(group: string): Set<string> {
    let holders = this.#secrets.senderKeyHolders.get(group);
    if (!holders) {
      holders = new Set();
      this.#secrets.senderKeyHolders.set(group, holders);
    }
    return holders;
  }
}

function addressOf(device: Device): ProtocolAddress {
  return new ProtocolAddress(device.account.lid, device.id);
}
