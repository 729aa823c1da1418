import type { SignalDataSet, SignalKeyStoreWithTransaction } from 'baileys';
import {
  addressOf,
  isLid,
  isPhoneNumber,
  keyOf,
  type SignalAddress,
  underLid,
  withDevice,
} from './address.ts';
import type { People } from './people.ts';
import { hasOpenSession, ownRecord } from './records.ts';

export type MigrationResult = { migrated: number; skipped: number; total: number };

const NOTHING: MigrationResult = { migrated: 0, skipped: 0, total: 0 };
const REMEMBERED = 10_000;

/**
 * Moves the sessions and identity keys of all known devices of a person from the phone number to the LID.
 * Baileys asks for it with every message that names both, so finished ones are remembered.
 */
export function makeMigration(keys: SignalKeyStoreWithTransaction, people: People) {
  const done = new Set<string>();

  function remember(pair: string): void {
    if (done.size >= REMEMBERED) done.clear();
    done.add(pair);
  }

  async function knownDevices(from: SignalAddress): Promise<SignalAddress[]> {
    const { [from.user]: listed = [] } = await keys.get('device-list', [from.user]);
    const devices = new Set([from.device, ...listed.map(Number).filter(Number.isInteger)]);
    return [...devices].map((device) => withDevice(from, device));
  }

  async function migrate(fromJid: string, toJid: string): Promise<MigrationResult> {
    const from = addressOf(fromJid);
    const to = addressOf(toJid);
    if (!isLid(to)) return NOTHING;
    if (!isPhoneNumber(from)) return { ...NOTHING, total: 1 };
    const pair = `${keyOf(from)}>${to.user}`;
    if (done.has(pair)) return NOTHING;

    return people.alonePair(from, to, async () => {
      const devices = await knownDevices(from);
      const moves = devices.map((device) => ({
        old: keyOf(device),
        new: keyOf(underLid(device, to.user)),
      }));
      const oldKeys = moves.map((move) => move.old);
      const sessions = await keys.get('session', oldKeys);
      const identities = await keys.get('identity-key', oldKeys);

      const session: NonNullable<SignalDataSet['session']> = {};
      const identity: NonNullable<SignalDataSet['identity-key']> = {};
      let total = 0;
      let migrated = 0;
      for (const move of moves) {
        if (!sessions[move.old]) continue;
        total += 1;
        const record = ownRecord(sessions[move.old]);
        if (!record || !hasOpenSession(record)) continue;
        migrated += 1;
        session[move.new] = record;
        session[move.old] = null;
        const known = identities[move.old];
        if (!known) continue;
        identity[move.new] = known;
        identity[move.old] = null;
      }
      if (migrated > 0) await keys.set({ session, 'identity-key': identity });
      // While the mapping is not stored, a session may still come to be under the phone number.
      if ((await people.stored(from)).user === to.user) remember(pair);
      return { migrated, skipped: total - migrated, total };
    });
  }

  return { migrate, forget: () => done.clear() };
}
