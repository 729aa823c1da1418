import { describe, expect, it } from 'vitest';
import { conversation, type Kind, makeParty, type Party } from './testing/parties.ts';

const GROUP = '120363000000000001@g.us';
const ANA = '551100000001@s.whatsapp.net';
const BO = '551100000002:7@s.whatsapp.net';

const PAIRS: [Kind, Kind][] = [
  ['ours', 'stock'],
  ['stock', 'ours'],
  ['ours', 'ours'],
];

async function says(from: Party, to: Party, text: string) {
  const envelope = await from.encrypt(to, text);
  expect(await to.decrypt(from, envelope)).toBe(text);
  return envelope.type;
}

describe.each(PAIRS)('a conversation from %s to %s', (anaKind, boKind) => {
  it('begins with pre-key messages until the first answer, then uses ordinary ones', async () => {
    const ana = await makeParty(anaKind, ANA);
    const bo = await makeParty(boKind, BO);
    await ana.open(bo);
    expect(await says(ana, bo, 'one')).toBe('pkmsg');
    expect(await says(ana, bo, 'two')).toBe('pkmsg');
    expect(await says(bo, ana, 'three')).toBe('msg');
    expect(await says(ana, bo, 'four')).toBe('msg');
  });

  it('can begin when the one-time pre-keys of the other side ran out', async () => {
    const ana = await makeParty(anaKind, ANA);
    const bo = await makeParty(boKind, BO);
    await ana.repository.injectE2ESession({ jid: BO, session: await bo.bundle({ oneTime: false }) });
    expect(await says(ana, bo, 'one')).toBe('pkmsg');
    expect(await says(bo, ana, 'two')).toBe('msg');
  });

  it('stays readable through many ratchet turns', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    for (let turn = 0; turn < 40; turn++) {
      await says(ana, bo, `there ${turn}`);
      await says(bo, ana, `and back ${turn}`);
    }
  });

  it('reads messages that arrive out of order, across ratchet turns', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const early: [string, Awaited<ReturnType<Party['encrypt']>>][] = [];
    for (const text of ['a', 'b', 'c', 'd']) early.push([text, await ana.encrypt(bo, text)]);
    const last = early.pop()!;
    expect(await bo.decrypt(ana, last[1])).toBe(last[0]);
    await says(bo, ana, 'turn');
    await says(ana, bo, 'turn again');
    for (const [text, envelope] of early.reverse()) expect(await bo.decrypt(ana, envelope)).toBe(text);
  });

  it('survives messages that never arrive', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    for (let i = 0; i < 60; i++) await ana.encrypt(bo, `lost ${i}`);
    await says(ana, bo, 'arrived');
    await says(bo, ana, 'answer');
  });

  it('refuses a message the second time and goes on undisturbed', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const once = await ana.encrypt(bo, 'once');
    expect(await bo.decrypt(ana, once)).toBe('once');
    await expect(bo.decrypt(ana, once)).rejects.toThrow();
    await says(ana, bo, 'next');
    await says(bo, ana, 'answer');
  });

  it('refuses a forged message and goes on undisturbed', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const genuine = await ana.encrypt(bo, 'genuine');
    const forged = Buffer.from(genuine.ciphertext);
    forged[forged.length - 1]! ^= 1;
    await expect(bo.decrypt(ana, { type: genuine.type, ciphertext: forged })).rejects.toThrow();
    expect(await bo.decrypt(ana, genuine)).toBe('genuine');
  });

  it('goes on when the side that was written to has paired anew', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const newBo = await bo.again();
    await expect(newBo.decrypt(ana, await ana.encrypt(bo, 'unreadable'))).rejects.toThrow(
      'No session record',
    );
    await newBo.open(ana);
    await says(newBo, ana, 'it is me, with a new key');
    await says(ana, newBo, 'welcome back');
    await says(newBo, ana, 'thanks');
  });

  it('goes on when the side that writes learns of the new pairing by a bundle', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const newBo = await bo.again();
    await ana.open(newBo);
    expect(await says(ana, newBo, 'hello again')).toBe('pkmsg');
    await says(newBo, ana, 'hello');
  });

  it('goes on after both sides have paired anew', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const [newAna, newBo] = [await ana.again(), await bo.again()];
    await newAna.open(newBo);
    await says(newAna, newBo, 'strangers');
    await says(newBo, newAna, 'again');
  });

  it('goes on when the phone number becomes a LID in the middle', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const waiting = await bo.encrypt(ana, 'sent before');
    const lid = { ...ana, jid: '99900000001@lid' };
    await bo.keys.set({ 'device-list': { '551100000001': ['0'] } });
    await bo.repository.lidMapping.storeLIDPNMappings([{ pn: ANA, lid: lid.jid }]);
    expect(await bo.repository.migrateSession(ANA, lid.jid)).toMatchObject({ migrated: 1 });
    expect(await ana.decrypt(bo, waiting)).toBe('sent before');
    await says(bo, lid, 'by LID');
    expect(await bo.decrypt(lid, await ana.encrypt(bo, 'to LID'))).toBe('to LID');
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'still the same person'))).toBe(
      'still the same person',
    );
  });

  it('agrees on what identifies the session', async () => {
    const [ana, bo] = await conversation(anaKind, boKind);
    const seenByAna = await ana.repository.getSessionInfo(BO);
    const seenByBo = await bo.repository.getSessionInfo(ANA);
    expect(seenByAna?.registrationId).toBe(bo.creds.registrationId);
    expect(seenByBo?.registrationId).toBe(ana.creds.registrationId);
    expect(Buffer.from(seenByAna!.baseKey).toString('hex')).toBe(
      Buffer.from(seenByBo!.baseKey).toString('hex'),
    );
  });
});

