import { BufferJSON, Curve } from 'baileys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignalError } from './errors.ts';
import { conversation, makeParty, type Party } from './testing/parties.ts';

const ANA = '551100000001@s.whatsapp.net';
const BO = '551100000002:7@s.whatsapp.net';
const BO_SESSION = 'session/551100000002.7';
const GROUP = '120363000000000001@g.us';

describe('storing', () => {
  it('has stored the ratchet step of an encryption even when the transaction around it fails', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const before = ana.store.rows.get(BO_SESSION);
    const sent: Awaited<ReturnType<Party['encrypt']>>[] = [];
    const around = ana.keys.transaction(async () => {
      sent.push(await ana.encrypt(bo, 'left the house'));
      expect(ana.store.rows.get(BO_SESSION)).not.toBe(before);
      throw new Error('the socket closed');
    }, ANA);
    await expect(around).rejects.toThrow('the socket closed');
    sent.push(await ana.encrypt(bo, 'next'));
    expect(await bo.decrypt(ana, sent[0]!)).toBe('left the house');
    expect(await bo.decrypt(ana, sent[1]!)).toBe('next');
  });

  it('rejects, and hands out no ciphertext, when the step cannot be stored', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const set = ana.store.set;
    ana.store.set = () => Promise.reject(new Error('disk full'));
    await expect(ana.encrypt(bo, 'x')).rejects.toThrow('disk full');
    ana.store.set = set;
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'y'))).toBe('y');
  });

  it('uses every message key once, however many calls run at the same time', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    const sending = Promise.all(texts.map((text) => ana.encrypt(bo, text)));
    const answers: Awaited<ReturnType<Party['encrypt']>>[] = [];
    for (const text of texts) answers.push(await bo.encrypt(ana, text));
    const received = Promise.all(answers.map((answer) => ana.decrypt(bo, answer)));
    // One after the other, so that two messages under one key are noticed.
    for (const [i, envelope] of (await sending).entries()) {
      expect(await bo.decrypt(ana, envelope)).toBe(texts[i]);
    }
    expect(await received).toEqual(texts);
    for (const answer of answers) await expect(ana.decrypt(bo, answer)).rejects.toThrow('Key used already');
  });

  it('uses every key of a group once, however many calls run at the same time', async () => {
    const ana = await makeParty('ours', ANA);
    const bo = await makeParty('ours', BO);
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    const sent = await Promise.all(texts.map((text) => ana.encryptForGroup(GROUP, text)));
    await bo.acceptSenderKey(GROUP, ana, sent[0]!.senderKeyDistributionMessage);
    const read = sent.map(({ ciphertext }) => bo.decryptFromGroup(GROUP, ana, ciphertext));
    expect(await Promise.all(read)).toEqual(texts);
    for (const { ciphertext } of sent) {
      await expect(bo.decryptFromGroup(GROUP, ana, ciphertext)).rejects.toThrow('Key used already');
    }
  });

  it('spends a one-time pre-key with the message that used it, and not with one that failed', async () => {
    const ana = await makeParty('ours', ANA);
    const bo = await makeParty('ours', BO);
    await ana.open(bo);
    const { type, ciphertext } = await ana.encrypt(bo, 'hello');
    const forged = Buffer.from(ciphertext);
    forged[forged.length - 1]! ^= 1;
    await expect(bo.decrypt(ana, { type, ciphertext: forged })).rejects.toThrow();
    expect([...bo.store.rows.keys()]).toEqual(['pre-key/1']);
    await bo.decrypt(ana, { type, ciphertext });
    expect(bo.store.rows.has('pre-key/1')).toBe(false);
  });

  it('keeps a session small through a thousand ratchet turns', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    for (let turn = 0; turn < 500; turn++) {
      await bo.decrypt(ana, await ana.encrypt(bo, 'there'));
      await ana.decrypt(bo, await bo.encrypt(ana, 'back'));
    }
    expect(ana.store.rows.get(BO_SESSION)!.length).toBeLessThan(4_000);
  });
});

describe('records of stock Baileys', () => {
  const stockSession = { _sessions: { BaseKey: { registrationId: 1 } }, version: 'v1' };

  it.each([
    ['an object', stockSession],
    ['JSON in bytes', Buffer.from(JSON.stringify(stockSession))],
  ])('count as no session when they are %s', async (_, record) => {
    const [ana, bo] = await conversation('ours', 'ours');
    ana.store.rows.set(BO_SESSION, JSON.stringify(record, BufferJSON.replacer));
    expect(await ana.repository.validateSession(BO)).toEqual({ exists: false, reason: 'no session' });
    expect(await ana.repository.getSessionInfo(BO)).toBeNull();
    await expect(ana.encrypt(bo, 'x')).rejects.toThrow('No session record');
    const late = { type: 'msg' as const, ciphertext: (await bo.encrypt(ana, 'x')).ciphertext };
    await expect(ana.decrypt(bo, late)).rejects.toThrow('No session record');
    await ana.open(bo);
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'fresh'))).toBe('fresh');
  });

  it('count as no sender key, and are replaced by the next one', async () => {
    const ana = await makeParty('ours', ANA);
    const stock = Buffer.from('[{"senderKeyId":1,"senderChainKey":{},"senderSigningKey":{}}]');
    const row = `sender-key/${GROUP}::551100000001::0`;
    ana.store.rows.set(row, JSON.stringify(stock, BufferJSON.replacer));
    expect(await ana.repository.hasSenderKey({ group: GROUP, meId: ANA })).toBe(false);
    await ana.encryptForGroup(GROUP, 'x');
    expect(await ana.repository.hasSenderKey({ group: GROUP, meId: ANA })).toBe(true);
  });
});

