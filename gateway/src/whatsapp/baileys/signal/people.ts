import type { SignalKeyStoreWithTransaction } from 'baileys';
import { addressOf, isPhoneNumber, nameOf, phoneNumberJid, type SignalAddress, underLid } from './address.ts';

/** The part of Baileys' LID mapping that resolving needs; it may ask the server. */
export type LidLookup = { getLIDForPN(pn: string): Promise<string | null> };

/** The two names of a person, and exclusive access to one. `keys` must give root transactions. */
export function makePeople(keys: SignalKeyStoreWithTransaction, lids: LidLookup) {
  /** Where the device is kept by what is stored now; never asks the server. Unchanged: the same object. */
  async function stored(address: SignalAddress): Promise<SignalAddress> {
    if (!isPhoneNumber(address)) return address;
    const { [address.user]: lidUser } = await keys.get('lid-mapping', [address.user]);
    return lidUser ? underLid(address, lidUser) : address;
  }

  /** Where the device is kept: under the LID when it can be known. Unchanged: the same object. */
  async function resolved(address: SignalAddress): Promise<SignalAddress> {
    if (!isPhoneNumber(address)) return address;
    const lid = await lids.getLIDForPN(phoneNumberJid(address));
    return lid ? addressOf(lid) : address;
  }

  /** Runs `work` in a transaction, alone among all devices of one person. */
  function alone<T>({ user, domain }: SignalAddress, work: () => Promise<T>): Promise<T> {
    return keys.transaction(work, `signal/person/${nameOf({ user, domain, device: 0 })}`);
  }

  /**
   * Runs `work` in a transaction, alone on both names of a person. Phone number first, always: only this
   * takes two locks, so the order rules out a deadlock.
   */
  function alonePair<T>(phoneNumber: SignalAddress, lid: SignalAddress, work: () => Promise<T>): Promise<T> {
    return alone(phoneNumber, () => alone(lid, work));
  }

  return { stored, resolved, alone, alonePair };
}

export type People = ReturnType<typeof makePeople>;