describe.each(PAIRS)('a group in which %s writes to %s', (anaKind, boKind) => {
  async function group(): Promise<[Party, Party]> {
    return [await makeParty(anaKind, ANA), await makeParty(boKind, BO)];
  }

  it('is readable from the message on that brought the sender key, both ways', async () => {
    for (const [from, to] of [await group(), (await group()).reverse() as [Party, Party]]) {
      const first = await from.encryptForGroup(GROUP, 'first');
      await to.acceptSenderKey(GROUP, from, first.senderKeyDistributionMessage);
      expect(await to.decryptFromGroup(GROUP, from, first.ciphertext)).toBe('first');
      for (const text of ['second', 'third']) {
        const { ciphertext } = await from.encryptForGroup(GROUP, text);
        expect(await to.decryptFromGroup(GROUP, from, ciphertext)).toBe(text);
      }
    }
  });

  it('lets a late member in at the present state, not at the past', async () => {
    const [ana, bo] = await group();
    const before = await ana.encryptForGroup(GROUP, 'before');
    const invitation = await ana.repository.getSenderKeyDistributionMessage({ group: GROUP, meId: ana.jid });
    const after = await ana.encryptForGroup(GROUP, 'after');
    await bo.acceptSenderKey(GROUP, ana, invitation);
    await expect(bo.decryptFromGroup(GROUP, ana, before.ciphertext)).rejects.toThrow();
    expect(await bo.decryptFromGroup(GROUP, ana, after.ciphertext)).toBe('after');
  });

  it('goes on with the new sender key after a new pairing', async () => {
    const [ana, bo] = await group();
    const old = await ana.encryptForGroup(GROUP, 'old');
    await bo.acceptSenderKey(GROUP, ana, old.senderKeyDistributionMessage);
    const newAna = await ana.again();
    const first = await newAna.encryptForGroup(GROUP, 'new');
    await expect(bo.decryptFromGroup(GROUP, ana, first.ciphertext)).rejects.toThrow();
    await bo.acceptSenderKey(GROUP, newAna, first.senderKeyDistributionMessage);
    expect(await bo.decryptFromGroup(GROUP, newAna, first.ciphertext)).toBe('new');
    expect(await bo.decryptFromGroup(GROUP, ana, old.ciphertext)).toBe('old');
  });
});

// Only with ours as the reader: stock Baileys cannot read back the keys that it stores for skipped messages.
describe.each<Kind>(['ours', 'stock'])('a group that we read and in which %s writes', (writer) => {
  it('is readable out of order, each message once', async () => {
    const [ana, bo] = [await makeParty(writer, ANA), await makeParty('ours', BO)];
    const sent = [];
    for (const text of ['a', 'b', 'c']) sent.push({ text, ...(await ana.encryptForGroup(GROUP, text)) });
    await bo.acceptSenderKey(GROUP, ana, sent[0]!.senderKeyDistributionMessage);
    for (const { text, ciphertext } of sent.toReversed()) {
      expect(await bo.decryptFromGroup(GROUP, ana, ciphertext)).toBe(text);
    }
    for (const { ciphertext } of sent) {
      await expect(bo.decryptFromGroup(GROUP, ana, ciphertext)).rejects.toThrow();
    }
    const { ciphertext } = await ana.encryptForGroup(GROUP, 'd');
    expect(await bo.decryptFromGroup(GROUP, ana, ciphertext)).toBe('d');
  });
});