describe('archived sessions', () => {
  it('read late messages without harm to the open one', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const late = await bo.encrypt(ana, 'late');
    await bo.open(ana);
    await ana.decrypt(bo, await bo.encrypt(ana, 'in a new session'));
    const next = await bo.encrypt(ana, 'next in the new session');
    expect(await ana.decrypt(bo, late)).toBe('late');
    expect(await ana.decrypt(bo, next)).toBe('next in the new session');
    expect(await bo.decrypt(ana, await ana.encrypt(bo, 'answer'))).toBe('answer');
    expect(await ana.decrypt(bo, await bo.encrypt(ana, 'and back'))).toBe('and back');
  });

  it('are forgotten beyond a number, the oldest first', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const first = await bo.encrypt(ana, 'first');
    const later: (typeof first)[] = [];
    for (let i = 0; i < 41; i++) {
      await ana.open(bo);
      await bo.decrypt(ana, await ana.encrypt(bo, 'opened anew'));
      later.push(await bo.encrypt(ana, `session ${i}`));
    }
    await expect(ana.decrypt(bo, first)).rejects.toThrow('Bad MAC');
    expect(await ana.decrypt(bo, later[0]!)).toBe('session 0');
    expect(ana.store.rows.get(BO_SESSION)!.length).toBeLessThan(40_000);
  });
});

describe('identities', () => {
  it('drop the old session when the key changes, and remember the new key', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const old = await ana.repository.getSessionInfo(BO);
    const newBo = await bo.again();
    await newBo.open(ana);
    const identityRow = ana.store.rows.get('identity-key/551100000002.7');
    await ana.decrypt(newBo, await newBo.encrypt(ana, 'new phone'));
    expect(ana.store.rows.get('identity-key/551100000002.7')).not.toBe(identityRow);
    const now = await ana.repository.getSessionInfo(BO);
    expect(Buffer.compare(now!.baseKey, old!.baseKey)).not.toBe(0);
    await expect(ana.decrypt(bo, await bo.encrypt(ana, 'old phone'))).rejects.toThrow('Bad MAC');
  });

  it('are not replaced by a message that only claims a new key', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const before = new Map(ana.store.rows);
    const newBo = await bo.again();
    await newBo.open(ana);
    const { type, ciphertext } = await newBo.encrypt(ana, 'x');
    const forged = Buffer.from(ciphertext);
    forged[forged.length - 1]! ^= 1;
    before.set('pre-key/1', ana.store.rows.get('pre-key/1')!);
    await expect(ana.decrypt(newBo, { type, ciphertext: forged })).rejects.toThrow();
    expect(ana.store.rows).toEqual(before);
    expect(await ana.decrypt(bo, await bo.encrypt(ana, 'still here'))).toBe('still here');
  });

  it('are not taken from a bundle whose signed pre-key they did not sign', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const before = new Map(ana.store.rows);
    const bundle = await bo.bundle();
    const forged = Curve.generateKeyPair();
    const session = { ...bundle, identityKey: Buffer.concat([Buffer.from([5]), forged.public]) };
    await expect(ana.repository.injectE2ESession({ jid: BO, session })).rejects.toThrow('Invalid signature');
    expect(ana.store.rows).toEqual(before);
  });
});

describe('bundles', () => {
  it.each([
    ['registrationId', { registrationId: undefined }],
    ['identityKey', { identityKey: undefined }],
    ['a short identityKey', { identityKey: Buffer.alloc(3) }],
    ['signedPreKey', { signedPreKey: undefined }],
    ['a signature', { signedPreKey: { keyId: 1, publicKey: Buffer.alloc(33, 5) } }],
    ['a usable pre-key', { preKey: { keyId: undefined, publicKey: undefined } }],
  ])('without %s are refused with an error, not with the end of the process', async (_, broken) => {
    const ana = await makeParty('ours', ANA);
    const bo = await makeParty('ours', BO);
    const session = { ...(await bo.bundle()), ...broken } as Awaited<ReturnType<Party['bundle']>>;
    await expect(ana.repository.injectE2ESession({ jid: BO, session })).rejects.toThrow('Malformed');
    expect(ana.store.rows.size).toBe(0);
  });
});

