import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../clock.ts';
import { createSeal } from '../../../storage/seal.ts';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { InboxJournal } from '../intake/inbox-journal.ts';
import { onceId } from '../signal/decrypted-once.ts';
import { databaseKeyStore } from './key-store.ts';
import { createLinkedDevices } from './linked-device.ts';

async function addInstance({ db }: TestStorage): Promise<string> {
  const id = randomUUID();
  const account = {
    id: randomUUID(),
    name: randomUUID(),
    max_instances: null,
    rate_limit_per_minute: 100,
    allowed_origins: '[]',
    suspended: 0,
    token_hash: randomUUID(),
    created_at: 0,
    updated_at: 0,
  };
  await db
    .insertInto('accounts')
    .values({ ...account, previous_token_hash: null, previous_token_expires_at: null })
    .execute();
  await db
    .insertInto('instances')
    .values({
      id,
      account_id: account.id,
      name: 'sales',
      token_lookup: '',
      token_sealed: Buffer.of(),
      previous_token_lookup: null,
      previous_token_expires_at: null,
      desired: 'stopped',
      link: 'never',
      number_jid: null,
      lid: null,
      profile_name: '',
      profile_picture_url: null,
      is_business: 0,
      business_name: '',
      temp_banned_until: null,
      settings: '{}',
      proxy: null,
      proxy_password_sealed: null,
      s3: null,
      s3_secret_key_sealed: null,
      created_at: 0,
      updated_at: 0,
    })
    .execute();
  return id;
}

const fail = (error: unknown) => {
  throw error;
};

