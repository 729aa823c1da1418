import type { SignalKeyStoreWithTransaction } from 'baileys';
import { addressOf, isPhoneNumber, nameOf, phoneNumberJid, type SignalAddress, underLid } from './address.ts';

/** The part of Baileys' LID mapping that resolving needs; it may ask the server. */
export type LidLookup = { getLIDForPN(pn: string): Promise<string | null> };

/**
 * Finds the one address under which a person's device is kept (LID as soon as it is known) and gives
 * exclusive access to that person, in one transaction per call. `keys` must give root transactions.
 */
export function makePeople(keys: SignalKeyStoreWithTransaction, lids: LidLookup) {
  /** The address by what is stored now; never asks the server. */
  async function stored(address: SignalAddress): Promise<SignalAddress> {
    if (!isPhoneNumber(address)) return address;
    const { [address.user]: lidUser } = await keys.get('lid-mapping', [address.user]);
    return lidUser ? underLid(address, lidUser) : address;
  }

  async function resolved(address: SignalAddress): Promise<SignalAddress> {
    if (!isPhoneNumber(address)) return address;
    const lid = await lids.getLIDForPN(phoneNumberJid(address));
    return lid ? addressOf(lid) : address;
  }

  /** Runs `work` alone among all devices of one person. */
  function alone<T>(address: SignalAddress, work: () => Promise<T>): Promise<T> {
    return keys.transaction(work, `signal/person/${nameOf({ ...address, device: 0 })}`);
  }

  /**
   * Resolves `jid` and runs `work` alone on its address. The lookup happens before the lock, since it may
   * wait for the server; when the mapping arrives in between, the work moves on to the LID's lock, so the
   * two names of one person never run side by side.
   */
  async function withDevice<T>(jid: string, work: (address: SignalAddress) => Promise<T>): Promise<T> {
    const address = await resolved(addressOf(jid));
    const outcome = await alone(address, async () => {
      const now = await stored(address);
      return now === address
        ? { done: true as const, value: await work(address) }
        : { done: false as const, now };
    });
    return outcome.done ? outcome.value : alone(outcome.now, () => work(outcome.now));
  }

  /**
   * Runs `work` alone on both names of a person. Phone number first, always: only this takes two locks, so
   * the order rules out a deadlock.
   */
  function alonePair<T>(phoneNumber: SignalAddress, lid: SignalAddress, work: () => Promise<T>): Promise<T> {
    return alone(phoneNumber, () => alone(lid, work));
  }

  return { stored, resolved, alone, withDevice, alonePair };
}

export type People = ReturnType<typeof makePeople>;
