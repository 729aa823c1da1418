import { type AuthenticationCreds, type AuthenticationState, BufferJSON, initAuthCreds } from 'baileys';
import type { Clock } from '../../../clock.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import type { Seal } from '../../../storage/seal.ts';
import { forgetAppState } from '../app-state/store.ts';
import { databaseKeyStore, writeKeys } from './key-store.ts';
import { type MemoryKeys, memoryKeys } from './memory-keys.ts';

/** Credentials of one linked device, as a connection needs them. */
export interface DeviceAuth {
  state: AuthenticationState;
  /** What kept a key from being read or stored: nothing that was made of these keys since can be trusted. */
  failure(): Error | null;
  /** Stores the credentials as they are now. Calls are written in order. */
  save(): Promise<void>;
  /** The connection is over: stores what is left and refuses everything after it. */
  retire(): Promise<void>;
}

/** A device that is being paired: everything in memory until the phone has accepted it. */
export interface PairingAuth extends DeviceAuth {
  keys: MemoryKeys;
}

export interface LinkedDevices {
  /** The saved device; null when the instance has none. Throws when it cannot be opened (another encryption key). */
  load(instanceId: string, onFailed: (error: unknown) => void): Promise<DeviceAuth | null>;
  fresh(): PairingAuth;
  /** Makes a paired device the instance's own; what was saved before is replaced in the same transaction. */
  adopt(trx: DatabaseTransaction, instanceId: string, paired: PairingAuth): Promise<void>;
  /** Forgets the saved device. Only after a real logout. */
  wipe(trx: DatabaseTransaction, instanceId: string): Promise<void>;
}

export function createLinkedDevices(options: { db: Queries; seal: Seal; clock: Clock }): LinkedDevices {
  const { db, seal, clock } = options;

  const row = (instanceId: string, creds: AuthenticationCreds) => ({
    creds_sealed: seal.seal(JSON.stringify(creds, BufferJSON.replacer), `instance:${instanceId}:creds`),
    updated_at: clock.now(),
  });

  return {
    async load(instanceId, onFailed) {
      const saved = await db
        .selectFrom('session_creds')
        .select('creds_sealed')
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      if (!saved) return null;
      const text = seal.open(saved.creds_sealed, `instance:${instanceId}:creds`).toString();
      const creds = JSON.parse(text, BufferJSON.reviver) as AuthenticationCreds;
      const keys = databaseKeyStore({ db, seal, instanceId, onFailed });
      let writes = Promise.resolve();
      /** A write that has not begun yet, and will take along what changes until it does. */
      let waiting = false;
      let retired = false;
      const device: DeviceAuth = {
        state: { creds, keys },
        failure: keys.failure,
        save() {
          if (retired || waiting) return writes;
          waiting = true;
          const write = async () => {
            // From here on a change needs a write of its own.
            waiting = false;
            try {
              await db
                .updateTable('session_creds')
                .set(row(instanceId, creds))
                .where('instance_id', '=', instanceId)
                .execute();
            } catch (error) {
              onFailed(error);
            }
          };
          writes = writes.then(write);
          return writes;
        },
        async retire() {
          const saved = device.save();
          retired = true;
          await Promise.all([saved, keys.retire()]);
        },
      };
      return device;
    },
    fresh() {
      const keys = memoryKeys();
      return {
        state: { creds: initAuthCreds(), keys: keys.store },
        keys,
        failure: () => null,
        save: async () => {},
        retire: async () => {},
      };
    },
    async adopt(trx, instanceId, paired) {
      await this.wipe(trx, instanceId);
      await trx
        .insertInto('session_creds')
        .values({ instance_id: instanceId, ...row(instanceId, paired.state.creds) })
        .execute();
      await writeKeys(trx, { seal, instanceId }, paired.keys.all());
    },
    async wipe(trx, instanceId) {
      await trx.deleteFrom('session_keys').where('instance_id', '=', instanceId).execute();
      // What was decrypted of these stanzas went with the keys above. Replay and task queue have ended before a wipe:
      // what is left was refused by a healthy database, or needs the keys. The next device would read it with keys of
      // its own, and report it as undecryptable messages of another account.
      await trx.deleteFrom('inbox_journal').where('instance_id', '=', instanceId).execute();
      await forgetAppState(trx, instanceId);
      // History of the account that was linked: the next one may be another.
      await trx.deleteFrom('history_chunks').where('instance_id', '=', instanceId).execute();
      await trx.deleteFrom('session_creds').where('instance_id', '=', instanceId).execute();
    },
  };
}
