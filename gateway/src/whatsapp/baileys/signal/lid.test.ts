import { setImmediate as nextTurn } from 'node:timers/promises';
import { addTransactionCapability, initAuthCreds } from 'baileys';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { makeBridgeSignalRepository } from './repository.ts';
import { conversation, MemoryKeyStore, makeParty, type Party } from './testing/parties.ts';

const ANA = '551100000001@s.whatsapp.net';
const BO = '551100000002:7@s.whatsapp.net';
const BO_SESSION = 'session/551100000002.7';
const BO_LID = '88800000002:7@lid';
const BO_LID_SESSION = 'session/88800000002_1.7';

const learnLid = (party: Party) =>
  party.repository.lidMapping.storeLIDPNMappings([{ pn: BO, lid: '88800000002@lid' }]);

describe('LIDs', () => {
  it('lead to the same session as the phone number once they are known', async () => {
    const ana = await makeParty('ours', ANA);
    const bo = await makeParty('ours', BO);
    await learnLid(ana);
    await ana.open(bo);
    expect(ana.store.rows.has(BO_LID_SESSION)).toBe(true);
    expect(ana.store.rows.has(BO_SESSION)).toBe(false);
    expect(await ana.repository.validateSession(BO)).toEqual({ exists: true });
    expect(await ana.repository.validateSession(BO_LID)).toEqual({ exists: true });
  });

  it('take over session and identity even of a device that no device list names', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    await learnLid(ana);
    expect(await ana.repository.migrateSession(BO, BO_LID)).toEqual({ migrated: 1, skipped: 0, total: 1 });
    expect(ana.store.rows.has(BO_SESSION)).toBe(false);
    expect(ana.store.rows.has('identity-key/88800000002_1.7')).toBe(true);
    expect(await ana.decrypt({ jid: BO_LID }, await bo.encrypt(ana, 'moved'))).toBe('moved');
  });

  it('are migrated for every listed device at once, and only towards a LID', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const phone = await makeParty('ours', '551100000002@s.whatsapp.net');
    await ana.open(phone);
    await ana.keys.set({ 'device-list': { '551100000002': ['0', '7', '9'] } });
    const none = { migrated: 0, skipped: 0, total: 0 };
    expect(await ana.repository.migrateSession(BO_LID, BO)).toEqual(none);
    expect(await ana.repository.migrateSession(BO_LID, BO_LID)).toEqual({ ...none, total: 1 });
    expect(await ana.repository.migrateSession(phone.jid, BO_LID)).toEqual({
      migrated: 2,
      skipped: 0,
      total: 2,
    });
    expect(await bo.decrypt(ana, await ana.encrypt({ jid: BO_LID }, 'companion'))).toBe('companion');
  });

  it('lose no message that is under way while the LID becomes known', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`);
    const envelopes = await Promise.all(texts.map((text) => bo.encrypt(ana, text)));
    const decrypting = envelopes.slice(0, 10).map((envelope) => ana.decrypt(bo, envelope));
    const encrypting = texts.map((text) => ana.encrypt(bo, text));
    const learning = learnLid(ana);
    const late = envelopes.slice(10).map((envelope) => ana.decrypt(bo, envelope));
    await learning;
    await ana.repository.migrateSession(BO, BO_LID);

    expect(await Promise.all([...decrypting, ...late])).toEqual(texts);
    for (const [i, envelope] of (await Promise.all(encrypting)).entries()) {
      expect(await bo.decrypt(ana, envelope)).toBe(texts[i]);
    }
    expect(ana.store.rows.has(BO_SESSION)).toBe(false);
    for (const envelope of envelopes) {
      await expect(ana.decrypt({ jid: BO_LID }, envelope)).rejects.toThrow('Key used already');
    }
  });

  it.each(['the phone number', 'the LID'])(
    'lose no ratchet step under %s, whenever the migration comes',
    async (name) => {
      for (let turns = 0; turns < 12; turns++) {
        const [ana, bo] = await conversation('ours', 'ours');
        const old = await bo.encrypt(ana, 'in the session of the phone number');
        await bo.open(ana);
        await ana.decrypt({ jid: BO_LID }, await bo.encrypt(ana, 'a second session'));
        const fresh = await bo.encrypt(ana, 'in the session of the LID');
        const [from, envelope] = name === 'the LID' ? [BO_LID, fresh] : [BO, old];

        const decrypting = ana.decrypt({ jid: from }, envelope);
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        ana.store.rows.set('lid-mapping/551100000002', '"88800000002"');
        await ana.repository.migrateSession(BO, BO_LID);

        expect(await decrypting).toContain(name);
        await expect(ana.decrypt({ jid: BO_LID }, envelope)).rejects.toThrow('Key used already');
      }
    },
  );

  it('take the session along when Baileys has not asked for the migration yet', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    await learnLid(ana);
    expect(await ana.repository.validateSession(BO)).toEqual({ exists: true });
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'without asking'))).toBe('without asking');
    expect(ana.store.rows.has(BO_LID_SESSION)).toBe(true);
  });

  it('keep what both sessions can read when there was one under either name', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const old = await bo.encrypt(ana, 'in the session of the phone number');
    const byLid = { ...bo, jid: BO_LID };
    await bo.open(ana);
    expect(await ana.decrypt(byLid, await bo.encrypt(ana, 'in a new one, by LID'))).toContain('new one');
    const lidSession = await ana.repository.getSessionInfo(BO_LID);
    const waiting = await bo.encrypt(ana, 'also new');

    await learnLid(ana);
    expect(await ana.repository.migrateSession(BO, BO_LID)).toMatchObject({ migrated: 1 });
    expect(await ana.repository.getSessionInfo(BO)).toEqual(lidSession);
    expect(await ana.decrypt(bo, old)).toBe('in the session of the phone number');
    expect(await ana.decrypt(byLid, waiting)).toBe('also new');
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'answer'))).toBe('answer');
  });

  it('are looked up again under the lock, so a mapping that arrives meanwhile is followed', async () => {
    const logger = pino({ level: 'silent' });
    const bo = await makeParty('ours', BO);
    const store = new MemoryKeyStore();
    const keys = addTransactionCapability(store, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<undefined>();
    const lookup = () => {
      asked.resolve();
      return answer.promise;
    };
    const repository = makeBridgeSignalRepository({ creds: initAuthCreds(), keys }, logger, lookup);
    const opening = repository.injectE2ESession({ jid: BO, session: await bo.bundle() });
    await asked.promise;
    await repository.lidMapping.storeLIDPNMappings([{ pn: BO, lid: '88800000002@lid' }]);
    answer.resolve(undefined);
    await opening;
    expect(store.rows.has(BO_LID_SESSION)).toBe(true);
    expect(store.rows.has(BO_SESSION)).toBe(false);
  });

  it('are followed when a session is deleted by phone number', async () => {
    const [ana] = await conversation('ours', 'ours');
    await learnLid(ana);
    await ana.repository.migrateSession(BO, BO_LID);
    await ana.repository.deleteSession([BO]);
    expect(ana.store.rows.has(BO_LID_SESSION)).toBe(false);
    expect(await ana.repository.validateSession(BO_LID)).toMatchObject({ exists: false });
  });
});
