import type { SignalDataSet, SignalKeyStoreWithTransaction, SignalRepository } from 'baileys';
import type { ILogger } from 'baileys/lib/Utils/logger.js';
import { addressOf, senderKeyName } from './address.ts';
import { decryptedOnce, remembered } from './decrypted-once.ts';
import { SignalError } from './errors.ts';
import {
  accept,
  decryptFromGroup,
  distribution,
  encryptForGroup,
  type GroupStep,
  type Sender,
} from './group-cipher.ts';
import { ownRecord } from './records.ts';

type GroupRepository = Pick<
  SignalRepository,
  | 'decryptGroupMessage'
  | 'encryptGroupMessage'
  | 'processSenderKeyDistributionMessage'
  | 'getSenderKeyDistributionMessage'
  | 'hasSenderKey'
>;

/**
 * The sender-key half of the repository. An author stays under the name with which the group addresses
 * them, as in stock Baileys: a distribution message and what it unlocks always carry the same one.
 */
export function makeGroups(keys: SignalKeyStoreWithTransaction, logger: ILogger): GroupRepository {
  async function load(name: string): Promise<Uint8Array | null> {
    const { [name]: stored } = await keys.get('sender-key', [name]);
    const record = ownRecord(stored);
    if (stored && !record) logger.warn({ senderKey: name }, 'sender key of another format ignored');
    return record;
  }

  /** Runs `work` alone on one sender key and stores the record that it leaves. */
  function withSenderKey<T>(
    group: string,
    authorJid: string,
    work: (sender: Sender, record: Uint8Array | null) => Promise<GroupStep<T>>,
    newsOf: (value: T) => SignalDataSet = () => ({}),
  ): Promise<T> {
    const sender: Sender = { group, author: addressOf(authorJid) };
    const name = senderKeyName(group, sender.author);
    return keys.transaction(async () => {
      const { value, senderKey } = await work(sender, await load(name));
      await keys.set({ ...newsOf(value), 'sender-key': { [name]: senderKey } });
      return value;
    }, `signal/sender-key/${name}`);
  }

  return {
    decryptGroupMessage: ({ group, authorJid, msg }) =>
      decryptedOnce(keys, msg, () =>
        withSenderKey(
          group,
          authorJid,
          (sender, record) => {
            if (!record) throw new SignalError('no-sender-key');
            return decryptFromGroup(sender, record, msg);
          },
          (plaintext) => remembered(msg, plaintext),
        ),
      ),

    async processSenderKeyDistributionMessage({ item, authorJid }) {
      const { groupId, axolotlSenderKeyDistributionMessage: message } = item;
      if (!groupId || !message) throw new SignalError('malformed', 'sender key distribution message');
      await withSenderKey(groupId, authorJid, (sender, record) => accept(sender, record, message));
    },

    encryptGroupMessage: ({ group, meId, data }) =>
      withSenderKey(group, meId, async (sender, record) => {
        // Taken before the message is encrypted: who gets both must be able to read this very message.
        const { value: senderKeyDistributionMessage, senderKey } = await distribution(sender, record);
        const encrypted = await encryptForGroup(sender, senderKey, data);
        return {
          value: { ciphertext: encrypted.value, senderKeyDistributionMessage },
          senderKey: encrypted.senderKey,
        };
      }),

    getSenderKeyDistributionMessage: ({ group, meId }) => withSenderKey(group, meId, distribution),

    async hasSenderKey({ group, meId }) {
      return (await load(senderKeyName(group, addressOf(meId)))) !== null;
    },
  };
}