describe('errors', () => {
  it('have the texts by which Baileys decides what to answer', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const stranger = await makeParty('ours', '551100000009@s.whatsapp.net');
    const once = await ana.encrypt(bo, 'once');
    await bo.decrypt(ana, once);
    const torn = Buffer.from((await ana.encrypt(bo, 'torn')).ciphertext);
    torn[torn.length - 1]! ^= 1;

    await expect(ana.encrypt(stranger, 'x')).rejects.toThrow('No session record');
    await expect(bo.decrypt(stranger, once)).rejects.toThrow('No session record');
    await expect(bo.decrypt(ana, once)).rejects.toThrow('Key used already or never filled');
    await expect(bo.decrypt(ana, { type: 'msg', ciphertext: torn })).rejects.toThrow('Bad MAC');
    await expect(bo.decrypt(ana, { type: 'pkmsg', ciphertext: torn })).rejects.toThrow('Malformed');
    await expect(bo.decrypt(ana, { type: 'msg', ciphertext: Buffer.alloc(0) })).rejects.toThrow('Malformed');

    await stranger.open(bo);
    bo.store.rows.delete('pre-key/2');
    await expect(bo.decrypt(stranger, await stranger.encrypt(bo, 'x'))).rejects.toThrow('Invalid PreKey ID');
  });

  it('are the answer to any damaged message, and nothing is stored for one', async () => {
    const [ana, bo] = await conversation('ours', 'ours');
    const fresh = await makeParty('ours', '551100000003@s.whatsapp.net');
    await fresh.open(bo);
    const group = await ana.encryptForGroup(GROUP, 'x');
    await bo.acceptSenderKey(GROUP, ana, group.senderKeyDistributionMessage);
    const message = await ana.encrypt(bo, 'x');
    const preKeyMessage = await fresh.encrypt(bo, 'x');
    const before = new Map(bo.store.rows);

    const damage = fc.record({ at: fc.nat(), bit: fc.nat(7), cut: fc.option(fc.nat(), { freq: 4 }) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bit, cut }) => {
        const damaged = (bytes: Uint8Array) => {
          const copy = Buffer.from(bytes);
          copy[at % copy.length]! ^= 1 << bit;
          return cut === null ? copy : copy.subarray(0, cut % copy.length);
        };
        const attempts = [
          bo.decrypt(ana, { ...message, ciphertext: damaged(message.ciphertext) }),
          bo.decryptFromGroup(GROUP, ana, damaged(group.ciphertext)),
        ];
        for (const result of await Promise.allSettled(attempts)) {
          expect(result).toMatchObject({ status: 'rejected', reason: expect.any(SignalError) });
        }
        const outcome = await bo
          .decrypt(fresh, { ...preKeyMessage, ciphertext: damaged(preKeyMessage.ciphertext) })
          .catch((error: unknown) => error);
        if (outcome === 'x') {
          // The registration id beside the sealed part is not authenticated: the message stays readable.
          bo.store.rows.clear();
          for (const [key, row] of before) bo.store.rows.set(key, row);
        } else {
          expect(outcome).toBeInstanceOf(SignalError);
        }
        expect(bo.store.rows).toEqual(before);
      }),
      { numRuns: 150 },
    );
    expect(await bo.decrypt(ana, message)).toBe('x');
    expect(await bo.decrypt(fresh, preKeyMessage)).toBe('x');
  });

  it('of groups differ for a missing sender key and for a message that was read before', async () => {
    const ana = await makeParty('ours', ANA);
    const bo = await makeParty('ours', BO);
    const { ciphertext, senderKeyDistributionMessage } = await ana.encryptForGroup(GROUP, 'x');
    await expect(bo.decryptFromGroup(GROUP, ana, ciphertext)).rejects.toThrow('No SenderKeyRecord');
    await bo.acceptSenderKey(GROUP, ana, senderKeyDistributionMessage);
    await bo.decryptFromGroup(GROUP, ana, ciphertext);
    await expect(bo.decryptFromGroup(GROUP, ana, ciphertext)).rejects.toThrow('Key used already');
    await expect(bo.acceptSenderKey(GROUP, ana, Buffer.alloc(40, 0x33))).rejects.toThrow('Malformed');
    await expect(bo.acceptSenderKey('', ana, senderKeyDistributionMessage)).rejects.toThrow('Malformed');
  });

  it.each([
    '',
    'x',
    '@s.whatsapp.net',
    '5511:abc@s.whatsapp.net',
    '55.11@s.whatsapp.net',
    '5511:99@s.whatsapp.net',
  ])('name a JID that is no device: "%s"', async (jid) => {
    const ana = await makeParty('ours', ANA);
    await expect(ana.encrypt({ jid }, 'x')).rejects.toThrow(`"${jid}"`);
    expect(() => ana.repository.jidToSignalProtocolAddress(jid)).toThrow(`"${jid}"`);
  });
});
