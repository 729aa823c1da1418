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
import { hasOpenSession, ownRecord, recordOf, sessionsOf } from './records.ts';

export type MigrationResult = { migrated: number; skipped: number; total: number };

const NOTHING: MigrationResult = { migrated: 0, skipped: 0, total: 0 };
const REMEMBERED = 10_000;

/**
 * Moves the sessions and identity keys of all known devices of a person from the phone number to the LID.
 * A session that is under the LID already stays the open one, and what the other could read stays readable.
 * It is asked for with every message that names both, so what is done is remembered.
 */
export function makeMigration(keys: SignalKeyStoreWithTransaction, people: People) {
  const done = new Set<string>();

  async function knownDevices(from: SignalAddress): Promise<SignalAddress[]> {
    const { [from.user]: listed = [] } = await keys.get('device-list', [from.user]);
    const devices = new Set([from.device, ...listed.map(Number).filter(Number.isInteger)]);
    return [...devices].map((device) => withDevice(from, device));
  }

  function remember(devices: readonly SignalAddress[], to: SignalAddress): void {
    if (done.size + devices.length > REMEMBERED) done.clear();
    for (const device of devices) done.add(pairOf(device, to));
  }

  /** From a phone number to a LID; the devices that these two name do not matter. */
  async function move(from: SignalAddress, to: SignalAddress): Promise<MigrationResult> {
    if (done.has(pairOf(from, to))) return NOTHING;
    return people.alonePair(from, to, async () => {
      const devices = await knownDevices(from);
      const result = await moveDevices(keys, devices, to.user);
      // While the mapping is not stored, a session may still come to be under the phone number.
      if ((await people.stored(from)).user === to.user) remember(devices, to);
      return result;
    });
  }

  /** As Baileys asks for it, for JIDs of any kind. */
  async function migrate(fromJid: string, toJid: string): Promise<MigrationResult> {
    const from = addressOf(fromJid);
    const to = addressOf(toJid);
    if (!isLid(to)) return NOTHING;
    if (!isPhoneNumber(from)) return { ...NOTHING, total: 1 };
    return move(from, to);
  }

  return { move, migrate, forget: () => done.clear() };
}

export type Migration = ReturnType<typeof makeMigration>;

function pairOf(from: SignalAddress, to: SignalAddress): string {
  return `${keyOf(from)}>${to.user}`;
}

async function moveDevices(
  keys: SignalKeyStoreWithTransaction,
  devices: readonly SignalAddress[],
  lidUser: string,
): Promise<MigrationResult> {
  const moves = devices.map((device) => ({ old: keyOf(device), new: keyOf(underLid(device, lidUser)) }));
  const oldKeys = moves.map((move) => move.old);
  const sessions = await keys.get('session', oldKeys);
  const identities = await keys.get('identity-key', oldKeys);
  const newKeys = moves.map((move) => move.new);
  const present = await keys.get('session', newKeys);
  const trusted = await keys.get('identity-key', newKeys);

  const session: NonNullable<SignalDataSet['session']> = {};
  const identity: NonNullable<SignalDataSet['identity-key']> = {};
  const existing = moves.filter((move) => sessions[move.old]);
  let migrated = 0;
  for (const move of existing) {
    const record = ownRecord(sessions[move.old]);
    if (!record || !hasOpenSession(record)) continue;
    migrated += 1;
    const there = ownRecord(present[move.new]);
    session[move.new] = there ? recordOf([...sessionsOf(there), ...sessionsOf(record)]) : record;
    session[move.old] = null;
    const known = identities[move.old];
    if (!known) continue;
    if (!trusted[move.new]) identity[move.new] = known;
    identity[move.old] = null;
  }
  if (migrated > 0) await keys.set({ session, 'identity-key': identity });
  return { migrated, skipped: existing.length - migrated, total: existing.length };
}
