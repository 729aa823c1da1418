import type {
  LIDMapping,
  SignalAuthState,
  SignalDataSet,
  SignalKeyStoreWithTransaction,
  SignalRepositoryWithLIDStore,
} from 'baileys';
import { LIDMappingStore } from 'baileys/lib/Signal/lid-mapping.js';
import type { ILogger } from 'baileys/lib/Utils/logger.js';
import { addressOf, keyOf, type SignalAddress } from './address.ts';
import { checkedBundle } from './bundle.ts';
import { decryptedOnce, remembered } from './decrypted-once.ts';
import { makeDevices } from './devices.ts';
import { SignalError } from './errors.ts';
import { makeGroups } from './groups.ts';
import { makeMigration } from './migration.ts';
import { bridgeKeyPair, ownKeys } from './own-keys.ts';
import { makePeople } from './people.ts';
import { hasOpenSession, ownRecord, preKeyHeader, sessionInfo } from './records.ts';
import { rootTransactions } from './root-transactions.ts';
import type { Step } from './session-cipher.ts';
import { decrypt, decryptPreKey, encrypt, open } from './session-cipher.ts';

/**
 * Baileys' Signal layer on `whatsapp-rust-bridge`, for `makeSignalRepository` in a socket's configuration.
 * Records go into the same stores and under the same keys as with stock Baileys, but are the bridge's bytes;
 * a record of another format counts as absent. Every call has stored its ratchet step when it resolves, and
 * has changed nothing when it rejects (with a `SignalError`, or with the error of the store).
 */
export function makeBridgeSignalRepository(
  auth: SignalAuthState,
  logger: ILogger,
  pnToLIDFunc?: (jids: string[]) => Promise<LIDMapping[] | undefined>,
): SignalRepositoryWithLIDStore {
  const keys = rootTransactions(withTransactions(auth.keys));
  const lidMapping = new LIDMappingStore(keys, logger, pnToLIDFunc);
  const people = makePeople(keys, lidMapping);
  const migration = makeMigration(keys, people);
  const devices = makeDevices(people, migration);

  async function load(key: string): Promise<Uint8Array | null> {
    const { [key]: stored } = await keys.get('session', [key]);
    const record = ownRecord(stored);
    if (stored && !record) logger.warn({ address: key }, 'session record of another format ignored');
    return record;
  }

  /** The record that goes with this identity, and what to store so that it stays the known one. */
  async function trust(address: SignalAddress, identityKey: Uint8Array) {
    const key = keyOf(address);
    const { [key]: known } = await keys.get('identity-key', [key]);
    if (known && Buffer.compare(known, identityKey) === 0) return { record: await load(key), changes: {} };
    if (known) logger.info({ address: key }, 'identity key differs from the known one');
    const changes: SignalDataSet = { 'identity-key': { [key]: identityKey } };
    return { record: known ? null : await load(key), changes };
  }

  async function store<T>(
    address: SignalAddress,
    { value, record }: Step<T>,
    changes?: SignalDataSet,
  ): Promise<T> {
    await keys.set({ ...changes, session: { [keyOf(address)]: record } });
    return value;
  }

  async function receivePreKeyMessage(address: SignalAddress, ciphertext: Uint8Array): Promise<Uint8Array> {
    const header = preKeyHeader(ciphertext);
    if (!header) throw new SignalError('malformed', 'pre-key message');
    const { record, changes } = await trust(address, header.identityKey);
    const preKey = async () => {
      const id = header.preKeyId?.toString();
      const pair = id === undefined ? undefined : (await keys.get('pre-key', [id]))[id];
      return pair && bridgeKeyPair(pair);
    };
    const step = await decryptPreKey(ownKeys(auth.creds), address, record, header, preKey, ciphertext);
    const spent: SignalDataSet =
      step.usedPreKey === undefined ? {} : { 'pre-key': { [step.usedPreKey]: null } };
    return store(address, step, { ...changes, ...spent, ...remembered(ciphertext, step.value) });
  }

  async function receive(address: SignalAddress, ciphertext: Uint8Array): Promise<Uint8Array> {
    const record = await load(keyOf(address));
    if (!record) throw new SignalError('no-session');
    const step = await decrypt(ownKeys(auth.creds), address, record, ciphertext);
    return store(address, step, remembered(ciphertext, step.value));
  }

  return {
    ...makeGroups(keys, logger),
    lidMapping,

    decryptMessage: ({ jid, type, ciphertext }) =>
      devices.withDevice(jid, (address) =>
        decryptedOnce(keys, ciphertext, () =>
          type === 'pkmsg' ? receivePreKeyMessage(address, ciphertext) : receive(address, ciphertext),
        ),
      ),

    encryptMessage: ({ jid, data }) =>
      devices.withDevice(jid, async (address) => {
        const record = await load(keyOf(address));
        if (!record) throw new SignalError('no-session');
        return store(address, await encrypt(ownKeys(auth.creds), address, record, data));
      }),

    async injectE2ESession({ jid, session: bundle }) {
      const checked = checkedBundle(bundle);
      await devices.withDevice(jid, async (address) => {
        const { record, changes } = await trust(address, checked.identityKey);
        await store(address, await open(ownKeys(auth.creds), address, record, checked), changes);
      });
    },

    jidToSignalProtocolAddress: (jid) => keyOf(addressOf(jid)),

    async validateSession(jid) {
      const record = await load(keyOf(await devices.locate(jid)));
      if (!record) return { exists: false, reason: 'no session' };
      return hasOpenSession(record) ? { exists: true } : { exists: false, reason: 'no open session' };
    },

    async getSessionInfo(jid) {
      const record = await load(keyOf(await devices.locate(jid)));
      return record && sessionInfo(record);
    },

    async deleteSession(jids) {
      for (const jid of new Set(jids)) {
        const named = addressOf(jid);
        const kept = await people.stored(named);
        const remove = async () => keys.set({ session: { [keyOf(named)]: null, [keyOf(kept)]: null } });
        await (kept === named ? people.alone(named, remove) : people.alonePair(named, kept, remove));
      }
    },

    migrateSession: migration.migrate,

    close() {
      migration.forget();
      lidMapping.close();
    },
  };
}

function withTransactions(keys: SignalAuthState['keys']): SignalKeyStoreWithTransaction {
  if (!('transaction' in keys)) throw new Error('The Signal repository needs a key store with transactions');
  return keys;
}