describe.each(databases)('a linked device on $name', ({ open }) => {
  async function setup() {
    const storage = await open();
    const seal = createSeal(randomBytes(32));
    const devices = createLinkedDevices({ db: storage.db, seal, clock: systemClock });
    return { storage, seal, devices, instanceId: await addInstance(storage) };
  }

  it('comes back with its credentials and every key of its pairing', async () => {
    const { storage, devices, instanceId } = await setup();
    const paired = devices.fresh();
    const preKeys = Object.fromEntries(
      Array.from({ length: 450 }, (_, n) => [
        String(n),
        { public: randomBytes(32), private: randomBytes(32) },
      ]),
    );
    await paired.state.keys.set({ 'pre-key': preKeys, session: { 'a.0': Buffer.from('ratchet') } });
    await storage.db.transaction().execute((trx) => devices.adopt(trx, instanceId, paired));

    const loaded = await devices.load(instanceId, fail);
    expect(loaded?.state.creds).toEqual(paired.state.creds);
    expect(await loaded?.state.keys.get('pre-key', Object.keys(preKeys))).toEqual(preKeys);
    expect(await loaded?.state.keys.get('session', ['a.0', 'b.0'])).toEqual({
      'a.0': Buffer.from('ratchet'),
    });
  });

  it('replaces the device before it, and leaves nothing of it', async () => {
    const { storage, devices, instanceId } = await setup();
    const [first, second] = [devices.fresh(), devices.fresh()];
    await first.state.keys.set({ session: { 'old.0': Buffer.from('old') } });
    await storage.db.transaction().execute((trx) => devices.adopt(trx, instanceId, first));
    await storage.db.transaction().execute((trx) => devices.adopt(trx, instanceId, second));
    const loaded = await devices.load(instanceId, fail);
    expect(loaded?.state.creds).toEqual(second.state.creds);
    expect(await loaded?.state.keys.get('session', ['old.0'])).toEqual({});
  });

  it('takes the stanzas of its journal along, and what was decrypted of them, when it is wiped', async () => {
    const { storage, devices, instanceId } = await setup();
    const { db } = storage;
    const other = await addInstance(storage);
    const enc = { tag: 'enc', attrs: { type: 'msg' }, content: Buffer.from('ciphertext') };
    const node = { tag: 'message', attrs: { id: '3EB0', from: '5511@s.whatsapp.net' }, content: [enc] };
    for (const id of [instanceId, other]) {
      const device = devices.fresh();
      await device.state.keys.set({ decrypted: { [onceId(enc.content)]: Buffer.from('plain') } } as never);
      await db.transaction().execute((trx) => devices.adopt(trx, id, device));
      await new InboxJournal({ db, instanceId: id, clock: systemClock }).append(node);
    }
    await db.transaction().execute((trx) => devices.wipe(trx, instanceId));
    const left = async (table: 'inbox_journal' | 'session_keys') =>
      (await db.selectFrom(table).select('instance_id').execute()).map(({ instance_id }) => instance_id);
    expect(await left('inbox_journal')).toEqual([other]);
    expect(await left('session_keys')).toEqual([other]);
  });

  it('is in the database only sealed', async () => {
    const { storage, devices, instanceId } = await setup();
    const paired = devices.fresh();
    const secret = Buffer.from('a very secret ratchet state');
    await paired.state.keys.set({ session: { 'a.0': secret } });
    await storage.db.transaction().execute((trx) => devices.adopt(trx, instanceId, paired));
    const keys = await storage.db.selectFrom('session_keys').select('value_sealed').execute();
    const creds = await storage.db.selectFrom('session_creds').select('creds_sealed').execute();
    const stored = Buffer.concat([...keys.map((k) => k.value_sealed), ...creds.map((c) => c.creds_sealed)]);
    expect(stored.includes(secret)).toBe(false);
    expect(stored.includes(paired.state.creds.advSecretKey)).toBe(false);
    expect(stored.includes(Buffer.from(paired.state.creds.noiseKey.private))).toBe(false);
  });

  it('does not open for another instance', async () => {
    const { storage, seal, devices, instanceId } = await setup();
    const other = await addInstance(storage);
    const store = databaseKeyStore({ db: storage.db, seal, instanceId, onFailed: fail });
    await store.set({ session: { 'a.0': Buffer.from('mine') } });
    await storage.db.updateTable('session_keys').set({ instance_id: other }).execute();
    const foreign = databaseKeyStore({ db: storage.db, seal, instanceId: other, onFailed: fail });
    await expect(foreign.get('session', ['a.0'])).rejects.toThrow('does not open');
    expect(await devices.load(other, fail)).toBeNull();
  });

  it('answers from memory what the database holds, however reads and writes overlap', async () => {
    const { storage, seal, instanceId } = await setup();
    const open = () => databaseKeyStore({ db: storage.db, seal, instanceId, onFailed: fail });
    const store = open();
    const ids = ['a.0', 'b.0', 'c.0'];
    for (let round = 0; round < 20; round++) {
      const last = ids.map((id, n) => [id, (round + n) % 5 === 0 ? null : Buffer.from(`${id} ${round}`)]);
      const reading = store.get('session', ids);
      const writes = ids.map((id) => store.set({ session: { [id]: Buffer.from('earlier') } }));
      const reads = ids.map((id) => store.get('session', [id]));
      writes.push(store.set({ session: Object.fromEntries(last) }));
      await Promise.all([reading, ...reads, ...writes]);
      const known = await store.get('session', ids);
      expect(Object.entries(known).map(([id, value]) => [id, Buffer.from(value).toString()])).toEqual(
        last.flatMap(([id, value]) => (value === null ? [] : [[id, String(value)]])),
      );
      const stored = await open().get('session', ids);
      expect(Object.keys(stored).sort()).toEqual(Object.keys(known).sort());
      for (const id of ids)
        expect(Buffer.compare(stored[id] ?? Buffer.of(), known[id] ?? Buffer.of())).toBe(0);
    }
  });

  it('reports a key that could not be written, because the session must not go on', async () => {
    const { storage, seal, instanceId } = await setup();
    const reported: unknown[] = [];
    const store = databaseKeyStore({
      db: storage.db,
      seal,
      instanceId,
      onFailed: (error) => reported.push(error),
    });
    await storage.db.schema.dropTable('session_keys').execute();
    await expect(store.set({ session: { 'a.0': Buffer.of(1) } })).rejects.toThrow();
    expect(reported).toHaveLength(1);
  });
});
