import { addressOf, type SignalAddress } from './address.ts';
import type { Migration } from './migration.ts';
import type { People } from './people.ts';

/**
 * Finds the one address under which a device is kept, and gives exclusive access to it. Sessions that are
 * still under the phone number follow first: between the moment in which a LID becomes known and Baileys'
 * call of `migrateSession`, messages under way would find no session.
 */
export function makeDevices(people: People, migration: Migration) {
  async function locate(jid: string): Promise<SignalAddress> {
    const named = addressOf(jid);
    const address = await people.resolved(named);
    if (address !== named) await migration.move(named, address);
    return address;
  }

  /**
   * Runs `work` alone on the device of `jid`, in one transaction. The lookup happens before the lock, since
   * it may wait for the server; when the mapping arrives in between, the work moves on to the LID's lock, so
   * the two names of one person never run side by side.
   */
  async function withDevice<T>(jid: string, work: (address: SignalAddress) => Promise<T>): Promise<T> {
    const address = await locate(jid);
    const outcome = await people.alone(address, async () => {
      const now = await people.stored(address);
      return now === address
        ? { done: true as const, value: await work(address) }
        : { done: false as const, now };
    });
    if (outcome.done) return outcome.value;
    await migration.move(address, outcome.now);
    return people.alone(outcome.now, () => work(outcome.now));
  }

  return { locate, withDevice };
}
