import type { SignalStorage } from 'whatsapp-rust-bridge';
import {
  GroupCipher,
  GroupSessionBuilder,
  ProtocolAddress,
  SenderKeyDistributionMessage,
  SenderKeyName,
} from 'whatsapp-rust-bridge';
import type { SignalAddress } from './address.ts';
import { nameOf } from './address.ts';
import { SignalError, toSignalError } from './errors.ts';

/** The new sender-key record, to be stored, beside the result. */
export type GroupStep<T> = { readonly value: T; readonly senderKey: Uint8Array };

/** A sender key's owner within a group. */
export type Sender = { readonly group: string; readonly author: SignalAddress };

/** Our distribution message for the present state of our sender key; makes the key when there is none. */
export function distribution(sender: Sender, senderKey: Uint8Array | null): Promise<GroupStep<Uint8Array>> {
  return step(sender, senderKey, async (storage, address) => {
    using name = new SenderKeyName(sender.group, address);
    using builder = new GroupSessionBuilder(storage);
    using message = await builder.create(name);
    return message.serialize();
  });
}

/** Takes in another device's distribution message. */
export function accept(
  sender: Sender,
  senderKey: Uint8Array | null,
  message: Uint8Array,
): Promise<GroupStep<void>> {
  return step(sender, senderKey, async (storage, address) => {
    using name = new SenderKeyName(sender.group, address);
    using builder = new GroupSessionBuilder(storage);
    using parsed = SenderKeyDistributionMessage.deserialize(message);
    await builder.process(name, parsed);
  });
}

export function encryptForGroup(
  sender: Sender,
  senderKey: Uint8Array,
  data: Uint8Array,
): Promise<GroupStep<Uint8Array>> {
  return step(sender, senderKey, async (storage, address) => {
    using cipher = new GroupCipher(storage, sender.group, address);
    return await cipher.encrypt(data);
  });
}

export function decryptFromGroup(
  sender: Sender,
  senderKey: Uint8Array,
  ciphertext: Uint8Array,
): Promise<GroupStep<Uint8Array>> {
  return step(sender, senderKey, async (storage, address) => {
    using cipher = new GroupCipher(storage, sender.group, address);
    return await cipher.decrypt(ciphertext);
  });
}

/** On memory alone and all or nothing, for the reasons given in `session-cipher.ts`. */
async function step<T>(
  sender: Sender,
  senderKey: Uint8Array | null,
  operation: (storage: SignalStorage, address: ProtocolAddress) => Promise<T>,
): Promise<GroupStep<T>> {
  let current = senderKey;
  const storage: Pick<SignalStorage, 'loadSenderKey' | 'storeSenderKey'> = {
    loadSenderKey: () => current,
    storeSenderKey: (_name, record) => {
      current = record;
    },
  };
  try {
    using address = new ProtocolAddress(nameOf(sender.author), sender.author.device);
    // The group operations of the bridge reach for the sender key and nothing else.
    const value = await operation(storage as SignalStorage, address);
    if (!current) throw new SignalError('failed', 'no sender key was stored');
    return { value, senderKey: current };
  } catch (error) {
    throw toSignalError(error);
  }
}
